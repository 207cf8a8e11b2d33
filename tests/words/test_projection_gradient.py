"""The exact gradient of t-SNE beside the definition, scikit-learn's and openTSNE's."""

from __future__ import annotations

import numpy as np
import pytest
from openTSNE.affinity import PerplexityBasedNN
from openTSNE.tsne import kl_divergence_bh

from nlpcore.words.projection_gradient import SHARED_FROM, ExactGradient


def points_and_map(n: int, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 6)), rng.normal(size=(n, 2)) * spread


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(("n", "spread"), [(5, 1.0), (64, 1e-4), (65, 30.0), (300, 10.0)])
def test_repulsion_is_the_sum_over_all_pairs(n: int, spread: float, threads: int) -> None:
    _, flat = points_and_map(n, spread)
    flat += 100.0  # where the map lies does not matter
    gaps = flat[:, None] - flat[None]
    q = 1 / (1 + (gaps**2).sum(-1))
    np.fill_diagonal(q, 0)
    with ExactGradient(threads) as gradient:
        force, normaliser = gradient.repulsion(flat)
    expected = (q[..., None] ** 2 * gaps).sum(axis=1)
    # In single precision 1 + |y_i − y_j|² is a sum of terms as large as |y|²: so much may its rounding, which differs between
    # processors, make of the largest force.
    rounding = np.finfo(np.float32).eps / 2 * ((flat - flat.mean(axis=0)) ** 2).sum(axis=1).max()
    assert np.allclose(force, expected, atol=(1e-5 + rounding) * np.abs(expected).max())
    assert normaliser == pytest.approx(q.sum(), rel=1e-4)


def test_gradient_is_sklearns() -> None:
    from scipy.spatial.distance import squareform
    from sklearn.manifold._t_sne import _kl_divergence

    points, flat = points_and_map(120, 3.0)
    joint = PerplexityBasedNN(points, perplexity=10, method="exact").P
    condensed = squareform(joint.toarray(), checks=False)
    theirs, gradient = _kl_divergence(flat.ravel(), condensed, 1.0, len(flat), 2)
    with ExactGradient() as exact:
        divergence, quarter = exact(flat, joint, dof=1, should_eval_error=True)
    expected = gradient.reshape(-1, 2)
    assert np.allclose(4 * quarter, expected, atol=1e-3 * np.abs(expected).max())
    assert divergence == pytest.approx(theirs, rel=1e-4)


def test_gradient_is_nearer_to_the_truth_than_the_tree() -> None:
    points, flat = points_and_map(400, 20.0)
    joint = PerplexityBasedNN(points, perplexity=10, method="exact").P
    truth, tree = (
        kl_divergence_bh(flat, joint, 1, {"theta": theta}, should_eval_error=False)[1] for theta in (0.0, 0.5)
    )
    with ExactGradient() as exact:
        _, found = exact(flat, joint, dof=1)
    assert np.abs(found - truth).max() < 0.1 * np.abs(tree - truth).max()


def test_other_degrees_of_freedom_are_refused() -> None:
    points, flat = points_and_map(20, 1.0)
    with pytest.raises(ValueError, match="degree"):
        ExactGradient()(flat, PerplexityBasedNN(points, perplexity=5, method="exact").P, dof=0.5)


@pytest.mark.parametrize("n", [300, SHARED_FROM + 7])
def test_the_number_of_threads_is_not_in_the_rounding(n: int) -> None:
    """A run of t-SNE blows the last digit up to another map."""
    _, flat = points_and_map(n, 20.0)
    found = []
    for threads in (1, 2, 3):
        with ExactGradient(threads) as gradient:
            found.append(gradient.repulsion(flat))
    for force, normaliser in found[1:]:
        assert (force == found[0][0]).all() and normaliser == found[0][1]
