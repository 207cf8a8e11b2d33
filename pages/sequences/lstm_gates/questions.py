"""What the LSTM lesson asks before it is shown, and the answers, all taken from the trace."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from app.questions import Question, Said
from nlpcore.recurrent.comparison import Comparison
from nlpcore.recurrent.gates import informative_units
from nlpcore.recurrent.reading import CharacterReading, Reading, SentimentReading
from pages.sequences.lstm_gates.names import visible
from pages.sequences.lstm_gates.rounding import digits_for, total, written, written_product

# Words that turn or weaken what is said: negations and contrasts of English.
NEGATIONS = ("not", "n't", "no", "never", "none", "nothing", "neither", "nor", "without", "hardly", "barely")
CONTRASTS = ("but", "however", "yet", "although", "though", "despite")
TURNING_WORDS = frozenset(NEGATIONS + CONTRASTS)
A_CHANGE = 0.05  # of a probability; less than this is no change worth naming
MOST, HALF = 0.9, 0.5  # of the old cell state
_CONTEXT = 30  # characters that are quoted before the one to be expected


# -- where to ask ----------------------------------------------------------------------------------------------------


def asked(reading: Reading, about: Hashable, unit: int | None = None) -> tuple[tuple[Question, int], ...]:
    """Return what is asked about a text, one question after the other, each with the last step (from 1) of which all may
    be shown while it is open: the token before the one that a question about a review is about; of another text the
    character after which the next one is asked for. ``unit``: whose memory is asked about, by default the most telling one.
    """
    if all_unknown(reading):
        return ()  # the output says nothing about such a text
    if isinstance(reading, CharacterReading):
        letter = next_character(reading, about)
        return ((letter, surest_step(reading) + 1),) if letter else ()
    if not isinstance(reading, SentimentReading):
        return ()
    first, step = turn(reading, about), turning_step(reading)
    if first is None or step is None:
        return ()
    unit = informative_units(reading, 1)[0].unit if unit is None else unit
    jump = jump_step(reading, step, unit)
    return ((first, step), (kept(reading, jump, about, unit), jump))


def all_unknown(reading: Reading) -> bool:
    """Whether the network knows not one token of a text."""
    return not any(reading.known)


def place(question: Question, last: int) -> int:
    """Return the step (from 1) that shows what a question of :func:`asked` is about, once it is answered."""
    return last if question.name == "next" else last + 1


def in_sight(question: Question, last: int) -> int:
    """Return the last step (from 1) that may be shown while a question is open.

    What the gates do at a token is asked where the token has been read and the output is known.
    """
    return last + 1 if question.name == "kept" else last


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


def jump_step(reading: Reading, first: int, unit: int) -> int:
    """Return the step, ``first`` at the earliest, at which the cell of a unit changes most."""
    cell = reading.trace.c[:, unit]
    return first + int(np.abs(np.diff(cell))[first - 1 :].argmax())


# -- the questions ---------------------------------------------------------------------------------------------------


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
            "o": float(reading.trace.o[step].mean()),
        },
        about,
    )


def edited(both: Comparison, about: Hashable) -> Question | None:
    """Ask whether the edited version is judged higher or lower in the end.

    None for letters, which nobody judges, and where the network knows no word of either version.
    """
    if all_unknown(both.before) or all_unknown(both.after):
        return None
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
        {
            "token": visible(best),
            "probability": probability,
            "context": context,
            "entropy": float(reading.signal[step]),
            "mean": float(reading.signal.mean()),
            "letters": len(reading.vocabulary),
            "most": float(np.log2(len(reading.vocabulary))),
        },
        about,
    )


def expected_options(reading: CharacterReading, step: int, count: int = 4) -> tuple[str, ...]:
    """Return the most probable next character after ``step`` among frequent other ones, in alphabetical order."""
    best = reading.next(step, 1)[0][0]
    others = [letter for letter in "etaoins " if letter != best and letter in reading.vocabulary]
    return tuple(sorted([best, *others[: count - 1]]))


def kept(reading: Reading, step: int, about: Hashable, unit: int) -> Question:
    """Ask how much of its old cell state a unit keeps at a step, the one at which it changes most.

    Whoever takes the forget gate for an eraser expects it to close there; but what is written is added.
    """
    trace = reading.trace
    i, f, g, c = (float(getattr(trace, name)[step, unit]) for name in "ifgc")
    before = float(trace.c_before[step, unit])
    stays, added = f * before, i * g
    parts = digits_for(total(stays, added), c)
    told = {
        "before": written(before),
        "c": written(c),
        "f": written(f),
        "kept_as": written_product(f, before, stays, parts),
        "kept": written(stays, parts),
        "added_as": written_product(i, g, added, parts),
        "added": written(added, parts),
    }
    answers = ("most", "part", "little")
    right = 0 if f >= MOST else 1 if f >= HALF else 2
    moral = Said(f"predict.kept.moral.{answers[right]}", {name: told[name] for name in ("f", "before", "c")})
    return Question(
        "kept",
        tuple(Said(f"predict.kept.{answer}") for answer in answers),
        right,
        "predict.kept.because",
        {"token": visible(reading.tokens[step]), "step": step + 1, "unit": unit, "moral": moral, **told},
        about,
    )
