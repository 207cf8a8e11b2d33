"""Maps and vectors of random numbers, for whatever holds of any of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpcore.attention import AttentionMaps, HeadVectors


def maps_of(
    tokens: Sequence[str],
    layers: int = 2,
    heads: int = 3,
    segments: Sequence[int] | None = None,
    causal: bool = False,
    seed: int = 0,
) -> AttentionMaps:
    """Return random weights over ``tokens``, each row of which sums to 1; ``causal``: nothing ahead is looked at."""
    n = len(tokens)
    raw = np.random.default_rng(seed).random((layers, heads, n, n)).astype(np.float32) ** 4
    raw = np.tril(raw) if causal else raw
    names = tuple(tokens)
    return AttentionMaps(
        weights=raw / raw.sum(-1, keepdims=True), tokens=names, pieces=names, word_ids=tuple(range(n)),
        special=(False,) * n, offsets=((0, 1),) * n, segments=tuple(segments or (0,) * n), causal=causal,
        texts=(" ".join(names),) * 2,
    )  # fmt: skip


def vectors_of(
    tokens: Sequence[str],
    layers: int = 2,
    heads: int = 4,
    key_heads: int = 2,
    width: int = 8,
    causal: bool = False,
    seed: int = 0,
    spread: float = 1.0,
) -> HeadVectors:
    """Return normally distributed queries, keys and values; ``spread`` is their standard deviation."""
    rng = np.random.default_rng(seed)
    q, k, v = (rng.normal(0, spread, (layers, h, len(tokens), width)) for h in (heads, key_heads, key_heads))
    return HeadVectors(*(x.astype(np.float32) for x in (q, k, v)), causal, tuple(tokens))
