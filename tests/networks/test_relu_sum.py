"""A sum of ReLUs against torch's layers, and against numpy's interpolation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nlpcore.networks.relu_sum import BEYOND, LEFT, RIGHT, ReluSum, bent, curve_at, errors, knots_of, on_curve

HEIGHTS = st.lists(st.floats(-2, 2), min_size=2, max_size=20)


def layers(trace: ReluSum) -> nn.Module:
    """The same sum as torch has it: a layer of ReLUs, and one neuron that adds them up."""
    hidden, last = (
        nn.Linear(1, len(trace.knees), dtype=torch.float64),
        nn.Linear(len(trace.knees), 1, dtype=torch.float64),
    )
    with torch.no_grad():
        hidden.weight.fill_(1)
        hidden.bias.copy_(torch.tensor(-trace.knees))
        last.weight.copy_(torch.tensor(trace.weights)[None])
        last.bias.fill_(trace.bias)
    return nn.Sequential(hidden, nn.ReLU(), last)


@given(heights=HEIGHTS)
def test_it_is_a_network_of_one_hidden_layer_in_torch(heights: list[float]) -> None:
    trace = bent(heights)
    with torch.no_grad():
        wanted = layers(trace)(torch.tensor(trace.x)[:, None])[:, 0].numpy()
    np.testing.assert_allclose(trace.total, wanted, atol=1e-9)
    np.testing.assert_allclose(trace.bias + trace.terms.sum(axis=0), trace.total, atol=1e-9)


@given(heights=HEIGHTS)
def test_between_its_knots_it_is_the_line_through_the_heights(heights: list[float]) -> None:
    trace = bent(heights)
    inside = (trace.x >= LEFT) & (trace.x <= RIGHT)
    np.testing.assert_allclose(trace.total[inside], np.interp(trace.x[inside], trace.knots, heights), atol=1e-9)
    left, right = trace.x < LEFT, trace.x > RIGHT
    assert trace.total[left] == pytest.approx(heights[0])  # level
    slope = (heights[-1] - heights[-2]) / (trace.knots[-1] - trace.knots[-2])
    np.testing.assert_allclose(trace.total[right], heights[-1] + slope * (trace.x[right] - RIGHT), atol=1e-9)
    assert trace.x[0] == LEFT - BEYOND and trace.x[-1] == pytest.approx(RIGHT + BEYOND)


@pytest.mark.parametrize("curve", ["wave", "hump", "zipf"])
def test_twice_as_many_units_make_the_error_of_a_smooth_curve_four_times_smaller(curve: str) -> None:
    few, more = errors(curve, (32, 64))  # type: ignore[arg-type]
    assert 3.0 < few / more < 5.0
    assert errors(curve, (64,))[0] < 0.01  # type: ignore[arg-type]


def test_beside_a_jump_it_is_always_wrong() -> None:
    assert (errors("jump", (1, 2, 4, 8, 16, 32, 64)) >= 0.45).all()


def test_errors_are_the_largest_distances_on_the_interval_and_outside() -> None:
    trace = bent(on_curve("wave", 6), "wave")
    x = np.linspace(LEFT, RIGHT, 100_001)
    exact = np.abs(np.interp(x, knots_of(6), np.sin(np.pi * knots_of(6) / 3)) - np.sin(np.pi * x / 3)).max()
    assert trace.largest == pytest.approx(exact, abs=1e-3)
    assert trace.outside == pytest.approx(
        max(abs(float(trace.total[i] - trace.target[i])) for i in range(len(trace.x)) if not -0.01 < trace.x[i] < 6.01)
    )


def test_the_curves() -> None:
    assert curve_at("wave", [0, 1.5, 3]) == pytest.approx([0, 1, 0], abs=1e-12)
    assert curve_at("hump", [3, 4]) == pytest.approx([1, np.exp(-1)])
    assert curve_at("zipf", [0, 1, 3]) == pytest.approx([1, 0.5, 0.25])
    assert curve_at("zipf", [-0.5, -1.5]) == pytest.approx([4 / 3, 4 / 3])
    assert curve_at("jump", [2.99, 3, 3.01]).tolist() == [0, 1, 1]
    with pytest.raises(ValueError, match="wave"):
        curve_at("wavy", [0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="two heights"):
        bent([1.0])
