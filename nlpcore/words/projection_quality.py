"""How far a flat map can be trusted: trustworthiness, and the neighbours that each point keeps.

Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods"; Lee & Verleysen 2009, "Quality
assessment of dimensionality reduction" (the share of kept neighbours, their Q_NX).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arrays import Floats, Integers

T = TypeVar("T")

_BLOCK = 256  # rows of the distance matrix held at a time: 3,000 points need 6 MB, not 72


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a map keeps the ``k`` nearest neighbours of its points.

    Attributes:
        k: how many neighbours are compared.
        trustworthiness: 0 to 1; near 1 where the map invents no neighbours, about 0.5 for a random map. Venna & Kaski
            2001, eq. 1: 1 − 2 / (n k (2n − 3k − 1)) · Σ_i Σ_j (r(i, j) − k), over the points j that are among the k
            nearest of i in the map but not in the original space, where j is the r(i, j)-th nearest of i.
        knn_recall: 0 to 1, mean of ``preserved``; k / (n − 1) is what chance gives.
        preserved: (n,) 0 to 1, the share of each point's k nearest in the original space that are among its k nearest
            in the map.
        neighbours: (n, k) indices of the k nearest of each point in the map, nearest first.
        intrusion: the double sum above, over all false neighbours in the map: by how many places each misses the true k.
    """

    k: int
    trustworthiness: float
    knn_recall: float
    preserved: Floats
    neighbours: Integers
    intrusion: int


def neighbourhood_size(n: int, wanted: int = 10) -> int:
    """Return how many neighbours are compared for ``n`` points: ``wanted``, but fewer than half of the points.

    Trustworthiness is only scaled to 0 … 1 for k < n / 2 (Venna & Kaski 2001).
    """
    return max(1, min(wanted, (n - 1) // 2))


def nearest_neighbours(points: ArrayLike, k: int) -> tuple[Integers, Floats]:
    """Return (n, k) indices and (n, k) Euclidean distances of the k nearest of each point, itself left out.

    Exact, nearest first, of equally near points the one with the smaller index first.
    """
    points = np.asarray(points, dtype=np.float64)
    found = _by_blocks(points, lambda _, block: _nearest(block, k))
    return np.concatenate([rows for rows, _ in found]), np.concatenate([lengths for _, lengths in found])


def quality(original: ArrayLike, embedded: ArrayLike, k: int) -> Quality:
    """Compare the k nearest neighbours in ``original`` (n, d) with those in ``embedded`` (n, 2).

    ValueError unless 1 <= k < n / 2.
    """
    return qualities(original, [embedded], k)[0]


def qualities(original: ArrayLike, maps: Sequence[ArrayLike], k: int) -> list[Quality]:
    """Return :func:`quality` of several maps of the same points; the distances in ``original`` are worked out once."""
    original = np.asarray(original, dtype=np.float64)
    n = len(original)
    if not 1 <= k < n / 2:
        raise ValueError(f"k = {k} needs more than {2 * k} points, not {n}")
    neighbours = [nearest_neighbours(embedded, k)[0] for embedded in maps]

    def ranks_in_the_original(start: int, distances: Floats) -> Integers:
        rows, ordered = slice(start, start + len(distances)), np.sort(distances, axis=1)
        return np.stack([_places(ordered, np.take_along_axis(distances, near[rows], axis=1)) for near in neighbours])

    ranks = np.concatenate(_by_blocks(original, ranks_in_the_original), axis=1)  # (maps, n, k)
    intrusion, preserved = np.maximum(ranks - k, 0).sum(axis=(1, 2)), (ranks <= k).mean(axis=2)
    trust = 1.0 - intrusion * 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0))
    return [
        Quality(k, float(trust[which]), float(preserved[which].mean()), preserved[which], near, int(intrusion[which]))
        for which, near in enumerate(neighbours)
    ]


def rank_of(points: ArrayLike, i: int, j: int) -> int:
    """Return r(i, j): 1 where ``j`` is the nearest point to ``i``, 2 for the next, and so on."""
    return int(ranks_of(points, i, [j])[0])


def ranks_of(points: ArrayLike, i: int, others: Sequence[int]) -> Integers:
    """Return :func:`rank_of` each of ``others``, seen from ``i``."""
    points = np.asarray(points, dtype=np.float64)
    distances = np.linalg.norm(points - points[i], axis=1)[None, :]
    distances[0, i] = np.inf
    ranks: Integers = _places(np.sort(distances, axis=1), distances[:, others])[0]
    return ranks


def _by_blocks(points: Floats, function: Callable[[int, Floats], T]) -> list[T]:
    """Return ``function(first row, (rows, n) Euclidean distances)`` of each block of rows, in order.

    A point is infinitely far from itself. Two threads take the blocks of more than one: SciPy and NumPy compute them
    side by side.
    """
    from scipy.spatial.distance import cdist

    def work(start: int) -> T:
        block = np.asarray(cdist(points[start : start + _BLOCK], points))
        rows = np.arange(len(block))
        block[rows, start + rows] = np.inf
        return function(start, block)

    starts = range(0, len(points), _BLOCK)
    if len(starts) == 1:
        return [work(0)]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, starts))


def _nearest(distances: Floats, k: int) -> tuple[Integers, Floats]:
    """Return the k smallest of each row of (rows, n) distances, ascending, ties by index."""
    near = distances <= np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
    for row in np.flatnonzero(near.sum(axis=1) > k):  # several at the distance of the k-th: the first of them
        near[row] = False
        near[row, np.argsort(distances[row], kind="stable")[:k]] = True
    columns = np.nonzero(near)[1].reshape(len(distances), k)
    lengths = np.take_along_axis(distances, columns, axis=1)
    order = np.argsort(lengths, axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(lengths, order, axis=1)


def _places(ordered: Floats, lengths: Floats) -> Integers:
    """Return (rows, k): how many of each row's ``ordered`` distances are below each of its ``lengths``, plus 1."""
    ranks = [np.searchsorted(row, wanted, side="left") for row, wanted in zip(ordered, lengths, strict=True)]
    return np.stack(ranks).astype(np.int64) + 1
