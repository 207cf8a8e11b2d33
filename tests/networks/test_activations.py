"""Activations and their slopes, against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.networks.activations import activate, saturated, slope

TORCH = {
    "identity": lambda z: z * 1,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.nn.functional.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "elu": torch.nn.functional.elu,
}
KINKS = [0.0, -0.0, 1e-300, -1e-300, 50.0, -50.0, 800.0, -800.0]


@pytest.mark.parametrize("name", TORCH)
@given(sums=st.lists(st.floats(-1e3, 1e3), max_size=20))
def test_value_and_slope_are_torch_s(name: str, sums: list[float]) -> None:
    z = torch.tensor([*KINKS, *sums], dtype=torch.float64, requires_grad=True)
    wanted = TORCH[name](z)
    wanted.sum().backward()
    with np.errstate(all="raise", under="ignore"):
        values, slopes = activate(name, z.detach().numpy()), slope(name, z.detach().numpy())  # type: ignore[arg-type]
    np.testing.assert_allclose(values, wanted.detach().numpy(), rtol=1e-12, atol=1e-15)
    assert z.grad is not None
    np.testing.assert_allclose(slopes, z.grad.numpy(), rtol=1e-9, atol=1e-15)


def test_where_hardly_any_gradient_passes() -> None:
    assert saturated("sigmoid", [-5.0, 0.0, 5.0]).tolist() == [True, False, True]
    assert saturated("tanh", [-2.0, 0.0, 3.0]).tolist() == [False, False, True]
    assert saturated("relu", [-1.0, 1.0]).tolist() == [True, False]
    assert not saturated("leaky_relu", [-1e6, 1e6]).any(), "what it was made for"
    assert saturated("elu", [-5.0, -1.0]).tolist() == [True, False]


def test_another_activation_is_an_error() -> None:
    for function in (activate, slope):
        with pytest.raises(ValueError, match="sigmoid"):
            function("sigmiod", [0.0])  # type: ignore[arg-type]
