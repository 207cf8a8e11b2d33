"""The idea of the lesson in a small picture: one number of the memory at one token, what stays of it and what is added."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.charts.sketch import Sketch
from app.text import markdown_escape
from app.words import Words
from nlpcore.recurrent import CharacterReading, Reading
from nlpcore.text import shortened
from pages.sequences.lstm_gates.charts import COLOUR
from pages.sequences.lstm_gates.names import visible
from pages.sequences.lstm_gates.rounding import USUAL, digits_for, product, total, written

_OLD, _NEW, _BOX = 24, 98, 38  # y of the boxes of what stays, and of what is written; their height
_LONGEST = 9  # characters of the token
_QUOTED = 90  # characters of the text
_READ = 30  # characters of a text of letters


@dataclass(frozen=True)
class Moment:
    """One unit at one token.

    Attributes:
        token: what is read, as it is shown.
        quoted: the text, of a long one its beginning; of letters what has been read.
        letters: whether the network reads letters and guesses the next one; else it judges a review.
        known: whether it knows any of the tokens.
        units: how many numbers the memory has.
        before, c: the cell state before and after.
        i, f, g: input gate, forget gate, candidate.
    """

    token: str
    quoted: str
    letters: bool
    known: bool
    units: int
    before: float
    i: float
    f: float
    g: float
    c: float

    def said(self) -> dict[str, str]:
        """Return the numbers and the token that fill the blanks of the texts."""
        numbers = {name: self.shown(name) for name in ("before", *"ifgc")}
        return {"token": markdown_escape(self.token), "units": str(self.units), **numbers}

    @cached_property
    def digits(self) -> int:
        """How many decimals the parts of the sum have: as many as a calculator needs to get it."""
        return digits_for(total(product(self.f, self.before), product(self.i, self.g)), self.c)

    def shown(self, name: str) -> str:
        """Return one of its numbers as text and picture show it."""
        return written(getattr(self, name), USUAL if name == "c" else self.digits)

    def told(self, words: Words) -> dict[str, object]:
        """Return what fills the blanks of ``idea.text``: the problem and the question that this text brings along too."""
        kind = "letters" if self.letters else "review"
        problem = words(
            f"idea.problem.{kind if self.known or self.letters else 'unknown'}", quoted=markdown_escape(self.quoted)
        )
        return {**self.said(), "problem": problem, "question": words(f"idea.question.{kind}")}


def moment(reading: Reading, unit: int, last: int, text: str) -> Moment:
    """Return the unit where its cell changes most among the first ``last`` tokens: what comes later may be asked about.

    ``text``: what the learner wrote.
    """
    trace = reading.trace
    change = np.abs(trace.c - trace.c_before)[: max(1, last), unit]
    step = int(change.argmax())
    values = {name: float(getattr(trace, name)[step, unit]) for name in "ifgc"}
    letters = isinstance(reading, CharacterReading)
    token, before = visible(reading.tokens[step]), float(trace.c_before[step, unit])
    quoted = _read(reading, step) if letters else shortened(" ".join(text.split()), _QUOTED)
    return Moment(token, quoted, letters, any(reading.known), trace.c.shape[1], before, **values)


def _read(reading: Reading, step: int) -> str:
    """Return the letters that have been read at a step, the last ones of many: what follows is to be guessed."""
    read = "".join(reading.tokens[: step + 1])
    return read if len(read) <= _READ else "…" + read[1 - _READ :]


def sketch(at: Moment, words: Words) -> Sketch:
    """Draw what stays of the old number, what is written of a new one, and their sum. ``words``: the lesson's."""
    picture = Sketch(430, _NEW + _BOX + 6)
    token = shortened(at.token, _LONGEST)
    for y, name, value, colour, gate in (
        (_OLD, "before", "before", COLOUR["c"], "f"),
        (_NEW, "new", "g", COLOUR["g"], "i"),
    ):
        middle = y + _BOX / 2
        picture.text(6, y - 8, words(f"idea.picture.{name}", token=token), "start", size=13)
        picture.labelled(6, y, 84, _BOX, colour, at.shown(value))
        picture.text(107, middle + 5, "×")
        picture.text(177, y - 8, words(f"idea.picture.{gate}"), size=13)
        picture.labelled(124, y, 106, _BOX, COLOUR[gate], at.shown(gate))
        picture.arrow(232, middle, 273, middle + (_NEW - _OLD) * (0.32 if name == "before" else -0.32))
    middle = (_OLD + _NEW + _BOX) / 2
    picture.text(288, middle + 7, "+", size=22)
    picture.arrow(302, middle, 330, middle)
    picture.text(378, middle - _BOX / 2 - 8, words("idea.picture.after"), size=13)
    picture.labelled(332, middle - _BOX / 2, 92, _BOX, COLOUR["c"], "", fill=0.2)
    return picture.text(378, middle + 5, at.shown("c"), bold=True)
