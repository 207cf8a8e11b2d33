"""A recurrent network (Elman 1990) that counts: not good, not not good, not not not good, …

It reads word by word; each "not" has to turn round what the state holds, so no window of a fixed width is enough. The gradient
goes back through every step (Werbos 1990): h_t = tanh(W x_t + b_x + U h_{t−1} + b_h), as torch's ``nn.RNN`` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, State, train
from nlpcore.networks.activations import activate
from nlpcore.networks.optimizers import Memory, Optimizer

WORDS = ("not", "good", "bad")
TRIED = 8  # as many times "not" at most stands before the word in what is tried
MOST_STEPS, MOST_UNITS, MOST_SEEN = 4000, 32, 5
SURE = 0.5
_ARRAYS = ("inputs", "recurrent", "bias_inputs", "bias_recurrent", "output", "bias_output")


@dataclass(frozen=True, slots=True, eq=False)
class Counting:
    """The network after some training, and what it says of chains it has seen and of longer ones.

    Attributes:
        seen: chains with up to so many "not" were learnt from.
        probabilities: (9, 2): that "not" n times before "good", or before "bad", is praise; n from 0.
        states: (steps, units), after each word of the chain with ``seen`` times "not" and "good".
        weights: of W (units, 3), U (units, units), b_x, b_h (units,), the last layer's (1, units) and its bias (1,).
    """

    seen: int
    probabilities: Floats
    states: Floats
    weights: tuple[Floats, ...]

    @property
    def right(self) -> np.ndarray:
        """(9, 2), whether each chain is judged rightly."""
        found: np.ndarray = (self.probabilities >= SURE) == (praise() == 1)
        return found

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return sum(array.size for array in self.weights)


@cache
def praise() -> Floats:
    """Return which chains are praise: (9, 2), 1 or 0; rows by how many times "not", columns good and bad."""
    nots = np.arange(TRIED + 1)[:, None]
    found: Floats = ((nots + np.array([0, 1])) % 2 == 0).astype(np.float64)
    found.flags.writeable = False
    return found


def chain(nots: int, word: int) -> Floats:
    """Return "not" so many times and then word 1 or 2 of :data:`WORDS`, each as a row with a single 1: (steps, 3)."""
    return np.eye(len(WORDS))[[*[0] * nots, word]]


def run_through(weights: tuple[Floats, ...], inputs: Floats) -> Floats:
    """Return the state after each step of one chain (steps, 3): (steps, units)."""
    w, u, b, c, *_ = weights
    state, states = np.zeros(len(u)), []
    for x in inputs:
        state = np.tanh(w @ x + b + u @ state + c)
        states.append(state)
    return np.array(states)


class ChainNetwork:
    """The network, all chains with up to ``seen`` times "not" at each step: a :class:`nlpcore.models.trainings.Training`."""

    def __init__(self, seen: int, units: int, rate: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        limit = units**-0.5  # as torch begins
        shapes = ((units, len(WORDS)), (units, units), (units,), (units,), (1, units), (1,))
        self._weights: list[Floats] = [rng.uniform(-limit, limit, shape) for shape in shapes]
        self._memories: list[Memory | None] = [None] * len(shapes)
        self._optimizer, self._seen = Optimizer("adam", rate), seen

    def step(self) -> float:
        """Take one step, and return the mean loss of a chain."""
        gradients = [np.zeros_like(array) for array in self._weights]
        count, total = 2 * (self._seen + 1), 0.0
        for nots in range(self._seen + 1):
            for column in range(2):
                total += self._learn(chain(nots, column + 1), float(praise()[nots, column]), gradients)
        for place, gradient in enumerate(gradients):
            with np.errstate(over="ignore", invalid="ignore"):
                self._weights[place], self._memories[place] = self._optimizer.step(
                    self._weights[place], gradient / count, self._memories[place]
                )
        return total / count

    def _learn(self, inputs: Floats, wanted: float, gradients: list[Floats]) -> float:
        """Add a chain's gradients, and return its loss."""
        u, output, bias = self._weights[1], self._weights[4], self._weights[5]
        states = run_through(tuple(self._weights), inputs)
        score = float((output @ states[-1] + bias)[0])
        by_score = float(activate("sigmoid", score)) - wanted
        gradients[4] += by_score * states[-1]
        gradients[5] += by_score
        by_state = by_score * output[0]
        for place in reversed(range(len(inputs))):
            by_sum = by_state * (1 - states[place] ** 2)
            gradients[0] += np.outer(by_sum, inputs[place])
            if place:
                gradients[1] += np.outer(by_sum, states[place - 1])
            gradients[2] += by_sum
            gradients[3] += by_sum
            by_state = u.T @ by_sum
        return float(np.logaddexp(0, score) - wanted * score)

    def shown(self) -> Counting:
        """Return the network as it is."""
        weights = tuple(self._weights)
        scores = [
            [float((weights[4] @ run_through(weights, chain(nots, word))[-1] + weights[5])[0]) for word in (1, 2)]
            for nots in range(TRIED + 1)
        ]
        states = run_through(weights, chain(self._seen, 1))
        return Counting(self._seen, activate("sigmoid", scores), states, weights)

    def state(self) -> State:
        """Return weights and what the optimizer remembers."""
        found: dict[str, np.ndarray] = dict(zip(_ARRAYS, self._weights, strict=True))
        for name, memory in zip(_ARRAYS, self._memories, strict=True):
            if memory is not None:
                found |= {f"{name}.first": memory.first, f"{name}.second": memory.second}
                found["steps"] = np.array(memory.steps)
        return found

    def restore(self, state: State) -> None:
        """Go on from there."""
        self._weights = [np.asarray(state[name]) for name in _ARRAYS]
        if "steps" in state:
            steps = int(state["steps"])
            self._memories = [Memory(state[f"{name}.first"], state[f"{name}.second"], steps) for name in _ARRAYS]


@served
def count_nots(steps: int, seen: int = 3, units: int = 6, rate: float = 0.02, seed: int = 1) -> Run:
    """Return a recurrent network after so many steps on chains of up to ``seen`` times "not"; ``shown`` is a :class:`Counting`.

    Raises ValueError for settings with which there is no training.
    """
    fits = 0 <= steps <= MOST_STEPS and 1 <= seen <= MOST_SEEN and 1 <= units <= MOST_UNITS
    if not (fits and 0 <= rate < np.inf and seed >= 0):
        raise ValueError("no such training")
    return train(ChainNetwork, (seen, units, rate, seed), steps)
