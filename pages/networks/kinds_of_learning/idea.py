"""The idea of the lesson in a small picture: one point, and what is asked of it in three ways."""

from __future__ import annotations

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import Say, number
from nlpcore.learning.points import Points

GIVEN, ASKED = colours.SKY, colours.ORANGE


def example(of: Points) -> int:
    """Return the number of the point that the idea is told with."""
    return len(of.places) // 2


def sketch(of: Points, w: Say) -> Sketch:
    """Draw the three ways under each other: what is given, what is asked for, and the answer that is learnt from."""
    picture, told = Sketch(430, 172), values(of, w)
    rows = (
        ("regression", f"{told['x']}", f"{told['y']}"),
        ("classification", f"{told['x']} · {told['y']}", str(told["name"])),
        ("clustering", f"{told['x']} · {told['y']}", ""),
    )
    picture.text(170, 18, w("own.given"))
    picture.text(353, 18, w("own.answer"))
    for row, (way, given, asked) in enumerate(rows):
        y = 28 + 48 * row
        picture.text(4, y + 24, w(f"way.{way}"), "start")
        picture.labelled(122, y, 96, 36, GIVEN, given)
        picture.arrow(222, y + 18, 276, y + 18)
        picture.labelled(280, y, 146, 36, ASKED if asked else colours.MUTED, asked or w("three.clustering.labels"))
    return picture


def values(of: Points, w: Say) -> dict[str, object]:
    """Return what fills the blanks of the idea's text."""
    row = example(of)
    places = of.places[row].tolist()
    x, y = number(places[0], ".1f"), number(places[1], ".1f" if of.data != "words" else ".0f")
    return {
        "count": len(of.places),
        "one": w(f"one.{of.data}", name=of.names[row] if of.names else "", x=x, y=y),
        "x": x,
        "y": y,
        "name": w(f"classes.{of.data}.c{int(of.classes[row])}"),
    }
