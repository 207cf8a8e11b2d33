"""One neuron against torch's linear layer, activation and gradient."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.networks import fire
from tests.networks.test_activations import TORCH

NUMBERS = st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=6)


@pytest.mark.parametrize("activation", TORCH)
@given(pairs=NUMBERS, bias=st.floats(-9, 9))
def test_sum_output_and_slope_are_torch_s(activation: str, pairs: list[tuple[float, float]], bias: float) -> None:
    inputs, weights = zip(*pairs, strict=True)
    trace = fire(inputs, weights, bias, activation)  # type: ignore[arg-type]
    x, w, b = (torch.tensor(each, dtype=torch.float64, requires_grad=True) for each in (inputs, weights, bias))
    z = torch.nn.functional.linear(x, w, b)
    a = TORCH[activation](z)
    a.backward()
    assert (trace.total, trace.output) == pytest.approx((z.item(), a.item()), abs=1e-12)
    assert b.grad is not None and w.grad is not None
    if abs(trace.total) > 1e-9:  # at a kink the order in which is added up may decide
        assert trace.slope == pytest.approx(b.grad.item(), abs=1e-12)
        np.testing.assert_allclose(trace.slope * trace.inputs, w.grad.numpy(), atol=1e-10)
        assert trace.flat == (trace.slope < 0.01)
    np.testing.assert_allclose(trace.shares, [a * b for a, b in pairs])


def test_one_weight_for_each_input() -> None:
    for inputs, weights in (((1.0, 2.0), (1.0,)), ((), ()), ([[1.0]], [[1.0]])):
        with pytest.raises(ValueError, match="one weight for each input"):
            fire(inputs, weights)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="activation"):
        fire((1.0,), (1.0,), activation="step")  # type: ignore[arg-type]
