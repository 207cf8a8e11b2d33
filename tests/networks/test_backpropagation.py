"""Every value and every gradient of a small network, against torch's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.networks.activations import Activation
from nlpcore.networks.backpropagation import Layer, backpropagate, predict
from tests.networks.test_activations import TORCH

SIZES = st.lists(st.integers(1, 5), min_size=2, max_size=4)


def made(sizes: list[int], activations: list[Activation], seed: int) -> list[Layer]:
    rng = np.random.default_rng(seed)
    return [
        Layer(rng.normal(size=(after, before)), rng.normal(size=after), activation)
        for before, after, activation in zip(sizes, sizes[1:], activations, strict=False)
    ]


@given(
    sizes=SIZES,
    hidden=st.sampled_from(list(TORCH)),
    loss=st.sampled_from(["squared", "cross_entropy", "binary_cross_entropy"]),
    n=st.integers(1, 6),
    seed=st.integers(0, 10_000),
)
def test_values_and_gradients_are_torch_s(sizes: list[int], hidden: str, loss: str, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    activations: list[Activation] = [hidden] * (len(sizes) - 2) + ["identity"]  # type: ignore[list-item, assignment]
    layers = made(sizes, activations, seed)
    x = rng.normal(size=(n, sizes[0]))
    y = {
        "squared": rng.normal(size=(n, sizes[-1])),
        "cross_entropy": rng.integers(0, sizes[-1], n),
        "binary_cross_entropy": rng.integers(0, 2, (n, sizes[-1])),
    }[loss]
    trace = backpropagate(layers, x, y, loss)  # type: ignore[arg-type]

    kept: list[torch.Tensor] = [torch.tensor(x, requires_grad=True)]
    sums, parameters = [], []
    for layer in layers:
        weights, bias = (torch.tensor(part, requires_grad=True) for part in (layer.weights, layer.bias))
        parameters.append((weights, bias))
        sums.append(kept[-1] @ weights.T + bias)
        kept.append(TORCH[layer.activation](sums[-1]))
        sums[-1].retain_grad()
        kept[-1].retain_grad()
    functional = torch.nn.functional
    if loss == "squared":
        losses = functional.mse_loss(kept[-1], torch.tensor(y), reduction="none").sum(1) / 2
    elif loss == "cross_entropy":
        losses = functional.cross_entropy(kept[-1], torch.tensor(y), reduction="none")
    else:
        losses = functional.binary_cross_entropy_with_logits(
            kept[-1], torch.tensor(y, dtype=torch.float64), reduction="none"
        ).sum(1)
    losses.mean().backward()

    def same(ours: np.ndarray, theirs: torch.Tensor | None) -> None:
        assert theirs is not None
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-8, atol=1e-10)

    same(trace.losses, losses)
    assert trace.loss == pytest.approx(losses.mean().item(), rel=1e-9)
    for number, layer in enumerate(trace.layers):
        same(layer.inputs, kept[number])
        same(layer.sums, sums[number])
        same(layer.outputs, kept[number + 1])
        same(layer.by_outputs, kept[number + 1].grad)
        same(layer.by_sums, sums[number].grad)
        same(layer.by_weights, parameters[number][0].grad)
        same(layer.by_bias, parameters[number][1].grad)
        same(layer.by_inputs, kept[number].grad)
    np.testing.assert_allclose(predict(layers, x), trace.layers[-1].outputs)


def test_the_predictions_are_what_the_loss_is_of() -> None:
    layers = made([3, 4, 2], ["tanh", "identity"], 1)
    x = np.random.default_rng(0).normal(size=(5, 3))
    z = predict(layers, x)
    classes = backpropagate(layers, x, np.array([0, 1, 0, 1, 1]), "cross_entropy")
    np.testing.assert_allclose(classes.predictions, torch.softmax(torch.tensor(z), 1).numpy())
    np.testing.assert_allclose(classes.losses, -np.log(classes.predictions[range(5), [0, 1, 0, 1, 1]]))
    both = backpropagate(layers, x, np.ones((5, 2)), "binary_cross_entropy")
    np.testing.assert_allclose(both.predictions, torch.sigmoid(torch.tensor(z)).numpy())
    np.testing.assert_allclose(backpropagate(layers, x, np.zeros((5, 2))).predictions, z)


def test_what_each_input_adds_gives_the_sum() -> None:
    layers = made([3, 2], ["sigmoid"], 2)
    trace = backpropagate(layers, [[1.0, -2.0, 3.0], [0.0, 0.5, 1.0]], np.zeros((2, 2))).layers[0]
    for example in range(2):
        for neuron in range(2):
            total = trace.shares(example, neuron).sum() + layers[0].bias[neuron]
            assert total == pytest.approx(trace.sums[example, neuron])


def test_large_logits_overflow_nowhere() -> None:
    layer = [Layer(np.array([[1e4], [-1e4]]), np.zeros(2), "identity")]
    with np.errstate(all="raise", under="ignore"):
        assert backpropagate(layer, [[1.0]], np.array([1]), "cross_entropy").loss == pytest.approx(2e4)
        assert backpropagate(layer, [[1.0]], [[0, 1]], "binary_cross_entropy").loss == pytest.approx(2e4)


@pytest.mark.parametrize(
    ("inputs", "targets", "loss"),
    [
        (np.zeros((0, 2)), np.zeros((0, 2)), "squared"),
        (np.zeros(2), np.zeros(2), "squared"),
        (np.zeros((2, 2)), np.zeros((2, 1)), "squared"),
        (np.zeros((2, 2)), np.array([0, 2]), "cross_entropy"),
        (np.zeros((2, 2)), np.array([0, -1]), "cross_entropy"),
        (np.zeros((2, 2)), np.array([0.0, 1.0]), "cross_entropy"),
        (np.zeros((2, 2)), np.array([0]), "cross_entropy"),
        (np.zeros((2, 2)), np.zeros((2, 2)), "hinge"),
    ],
)
def test_what_does_not_fit_is_an_error(inputs: np.ndarray, targets: np.ndarray, loss: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        backpropagate(made([2, 2], ["identity"], 0), inputs, targets, loss)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="layer"):
        backpropagate([], np.zeros((1, 2)), np.zeros((1, 2)))
    with pytest.raises(ValueError, match="neurons"):
        Layer(np.zeros((2, 3)), np.zeros(3))
