"""A sum of words as the lesson writes it: a, less b, plus c."""

from __future__ import annotations

from nlpcore.words.analogy_input import AnalogyAnswer


def in_words(answer: AnalogyAnswer) -> str:
    """Return the sum as it was typed, such as "king − man + woman"."""
    signed = (
        [("+", word) for word in answer.a] + [("−", word) for word in answer.b] + [("+", word) for word in answer.c]
    )
    return " ".join(f"{sign} {word}" for sign, word in signed).removeprefix("+ ")


def columns(answer: AnalogyAnswer) -> list[int]:
    """Return the columns of the trace's terms in the order a, b, c; the trace has what is added first."""
    a, b, c = len(answer.a), len(answer.b), len(answer.c)
    return [*range(a), *range(a + c, a + c + b), *range(a, a + c)]
