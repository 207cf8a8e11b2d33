"""Scores turned into probabilities: softmax with a temperature, as it is written and as it must be computed.

p_i = e^(z_i / T) / Σ e^(z_j / T) (Bridle 1990; the temperature is Boltzmann's). In double precision e^710 is more than a number
can hold, so the largest is taken off first: e^(a − m) / Σ e^(b − m) is the same quotient, and no exponential is above 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpcore.arrays import Floats, softmax
from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import served
from nlpcore.text import clean, half_width, shortened, the_first

MOST = 8  # scores that are weighed
LARGEST = 1e6  # of a score
_LONGEST_NAME = 24  # characters
_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"
# "cat 2.0", "a black cat: 2", "猫=2", or the number alone. Digits at the end of a name, "w0", are its own where the score comes
# after a blank or a sign; else, "猫3", they are the score.
_NAME = r"[^\W\d_]+(?:[-'’ ][^\W\d_]+)*"
_SCORE = re.compile(
    rf"(?:(?P<name>{_NAME}(?:\d+(?=\s*[:=]\s*{_NUMBER}|\s+{_NUMBER}))?)\s*[:=]?\s*)?(?P<score>{_NUMBER})(?![.\d])"
)
_BETWEEN = re.compile(r"[\s,;:、。|]+")  # what parts one score from the next
_NAMED = 3  # parts, names or scores that a note gives


@dataclass(frozen=True, slots=True, eq=False)
class ScoresTrace:
    """Scores on their way to probabilities.

    Attributes:
        names: n names, those that were typed or A, B, C.
        scores: (n,), z.
        temperature: T, above 0.
        scaled: (n,), z / T.
        shifted: (n,), z / T less its maximum: 0 for the largest, below 0 for the others.
        exponentials: (n,), e to the power of these, 0 to 1.
        probabilities: (n,), their shares; sum to 1.
        plain_exponentials: (n,), e^(z / T) without the maximum taken off, as double precision has it: inf where it overflows.
        plain: (n,), the shares of these: NaN where inf is divided by inf, or 0 by 0.
        notes: what was changed about the text.
    """

    names: tuple[str, ...]
    scores: Floats
    temperature: float
    scaled: Floats
    shifted: Floats
    exponentials: Floats
    probabilities: Floats
    plain_exponentials: Floats
    plain: Floats
    notes: tuple[Note, ...]

    @property
    def fails(self) -> bool:
        """Whether the formula as it is written gives no numbers."""
        return not bool(np.isfinite(self.plain).all())


@served
def weigh(text: str, temperature: float = 1.0) -> ScoresTrace:
    """Return softmax of the scores in ``text`` at a ``temperature``, with every step.

    ``text``: two to eight numbers, each with a name before it or without: "cat 2.0, dog 1". What is not read, names that are
    given and names that are shortened are noted. Raises LearnerError ``scores_too_few`` for less than two numbers, and
    ``score_too_large``; ValueError for a temperature of 0 or less.
    """
    if not temperature > 0:
        raise ValueError(f"a temperature is above 0, not {temperature}")
    try:
        cleaned = clean(text)
    except LearnerError as nothing:  # it is scores that are missing here, and no sentence
        raise LearnerError("scores_too_few", count=0) from nothing
    read = half_width(cleaned.text)
    found = [(one["name"], float(one["score"])) for one in _SCORE.finditer(read)]
    if len(found) < 2:
        raise LearnerError("scores_too_few", count=len(found))
    for _, score in found:
        if not abs(score) <= LARGEST:
            raise LearnerError("score_too_large", score=f"{score:g}", most=f"{LARGEST:,.0f}")
    notes = cleaned.notes + _unread(read)
    if len(found) > MOST:
        notes += (Note("scores_cut", {"kept": MOST, "given": len(found)}),)
    found = found[:MOST]
    names = tuple(shortened(name, _LONGEST_NAME) if name else chr(65 + place) for place, (name, _) in enumerate(found))
    return weighed(names, np.array([score for _, score in found]), float(temperature), notes + _naming(found, names))


def _unread(text: str) -> tuple[Note, ...]:
    """Return a note of what stands between the scores and is none."""
    parts = [part for part in _BETWEEN.split(_SCORE.sub(" ", text)) if part]
    return (Note("scores_unread", {"parts": the_first(parts, _NAMED)}),) if parts else ()


def _naming(found: Sequence[tuple[str | None, float]], names: Sequence[str]) -> tuple[Note, ...]:
    """Return notes of names that were given to scores among named ones, and of names that were shortened."""
    notes = []
    given = [(shown, f"{score:g}") for (name, score), shown in zip(found, names, strict=True) if name is None]
    if 0 < len(given) < len(found):
        letters, scores = (the_first(each, _NAMED) for each in zip(*given, strict=True))
        notes.append(Note("scores_unnamed", {"names": letters, "scores": scores}))
    if long := [shown for (name, _), shown in zip(found, names, strict=True) if name and len(name) > _LONGEST_NAME]:
        notes.append(Note("scores_name_cut", {"most": _LONGEST_NAME, "names": the_first(long, _NAMED)}))
    return tuple(notes)


def weighed(
    names: tuple[str, ...], scores: Floats, temperature: float = 1.0, notes: tuple[Note, ...] = ()
) -> ScoresTrace:
    """Return softmax of ``scores`` (n,) with every step: see :func:`weigh`."""
    scaled = scores / temperature
    shifted = scaled - scaled.max()
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        plain_exponentials = np.exp(scaled)
        plain = plain_exponentials / plain_exponentials.sum()
    return ScoresTrace(
        names, scores, temperature, scaled, shifted, np.exp(shifted), softmax(scaled), plain_exponentials, plain, notes
    )  # fmt: skip
