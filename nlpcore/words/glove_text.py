"""GloVe on a text of any length, a batch of shuffled cells a step: so that it can be watched, stopped and continued.

All cells of a batch see the same numbers, and AdaGrad sums the squared gradient of each cell, as the authors' program does
with its threads; products of sparse matrices do the sums.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlpcore.arrays import Floats, Singles
from nlpcore.errors import LearnerError
from nlpcore.models import workers
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, State, train
from nlpcore.words.cooccurrences import Counted, count_cooccurrences
from nlpcore.words.glove import EXPONENT, RATE, Parameters, first_parameters, split, weight
from nlpcore.words.word2vec_text import Learnt

BATCHES = 20  # of a pass over all cells
PASSES = 25
X_MAX = 10.0  # as in the authors' demo, whose text is small too; the paper's 100 is for billions of words
_TOGETHER = 20_000  # cells whose vectors are multiplied at once: they stay in the processor's cache
_RUNAWAY = 100.0
_FREQUENT = 1000
_Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class GloveSettings:
    """How a text is learnt. ValueError for a value with which there is no training.

    Attributes:
        dimensions: of the vectors.
        window: places to each side.
        by_distance: whether d places apart count 1 / d.
        x_max: of the weighting.
        exponent: α of the weighting.
        at_least: rarer words are left out.
        passes: how often all cells are learnt.
        rate: AdaGrad's learning rate.
        seed: of the first numbers, and of the order of the cells.
    """

    dimensions: int = 50
    window: int = 10
    by_distance: bool = True
    x_max: float = X_MAX
    exponent: float = EXPONENT
    at_least: int = 5
    passes: int = PASSES
    rate: float = RATE
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.dimensions, self.window, self.at_least, self.passes) < 1:
            raise ValueError(f"no such training: {self}")
        if not (self.x_max > 0 and self.exponent >= 0 and 0 < self.rate < math.inf):
            raise ValueError(f"no such training: {self}")


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Cells of a step, by rows: (cells,) each; ``ends`` (words + 1,) says where the rows end."""

    rows: _Places
    columns: _Places
    ends: _Places
    logs: Singles
    weights: Singles


class TextGlove:
    """A :class:`nlpcore.models.trainings.Training`; a step is a twentieth of all cells.

    ``text`` has a sentence a line, its words apart by blanks. Raises LearnerError ``text_without_words`` where fewer than two
    words occur as often as ``settings.at_least``, or none stand near each other.
    """

    def __init__(self, text: str, settings: GloveSettings) -> None:
        counted = count_cooccurrences(text, settings.window, settings.at_least, settings.by_distance)
        if len(counted.words) < 2 or not len(counted.values):
            raise LearnerError("text_without_words", times=settings.at_least)
        self._settings, self._words = settings, counted.words
        self._batches = _batches(counted, settings)
        self._both: Singles = first_parameters(len(self._words), settings.dimensions, settings.seed).astype(np.float32)
        self._sums: Singles = np.ones_like(self._both)
        self._taken = 0

    @property
    def steps(self) -> int:
        """How many steps all passes have."""
        return len(self._batches) * self._settings.passes

    @property
    def parameters(self) -> Parameters:
        """What has been learnt."""
        both: Floats = self._both.astype(np.float64)
        return split(both)

    def step(self) -> float | None:
        """Learn the next batch, and return the loss of a cell of it on average; None once all passes are over."""
        if self._taken == self.steps:
            return None
        pass_, place = divmod(self._taken, len(self._batches))
        order = np.random.default_rng((self._settings.seed, 1 + pass_)).permutation(len(self._batches))
        with np.errstate(over="ignore", invalid="ignore"):  # of a rate that is too large: the loss says so
            loss = self._learn(self._batches[int(order[place])])
        self._taken += 1
        return loss if float(np.abs(self._both).max()) < _RUNAWAY else math.inf

    def _learn(self, batch: _Batch) -> float:
        one, other = self._both
        scores = one[batch.rows, -1] + other[batch.columns, -1]
        for at in range(0, len(scores), _TOGETHER):
            cut = slice(at, at + _TOGETHER)
            scores[cut] += np.einsum("cd,cd->c", one[batch.rows[cut], :-1], other[batch.columns[cut], :-1])
        differences = scores - batch.logs
        factors = batch.weights * differences
        # Beside its bias a word has a 1: so the gradient by the other's bias is a column like the others.
        ones, others = _with_ones(one), _with_ones(other)
        size = (len(one), len(other))
        by_cell = sparse.csr_array((factors, batch.columns, batch.ends), shape=size)
        squared = sparse.csr_array((factors**2, batch.columns, batch.ends), shape=size)
        for half, matrix, squares, beside in ((0, by_cell, squared, others), (1, by_cell.T, squared.T, ones)):
            self._sums[half] += squares @ beside**2
            self._both[half] -= self._settings.rate * (matrix @ beside) / np.sqrt(self._sums[half])
        return float(factors @ differences) / len(factors)

    def shown(self) -> Learnt:
        """Return the words and their vectors, w + w̃."""
        vectors: Singles = self._both[0, :, :-1] + self._both[1, :, :-1]
        vectors.flags.writeable = False
        return Learnt(self._words, min(1.0, self._taken / self.steps), vectors)

    def state(self) -> State:
        """Return all numbers, AdaGrad's sums, and how many batches were taken, which says what comes next."""
        return {"both": self._both.copy(), "sums": self._sums.copy(), "taken": np.array(self._taken)}

    def restore(self, state: State) -> None:
        """Go on from there."""
        self._both, self._sums = state["both"].copy(), state["sums"].copy()
        self._taken = int(state["taken"])


