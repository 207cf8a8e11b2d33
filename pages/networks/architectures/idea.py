"""The idea of the lesson in a small picture: what goes into a network of this shape, and what comes out."""

from __future__ import annotations

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import Say
from nlpcore.networks.shapes import Shape
from pages.networks.architectures.charts import shape_said

Ends = tuple[tuple[int, ...], tuple[int, ...]]  # the shapes of what goes in and of what comes out


def sketch(shape: Shape, ends: Ends, w: Say) -> Sketch:
    """Draw the tensor that goes in, the network, the tensor that comes out, and over them what they are."""
    picture = Sketch(460, 104)
    first, last = map(shape_said, ends)
    picture.text(75, 24, w("idea.in"))
    picture.labelled(2, 36, 146, 40, colours.SKY, first)
    picture.arrow(150, 56, 174, 56)
    picture.labelled(178, 36, 118, 40, colours.ORANGE, w(f"short.{shape}"))
    picture.arrow(298, 56, 322, 56)
    picture.labelled(326, 36, 132, 40, colours.GREEN, last)
    picture.text(392, 24, w("idea.out"))
    return picture


def values(shape: Shape, ends: Ends, w: Say) -> dict[str, object]:
    """Return what fills the blanks of the idea's text."""
    first, last = map(shape_said, ends)
    return {"shape": w(f"shape.{shape}"), "input": first, "output": last, "task": w(f"task.{shape}"),
            "examples": ends[0][0]}  # fmt: skip
