"""A small training, in a module of its own: a worker that imports it imports nothing else."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, generator_state, restored_generator, train


class Line:
    """Fits y = 2 x + 1 with one random example a step."""

    def __init__(self, seed: int, rate: float, wait: float = 0.0) -> None:
        self._rng = np.random.default_rng(seed)
        self._weights = self._rng.normal(size=2)
        self._rate, self._wait = rate, wait

    def step(self) -> float:
        time.sleep(self._wait)
        x = self._rng.normal()
        error = self._weights @ [x, 1] - (2 * x + 1)
        with np.errstate(over="ignore", invalid="ignore"):
            self._weights = self._weights - self._rate * error * np.array([x, 1])
            return float(error**2)

    def shown(self) -> tuple[float, float]:
        return float(self._weights[0]), float(self._weights[1])

    def state(self) -> Mapping[str, np.ndarray]:
        return {"weights": self._weights, "random": generator_state(self._rng)}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        self._weights, self._rng = state["weights"], restored_generator(state["random"])


@served
def line(steps: int, seed: int = 0, rate: float = 0.1, wait: float = 0.0, every: float = 0.05) -> Run:
    return train(Line, (seed, rate, wait), steps, every)
