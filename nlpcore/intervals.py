"""Intervals of what was counted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike


def wilson(right: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a proportion ``right`` (0 to 1) seen in ``count`` draws (Wilson 1927)."""
    z = 1.959964
    centre = right + z * z / (2 * count)
    spread = z * math.sqrt(right * (1 - right) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return (centre - spread) / scale, (centre + spread) / scale


def mean_interval(values: ArrayLike) -> tuple[float, float]:
    """Return the 95 % interval of the mean of a population of which these ``values`` (n,), at least two, were drawn
    (Student 1908)."""
    from scipy.stats import t

    drawn = np.asarray(values, dtype=np.float64)
    spread = float(t.ppf(0.975, len(drawn) - 1) * drawn.std(ddof=1) / math.sqrt(len(drawn)))
    return float(drawn.mean()) - spread, float(drawn.mean()) + spread
