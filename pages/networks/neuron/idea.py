"""The idea of the lesson in a small picture: two inputs, their weights, the sum and what the activation makes of it."""

from __future__ import annotations

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import number
from nlpcore.networks.neuron import NeuronTrace
from pages.networks.neuron.numbers import of_output, weight

INPUT, SUM, OUTPUT = colours.SKY, colours.ORANGE, colours.BLUE


def sketch(trace: NeuronTrace, activation: str) -> Sketch:
    """Draw the neuron with the numbers of its trace; ``activation``: its function's name as it is read."""
    picture = Sketch(430, 148)
    for row, (x, w) in enumerate(zip(trace.inputs, trace.weights, strict=True)):
        y = 14 + 58 * row
        picture.labelled(4, y, 66, 34, INPUT, f"{x:g}")
        picture.arrow(72, y + 17, 172, 62 + 12 * row)
        picture.text(118, y + (12 if row == 0 else 46), f"× {weight(float(w))}")
    picture.text(196, 134, f"+ {weight(trace.bias)}")
    picture.arrow(196, 118, 196, 98)
    picture.labelled(174, 50, 62, 44, SUM, weight(trace.total))
    picture.arrow(238, 72, 262, 72)
    picture.labelled(264, 50, 92, 44, colours.MUTED, activation, 0.12)
    picture.arrow(358, 72, 376, 72)
    picture.text(402, 77, of_output(trace.output), bold=True)
    return picture


def _added(value: float) -> str:
    """Return a number as it stands behind a plus: one below 0 in brackets."""
    return f"({weight(value)})" if value < 0 else weight(value)


def values(trace: NeuronTrace) -> dict[str, object]:
    """Return what fills the blanks of the idea's text."""
    (x1, x2), (w1, w2) = trace.inputs, trace.weights
    return {
        "x1": f"{x1:g}", "x2": f"{x2:g}", "w1": weight(float(w1)), "w2": weight(float(w2)), "b": weight(trace.bias),
        "p1": weight(float(trace.shares[0])), "p2": _added(float(trace.shares[1])), "b_added": _added(trace.bias),
        "z": weight(trace.total),
        "a": of_output(trace.output), "steep": number(trace.slope, ".2f"),
    }  # fmt: skip
