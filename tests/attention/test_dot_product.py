"""The formula against torch's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.attention import causal_mask, scaled_dot_product, softmax

TOLERANCE = 1e-12  # float64 on both sides


def _inputs(seed: int, queries: int, keys: int, width: int, lead: tuple[int, ...] = (2, 3)) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    shapes = [(*lead, queries, width), (*lead, keys, width), (*lead, keys, width + 1)]
    return [rng.normal(size=shape) for shape in shapes]


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 1000),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(1, 16),
    st.sampled_from([None, "bool", "float"]),
)
def test_it_equals_torch(seed: int, queries: int, keys: int, width: int, kind: str | None) -> None:
    q, k, v = _inputs(seed, queries, keys, width)
    rng = np.random.default_rng(seed + 1)
    mask = {None: None, "bool": rng.random((queries, keys)) < 0.7, "float": rng.normal(size=(queries, keys))}[kind]
    trace = scaled_dot_product(q, k, v, mask)
    tensors = (torch.from_numpy(x) for x in (q, k, v))
    expected = F.scaled_dot_product_attention(*tensors, attn_mask=None if mask is None else torch.from_numpy(mask))
    np.testing.assert_allclose(trace.output, expected.numpy(), atol=TOLERANCE)


def test_every_step_follows_from_the_one_before() -> None:
    q, k, v = _inputs(7, 4, 5, 8)
    trace = scaled_dot_product(q, k, v)
    np.testing.assert_allclose(trace.scores, np.einsum("abqd,abkd->abqk", q, k), atol=TOLERANCE)
    np.testing.assert_allclose(trace.scaled * np.sqrt(8), trace.scores, atol=TOLERANCE)
    np.testing.assert_allclose(trace.weights.sum(-1), 1, atol=TOLERANCE)
    assert trace.d_k == 8


def test_a_causal_mask_equals_torchs_and_hides_the_future() -> None:
    q, k, v = _inputs(3, 6, 6, 4)
    trace = scaled_dot_product(q, k, v, causal_mask(6))
    tensors = (torch.from_numpy(x) for x in (q, k, v))
    np.testing.assert_allclose(
        trace.output, F.scaled_dot_product_attention(*tensors, is_causal=True).numpy(), atol=TOLERANCE
    )
    assert not np.triu(trace.weights, 1).any() and np.isneginf(trace.masked[..., 0, 1]).all()


def test_a_query_that_may_look_at_nothing_gets_zeros_as_in_torch() -> None:
    q, k, v = _inputs(5, 2, 3, 4)
    mask = np.array([[True, True, False], [False, False, False]])
    trace = scaled_dot_product(q, k, v, mask)
    tensors = (torch.from_numpy(x) for x in (q, k, v))
    expected = F.scaled_dot_product_attention(*tensors, attn_mask=torch.from_numpy(mask)).numpy()
    np.testing.assert_allclose(trace.output, expected, atol=TOLERANCE)
    assert not trace.weights[..., 1, :].any()


def test_scaling_keeps_the_variance_of_the_scores_at_one() -> None:
    """Vaswani et al. 2017, footnote 4: q·k of unit-variance components has variance d_k."""
    rng = np.random.default_rng(0)
    q, k = rng.normal(size=(2, 400, 64))
    trace = scaled_dot_product(q, k, k)
    assert trace.scores.var() == pytest.approx(64, rel=0.1) and trace.scaled.var() == pytest.approx(1, rel=0.1)


def test_large_scores_do_not_overflow() -> None:
    assert softmax(np.array([1e4, 0.0, -1e4])).tolist() == [1, 0, 0]


def test_integers_are_taken_and_float32_stays_float32() -> None:
    assert scaled_dot_product([[1, 0]], [[1, 0], [0, 1]], [[1, 2], [3, 4]]).output.dtype == np.float64
    q, k, v = (x.astype(np.float32) for x in _inputs(1, 2, 2, 2))
    assert scaled_dot_product(q, k, v, causal_mask(2)).weights.dtype == np.float32


def test_shapes_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(2, 4\)"):
        scaled_dot_product(np.ones((2, 3)), np.ones((2, 4)), np.ones((2, 4)))
