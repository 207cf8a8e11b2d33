"""The idea of the lesson in a small picture: the cell of one unit at one token, with its gates and their numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.charts.sketch import Sketch
from app.text import markdown_escape, number
from nlpcore.recurrent import Reading
from pages.sequences.lstm_gates.charts import COLOUR
from pages.sequences.lstm_gates.names import visible

_CELL, _GATES = 22, 94  # y of the line of the cell state, and of what is written to it
_LONGEST = 9  # characters of the token


@dataclass(frozen=True)
class Moment:
    """One unit at one token.

    Attributes:
        token: what is read, as it is shown.
        unit: its number, from 0.
        before, c, h: the cell state before and after, the hidden state.
        i, f, g, o: the gates and the candidate.
    """

    token: str
    unit: int
    before: float
    i: float
    f: float
    g: float
    o: float
    c: float
    h: float

    def said(self) -> dict[str, object]:
        """Return what fills the blanks of the texts."""
        numbers = {name: number(getattr(self, name)) for name in ("before", *"ifgoch")}
        return {"token": markdown_escape(self.token), "unit": self.unit, **numbers}


def moment(reading: Reading, unit: int, last: int) -> Moment:
    """Return the unit where its cell changes most among the first ``last`` tokens: what comes later may be asked about."""
    trace = reading.trace
    change = np.abs(trace.c - trace.c_before)[: max(1, last), unit]
    step = int(change.argmax())
    values = {name: float(getattr(trace, name)[step, unit]) for name in "ifgoch"}
    return Moment(visible(reading.tokens[step]), unit, float(trace.c_before[step, unit]), **values)


def sketch(at: Moment) -> Sketch:
    """Draw the cell state from left to right: times f, plus i times g; and down from it, times o, the hidden state."""
    picture = Sketch(420, 156)
    token = at.token if len(at.token) <= _LONGEST else at.token[: _LONGEST - 1] + "…"
    picture.text(34, _CELL + 21, f"c {number(at.before)}", bold=True)
    _gate(picture, 92, _CELL, 76, "f", f"× f {number(at.f)}")
    picture.labelled(216, _CELL, 32, 32, COLOUR["c"], "+")
    picture.text(372, _CELL + 21, f"c {number(at.c)}", bold=True)
    for start, end in ((66, 90), (170, 214), (250, 338)):
        picture.arrow(start, _CELL + 16, end, _CELL + 16, COLOUR["c"], 2)
    picture.text(46, _GATES + 21, f"“{token}”")
    picture.arrow(90, _GATES + 16, 116, _GATES + 16)
    _gate(picture, 118, _GATES, 70, "i", f"i {number(at.i)}")
    picture.text(200, _GATES + 21, "×")
    _gate(picture, 212, _GATES, 76, "g", f"g {number(at.g)}")
    picture.line(46, _GATES + 28, 46, _GATES + 50)  # the token makes the candidate too
    picture.line(46, _GATES + 50, 250, _GATES + 50)
    picture.arrow(250, _GATES + 50, 250, _GATES + 35)
    picture.arrow(232, _GATES - 2, 232, _CELL + 35)
    picture.arrow(372, _CELL + 30, 372, _GATES - 20, COLOUR["h"], 2)
    _gate(picture, 312, _GATES - 18, 106, "o", f"tanh · o {number(at.o)}")
    picture.arrow(372, _GATES + 15, 372, _GATES + 36, COLOUR["h"], 2)
    return picture.text(372, _GATES + 54, f"h {number(at.h)}", bold=True)


def _gate(picture: Sketch, x: float, y: float, width: float, name: str, label: str) -> None:
    picture.labelled(x, y, width, 32, COLOUR[name], label)
