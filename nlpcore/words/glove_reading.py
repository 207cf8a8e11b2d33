"""A text as GloVe reads it: its matrix, ratios of its probabilities, and a small training on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.errors import LearnerError, Note
from nlpcore.models import workers
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, train
from nlpcore.words.cooccurrences import Counted, count_cooccurrences
from nlpcore.words.glove import EXPONENT, RATE, SmallGlove

MOST_WORDS = 200  # of a text whose matrix is looked at
MOST_STEPS = 20_000
_LONG = 100_000  # characters of a text that is counted in a process of its own

# Pennington et al. 2014, Table 1: P(k | ice), P(k | steam) and their ratio, of 6 billion words.
PAPER_PROBES = ("solid", "gas", "water", "fashion")
PAPER = ((1.9e-4, 6.6e-5, 3.0e-3, 1.7e-5), (2.2e-5, 7.8e-4, 2.2e-3, 1.8e-5), (8.9, 8.5e-2, 1.36, 0.96))


@dataclass(frozen=True, slots=True, eq=False)
class Cooccurrences:
    """A short text and its matrix.

    Attributes:
        lines: the words of each sentence.
        counted: X.
        notes: what was changed about the text.
    """

    lines: tuple[tuple[str, ...], ...]
    counted: Counted
    notes: tuple[Note, ...] = ()

    @property
    def tokens(self) -> tuple[str, ...]:
        """All words in their order."""
        return tuple(word for line in self.lines for word in line)


@served
def read_cooccurrences(text: str, window: int = 2, by_distance: bool = True) -> Cooccurrences:
    """Count which words of a text, a sentence a line and words apart by blanks, stand within ``window`` places of each other.

    Of a long one the first ``MOST_WORDS`` words are read. Raises LearnerError ``empty_text`` for no word,
    ``text_of_one_word`` where no sentence has two, ValueError for a window below 1.
    """
    lines, notes = _first(text)
    return Cooccurrences(lines, count_cooccurrences(_joined(lines), window, 1, by_distance), notes)


def _first(text: str) -> tuple[tuple[tuple[str, ...], ...], tuple[Note, ...]]:
    lines: list[tuple[str, ...]] = []
    left = MOST_WORDS
    for line in text.split("\n"):
        words = tuple(line.split()[:left])
        left -= len(words)
        lines += [words] if words else []
    if max(map(len, lines), default=0) < 2:
        raise LearnerError("text_of_one_word" if lines else "empty_text")
    given = len(text.split())
    cut = (Note("text_words_cut", {"given": given, "kept": MOST_WORDS}),) if given > MOST_WORDS else ()
    return tuple(lines), cut


def _joined(lines: tuple[tuple[str, ...], ...]) -> str:
    return "\n".join(" ".join(line) for line in lines)


@served
def learn_small_glove(
    text: str,
    steps: int,
    window: int = 2,
    by_distance: bool = True,
    x_max: float = 10.0,
    exponent: float = EXPONENT,
    dimensions: int = 4,
    rate: float = RATE,
    seed: int = 1,
) -> Run:
    """Return GloVe on a short text after so many steps, a cell each; its ``shown`` is a :class:`nlpcore.words.glove.GloveState`.

    Raises LearnerError ``empty_text`` and ``text_of_one_word`` as :func:`read_cooccurrences`, ValueError for settings with
    which there is no training, or more than ``MOST_STEPS``.
    """
    lines, _ = _first(text)
    if not (0 <= steps <= MOST_STEPS and dimensions >= 1 and 0 <= rate < np.inf and x_max > 0 and exponent >= 0):
        raise ValueError("no such training")
    return train(SmallGlove, (_joined(lines), window, by_distance, x_max, exponent, dimensions, rate, seed), steps)


# -- ratios ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Ratios:
    """How much likelier each of some words is near one word than near another (section 3, Table 1).

    Attributes:
        words: the two.
        probes: k words that are looked for near them.
        occurrences: (2 + k,), how often each of all occurs in the text; 0 for one that it does not have.
        counts: (2, k), X.
        totals: (2,), the sum of each row of X.
        probabilities: (2, k), P(k | word) = X / total; NaN where the total is 0.
        ratios: (k,), the first over the second; ∞ where only the second is 0, NaN where both are or one is NaN.
    """

    words: tuple[str, str]
    probes: tuple[str, ...]
    occurrences: tuple[int, ...]
    counts: Floats
    totals: Floats
    probabilities: Floats
    ratios: Floats


@served
def cooccurrence_ratios(
    text: str, words: tuple[str, str], probes: tuple[str, ...], window: int = 10, by_distance: bool = True
) -> Ratios:
    """Return how often ``probes`` stand near two words of a text, of any length: a sentence a line, words apart by blanks.

    Raises LearnerError ``empty_text`` for a text without words, ValueError for a window below 1 or without two words.
    """
    if len(words) != 2 or not probes:
        raise ValueError("two words and at least one probe")
    if not text.split():
        raise LearnerError("empty_text")
    asked = (text, words, probes, window, by_distance)
    answer: Ratios = workers.run(_ratios, *asked) if len(text) > _LONG else _ratios(*asked)
    return answer


def _ratios(
    text: str,
    words: tuple[str, str],
    probes: tuple[str, ...],
    window: int,
    by_distance: bool,
    on_progress: Callable[[object], None] | None = None,
) -> Ratios:
    del on_progress  # it takes a second
    counted = count_cooccurrences(text, window, 1, by_distance)
    index = {word: row for row, word in enumerate(counted.words)}
    occurrences = tuple(int(counted.counts.counts[index[word]]) if word in index else 0 for word in (*words, *probes))
    counts = np.zeros((2, len(probes)))
    totals = np.zeros(2)
    for place, word in enumerate(words):
        if word in index:
            row = counted.row_of(word)
            totals[place] = row.sum()
            counts[place] = [row[index[probe]] if probe in index else 0.0 for probe in probes]
    with np.errstate(divide="ignore", invalid="ignore"):
        probabilities: Floats = counts / totals[:, None]
        ratios: Floats = probabilities[0] / probabilities[1]
    return Ratios(words, probes, occurrences, counts, totals, probabilities, ratios)
