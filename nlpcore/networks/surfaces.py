"""Landscapes over two weights, with their slopes: what a way downhill meets. Each returns value and gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats

Name = Literal["bowl", "ravine", "two_valleys", "saddle"]
Surface = Callable[[Floats], tuple[float, Floats]]


def bowl(point: Floats) -> tuple[float, Floats]:
    """½ (x² + y²): steepest descent goes straight to the lowest point, (0, 0)."""
    x, y = point
    return float(x * x + y * y) / 2, np.array([x, y])


def ravine(point: Floats) -> tuple[float, Floats]:
    """½ (x² + 20 y²): twenty times steeper across than along; beyond a learning rate of 2 / 20 it diverges."""
    x, y = point
    return float(x * x + 20 * y * y) / 2, np.array([x, 20 * y])


def two_valleys(point: Floats) -> tuple[float, Floats]:
    """x⁴/4 − x² + x/4 + y²/2: the left valley is the lower one, the right one a local minimum."""
    x, y = point
    return float(x**4 / 4 - x**2 + x / 4 + y * y / 2), np.array([x**3 - 2 * x + 0.25, y])


def saddle(point: Floats) -> tuple[float, Floats]:
    """x²/2 − y²/2 + y⁴/4: at (0, 0) the slope is 0, but it is lowest at (0, ±1)."""
    x, y = point
    return float(x * x / 2 - y * y / 2 + y**4 / 4), np.array([x, y**3 - y])


_SURFACES: Mapping[str, Surface] = MappingProxyType(
    {"bowl": bowl, "ravine": ravine, "two_valleys": two_valleys, "saddle": saddle}
)


def surface(name: Name) -> Surface:
    """Return a landscape. Raises ValueError for another name."""
    check_option("name", name, Name)
    return _SURFACES[name]


def lowest(name: Name) -> Floats:
    """Return the lowest points of a landscape: (points, 2). Raises ValueError for another name."""
    check_option("name", name, Name)
    if name == "two_valleys":  # where the slope along x is 0, on the left
        return np.array([[float(np.roots([1, 0, -2, 0.25]).real.min()), 0.0]])
    return np.array([[0.0, 1.0], [0.0, -1.0]] if name == "saddle" else [[0.0, 0.0]])
