"""An autoencoder for letters: a picture of 35 points goes through a bottleneck of two numbers and has to come out again.

Nobody says which letter it is: the picture that goes in is what should come out (Hinton & Salakhutdinov 2006, Science 313).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from nlpcore.arrays import Floats, Integers
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, State, train
from nlpcore.networks.backpropagation import Layer, backpropagate, predict
from nlpcore.networks.optimizers import Optimizer
from nlpcore.networks.small_nets import Learning, fresh

ROWS, COLUMNS = 7, 5
POINTS = ROWS * COLUMNS
MOST_STEPS, MOST_HIDDEN, MOST_BOTTLENECK = 4000, 64, 8


@cache
def letters() -> tuple[str, Floats]:
    """Return the capital letters and their pictures: (26, 35), rows from the top, 1 is ink."""
    lines = files("nlpcore.networks").joinpath("letters.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.partition(" ") for line in lines if not line.startswith("#")]
    pictures = np.array([[float(point == "#") for point in "".join(drawn.split())] for _, _, drawn in rows])
    pictures.flags.writeable = False
    return "".join(name for name, _, _ in rows), pictures


@dataclass(frozen=True, slots=True, eq=False)
class Squeezed:
    """An autoencoder after some training.

    Attributes:
        layers: encoder, then decoder; the last gives scores whose sigmoid is the ink.
        codes: (26, bottleneck), what is left of each letter in the middle.
        pictures: (26, 35), what comes out: 0 to 1.
        wrong: (26,), how many of the 35 points come out on the wrong side of a half.
    """

    layers: tuple[Layer, ...]
    codes: Floats
    pictures: Floats
    wrong: Integers

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return sum(layer.weights.size + layer.bias.size for layer in self.layers)

    def nearest(self, letter: str) -> tuple[tuple[str, float], ...]:
        """Return the other letters with their distance in the middle, the nearest first."""
        names = letters()[0]
        row = names.index(letter)
        apart = np.linalg.norm(self.codes - self.codes[row], axis=1)
        return tuple((names[i], float(apart[i])) for i in np.argsort(apart, kind="stable").tolist() if i != row)


def decode(layers: tuple[Layer, ...], codes: Floats) -> Floats:
    """Return the pictures (n, 35) that the decoder makes of places (n, bottleneck) in the middle."""
    scores = predict(layers[len(layers) // 2 :], codes)
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -50, 50))))


class Autoencoder:
    """35 – hidden – bottleneck – hidden – 35, all letters at each step: a :class:`nlpcore.models.trainings.Training`."""

    def __init__(self, bottleneck: int, hidden: int, rate: float, seed: int) -> None:
        sizes = (POINTS, hidden, bottleneck, hidden, POINTS)
        layers = fresh(sizes, ("tanh", "identity", "tanh", "identity"), np.random.default_rng(seed))
        self._learning = Learning(layers, Optimizer("adam", rate))

    def step(self) -> float:
        """Take one step on all letters, and return the mean loss of a letter: nats over its 35 points."""
        pictures = letters()[1]
        with np.errstate(over="ignore", invalid="ignore"):
            trace = backpropagate(self._learning.layers, pictures, pictures, "binary_cross_entropy")
            self._learning.move(trace.layers)
        return trace.loss

    def shown(self) -> Squeezed:
        """Return the network as it is."""
        pictures = letters()[1]
        trace = backpropagate(self._learning.layers, pictures, pictures, "binary_cross_entropy")
        wrong = ((trace.predictions >= 0.5) != (pictures == 1)).sum(axis=1).astype(np.int64)
        return Squeezed(self._learning.layers, trace.layers[1].outputs, trace.predictions, wrong)

    def state(self) -> State:
        """Return weights and what the optimizer remembers."""
        return self._learning.state()

    def restore(self, state: State) -> None:
        """Go on from there."""
        self._learning.restore(state)


@served
def squeeze_letters(steps: int, bottleneck: int = 2, hidden: int = 24, rate: float = 0.01, seed: int = 1) -> Run:
    """Return an autoencoder of the capital letters after so many steps; its ``shown`` are :class:`Squeezed`.

    Raises ValueError for settings with which there is no training.
    """
    fits = 0 <= steps <= MOST_STEPS and 1 <= bottleneck <= MOST_BOTTLENECK and 1 <= hidden <= MOST_HIDDEN
    if not (fits and 0 <= rate < np.inf and seed >= 0):
        raise ValueError("no such training")
    return train(Autoencoder, (bottleneck, hidden, rate, seed), steps)
