"""A sum of ReLUs that is bent until it fits a curve: what a layer of neurons can draw, and what it cannot.

f(x) = c + Σ w_k max(0, x − t_k): each unit bends the line at its knee t_k by its weight w_k, the change of the slope there. So a
line through any heights at the knees is such a sum, and one with enough knees comes as near as one likes to every continuous
curve on a closed interval (Cybenko 1989 for sigmoid; Leshno et al. 1993 for all that are no polynomials). That says nothing
of what is outside of the interval, nor how many units are enough, nor that training would find the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats

Curve = Literal["wave", "hump", "zipf", "jump"]
LEFT, RIGHT = 0.0, 6.0  # the interval on which the curve is to be fitted
BEYOND = 1.5  # how far it is looked at on either side
_STEP = 0.02  # between two places at which curve and sum are compared

_CURVES: Mapping[str, Callable[[Floats], Floats]] = MappingProxyType(
    {
        "wave": lambda x: np.sin(np.pi * x / 3),
        "hump": lambda x: np.exp(-((x - 3) ** 2)),
        "zipf": lambda x: 1 / (1 + np.maximum(x, -0.25)),
        "jump": lambda x: np.where(x < 3 - 1e-9, 0.0, 1.0),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class ReluSum:
    """A sum of ReLUs beside the curve that it is to fit.

    Attributes:
        curve: which.
        knots: (k,), where the line may bend, evenly from 0 to 6.
        heights: (k,), of the line there.
        bias: c, the height of the line left of its first knee.
        knees: (k − 1,), t: all knots but the last.
        weights: (k − 1,), w: by how much the slope changes at each knee.
        x: (n,), places from −1.5 to 7.5.
        terms: (k − 1, n), w_k max(0, x − t_k).
        total: (n,), their sum with c.
        target: (n,), the curve.
        largest: the largest distance between the two from 0 to 6.
        outside: the largest distance on the rest.
    """

    curve: Curve
    knots: Floats
    heights: Floats
    bias: float
    knees: Floats
    weights: Floats
    x: Floats
    terms: Floats
    total: Floats
    target: Floats
    largest: float
    outside: float


def curve_at(curve: Curve, x: ArrayLike) -> Floats:
    """Return the height of a curve at each place of ``x``, in its shape.

    "wave": sin(πx / 3). "hump": e^−(x − 3)². "zipf": 1 / (1 + x), as the frequency of a word falls with its rank, level left of
    −¼. "jump": 0, from 3 on 1.
    """
    check_option("curve", curve, Curve)
    return _CURVES[curve](np.asarray(x, dtype=np.float64))


def knots_of(units: int) -> Floats:
    """Return the knots of a sum of so many ReLUs, evenly from 0 to 6: (units + 1,)."""
    return np.linspace(LEFT, RIGHT, units + 1)


def on_curve(curve: Curve, units: int) -> Floats:
    """Return the heights (units + 1,) of a curve at the knots: those of the line that joins its points."""
    return curve_at(curve, knots_of(units))


def bent(heights: Sequence[float] | Floats, curve: Curve = "wave") -> ReluSum:
    """Return the sum of ReLUs that goes through ``heights`` (k,), two at least, evenly from 0 to 6."""
    y = np.array(heights, dtype=np.float64)
    if y.ndim != 1 or len(y) < 2:
        raise ValueError(f"two heights at least, not {y.shape}")
    knots = knots_of(len(y) - 1)
    weights = np.diff(np.diff(y) / np.diff(knots), prepend=0.0)
    x = np.linspace(LEFT - BEYOND, RIGHT + BEYOND, round((RIGHT - LEFT + 2 * BEYOND) / _STEP) + 1)
    terms = weights[:, None] * np.maximum(x - knots[:-1, None], 0)
    total, target = y[0] + terms.sum(axis=0), curve_at(curve, x)
    distance, inside = np.abs(total - target), (x > LEFT - _STEP / 2) & (x < RIGHT + _STEP / 2)
    largest, outside = float(distance[inside].max()), float(distance[~inside].max())
    return ReluSum(curve, knots, y, float(y[0]), knots[:-1], weights, x, terms, total, target, largest, outside)


def errors(curve: Curve, units: Sequence[int]) -> Floats:
    """Return, for each number of ``units``, the largest error of the line that joins so many points of a curve: (units,)."""
    return np.array([bent(on_curve(curve, count), curve).largest for count in units])
