"""Backpropagation by hand: torch's gradients, the published numbers of Mazur 2015, and mental arithmetic."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from nlpcore.networks.by_hand import Example, Stage, by_hand, network_of
from tests.networks.test_activations import TORCH

INPUT = st.floats(-3, 3).map(lambda x: round(x, 2))


@given(
    example=st.sampled_from(get_args(Example)),
    hidden=st.sampled_from(["relu", "sigmoid", "tanh"]),
    x=st.tuples(INPUT, INPUT),
    targets=st.tuples(INPUT, INPUT),
    rate=st.floats(0, 1),
    seed=st.integers(1, 99),
)
def test_everything_is_torch_s(example, hidden, x, targets, rate, seed) -> None:
    found = by_hand(example, x, targets, rate, hidden, seed)
    layers = network_of(example, hidden, seed)
    assume(hidden != "relu" or np.abs(found.network.layers[0].sums).min() > 1e-4)  # at the kink a difference is none
    parameters = [
        (torch.tensor(one.weights, requires_grad=True), torch.tensor(one.bias, requires_grad=True)) for one in layers
    ]
    a = torch.tensor([x], dtype=torch.float64)
    for layer, (weights, bias), part in zip(layers, parameters, found.network.layers, strict=True):
        a = TORCH[layer.activation](a @ weights.T + bias)
        np.testing.assert_allclose(part.outputs, a.detach().numpy(), atol=1e-6)
    wanted = torch.tensor([targets[: a.shape[1]]], dtype=torch.float64)
    loss = ((a - wanted) ** 2).sum() / 2
    loss.backward()
    assert found.network.loss == pytest.approx(loss.item(), abs=1e-6)
    torch.optim.SGD([each for pair in parameters for each in pair], lr=rate).step()
    for part, measured, after, (weights, bias) in zip(
        found.network.layers, found.measured, found.after, parameters, strict=True
    ):
        assert weights.grad is not None and bias.grad is not None
        np.testing.assert_allclose(part.by_weights, weights.grad.numpy(), atol=1e-6)
        np.testing.assert_allclose(part.by_bias, bias.grad.numpy(), atol=1e-6)
        np.testing.assert_allclose(measured, weights.grad.numpy(), rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(after.weights, weights.detach().numpy(), atol=1e-6)
        np.testing.assert_allclose(after.bias, bias.detach().numpy(), atol=1e-6)
    a = torch.tensor([x], dtype=torch.float64)
    for layer, (weights, bias) in zip(layers, parameters, strict=True):
        a = TORCH[layer.activation](a @ weights.T + bias)
    assert found.loss_after == pytest.approx((((a - wanted) ** 2).sum() / 2).item(), abs=1e-6)


def test_the_network_of_mazur_has_his_numbers() -> None:
    """As they are published; he leaves the biases as they are."""
    found = by_hand("mazur", (0.05, 0.10), (0.01, 0.99), 0.5, "sigmoid")
    assert found.network.loss == pytest.approx(0.298371109, abs=1e-9)
    np.testing.assert_allclose(found.network.layers[0].outputs[0], [0.593269992, 0.596884378], atol=1e-9)
    np.testing.assert_allclose(found.network.layers[1].outputs[0], [0.75136507, 0.772928465], atol=1e-8)
    assert found.network.layers[1].by_weights[0, 0] == pytest.approx(0.082167041, abs=1e-9)
    np.testing.assert_allclose(
        np.concatenate([layer.weights.ravel() for layer in found.after]),
        [0.149780716, 0.19956143, 0.24975114, 0.29950229, 0.35891648, 0.408666186, 0.511301270, 0.561370121],
        atol=1e-8,
    )


def test_the_network_for_paper_is_mental_arithmetic() -> None:
    found = by_hand()
    hidden, output = found.network.layers
    assert hidden.sums.tolist() == [[0.5, 1.5]] and hidden.outputs.tolist() == [[0.5, 1.5]]
    assert output.outputs.tolist() == [[0.0]] and found.network.loss == 0.5
    assert output.by_sums.tolist() == [[-1.0]] and output.by_weights.tolist() == [[-0.5, -1.5]]
    assert hidden.by_outputs.tolist() == [[-1.0, 0.5]] and hidden.by_weights.tolist() == [[-1.0, -2.0], [0.5, 1.0]]
    np.testing.assert_allclose(found.after[0].weights, [[1.1, -0.3], [0.45, 0.9]])


def test_a_dead_neuron_learns_nothing() -> None:
    hidden = by_hand("dead").network.layers[0]
    assert hidden.sums[0, 1] < 0 and hidden.outputs[0, 1] == 0 and hidden.by_outputs[0, 1] != 0
    assert not hidden.by_weights[1].any() and not hidden.by_bias[1] and hidden.by_weights[0].all()


def test_the_calculation_goes_forward_neuron_by_neuron_and_back() -> None:
    assert by_hand().stages == (
        Stage("inputs"), Stage("forward", 0, 0), Stage("forward", 0, 1), Stage("forward", 1, 0), Stage("loss"),
        Stage("error", 1, 0), Stage("weights", 1, 0), Stage("error", 0, 0), Stage("weights", 0, 0), Stage("error", 0, 1),
        Stage("weights", 0, 1), Stage("update"),
    )  # fmt: skip
    assert len(by_hand("mazur").stages) == 15


def test_exercises_have_one_decimal_and_differ() -> None:
    one, two = network_of("random", "tanh", 1), network_of("random", "tanh", 2)
    assert one[0].weights.tolist() != two[0].weights.tolist()
    for layer in (*one, *two):
        np.testing.assert_allclose(layer.weights * 10, np.round(layer.weights * 10))
        assert np.abs(layer.weights).max() <= 1


def test_targets_that_are_missing_are_0_and_others_are_not_read() -> None:
    assert by_hand(targets=(1.0, 5.0)).network.targets.tolist() == [[1.0]]
    assert by_hand("mazur", targets=(0.3,)).network.targets.tolist() == [[0.3, 0.0]]
    with pytest.raises(ValueError, match="paper"):
        by_hand("papre")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="relu"):
        by_hand(hidden="rleu")  # type: ignore[arg-type]
