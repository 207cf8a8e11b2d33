"""One neuron: inputs times weights, added up with a bias, and what the activation makes of the sum (Rosenblatt 1958)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arrays import Floats
from nlpcore.networks.activations import Activation, activate, saturated, slope


@dataclass(frozen=True, slots=True, eq=False)
class NeuronTrace:
    """Everything between the inputs of one neuron and its output.

    Attributes:
        activation: what it does with its sum.
        inputs: (n,), x.
        weights: (n,), w.
        bias: b.
        shares: (n,), what each input adds to the sum, w ⊙ x.
        total: the sum, z = w · x + b.
        output: a = σ(z).
        slope: σ′(z), by which every error is multiplied on its way back to the weights.
        flat: whether that is below 0.01, so that hardly any gradient passes.
    """

    activation: Activation
    inputs: Floats
    weights: Floats
    bias: float
    shares: Floats
    total: float
    output: float
    slope: float
    flat: bool


def fire(inputs: ArrayLike, weights: ArrayLike, bias: float = 0.0, activation: Activation = "sigmoid") -> NeuronTrace:
    """Return what a neuron makes of its ``inputs`` (n,) with ``weights`` (n,) and a ``bias``.

    Raises ValueError where there is not one weight for each input, and for another activation.
    """
    x, w = np.array(inputs, dtype=np.float64), np.array(weights, dtype=np.float64)
    if x.ndim != 1 or x.shape != w.shape or not len(x):
        raise ValueError(f"one weight for each input, not {w.shape} for {x.shape}")
    shares = w * x
    total = float(shares.sum() + bias)
    output, steep = float(activate(activation, total)), float(slope(activation, total))
    return NeuronTrace(activation, x, w, float(bias), shares, total, output, steep, bool(saturated(activation, total)))
