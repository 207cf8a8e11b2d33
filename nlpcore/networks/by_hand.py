"""Backpropagation by hand: a network of two layers small enough for paper, taken apart into single steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats
from nlpcore.models.serving import served
from nlpcore.networks.activations import Activation
from nlpcore.networks.backpropagation import Layer, NetworkTrace, backpropagate
from nlpcore.networks.walks import Cut, cut

Example = Literal["paper", "mazur", "dead", "random"]
Kind = Literal["inputs", "forward", "loss", "error", "weights", "update"]
_TINY = 1e-6  # by how much a weight is moved to measure its gradient


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the calculation.

    Attributes:
        kind: "inputs" are put in; "forward": a neuron's sum and output; "loss"; then backward "error": a neuron's ∂L/∂z;
            "weights": the gradients of its weights and bias; "update": every weight takes its step.
        layer: from 0; -1 where it is about no neuron.
        neuron: from 0; -1 likewise.
    """

    kind: Kind
    layer: int = -1
    neuron: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class ByHand:
    """One example through a small network and back.

    Attributes:
        example: which network.
        network: every value and gradient.
        stages: the steps of the calculation in their order.
        rate: η.
        after: the layers after one step of gradient descent.
        again: the example through these, forward and back once more.
        measured: for each layer (neurons, inputs), ∂L/∂W as the change of the loss when a weight is moved by ±10⁻⁶.
        cut: the loss along the gradient of all weights and biases.
    """

    example: Example
    network: NetworkTrace
    stages: tuple[Stage, ...]
    rate: float
    after: tuple[Layer, ...]
    again: NetworkTrace
    measured: tuple[Floats, ...]
    cut: Cut

    @property
    def loss_after(self) -> float:
        """The loss with the weights after the step; that before it where the step goes beyond all bounds."""
        return self.cut.after


@served
def by_hand(
    example: Example = "paper",
    x: tuple[float, float] = (1.0, 2.0),
    targets: tuple[float, ...] = (1.0,),
    rate: float = 0.1,
    hidden: Activation = "relu",
    seed: int = 1,
) -> ByHand:
    """Take one example with two inputs ``x`` through a network, ``hidden``: what its hidden neurons do with their sums.

    Args:
        example: "paper" has numbers for mental arithmetic; "mazur" is that of Mazur 2015 with two outputs, whose neurons are
            sigmoid all of them in the original; "dead": a hidden ReLU whose sum is below 0; "random" is drawn by ``seed``.
        targets: what the outputs should be: two for "mazur", else one; what is missing is 0, what is too much not read.
        rate: of the step at the end.

    Raises:
        ValueError: another example or activation.
    """
    check_option("example", example, Example)
    layers = network_of(example, hidden, seed)
    outputs = len(layers[-1].bias)
    wanted = [(*targets, *(0.0,) * outputs)[:outputs]]
    trace = backpropagate(layers, [x], wanted)
    after = tuple(
        Layer(part.layer.weights - rate * part.by_weights, part.layer.bias - rate * part.by_bias, part.layer.activation)
        for part in trace.layers
    )

    def loss(weights: Floats) -> tuple[float, Floats]:
        found = backpropagate(_unrolled(layers, weights), [x], wanted)
        return found.loss, _rolled([(part.by_weights, part.by_bias) for part in found.layers])

    start = _rolled([(layer.weights, layer.bias) for layer in layers])
    with np.errstate(over="ignore", invalid="ignore"):
        along = cut(loss, start, rate)
        again = backpropagate(after, [x], wanted)
    return ByHand(example, trace, stages_of(layers), rate, after, again, _measured(layers, x, wanted), along)


def network_of(example: Example, hidden: Activation, seed: int = 1) -> list[Layer]:
    """Return the two layers of an example."""
    if example == "mazur":
        first, second = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])
        return [Layer(first, np.full(2, 0.35), hidden), Layer(second, np.full(2, 0.60), "sigmoid")]
    if example == "random":
        rng = np.random.default_rng(seed)
        first, bias, second, last = (np.round(rng.uniform(-1, 1, shape), 1) for shape in ((2, 2), 2, (1, 2), 1))
        return [Layer(first, bias, hidden), Layer(second, last, "identity")]
    below = [-1.0, -0.5] if example == "dead" else [0.5, 1.0]
    first, bias = np.array([[1.0, -0.5], below]), np.array([0.5, -0.5 if example == "dead" else -1.0])
    return [Layer(first, bias, hidden), Layer(np.array([[1.0, -0.5]]), np.array([0.25]), "identity")]


def stages_of(layers: Sequence[Layer]) -> tuple[Stage, ...]:
    """Return the steps of the calculation: neuron by neuron to the loss, and back."""
    places = [(at, neuron) for at, layer in enumerate(layers) for neuron in range(len(layer.bias))]
    back = [(at, neuron) for at in reversed(range(len(layers))) for neuron in range(len(layers[at].bias))]
    found = [Stage("inputs"), *(Stage("forward", *place) for place in places), Stage("loss")]
    for place in back:
        found += [Stage("error", *place), Stage("weights", *place)]
    return (*found, Stage("update"))


def _rolled(parts: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Return weights and biases of all layers as one row of numbers."""
    return np.concatenate([np.concatenate([weights.ravel(), bias]) for weights, bias in parts])


def _unrolled(layers: Sequence[Layer], row: Floats) -> list[Layer]:
    """Return layers like these with the weights and biases of a row."""
    found, at = [], 0
    for layer in layers:
        size, neurons = layer.weights.size, len(layer.bias)
        weights = row[at : at + size].reshape(layer.weights.shape)
        found.append(Layer(weights, row[at + size : at + size + neurons], layer.activation))
        at += size + neurons
    return found


def _measured(layers: Sequence[Layer], x: tuple[float, float], wanted: list[tuple[float, ...]]) -> tuple[Floats, ...]:
    """Return ∂L/∂W of each layer as (L(w + ε) − L(w − ε)) / 2ε, weight by weight."""
    found = []
    for at, layer in enumerate(layers):
        slopes = np.zeros_like(layer.weights)
        for place in np.ndindex(layer.weights.shape):
            ends = []
            for off in (_TINY, -_TINY):
                weights = layer.weights.copy()
                weights[place] += off
                moved = Layer(weights, layer.bias, layer.activation)
                ends.append(backpropagate([*layers[:at], moved, *layers[at + 1 :]], [x], wanted).loss)
            slopes[place] = (ends[0] - ends[1]) / (2 * _TINY)
        found.append(slopes)
    return tuple(found)
