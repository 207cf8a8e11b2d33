"""A small network opened: every value on the way to the loss, and every gradient on the way back.

Forward, each layer takes the outputs before it: z = a W^T + b, a = σ(z). Backward, the chain rule is applied layer by layer
(Rumelhart, Hinton & Williams 1986, Nature 323): ∂L/∂z = ∂L/∂a ⊙ σ′(z), ∂L/∂W = (∂L/∂z)^T a_before, ∂L/∂b = Σ ∂L/∂z over
the examples, ∂L/∂a_before = ∂L/∂z W.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, softmax
from nlpcore.networks.activations import Activation, activate, slope

Loss = Literal["squared", "cross_entropy", "binary_cross_entropy"]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer of neurons.

    Attributes:
        weights: (neurons, inputs), a row for each neuron, as in torch.
        bias: (neurons,).
        activation: what each neuron does with its sum.
    """

    weights: Floats
    bias: Floats
    activation: Activation = "tanh"

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or self.bias.shape != self.weights.shape[:1]:
            raise ValueError(
                f"weights (neurons, inputs) and bias (neurons,), not {self.weights.shape}, {self.bias.shape}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class LayerTrace:
    """What one layer did with n examples, and what comes back through it. Gradients are those of the mean loss.

    Attributes:
        layer: its weights.
        inputs: (n, inputs), the outputs of the layer before.
        sums: (n, neurons), z.
        outputs: (n, neurons), a = σ(z), times the mask where one is given.
        by_outputs: (n, neurons), ∂L/∂a.
        by_sums: (n, neurons), ∂L/∂z.
        by_weights: (neurons, inputs), ∂L/∂W, summed over the examples.
        by_bias: (neurons,), ∂L/∂b.
        by_inputs: (n, inputs), ∂L/∂a of the layer before.
    """

    layer: Layer
    inputs: Floats
    sums: Floats
    outputs: Floats
    by_outputs: Floats
    by_sums: Floats
    by_weights: Floats
    by_bias: Floats
    by_inputs: Floats

    def shares(self, example: int, neuron: int) -> Floats:
        """Return what each input adds to a neuron's sum, w ⊙ x: (inputs,); with the bias they give z."""
        found: Floats = self.layer.weights[neuron] * self.inputs[example]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class NetworkTrace:
    """One pass forward and one backward of n examples.

    Attributes:
        layers: from the input to the output.
        targets: (n, outputs) numbers, or (n,) classes for "cross_entropy".
        predictions: (n, outputs): the outputs themselves for "squared", else probabilities.
        losses: (n,), of each example.
        loss: their mean.
    """

    layers: tuple[LayerTrace, ...]
    targets: NDArray[np.number[Any]]
    predictions: Floats
    losses: Floats
    loss: float


def predict(layers: Sequence[Layer], inputs: ArrayLike) -> Floats:
    """Return the outputs (n, outputs) of the last layer for ``inputs`` (n, features)."""
    outputs = np.asarray(inputs, dtype=np.float64)
    for layer in layers:
        outputs = activate(layer.activation, outputs @ layer.weights.T + layer.bias)
    return outputs


def backpropagate(
    layers: Sequence[Layer],
    inputs: ArrayLike,
    targets: ArrayLike,
    loss: Loss = "squared",
    masks: Sequence[Floats | None] = (),
) -> NetworkTrace:
    """Return every value and every gradient of one pass.

    Args:
        layers: of the network; the last gives the outputs, for the two cross-entropies logits ("identity").
        inputs: (n, features).
        targets: (n, outputs) numbers; for "binary_cross_entropy" 0 or 1, for "cross_entropy" (n,) classes from 0.
        loss: "squared" ½ Σ (a − y)²; "cross_entropy" −ln softmax(z)_y; "binary_cross_entropy" −y ln σ(z) − (1 − y) ln(1 − σ(z)).
        masks: for the first layers, (n, neurons) by which their outputs are multiplied, as dropout does; None for none.

    Raises:
        ValueError: no layer, no example, shapes that do not fit, a class that the network has no output for, or another loss.
    """
    check_option("loss", loss, Loss)
    x, y = np.asarray(inputs, dtype=np.float64), np.asarray(targets)
    if not layers or x.ndim != 2 or not len(x):
        raise ValueError("at least one layer and one example are needed, inputs (examples, features)")
    steps: list[tuple[Layer, Floats, Floats, Floats, Floats | None]] = []
    outputs = x
    for layer, mask in zip_longest(layers, masks):
        sums = outputs @ layer.weights.T + layer.bias
        after = activate(layer.activation, sums)
        steps.append((layer, outputs, sums, after if mask is None else after * mask, mask))
        outputs = steps[-1][3]
    predictions, losses, by_outputs = _loss(outputs, y, loss)
    found: list[LayerTrace] = []
    for layer, before, sums, after, mask in reversed(steps):
        by_sums = by_outputs * slope(layer.activation, sums)
        if mask is not None:
            by_sums = by_sums * mask
        by_inputs = by_sums @ layer.weights
        by_weights, by_bias = by_sums.T @ before, by_sums.sum(axis=0)
        found.append(LayerTrace(layer, before, sums, after, by_outputs, by_sums, by_weights, by_bias, by_inputs))
        by_outputs = by_inputs
    return NetworkTrace(tuple(reversed(found)), y, predictions, losses, float(losses.mean()))


def _loss(outputs: Floats, targets: np.ndarray, loss: Loss) -> tuple[Floats, Floats, Floats]:
    """Return predictions (n, outputs), the loss of each example (n,) and the mean loss by the outputs, ∂L/∂a (n, outputs)."""
    n = len(outputs)
    if loss == "cross_entropy":
        if targets.shape != (n,) or not np.issubdtype(targets.dtype, np.integer):
            raise ValueError(f"targets are {n} whole numbers, the classes")
        if targets.min() < 0 or targets.max() >= outputs.shape[1]:
            raise ValueError(f"classes are 0 to {outputs.shape[1] - 1}")
        chances = softmax(outputs)
        highest = outputs.max(axis=1, keepdims=True)
        normalisers = highest[:, 0] + np.log(np.exp(outputs - highest).sum(axis=1))
        wanted = np.eye(outputs.shape[1])[targets]
        return chances, normalisers - outputs[np.arange(n), targets], (chances - wanted) / n
    wanted = targets.astype(np.float64)
    if wanted.shape != outputs.shape:
        raise ValueError(f"targets have the shape of the outputs, {outputs.shape}, not {wanted.shape}")
    if loss == "squared":
        return outputs, ((outputs - wanted) ** 2).sum(axis=1) / 2, (outputs - wanted) / n
    chances = activate("sigmoid", outputs)
    # ln(1 + e^z) − y z, from both sides without overflow
    losses = np.logaddexp(0, outputs) - wanted * outputs
    return chances, losses.sum(axis=1), (chances - wanted) / n
