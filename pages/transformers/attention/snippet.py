"""The lines that reproduce what the attention lesson shows."""

from __future__ import annotations


def code(
    model: str = "minilm-l6",
    text: str = "The trophy doesn't fit in the suitcase because it is too big.",
    pair: str | None = None,
    layer: int = 3,
    head: int = 1,
    query: int = 11,
    view: str = "head",
    hide: bool = False,
    first: bool = False,
    words: bool = False,
    renormalise: bool = False,
) -> str:
    """Return runnable lines that print the chosen row; ``layer``, ``head`` and ``query`` count from 0.

    ``hide``: special tokens are hidden, with ``first`` (a decoder) the first token instead.
    """
    second = f", pair={pair!r}" if pair else ""
    lines = [
        "from nlpcore import attention",
        "from nlpcore.models import load",
        "",
        f"reading = attention.read_attention(load({model!r}), {text!r}{second})",
        "maps, vectors = reading.maps, reading.vectors",
        f"layer, head, query = {layer}, {head}, {query}  # counted from 0",
        "",
        "# softmax(q · k / √d_k), from the model's own queries and keys",
        "trace = vectors.trace(layer, head)",
        "for key, token in enumerate(maps.tokens):",
        "    score, weight = trace.scores[query, key], trace.weights[query, key]",
        '    print(f"{token:12} q·k = {score:7.2f}   weight {weight:.2f}")',
    ]
    changes = _changes(view, hide, first, words, renormalise)
    if changes:
        shown = "head" if view == "head" else "0"
        lines += [
            "",
            "# the map as it is shown",
            *changes,
            f"print(maps.tokens, maps.weights[layer, {shown}].round(2))",
        ]
    return "\n".join(lines) + "\n"


def _changes(view: str, hide: bool, first: bool, words: bool, renormalise: bool) -> list[str]:
    lines = {"average": ["maps = attention.average_heads(maps)"], "rollout": ["maps = attention.rollout(maps)"]}.get(
        view, []
    )
    if hide:
        hidden = "[i == 0 for i in range(len(maps.tokens))]" if first else "maps.special"
        lines.append(f"maps = attention.hide(maps, {hidden}, again={renormalise})")
    return [*lines, "maps = attention.merge_words(maps)"] if words else lines
