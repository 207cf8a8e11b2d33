"""The gradient of t-SNE without approximation: van der Maaten & Hinton 2008, eq. 5.

Up to some thousand points all pairs are cheaper than a tree: in blocks that stay in the processor's cache the repulsion is a
few passes of vector arithmetic, while Barnes–Hut follows pointers. Single precision is enough: the force on a point keeps
about three digits, where Barnes–Hut with its usual angle keeps two.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from nlpcore.arrays import Floats, Singles

# Many points are summed in two shares, by two threads or one after the other: in which order is up to their number alone, so
# that rounding, which a run of t-SNE blows up to another map, does not tell how many threads there were.
SHARED_FROM = 1000
# Rows of the pair matrix held at a time. Alone a thread does best with what fits the second-level cache (64 × 3,000 in single
# precision); two threads wait for each other in Python at every operation, and do best with fewer and longer ones.
_ROWS_ALONE, _ROWS_TOGETHER = 64, 256


class ExactGradient:
    """An objective for openTSNE's optimiser (``negative_gradient_method``), worked out by ``threads`` threads.

    The answer does not depend on how many threads there are. A context manager: its threads end with it. Inside it the
    linear algebra library uses one thread: its products here are small, its own threads would only be in the way, and their
    number would show in the rounding. One object serves one run at a time.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._limits: Any = None

    def __enter__(self) -> ExactGradient:
        self._limits = threadpool_limits(1, user_api="blas")
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown()
        self._limits.restore_original_limits()

    def __call__(
        self, embedding: Any, P: Any, dof: float, should_eval_error: bool = False, **_: Any
    ) -> tuple[float, Floats]:
        """Return (KL(P‖Q) where it is asked for, else 0; a quarter of its gradient, (n, 2)), as openTSNE defines them.

        ``embedding``: (n, 2); ``P``: sparse (n, n). Only Student's t with one degree of freedom.
        """
        from openTSNE import _tsne

        if dof != 1:
            raise ValueError(f"one degree of freedom, not {dof}")
        positions = np.asarray(embedding, dtype=np.float64)
        force, normaliser = self.repulsion(positions)
        gradient = force * (-1.0 / normaliser)
        total, divergence = _tsne.estimate_positive_gradient_nn(
            P.indices, P.indptr, P.data, positions, positions, gradient, dof,
            num_threads=self.threads, should_eval_error=should_eval_error,
        )  # fmt: skip
        if should_eval_error:
            divergence += total * np.log(normaliser)
        return float(divergence), gradient

    def repulsion(self, positions: Floats) -> tuple[Floats, float]:
        """Return Σ_j (y_i − y_j) / (1 + |y_i − y_j|²)² for each point, (n, 2), and Σ 1 / (1 + |y_i − y_j|²), i ≠ j."""
        points = (positions - positions.mean(axis=0)).astype(np.float32)
        shares = 2 if len(points) >= SHARED_FROM else 1
        many = self._pool.map if self._pool else map
        parts = list(many(lambda share: _repulsion(points, share, shares), range(shares)))
        weights: Floats = np.asarray(sum(part[0] for part in parts), dtype=np.float64)  # Σ_j q², then Σ_j q² y_j
        return weights[:, :1] * points - weights[:, 1:], float(sum(part[1] for part in parts))


def _repulsion(points: Singles, share: int, shares: int) -> tuple[Singles, float]:
    """Return (n, 3) Σ_j q_ij² (1, y_j) and Σ q_ij of every ``shares``-th block of rows from ``share`` on, pairs i ≠ j.

    q_ij = 1 / (1 + |y_i − y_j|²). A block meets the points from its own first one on: each pair is computed once and
    counted for both points.
    """
    n = len(points)
    ones = np.ones((n, 1), dtype=np.float32)
    squared = (points * points).sum(axis=1, keepdims=True)
    left = np.hstack([-2 * points, squared + 1, ones])  # (n, 4); its product with ``right`` is 1 + |y_i − y_j|²
    right = np.ascontiguousarray(np.hstack([points, ones, squared]).T)  # (4, n)
    counted = np.hstack([ones, points])  # (n, 3)
    weights, total = np.zeros((n, 3), dtype=np.float32), 0.0
    most = _ROWS_ALONE if shares == 1 else _ROWS_TOGETHER
    buffer = np.empty(most * n, dtype=np.float32)
    for start in range(share * most, n, shares * most):
        stop = min(start + most, n)
        rows = stop - start
        q = buffer[: rows * (n - start)].reshape(rows, n - start)
        np.matmul(left[start:stop], right[:, start:], out=q)
        np.reciprocal(q, out=q)
        q[np.arange(rows), np.arange(rows)] = 0.0  # no point repels itself
        total += 2.0 * float((q @ ones[start:]).sum()) - float(q[:, :rows].sum())  # a product sums faster than sum
        np.multiply(q, q, out=q)
        weights[start:stop] += q @ counted[start:]
        weights[stop:] += q[:, rows:].T @ counted[start:stop]
    return weights, total
