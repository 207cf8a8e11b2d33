"""Ways downhill: what each optimizer makes of a gradient, with the memory it keeps. Conventions are torch.optim's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats

Method = Literal["sgd", "momentum", "adam"]
FAR = 1e12  # weights beyond this have diverged


@dataclass(frozen=True, slots=True)
class Optimizer:
    """How weights are moved against their gradient g.

    Attributes:
        method: "sgd" θ − η g; "momentum" v ← μ v + g, θ − η v (Polyak 1964, as torch.optim.SGD writes it); "adam" θ − η m̂ /
            (√v̂ + ε) with m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², both divided by 1 − β^t (Kingma & Ba 2015,
            algorithm 1).
        rate: η, the learning rate.
        momentum: μ, of "momentum".
        beta1, beta2, epsilon: of "adam".
        decay: λ, added to the gradient as λ θ (L2, torch's weight_decay).
    """

    method: Method = "sgd"
    rate: float = 0.1
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    decay: float = 0.0

    def __post_init__(self) -> None:
        check_option("method", self.method, Method)

    def step(self, weights: Floats, gradient: Floats, memory: Memory | None) -> tuple[Floats, Memory]:
        """Return the weights after one step, and what is remembered for the next. All of one shape."""
        before = memory or Memory(np.zeros_like(weights), np.zeros_like(weights))
        gradient = gradient + self.decay * weights
        t = before.steps + 1
        if self.method == "sgd":
            return weights - self.rate * gradient, Memory(before.first, before.second, t)
        if self.method == "momentum":
            velocity = self.momentum * before.first + gradient
            return weights - self.rate * velocity, Memory(velocity, before.second, t)
        first = self.beta1 * before.first + (1 - self.beta1) * gradient
        second = self.beta2 * before.second + (1 - self.beta2) * gradient**2
        mean, scale = first / (1 - self.beta1**t), np.sqrt(second / (1 - self.beta2**t)) + self.epsilon
        return weights - self.rate * mean / scale, Memory(first, second, t)


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What an optimizer keeps of the gradients before.

    Attributes:
        first: momentum's velocity, or Adam's m: the running mean of the gradients; in the shape of the weights.
        second: Adam's v, the running mean of their squares.
        steps: how many there were.
    """

    first: Floats
    second: Floats
    steps: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """A path of weights.

    Attributes:
        points: (steps + 1, dimensions), the start first.
        values: (steps + 1,), the loss at each.
        gradients: (steps, dimensions), as they were when each step was taken.
        firsts: (steps, dimensions), what the optimizer remembered after each step: :attr:`Memory.first`.
        seconds: (steps, dimensions), :attr:`Memory.second`.
        diverged: whether it was ended because it went beyond all bounds; the last point is then the last finite one.
    """

    points: Floats
    values: Floats
    gradients: Floats
    firsts: Floats
    seconds: Floats
    diverged: bool


def descend(
    surface: Callable[[Floats], tuple[float, Floats]],
    start: ArrayLike,
    optimizer: Optimizer,
    steps: int,
    gradient: Callable[[int, Floats], Floats] | None = None,
) -> Descent:
    """Follow the gradient of a ``surface`` (which returns value and gradient) from ``start`` for so many ``steps``.

    ``gradient``: that of a step (from 0) at a point, where it is not the surface's own: a mini-batch has one of its own.
    """
    point, memory = np.array(start, dtype=np.float64), None
    value, own = surface(point)
    points, values = [point], [value]
    taken: list[tuple[Floats, Floats, Floats]] = []
    diverged = False
    for step in range(steps):
        with np.errstate(over="ignore", invalid="ignore"):
            used = own if gradient is None else gradient(step, point)
            after, memory = optimizer.step(point, used, memory)
            value, own = surface(after)
        diverged = not (np.isfinite(value) and np.isfinite(own).all() and np.abs(after).max() < FAR)
        if diverged:
            break
        taken.append((used, memory.first, memory.second))
        point = after
        points.append(point)
        values.append(value)
    gradients, firsts, seconds = (_rows([each[part] for each in taken], point) for part in range(3))
    return Descent(np.array(points), np.array(values), gradients, firsts, seconds, diverged)


def _rows(rows: list[Floats], point: Floats) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(-1, len(point))
