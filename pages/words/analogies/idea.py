"""The idea of the lesson in a small picture: the same step twice, where it ends, and the word that is nearest to it."""

from __future__ import annotations

from math import hypot

import numpy as np

from app.charts import colours
from app.charts.sketch import TEXT, Sketch
from app.text import number
from nlpcore.text import shortened
from nlpcore.words.analogy_input import AnalogyAnswer
from pages.words.analogies.sums import in_words

_DOT, _END = 5.0, 7.0  # radius of a word's dot, and of the ring where the sum is
_LEFT, _RIGHT, _TOP, _BOTTOM = 120.0, 260.0, 44.0, 152.0  # where the parallelogram has room: names stand at its sides


def sketch(answer: AnalogyAnswer, ring: str) -> Sketch:
    """Draw b → a, the same step from c, a ring where it ends, and the best answer where it lies in that plane.

    ``ring``: what is written at the ring, which is no word.
    """
    picture = Sketch(420, 180)
    rows = [0, 1, 2, 3, *_row_of_first(answer)]
    places = dict(zip(rows, _places(answer, rows), strict=True))
    a, b, c, total = (places[corner] for corner in range(4))
    picture.line(*b, *c, colours.MUTED)
    picture.line(*a, *total, colours.MUTED)
    picture.arrow(*b, *_short_of(b, a, _DOT), colours.ORANGE, 2)
    picture.arrow(*c, *_short_of(c, total, _END), colours.ORANGE, 2)
    names = [shortened(label, 14) for label in answer.plane.labels[:3]]
    for (x, y), name in ((a, names[0]), (b, names[1])):
        picture.dot(x, y, colours.ORANGE, _DOT).text(x - 12, y + 5, name, "end")
    if c != b:
        picture.dot(*c, colours.ORANGE, _DOT).text(c[0] + 12, c[1] + 5, names[2], "start")
    picture.ring(*total, colours.FOCUS, _END)
    picture.text(total[0], total[1] - 14, ring)
    return _draw_first(picture, answer, [places[row] for row in rows[4:]], total, c)


def _draw_first(
    picture: Sketch,
    answer: AnalogyAnswer,
    place: list[tuple[float, float]],
    total: tuple[float, float],
    c: tuple[float, float],
) -> Sketch:
    """Draw the best answer at its ``place``, if it has one of its own, tied to its name; an input has its dot."""
    first = answer.trace.answers[0]
    said = f"{shortened(first.word, 12)}  {number(first.cosine)}"
    x, y = place[0] if place else total
    taken = (c[1], total[1] - 19)  # the heights of the names on this side
    height = next((y + off for off in (0, 12, -12, 24, -24, 36) if all(abs(y + off - t) > TEXT for t in taken)), y)
    side = max(x, total[0] + 4, c[0]) + 18
    if place:
        picture.line(x, y, side - 4, height, colours.MUTED, 1).dot(x, y, colours.BLUE, _DOT)
    else:
        said = f"→ {said}"
    return picture.text(side, height + 5, said, "start", bold=True)


def _row_of_first(answer: AnalogyAnswer) -> list[int]:
    """Return the row of the best answer in the plane; none where it is one of the words of the sum."""
    plane, first = answer.plane, answer.trace.answers[0].word
    return [row for row, label in enumerate(plane.labels) if plane.roles[row] == "word" and label == first][:1]


def _short_of(start: tuple[float, float], end: tuple[float, float], radius: float) -> tuple[float, float]:
    """Return where an arrow ends so that its head does not cover the dot at ``end``; a short step keeps half its length."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    left = 1 - min((radius + 1) / length, 0.5) if length else 1.0
    return start[0] + left * (end[0] - start[0]), start[1] + left * (end[1] - start[1])


def _places(answer: AnalogyAnswer, rows: list[int]) -> list[tuple[float, float]]:
    """Return where these points of the plane stand in the picture, true to scale."""
    points = answer.plane.points[rows].astype(np.float64)
    low, span = points.min(axis=0), points.max(axis=0) - points.min(axis=0)
    scale = min((_RIGHT - _LEFT) / max(float(span[0]), 1e-6), (_BOTTOM - _TOP) / max(float(span[1]), 1e-6))
    return [(_LEFT + across, _BOTTOM - up) for across, up in ((points - low) * scale).tolist()]


def values(answer: AnalogyAnswer) -> dict[str, object]:
    """Return what fills the blanks of the idea's text."""
    first = answer.trace.answers[0]
    return {
        "sum": in_words(answer),
        "first": first.word,
        "cosine": number(first.cosine),
        "dimensions": len(answer.trace.query),
    }


def form(answer: AnalogyAnswer) -> str:
    """Return "analogy" for a sum a − b + c of three words, "sum" for any other."""
    return "analogy" if len(answer.a) == len(answer.b) == len(answer.c) == 1 else "sum"
