"""What the families of the library share about arrays: names of their types, softmax, order and rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Reals = NDArray[np.floating[Any]]  # of either precision: what a network gives
Integers = NDArray[np.int64]


@overload
def softmax(x: Floats) -> Floats: ...
@overload
def softmax(x: ArrayLike) -> Reals: ...
def softmax(x: ArrayLike) -> Reals:
    """Return e^x / Σ e^x over the last axis, in the precision of ``x`` (whole numbers: float64).

    The maximum is taken off first so that nothing overflows. A row of −inf alone gives zeros, as in attention in torch.
    """
    values = np.asarray(x)
    values = values if np.issubdtype(values.dtype, np.floating) else values.astype(np.float64)
    top = values.max(axis=-1, keepdims=True)
    exponentials = np.exp(values - np.where(np.isneginf(top), 0, top))
    total = exponentials.sum(axis=-1, keepdims=True)
    result: Reals = exponentials / np.where(total == 0, 1, total)
    return result


def log_softmax(logits: ArrayLike) -> tuple[Floats, float]:
    """Return ln p = z − ln Σ exp(z) of logits z (n,), and the normaliser ln Σ exp(z)."""
    logits = np.asarray(logits)
    highest = float(logits.max())
    normaliser = highest + float(np.log(np.exp(logits - highest).sum()))
    return logits - normaliser, normaliser


def descending(values: ArrayLike) -> Integers:
    """Return the indices of ``values`` (n,) by falling value; of equal values the smaller index comes first."""
    return np.argsort(-np.asarray(values), kind="stable")


def ranks(scores: ArrayLike, chosen: Sequence[int]) -> Integers:
    """Return the places, from 1, of the ``chosen`` indices in :func:`descending` of ``scores`` (n,): (chosen,)."""
    values = np.asarray(scores)
    ahead = [(values > values[i]).sum() + (values[:i] == values[i]).sum() for i in chosen]
    return np.array(ahead, dtype=np.int64) + 1