def _with_ones(numbers: Singles) -> Singles:
    """Return vectors with their bias, (n, d + 1), with 1 in its place."""
    found = numbers.copy()
    found[:, -1] = 1.0
    return found


def _batches(counted: Counted, settings: GloveSettings) -> list[_Batch]:
    """Return all cells in shuffled batches."""
    logs = np.log(counted.values).astype(np.float32)
    weights = weight(counted.values, settings.x_max, settings.exponent).astype(np.float32)
    shuffled = np.random.default_rng((settings.seed, 0)).permutation(len(logs))
    found = []
    for cells in np.array_split(shuffled, min(BATCHES, len(logs))):
        cells = np.sort(cells)
        rows = counted.rows[cells].astype(np.int32)
        ends = np.searchsorted(rows, np.arange(len(counted.words) + 1)).astype(np.int32)
        columns = counted.columns[cells].astype(np.int32)
        found.append(_Batch(rows, columns, ends, logs[cells], weights[cells]))
    return found


@dataclass(frozen=True, slots=True)
class MatrixSize:
    """How large the matrix of a text is.

    Attributes:
        words: its rows, and its columns.
        cells: how many of it are not 0.
        largest: the largest count.
        frequent: the words of its first rows, at most 1,000, the most frequent first.
    """

    words: int
    cells: int
    largest: float
    frequent: tuple[str, ...]

    @property
    def share(self) -> float:
        """How many of all cells are not 0; 0 to 1."""
        return self.cells / self.words**2


@served
def matrix_size(text: str, window: int = 10, by_distance: bool = True, at_least: int = 5) -> MatrixSize:
    """Count the cells of a text's matrix. Raises LearnerError ``text_without_words`` as the training does, ValueError for a
    window below 1."""
    if window < 1:
        raise ValueError("a window has at least one word to each side")
    found: MatrixSize = workers.run(_size, text, window, by_distance, at_least)
    return found


def _size(
    text: str, window: int, by_distance: bool, at_least: int, on_progress: Callable[[object], None] | None = None
) -> MatrixSize:
    del on_progress  # it takes a second
    counted = count_cooccurrences(text, window, at_least, by_distance)
    if len(counted.words) < 2 or not len(counted.values):
        raise LearnerError("text_without_words", times=at_least)
    return MatrixSize(len(counted.words), len(counted.values), float(counted.values.max()), counted.words[:_FREQUENT])


@served
def learn_glove(
    text: str,
    steps: int,
    dimensions: int = 50,
    window: int = 10,
    by_distance: bool = True,
    x_max: float = X_MAX,
    exponent: float = EXPONENT,
    at_least: int = 5,
    passes: int = PASSES,
    rate: float = RATE,
    seed: int = 0,
) -> Run:
    """Return GloVe on a text after so many batches, at most all of its passes; see :class:`TextGlove`.

    ``shown`` of the run is a :class:`nlpcore.words.word2vec_text.Learnt`. Raises LearnerError ``text_without_words``,
    ValueError for settings with which there is no training.
    """
    settings = GloveSettings(dimensions, window, by_distance, x_max, exponent, at_least, passes, rate, seed)
    return train(TextGlove, (text, settings), steps)
