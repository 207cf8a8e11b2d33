"""Four phrases that no network without a hidden layer can tell apart: good, not good, bad, not bad.

Whether "not" turns a word round is the exclusive or; a line cannot part its four cases (Minsky & Papert 1969), and one hidden
layer can (Rumelhart, Hinton & Williams 1986).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, State, train
from nlpcore.networks.backpropagation import Layer, backpropagate
from nlpcore.networks.optimizers import Optimizer
from nlpcore.networks.small_nets import Learning, fresh

PHRASES = ("good", "not good", "bad", "not bad")
INPUTS = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 1.0]])  # is it "good"? is "not" before it?
PLEASED = np.array([1.0, 0.0, 0.0, 1.0])
MOST_HIDDEN, MOST_STEPS = 16, 5000
SURE = 0.75  # a probability, on the right side, with which a phrase counts as learnt


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """A network after some training.

    Attributes:
        layers: its layers; the last gives the score whose sigmoid is the probability.
        probabilities: (4,), that each of :data:`PHRASES` is pleased.
    """

    layers: tuple[Layer, ...]
    probabilities: Floats

    @property
    def learnt(self) -> tuple[bool, ...]:
        """Which phrases it is right about, with a probability of at least 0.75."""
        right = np.where(PLEASED == 1, self.probabilities, 1 - self.probabilities)
        return tuple(bool(each >= SURE) for each in right)

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return sum(layer.weights.size + layer.bias.size for layer in self.layers)


class PhraseNetwork:
    """Two inputs, ``hidden`` neurons with tanh or none, one output: a :class:`nlpcore.models.trainings.Training`."""

    def __init__(self, hidden: int, rate: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        sizes = (2, hidden, 1) if hidden else (2, 1)
        layers = fresh(sizes, ("tanh", "identity") if hidden else ("identity",), rng)
        self._learning = Learning(layers, Optimizer("adam", rate))

    def step(self) -> float:
        """Take one step on all four phrases, and return their mean loss."""
        with np.errstate(over="ignore", invalid="ignore"):
            trace = backpropagate(self._learning.layers, INPUTS, PLEASED[:, None], "binary_cross_entropy")
            self._learning.move(trace.layers)
        return trace.loss

    def shown(self) -> Phrases:
        """Return the network as it is."""
        trace = backpropagate(self._learning.layers, INPUTS, PLEASED[:, None], "binary_cross_entropy")
        return Phrases(self._learning.layers, trace.predictions[:, 0])

    def state(self) -> State:
        """Return weights and what the optimizer remembers."""
        return self._learning.state()

    def restore(self, state: State) -> None:
        """Go on from there."""
        self._learning.restore(state)


@served
def learn_phrases(steps: int, hidden: int = 3, rate: float = 0.05, seed: int = 1) -> Run:
    """Return a training on the four phrases after so many steps, all four at each; its ``shown`` are :class:`Phrases`.

    ``hidden`` 0: without a hidden layer. Raises ValueError for settings with which there is no training.
    """
    if not (0 <= steps <= MOST_STEPS and 0 <= hidden <= MOST_HIDDEN and 0 <= rate < np.inf and seed >= 0):
        raise ValueError("no such training")
    return train(PhraseNetwork, (hidden, rate, seed), steps)
