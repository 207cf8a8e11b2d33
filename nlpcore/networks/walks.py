"""Walks downhill with what a lesson tells of them: over a landscape, how they end, and the cut along the first step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.models.serving import served
from nlpcore.networks.optimizers import Descent, Method, Optimizer, descend
from nlpcore.networks.surfaces import Name, lowest, surface

Fate = Literal["arrives", "caught", "moving", "away"]
NEAR = 0.1  # of a lowest point: a walk that rests there has arrived
RESTS = 0.06  # a slope and a step smaller than this: the walk rests
MOST_STEPS = 500
_SAMPLES = 61  # points of a cut
_BEFORE, _BEYOND = 0.5, 2.4  # ends of a cut, in steps to where it is lowest


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A surface cut along the gradient of one point: what steps of different lengths from there come to.

    Attributes:
        rates: (samples,), how many times the gradient is taken off; 0 is the point itself, below 0 lies uphill.
        values: (samples,), the loss there.
        best: the rate at which the cut is lowest as far as slope and curvature tell (Newton's step along the line).
        rate: the one that is used.
        before: the loss at the point.
        after: the loss after a step with ``rate``; that at the point where the step goes beyond all bounds.
    """

    rates: Floats
    values: Floats
    best: float
    rate: float
    before: float
    after: float


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """A walk over a landscape.

    Attributes:
        name: of the landscape.
        optimizer: how each step is made.
        descent: its path.
        lowest: (points, 2), where the landscape is lowest.
        fate: how it ends: see :func:`fate_of`.
        cut: the landscape along the first step.
        steps: how many were asked for; a path that diverges has fewer.
    """

    name: Name
    optimizer: Optimizer
    descent: Descent
    lowest: Floats
    fate: Fate
    cut: Cut
    steps: int


@served
def walk(
    name: Name = "ravine",
    method: Method = "sgd",
    rate: float = 0.09,
    momentum: float = 0.9,
    x: float = -2.0,
    y: float = 1.0,
    steps: int = 40,
) -> Walk:
    """Return the walk over the landscape ``name`` from (x, y), of at most 500 ``steps``. ValueError for a misspelt name."""
    optimizer = Optimizer(method, rate, momentum)
    landscape, goals = surface(name), lowest(name)
    steps = min(steps, MOST_STEPS)
    descent = descend(landscape, (x, y), optimizer, steps)
    return Walk(name, optimizer, descent, goals, fate_of(descent, goals), cut(landscape, (x, y), rate), steps)


def fate_of(descent: Descent, lowest: Floats) -> Fate:
    """Say how a path ends.

    "away": it was stopped as it diverged, or ends higher than it began. "arrives": it rests at one of the ``lowest`` points
    (points, dimensions). "caught": it rests elsewhere, in a local minimum or on a saddle. "moving": it is still on its way.
    """
    points, values = descent.points, descent.values
    if descent.diverged or values[-1] > values[0] + 1e-9:
        return "away"
    if not len(descent.gradients):
        return "moving"
    last_step = np.linalg.norm(points[-1] - points[-2])
    if max(last_step, np.linalg.norm(descent.gradients[-1])) > RESTS:
        return "moving"
    return "arrives" if np.linalg.norm(lowest - points[-1], axis=1).min() < NEAR else "caught"


def cut(landscape: Callable[[Floats], tuple[float, Floats]], point: Floats | tuple[float, ...], rate: float) -> Cut:
    """Return a ``landscape`` cut along its gradient at ``point``, with the step that ``rate`` makes."""
    here = np.array(point, dtype=np.float64)
    value, slope = landscape(here)
    best = _to_the_bottom(landscape, here, slope)
    rates = np.linspace(-_BEFORE * best, _BEYOND * best, _SAMPLES)
    values = np.array([landscape(here - each * slope)[0] for each in rates])
    with np.errstate(over="ignore", invalid="ignore"):
        after = landscape(here - rate * slope)[0]
    return Cut(rates, values, best, rate, value, after if np.isfinite(after) else value)


def _to_the_bottom(landscape: Callable[[Floats], tuple[float, Floats]], here: Floats, slope: Floats) -> float:
    """Return |g|² / g·Hg, the rate of the step to the lowest point of a parabola; 1 where the cut bends no way up."""
    length = float(np.linalg.norm(slope))
    if length < 1e-12:
        return 1.0
    tiny = 1e-5 / length
    bend = float(slope @ (slope - landscape(here - tiny * slope)[1])) / tiny
    return length**2 / bend if bend > 1e-9 * length**2 else 1.0
