"""Questions worth asking about a reading before it is shown, and their answers, all taken from the trace."""

from __future__ import annotations

import numpy as np

from nlpcore.recurrent.gates import Shift, gate_shifts
from nlpcore.recurrent.reading import CharacterReading, Reading, SentimentReading

# Words that turn or weaken what is said: negations and contrasts of English.
NEGATIONS = ("not", "n't", "no", "never", "none", "nothing", "neither", "nor", "without", "hardly", "barely")
CONTRASTS = ("but", "however", "yet", "although", "though", "despite")
TURNING_WORDS = frozenset(NEGATIONS + CONTRASTS)
_PAUSES = frozenset(".!?;,:")


def turning_step(reading: SentimentReading) -> int | None:
    """Return the step of the first turning word after the first token; without one, that of the largest change.

    None for a text of one token.
    """
    later = range(1, len(reading.tokens))
    named = next((step for step in later if reading.tokens[step] in TURNING_WORDS), None)
    if named is not None or not later:
        return named
    return 1 + int(np.abs(np.diff(reading.positive)).argmax())


def change_at(reading: SentimentReading, step: int, least: float = 0.05) -> int:
    """Return 1 where the probability of positive rises by more than ``least`` at ``step``, -1 where it falls, else 0."""
    change = float(reading.positive[step] - reading.positive[step - 1])
    return 0 if abs(change) <= least else int(np.sign(change))


def pause_step(reading: Reading) -> int | None:
    """Return the step of the last punctuation sign (in letters also blank) after the first token, or None."""
    pauses = _PAUSES | {" "} if isinstance(reading, CharacterReading) else _PAUSES
    return next((step for step in range(len(reading.tokens) - 1, 0, -1) if reading.tokens[step] in pauses), None)


def closing_gate(reading: Reading, step: int, least: float = 0.01) -> tuple[str | None, tuple[Shift, ...]]:
    """Return which of i, f, o closes most at ``step`` against its mean elsewhere, and all three shifts.

    None where no gate closes by more than ``least``.
    """
    shifts = gate_shifts(reading.trace, step)
    lowest = min(shifts, key=lambda shift: shift.change)
    return (lowest.gate if lowest.change < -least else None), shifts


def surest_step(reading: CharacterReading) -> int:
    """Return the step after which the next character is least uncertain, the last step left out if there are more."""
    return int(reading.signal[: max(1, len(reading.tokens) - 1)].argmin())


def expected_options(reading: CharacterReading, step: int, count: int = 4) -> tuple[str, ...]:
    """Return the most probable next character after ``step`` among frequent other ones, in alphabetical order."""
    best = reading.next(step, 1)[0][0]
    others = [letter for letter in "etaoins " if letter != best and letter in reading.vocabulary]
    return tuple(sorted([best, *others[: count - 1]]))
