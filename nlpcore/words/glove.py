"""GloVe: vectors whose products are the logarithms of how often words stand near each other.

Pennington, Socher & Manning 2014, "GloVe: Global Vectors for Word Representation", sections 3 and 4.2. Steps are those of the
authors' program (glove.c): of half the objective, by AdaGrad whose sums begin at 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arrays import Floats, Integers
from nlpcore.models.trainings import State
from nlpcore.words.cooccurrences import Counted, count_cooccurrences

X_MAX, EXPONENT, RATE = 100.0, 0.75, 0.05  # x_max, α and the first learning rate of the paper
_RUNAWAY = 100.0  # no vector that is learnt has such a number


def weight(values: ArrayLike, x_max: float = X_MAX, exponent: float = EXPONENT) -> Floats:
    """Return f(X) (eq. 9): (X / x_max)^α below ``x_max``, 1 from there on. Raises ValueError for an ``x_max`` of 0 or less."""
    if x_max <= 0:
        raise ValueError("x_max is more than 0")
    found: Floats = np.minimum(np.asarray(values, dtype=np.float64) / x_max, 1.0) ** exponent
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """What GloVe learns of n words: d numbers and a bias for a word in the middle, and again for one beside it.

    Attributes:
        first, second: (n, d), w and w̃.
        first_bias, second_bias: (n,), b and b̃.
    """

    first: Floats
    second: Floats
    first_bias: Floats
    second_bias: Floats

    @property
    def vectors(self) -> Floats:
        """The words' vectors, w + w̃ (section 4.2): (n, d)."""
        return self.first + self.second


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The terms of the objective, one for each cell.

    Attributes:
        scores: (cells,), w_i · w̃_j + b_i + b̃_j.
        logs: (cells,), ln X_ij: what the score should be.
        differences: (cells,), score − ln X.
        weights: (cells,), f(X_ij).
        losses: (cells,), f(X_ij) · difference².
    """

    scores: Floats
    logs: Floats
    differences: Floats
    weights: Floats
    losses: Floats

    @property
    def objective(self) -> float:
        """J (eq. 8), the sum of all terms."""
        return float(self.losses.sum())


def terms(parameters: Parameters, counted: Counted, x_max: float = X_MAX, exponent: float = EXPONENT) -> Terms:
    """Return every term of the objective J (eq. 8)."""
    rows, columns = counted.rows, counted.columns
    products = np.einsum("cd,cd->c", parameters.first[rows], parameters.second[columns])
    scores = products + parameters.first_bias[rows] + parameters.second_bias[columns]
    logs, weights = np.log(counted.values), weight(counted.values, x_max, exponent)
    differences = scores - logs
    return Terms(scores, logs, differences, weights, weights * differences**2)


def first_parameters(words: int, dimensions: int, seed: int) -> Floats:
    """Return what a training begins with: (2, words, d + 1), w with b, and w̃ with b̃; evenly within ±0.5 / d, as the program."""
    return (np.random.default_rng(seed).random((2, words, dimensions + 1)) - 0.5) / dimensions


def split(both: Floats) -> Parameters:
    """Return the parts of (2, n, d + 1) numbers that hold w, b and w̃, b̃."""
    return Parameters(both[0, :, :-1], both[1, :, :-1], both[0, :, -1], both[1, :, -1])


@dataclass(frozen=True, slots=True, eq=False)
class GloveStep:
    """What one cell did.

    Attributes:
        cell: its place among the cells.
        row, column: the word, and the word near it.
        score: w · w̃ + b + b̃, before the step.
        log: ln X.
        weight: f(X).
        loss: f(X) · (score − ln X)².
        by_first, by_second: (d + 1,), the gradient of half the loss by w and b, and by w̃ and b̃.
        sums: (2, d + 1), what AdaGrad divided by the root of: 1 and all squared gradients so far, this one too.
        before: (2, d + 1), w with b and w̃ with b̃ before the step; of one word twice where it stands beside itself.
    """

    cell: int
    row: int
    column: int
    score: float
    log: float
    weight: float
    loss: float
    by_first: Floats
    by_second: Floats
    sums: Floats
    before: Floats

    @property
    def difference(self) -> float:
        """Score − ln X."""
        return self.score - self.log


@dataclass(frozen=True, slots=True, eq=False)
class GloveState:
    """Where a training is.

    Attributes:
        counted: what it learns from.
        parameters: what it has learnt.
        terms: of the objective, with them.
        last: the last step; None before the first.
    """

    counted: Counted
    parameters: Parameters
    terms: Terms
    last: GloveStep | None = None


class SmallGlove:
    """GloVe on a short text, a cell a step, all of them by chance before the first comes again: a
    :class:`nlpcore.models.trainings.Training`.

    Raises ValueError for a text without two words that stand near each other.
    """

    def __init__(
        self,
        text: str,
        window: int,
        by_distance: bool,
        x_max: float,
        exponent: float,
        dimensions: int,
        rate: float,
        seed: int,
    ) -> None:
        self._counted = count_cooccurrences(text, window, 1, by_distance)
        if not len(self._counted.values):
            raise ValueError("no two words stand near each other")
        self._x_max, self._exponent, self._rate, self._seed = x_max, exponent, rate, seed
        self._logs = np.log(self._counted.values)
        self._weights = weight(self._counted.values, x_max, exponent)
        self._both = first_parameters(len(self._counted.words), dimensions, seed)
        self._sums = np.ones_like(self._both)
        self._taken = 0
        self._order: tuple[int, Integers] = (-1, np.empty(0, np.int64))
        self._last: GloveStep | None = None

    def step(self) -> float:
        """Take one step on the next cell, and return its loss; ∞ once the numbers run away."""
        round_, place = divmod(self._taken, len(self._logs))
        if self._order[0] != round_:
            shuffled = np.random.default_rng((self._seed, round_)).permutation(len(self._logs))
            self._order = round_, shuffled
        cell = int(self._order[1][place])
        row, column = int(self._counted.rows[cell]), int(self._counted.columns[cell])
        with np.errstate(over="ignore", invalid="ignore"):  # of a rate that is too large: the loss says so
            loss = self._moved(cell, row, column)
        self._taken += 1
        return loss if float(np.abs(self._both).max()) < _RUNAWAY else math.inf

    def _moved(self, cell: int, row: int, column: int) -> float:
        one, other = self._both[0, row].copy(), self._both[1, column].copy()
        score = float(one[:-1] @ other[:-1] + one[-1] + other[-1])
        factor = self._weights[cell] * (score - self._logs[cell])
        by_first, by_second = factor * np.append(other[:-1], 1.0), factor * np.append(one[:-1], 1.0)
        self._sums[0, row] += by_first**2
        self._sums[1, column] += by_second**2
        self._both[0, row] -= self._rate * by_first / np.sqrt(self._sums[0, row])
        self._both[1, column] -= self._rate * by_second / np.sqrt(self._sums[1, column])
        loss = float(factor * (score - self._logs[cell]))
        self._last = GloveStep(
            cell, row, column, score, float(self._logs[cell]), float(self._weights[cell]), loss, by_first, by_second,
            np.stack([self._sums[0, row], self._sums[1, column]]), np.stack([one, other]),
        )  # fmt: skip
        return loss

    def shown(self) -> GloveState:
        """Return what has been learnt, and every term of the objective."""
        parameters = split(self._both.copy())
        found = terms(parameters, self._counted, self._x_max, self._exponent)
        return GloveState(self._counted, parameters, found, self._last)

    def state(self) -> State:
        """Return all numbers, AdaGrad's sums, and how many steps were taken, which says what comes next."""
        return {"both": self._both.copy(), "sums": self._sums.copy(), "taken": np.array(self._taken)}

    def restore(self, state: State) -> None:
        """Go on from there."""
        self._both, self._sums = state["both"].copy(), state["sums"].copy()
        self._taken = int(state["taken"])
