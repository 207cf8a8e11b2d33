"""The idea of the lesson in a small picture: the same step twice, and the word that is nearest to where it ends."""

from __future__ import annotations

from math import hypot

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import shorten
from nlpcore.words.analogy_input import AnalogyAnswer
from pages.words.analogies.sums import in_words

_DOT, _END = 5.0, 6.0  # radius of a word's dot, and of the one that the sum leads to
_LEFT, _RIGHT, _TOP, _BOTTOM = 130.0, 250.0, 34.0, 132.0  # where the parallelogram has room: names stand at its sides


def sketch(answer: AnalogyAnswer) -> Sketch:
    """Draw b → a, the same step from c, and at its end the best answer with its cosine."""
    picture = Sketch(420, 160)
    a, b, c, total = (_place(answer, corner) for corner in range(4))
    picture.line(*b, *c, colours.MUTED)
    picture.line(*a, *total, colours.MUTED)
    picture.arrow(*b, *_short_of(b, a, _DOT), colours.ORANGE, 2)
    picture.arrow(*c, *_short_of(c, total, _END), colours.ORANGE, 2)
    names = [shorten(label, 14) for label in answer.plane.labels[:3]]
    for (x, y), name in ((a, names[0]), (b, names[1])):
        picture.dot(x, y, colours.ORANGE, _DOT).text(x - 12, y + 5, name, "end")
    if c != b:
        picture.dot(*c, colours.ORANGE, _DOT).text(c[0] + 12, c[1] + 5, names[2], "start")
    first = answer.trace.answers[0]
    picture.dot(*total, colours.FOCUS, _END)
    return picture.text(
        total[0] + 12, total[1] + 5, f"≈ {shorten(first.word, 12)}  cos {first.cosine:.2f}", "start", bold=True
    )


def _short_of(start: tuple[float, float], end: tuple[float, float], radius: float) -> tuple[float, float]:
    """Return where an arrow ends so that its head does not cover the dot at ``end``; a short step keeps half its length."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    left = 1 - min((radius + 1) / length, 0.5) if length else 1.0
    return start[0] + left * (end[0] - start[0]), start[1] + left * (end[1] - start[1])


def _place(answer: AnalogyAnswer, corner: int) -> tuple[float, float]:
    """Return where a corner of the parallelogram stands in the picture, true to scale."""
    points = answer.plane.points[:4]
    low, span = points.min(axis=0), points.max(axis=0) - points.min(axis=0)
    scale = min((_RIGHT - _LEFT) / max(float(span[0]), 1e-6), (_BOTTOM - _TOP) / max(float(span[1]), 1e-6))
    across, up = ((points[corner] - low) * scale).tolist()
    return _LEFT + across, _BOTTOM - up


def values(answer: AnalogyAnswer) -> dict[str, object]:
    """Return what fills the blanks of the idea's text."""
    first = answer.trace.answers[0]
    return {
        "sum": in_words(answer),
        "first": first.word,
        "cosine": f"{first.cosine:.2f}",
        "dimensions": len(answer.trace.query),
    }
