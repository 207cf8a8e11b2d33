"""What a neuron does with its sum: the functions that lessons compare, with their slopes.

Definitions and conventions at the kinks are torch's: ReLU has slope 0 at 0, leaky ReLU its lower slope, ELU 1.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats

Activation = Literal["identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu"]
LEAK = 0.01  # slope of leaky ReLU below 0 (Maas, Hannun & Ng 2013)
_FLAT = 0.01  # a slope below this hardly lets a gradient through


def activate(activation: Activation, sums: ArrayLike) -> Floats:
    """Return σ(z) of each of the ``sums`` z, in their shape.

    sigmoid 1 / (1 + e^−z); tanh; relu max(0, z); leaky_relu z, or 0.01 z below 0; elu z, or e^z − 1 below 0 (Clevert,
    Unterthiner & Hochreiter 2016, eq. 16 with α = 1); identity z. Raises ValueError for another activation.
    """
    check_option("activation", activation, Activation)
    z = np.asarray(sums, dtype=np.float64)
    if activation == "sigmoid":
        return _sigmoid(z)
    if activation == "tanh":
        return np.tanh(z)
    if activation == "relu":
        return np.maximum(z, 0)
    if activation == "leaky_relu":
        return np.where(z > 0, z, LEAK * z)
    if activation == "elu":
        return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
    return z.copy()


def slope(activation: Activation, sums: ArrayLike) -> Floats:
    """Return σ′(z), the derivative of :func:`activate` at each of the ``sums``, in their shape."""
    check_option("activation", activation, Activation)
    z = np.asarray(sums, dtype=np.float64)
    if activation in ("sigmoid", "tanh"):  # σ(z)(1 − σ(z)) and 1 − tanh²(z), in a form that is exact far from 0 too
        small: Floats = np.exp(-np.abs(z) * (1 if activation == "sigmoid" else 2))
        found: Floats = (1 if activation == "sigmoid" else 4) * small / (1 + small) ** 2
        return found
    if activation == "relu":
        return np.where(z > 0, 1.0, 0.0)
    if activation == "leaky_relu":
        return np.where(z > 0, 1.0, LEAK)
    if activation == "elu":
        return np.where(z > 0, 1.0, np.exp(np.minimum(z, 0)))
    return np.ones_like(z)


def saturated(activation: Activation, sums: ArrayLike) -> np.ndarray:
    """Return where the slope is below 0.01, so that hardly any gradient passes: a bool for each of the ``sums``."""
    found: np.ndarray = slope(activation, sums) < _FLAT
    return found


def _sigmoid(z: Floats) -> Floats:
    """Return 1 / (1 + e^−z), written so that nothing overflows."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))
