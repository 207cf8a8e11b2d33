"""Two networks against each other (Goodfellow et al. 2014, arXiv 1406.2661) on points of a plane.

The generator makes points of random numbers; the discriminator says how likely a point is real. The real ones lie in piles on a
circle, as those on which mode collapse was first shown to be mended (Metz et al. 2017, arXiv 1611.02163).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nlpcore.arrays import Floats, Integers
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, State, generator_state, restored_generator, train
from nlpcore.networks.activations import Activation
from nlpcore.networks.backpropagation import Layer, backpropagate, predict
from nlpcore.networks.optimizers import Optimizer
from nlpcore.networks.small_nets import Learning, fresh, pulled

NOISE, RADIUS, SPREAD = 2, 1.0, 0.05
BATCH, SHOWN = 64, 200
MOST_STEPS, MOST_PILES = 6000, 12
NEAR = 0.2  # of a pile's middle, four times its spread: a made point that is no farther belongs to it
REACHED = 3  # made points of 200 with which a pile counts as reached


@dataclass(frozen=True, slots=True, eq=False)
class Duel:
    """How far both have come.

    Attributes:
        real: (200, 2), some real points.
        made: (200, 2), the generator's, of the same noise at every step.
        middles: (piles, 2), of the real piles.
        generator: its layers, two numbers of noise to a point.
        discriminator: its layers, a point to a score whose sigmoid is how likely the point is real.
        believed_real: the discriminator's mean probability for the real points.
        believed_made: and for the made ones; 0.5 for both where it cannot tell them apart.
    """

    real: Floats
    made: Floats
    middles: Floats
    generator: tuple[Layer, ...]
    discriminator: tuple[Layer, ...]
    believed_real: float
    believed_made: float

    @property
    def counts(self) -> Integers:
        """(piles,): how many of the made points belong to each pile."""
        apart = np.linalg.norm(self.made[:, None, :] - self.middles[None, :, :], axis=2)
        nearest, close = apart.argmin(axis=1), apart.min(axis=1) <= NEAR
        return np.bincount(nearest[close], minlength=len(self.middles)).astype(np.int64)

    @property
    def reached(self) -> int:
        """How many piles have some of the made points."""
        return int((self.counts >= REACHED).sum())


def middles_of(piles: int) -> Floats:
    """Return the middles of the piles, (piles, 2), evenly on a circle."""
    angles = 2 * math.pi * np.arange(piles) / piles
    return RADIUS * np.column_stack([np.cos(angles), np.sin(angles)])


class Adversaries:
    """Both networks, a batch of real and of made points a step: a :class:`nlpcore.models.trainings.Training`.

    ``turns``: steps of the generator for each one of the discriminator.
    """

    def __init__(self, piles: int, hidden: int, rate: float, turns: int, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._middles, self._turns = middles_of(piles), turns
        optimizer = Optimizer("adam", rate, beta1=0.5)  # as Radford et al. 2016 found it to hold still
        shape: tuple[Activation, ...] = ("tanh", "tanh", "identity")
        self._generator = Learning(fresh((NOISE, hidden, hidden, 2), shape, self._rng), optimizer)
        self._discriminator = Learning(fresh((2, hidden, hidden, 1), shape, self._rng), optimizer)
        self._noise = self._rng.standard_normal((SHOWN, NOISE))
        self._real = self._points(SHOWN)

    def _points(self, count: int) -> Floats:
        of = self._rng.integers(len(self._middles), size=count)
        found: Floats = self._middles[of] + SPREAD * self._rng.standard_normal((count, 2))
        return found

    def step(self) -> float:
        """Let both learn once, and return the discriminator's mean loss: ln 2 = 0.69 where it can tell nothing apart."""
        with np.errstate(over="ignore", invalid="ignore"):
            made = predict(self._generator.layers, self._rng.standard_normal((BATCH, NOISE)))
            points = np.concatenate([self._points(BATCH), made])
            wanted = np.repeat([1.0, 0.0], BATCH)[:, None]
            judged = backpropagate(self._discriminator.layers, points, wanted, "binary_cross_entropy")
            self._discriminator.move(judged.layers)
            for _ in range(self._turns):
                self._fool()
        return judged.loss

    def _fool(self) -> None:
        """Let the generator learn to have its points taken for real: −ln D(G(z)), the loss that does not saturate."""
        noise = self._rng.standard_normal((BATCH, NOISE))
        made = predict(self._generator.layers, noise)
        judged = backpropagate(self._discriminator.layers, made, np.ones((BATCH, 1)), "binary_cross_entropy")
        self._generator.move(pulled(self._generator.layers, noise, made, judged.layers[0].by_inputs))

    def shown(self) -> Duel:
        """Return both as they are."""
        made = predict(self._generator.layers, self._noise)
        layers = self._discriminator.layers
        believed = [
            backpropagate(layers, points, np.ones((len(points), 1)), "binary_cross_entropy").predictions.mean()
            for points in (self._real, made)
        ]
        return Duel(self._real, made, self._middles, self._generator.layers, layers, *map(float, believed))

    def state(self) -> State:
        """Return weights, what the optimizers remember, and where the random numbers are."""
        return {
            **self._generator.state("generator"), **self._discriminator.state("discriminator"),
            "random": generator_state(self._rng),
        }  # fmt: skip

    def restore(self, state: State) -> None:
        """Go on from there."""
        self._generator.restore(state, "generator")
        self._discriminator.restore(state, "discriminator")
        self._rng = restored_generator(state["random"])


@served
def duel(steps: int, piles: int = 8, hidden: int = 32, rate: float = 0.002, turns: int = 1, seed: int = 1) -> Run:
    """Return a generator and a discriminator after so many steps; the run's ``shown`` is a :class:`Duel`.

    Raises ValueError for settings with which there is no training.
    """
    fits = 0 <= steps <= MOST_STEPS and 1 <= piles <= MOST_PILES and 1 <= hidden <= 64 and 1 <= turns <= 10
    if not (fits and 0 <= rate < np.inf and seed >= 0):
        raise ValueError("no such training")
    return train(Adversaries, (piles, hidden, rate, turns, seed), steps)
