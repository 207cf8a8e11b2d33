"""The lines that reproduce the answers on the screen."""

from __future__ import annotations

from collections.abc import Sequence


def code(
    model_id: str,
    positive: Sequence[str],
    negative: Sequence[str],
    expected: str | None = None,
    k: int = 10,
    exclude_inputs: bool = True,
) -> str:
    """Return runnable lines that print place, word and cosine of the answers, and the places of the expected word."""
    wanted = f", expected={expected!r}" if expected else ""
    lines = [
        "from nlpcore.words import load_vectors",
        "",
        f"vectors = load_vectors({model_id!r})",
        "trace = vectors.analogy(",
        f"    positive={list(positive)!r}, negative={list(negative)!r},",
        f"    k={k}, exclude_inputs={exclude_inputs}{wanted},",
        ")",
        "for place, (word, cosine) in enumerate(trace.answers, 1):",
        '    print(f"{place:3} {word}  {cosine:.2f}")',
    ]
    if expected:
        lines.append(
            'print("places:", trace.rank_without_inputs, "inputs struck,", trace.rank_with_inputs, "nothing struck")'
        )
    return "\n".join(lines) + "\n"
