"""Order, rank and softmax against plain Python and torch; ties above all, of which small tables have many."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.arrays import descending, log_softmax, ranks, softmax

FEW_VALUES = st.lists(st.sampled_from([-1.5, 0.0, 0.25, 3.0]), min_size=1, max_size=200)


@given(FEW_VALUES)
def test_the_largest_first_and_of_equals_the_first(values: list[float]) -> None:
    assert descending(values).tolist() == sorted(range(len(values)), key=lambda i: (-values[i], i))


def test_many_equal_values_keep_their_order() -> None:
    """Sorting in place of a stable sort shows only where there are more than sixteen."""
    assert descending(np.tile([1.0, 0.0], 500)).tolist() == [*range(0, 1000, 2), *range(1, 1000, 2)]


@given(FEW_VALUES, st.data())
def test_a_rank_is_the_place_in_that_order(values: list[float], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=5))
    order = descending(values).tolist()
    assert ranks(values, chosen).tolist() == [1 + order.index(i) for i in chosen]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_is_torchs(dtype: type) -> None:
    x = (np.random.default_rng(0).normal(size=(3, 4, 5)) * 400).astype(dtype)
    ours = softmax(x)
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, torch.softmax(torch.from_numpy(x), -1).numpy(), atol=1e-6)
    log_p, normaliser = log_softmax(x[0, 0].astype(np.float64))
    double = torch.from_numpy(x[0, 0]).double()
    np.testing.assert_allclose(log_p, double.log_softmax(-1).numpy(), atol=1e-9)
    assert normaliser == pytest.approx(float(double.logsumexp(-1)))


def test_a_row_that_may_look_at_nothing_is_zero() -> None:
    assert softmax([[-np.inf, -np.inf], [0, -np.inf]]).tolist() == [[0, 0], [1, 0]]
    assert softmax([1, 1]).dtype == np.float64
