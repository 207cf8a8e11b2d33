"""Scaled dot-product attention with every step kept (Vaswani et al. 2017, "Attention Is All You Need", eq. 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nlpcore.arrays import Reals, softmax


@dataclass(frozen=True, slots=True)
class AttentionTrace:
    """All steps of one attention computation; leading axes (batch, heads) are those of the inputs, broadcast.

    Attributes:
        scores: (…, queries, keys), the dot products q·k.
        scaled: (…, queries, keys), ``scores / sqrt(d_k)``.
        masked: (…, queries, keys), ``scaled`` plus the mask; −inf where a query may not look.
        weights: (…, queries, keys), each row is the softmax of ``masked``: between 0 and 1, sums to 1. A row that may
            look at nothing is all zeros, as in torch.
        output: (…, queries, d_v), ``weights @ v``.
        d_k: the width of a query and of a key.
    """

    scores: Reals
    scaled: Reals
    masked: Reals
    weights: Reals
    output: Reals
    d_k: int


def scaled_dot_product(q: ArrayLike, k: ArrayLike, v: ArrayLike, mask: ArrayLike | None = None) -> AttentionTrace:
    """Compute softmax(q kᵀ / √d_k + mask) v, keeping every step (Vaswani et al. 2017, eq. 1).

    Args:
        q: (…, queries, d_k).
        k: (…, keys, d_k).
        v: (…, keys, d_v).
        mask: broadcast to (…, queries, keys): booleans, True where a query may look, or numbers that are added to the
            scaled scores (0 to keep, −inf to forbid), the two forms that torch takes.

    Raises:
        ValueError: the widths of q and k, or the numbers of keys and values, differ.
    """
    q, k, v = (_floating(x) for x in (q, k, v))
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError(f"q {q.shape}, k {k.shape} and v {v.shape} do not fit together")
    d_k = q.shape[-1]
    scores = q @ k.swapaxes(-1, -2)
    scaled = scores / np.sqrt(d_k).astype(scores.dtype)
    masked = scaled + _additive(mask, scaled.dtype)
    weights = softmax(masked)
    return AttentionTrace(scores, scaled, masked, weights, weights @ v, d_k)


def causal_mask(size: int) -> NDArray[np.bool_]:
    """Return (size, size) booleans: query i may look at keys 0 … i, as in a decoder (Vaswani et al. 2017, § 3.2.3)."""
    return np.tri(size, dtype=bool)


def _floating(x: ArrayLike) -> Reals:
    array = np.asarray(x)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.float64)


def _additive(mask: ArrayLike | None, dtype: np.dtype[Any]) -> Reals:
    if mask is None:
        return np.zeros((), dtype)
    array = np.asarray(mask)
    if array.dtype == bool:
        return np.where(array, 0, -np.inf).astype(dtype)
    return array.astype(dtype)
