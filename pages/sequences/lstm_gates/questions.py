"""What the LSTM lesson asks before it is shown, and the answers, all taken from the trace."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from app.questions import Question, Said
from nlpcore.recurrent.comparison import Comparison
from nlpcore.recurrent.gates import Shift, gate_shifts
from nlpcore.recurrent.reading import CharacterReading, Reading, SentimentReading
from pages.sequences.lstm_gates.names import visible

# Words that turn or weaken what is said: negations and contrasts of English.
NEGATIONS = ("not", "n't", "no", "never", "none", "nothing", "neither", "nor", "without", "hardly", "barely")
CONTRASTS = ("but", "however", "yet", "although", "though", "despite")
TURNING_WORDS = frozenset(NEGATIONS + CONTRASTS)
A_CHANGE = 0.05  # of a probability; less than this is no change worth naming
_PAUSES = frozenset(".!?;,:")
_CONTEXT = 30  # characters that are quoted before the one to be expected


# -- where to ask ----------------------------------------------------------------------------------------------------


def asked_step(reading: Reading) -> int | None:
    """Return the step that the page's first question is about; None for a text that is too short for one."""
    if isinstance(reading, CharacterReading):
        return surest_step(reading) + 1 if len(reading.tokens) > 1 else None
    return turning_step(reading) if isinstance(reading, SentimentReading) else None


def turning_step(reading: SentimentReading) -> int | None:
    """Return the step of the first turning word after the first token; without one, that of the largest change.

    None for a text of one token.
    """
    later = range(1, len(reading.tokens))
    named = next((step for step in later if reading.tokens[step] in TURNING_WORDS), None)
    if named is not None or not later:
        return named
    return 1 + int(np.abs(np.diff(reading.positive)).argmax())


def surest_step(reading: CharacterReading) -> int:
    """Return the step after which the next character is least uncertain, the last step left out if there are more."""
    return int(reading.signal[: max(1, len(reading.tokens) - 1)].argmin())


def pause_step(reading: Reading) -> int | None:
    """Return the step of the last punctuation sign (in letters also blank) after the first token, or None."""
    pauses = _PAUSES | {" "} if isinstance(reading, CharacterReading) else _PAUSES
    return next((step for step in range(len(reading.tokens) - 1, 0, -1) if reading.tokens[step] in pauses), None)


# -- the questions ---------------------------------------------------------------------------------------------------


def first(reading: SentimentReading | CharacterReading, about: Hashable) -> Question | None:
    """Return what is asked first: about the turn of a review, or about the next letter of another text."""
    return turn(reading, about) if isinstance(reading, SentimentReading) else next_character(reading, about)


def turn(reading: SentimentReading, about: Hashable) -> Question | None:
    """Ask what a turning word does to the prediction; None for a text of one token."""
    step = turning_step(reading)
    if step is None:
        return None
    before, after = (float(p) for p in reading.positive[step - 1 : step + 1])
    return Question(
        "turn",
        (Said("predict.turn.rises"), Said("predict.turn.falls"), Said("predict.turn.stays")),
        _direction(after - before),
        "predict.turn.because",
        {
            "token": visible(reading.tokens[step]),
            "step": step + 1,
            "before": before,
            "after": after,
            "i": float(reading.trace.i[step].mean()),
            "f": float(reading.trace.f[step].mean()),
        },
        about,
    )


def edited(both: Comparison, about: Hashable) -> Question | None:
    """Ask whether the edited version is judged higher or lower in the end; None for letters, which nobody judges."""
    if not isinstance(both.before, SentimentReading) or not isinstance(both.after, SentimentReading):
        return None
    before, after = float(both.before.positive[-1]), float(both.after.positive[-1])
    options = (Said("predict.edited.higher"), Said("predict.edited.lower"), Said("predict.edited.same"))
    values = {"before": before, "after": after}
    return Question("edited", options, _direction(after - before), "predict.edited.because", values, about)


def _direction(change: float) -> int:
    """Return 0 for a rise by more than :data:`A_CHANGE`, 1 for such a fall, 2 for neither."""
    if abs(change) <= A_CHANGE:
        return 2
    return 0 if change > 0 else 1


def next_character(reading: CharacterReading, about: Hashable) -> Question | None:
    """Ask which character is expected most where the network is surest; None for a text of one character."""
    if len(reading.tokens) < 2:
        return None
    step = surest_step(reading)
    (best, probability), options = reading.next(step, 1)[0], expected_options(reading, step)
    context = "".join(reading.tokens[max(0, step - _CONTEXT) : step + 1])
    return Question(
        "next",
        tuple(visible(option) for option in options),
        options.index(best),
        "predict.next.because",
        {"token": visible(best), "probability": probability, "context": context},
        about,
    )


def expected_options(reading: CharacterReading, step: int, count: int = 4) -> tuple[str, ...]:
    """Return the most probable next character after ``step`` among frequent other ones, in alphabetical order."""
    best = reading.next(step, 1)[0][0]
    others = [letter for letter in "etaoins " if letter != best and letter in reading.vocabulary]
    return tuple(sorted([best, *others[: count - 1]]))


def closes(reading: Reading, about: Hashable) -> Question | None:
    """Ask which gate closes most at the last pause; None for a text without one, or of two tokens."""
    step = pause_step(reading)
    if step is None or len(reading.tokens) < 3:
        return None
    gate, shifts = closing_gate(reading, step)
    names = [shift.gate for shift in shifts]
    options = (*(Said(f"names.{name}") for name in names), Said("predict.closes.none"))
    values: dict[str, str | int | float | Said] = {"token": visible(reading.tokens[step]), "step": step + 1}
    for shift in shifts:
        values |= {shift.gate: shift.here, f"{shift.gate}_else": shift.elsewhere}
    right = len(names) if gate is None else names.index(gate)
    return Question("closes", options, right, "predict.closes.because", values, about)


def closing_gate(reading: Reading, step: int, least: float = 0.01) -> tuple[str | None, tuple[Shift, ...]]:
    """Return which of i, f, o closes most at ``step`` against its mean elsewhere, and all three shifts.

    None where no gate closes by more than ``least``.
    """
    shifts = gate_shifts(reading.trace, step)
    lowest = min(shifts, key=lambda shift: shift.change)
    return (lowest.gate if lowest.change < -least else None), shifts
