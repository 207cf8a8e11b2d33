"""Intervals of what was counted."""

from __future__ import annotations

import math


def wilson(right: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a proportion ``right`` (0 to 1) seen in ``count`` draws (Wilson 1927)."""
    z = 1.959964
    centre = right + z * z / (2 * count)
    spread = z * math.sqrt(right * (1 - right) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return (centre - spread) / scale, (centre + spread) / scale
