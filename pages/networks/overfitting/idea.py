"""The idea of the lesson in a small picture: six points, three ways to part them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import Say

# Points of two classes in a square of 100, one of them among the others, and three borders from left to right.
_ONES = ((18, 78), (38, 84), (66, 74), (84, 84), (52, 30))
_OTHERS = ((14, 26), (34, 20), (70, 24), (88, 34))
_BORDERS = (
    ((0, 8), (100, 8)),
    ((0, 52), (25, 56), (50, 54), (75, 52), (100, 58)),
    ((0, 52), (26, 56), (42, 46), (44, 24), (52, 16), (60, 24), (62, 46), (78, 54), (100, 58)),
)


def sketch(w: Say, given: Mapping[str, object]) -> Sketch:
    """Draw the same points three times, with a border that is too simple, one that will do, and one that heeds each point;
    under them how many examples there are, and how many numbers may be chosen, where :func:`values` tells."""
    picture = Sketch(440, 172)
    for n, (name, border) in enumerate(zip(("little", "right", "much"), _BORDERS, strict=True)):
        left = 12 + 144 * n
        picture.box(left, 8, 124, 104, colours.MUTED, 0.04)
        for (x1, y1), (x2, y2) in itertools.pairwise(border):
            picture.line(left + 1.24 * x1, 110 - y1, left + 1.24 * x2, 110 - y2, width=2.5)
        for x, y in _ONES:
            picture.dot(left + 1.24 * x, 110 - y, colours.ORANGE, 5)
        for x, y in _OTHERS:
            picture.ring(left + 1.24 * x, 110 - y, colours.BLUE, 5)
        picture.text(left + 62, 134, w(f"sketch.{name}"))
    return picture.text(220, 160, str(given["here"]), bold=True)


def values(w: Say, count: int, held_back: int, hidden: int, inputs: int, told: bool = True) -> dict[str, object]:
    """Return what fills the blanks of the idea's text; without ``told`` the numbers that would give an exercise away stay out."""
    numbers = {"count": count, "weights": f"{hidden * (inputs + 2) + 1:,}"}
    return {
        "held_back": held_back,
        "examples": w("idea.examples", **numbers) if told else w("idea.some"),
        "numbers": w("idea.numbers", **numbers) if told else w("idea.many"),
        "here": w("sketch.numbers", **numbers) if told else "",
    }
