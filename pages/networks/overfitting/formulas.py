"""The formulas of the lesson, with the numbers of its training."""

from __future__ import annotations

import numpy as np

from app.formulas import Applied, Formula, Fraction, Line, Minus, Number, Product, Sum
from nlpcore.networks.backpropagation import predict
from nlpcore.networks.fitting import Fit
from nlpcore.networks.points import Points

_LEAST = 1e-12  # a probability that is shown


def size(hidden: int, inputs: int) -> Formula:
    """How many weights and biases a network with one hidden layer has."""
    h, n = Number(hidden, 0), Number(inputs, 0)
    parts = Sum((Product((n, h)), h, h, Number(1, 0)))
    return Formula(r"n H + H + H + 1", (Line("", (parts, Number(inputs * hidden + 2 * hidden + 1, 0))),))


def worst(points: Points, fit: Fit) -> Formula:
    """What the validation point costs that the network is most wrong about: −ln of what it gives to the right class."""
    sums = predict(fit.layers, points.inputs)[:, 0]
    right = np.where(points.classes == 1, sums, -sums).min()
    chance = max(float(np.exp(-np.logaddexp(0, -right))), _LEAST)
    shown = Number(chance, 2) if chance >= 0.1 else Number(chance, 2, scientific=True)
    return Formula(r"L = -\ln p", (Line("", (Minus(Applied(r"\ln", shown)), Number(-float(np.log(chance)), 2))),))


def decayed(fit: Fit, decay: float) -> Formula:
    """The loss that is made small with weight decay: the mean loss, and half λ times the sum of the squared weights."""
    squares = sum(float((layer.weights**2).sum()) for layer in fit.layers)
    loss = float(fit.training[fit.at])
    pull = Product((Fraction(Number(decay, _decimals(decay)), Number(2, 0)), Number(squares, 1)))
    total = Sum((Number(loss, 3), pull))
    return Formula(r"J = L + \tfrac{\lambda}{2} \sum w^2", (Line("", (total, Number(total.value, 3))),))


def _decimals(value: float) -> int:
    """Return how many decimals a setting needs to be shown as it is."""
    return len(np.format_float_positional(value, trim="-").partition(".")[2])
