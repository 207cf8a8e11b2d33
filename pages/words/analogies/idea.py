"""The idea of the lesson in a small picture: the same step twice, and the word that is nearest to where it ends."""

from __future__ import annotations

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import shorten
from nlpcore.words.analogy_input import AnalogyAnswer
from pages.words.analogies.sums import in_words

_LEFT, _RIGHT, _TOP, _BOTTOM = 130.0, 250.0, 34.0, 132.0  # where the parallelogram has room: names stand at its sides


def sketch(answer: AnalogyAnswer) -> Sketch:
    """Draw b → a, the same step from c, and at its end the best answer with its cosine."""
    picture = Sketch(420, 160)
    a, b, c, total = (_place(answer, corner) for corner in range(4))
    picture.line(*b, *c, colours.MUTED)
    picture.line(*a, *total, colours.MUTED)
    picture.arrow(*b, *a, colours.ORANGE, 2.5)
    picture.arrow(*c, *total, colours.ORANGE, 2.5)
    names = [shorten(label, 14) for label in answer.plane.labels[:3]]
    for (x, y), name in ((a, names[0]), (b, names[1])):
        picture.dot(x, y, colours.ORANGE).text(x - 12, y + 5, name, "end")
    if c != b:
        picture.dot(*c, colours.ORANGE).text(c[0] + 12, c[1] + 5, names[2], "start")
    first = answer.trace.answers[0]
    picture.dot(*total, colours.FOCUS, 6)
    return picture.text(
        total[0] + 12, total[1] + 5, f"≈ {shorten(first.word, 12)}  cos {first.cosine:.2f}", "start", bold=True
    )


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
