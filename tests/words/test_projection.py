"""Maps of vectors: PCA and quality against scikit-learn, t-SNE's KL(P‖Q) against its definition, the run, bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.models import workers
from nlpcore.words.projection import STEPS_IN_ALL, Frame, Projection, principal_components, project
from nlpcore.words.projection_quality import nearest_neighbours, neighbourhood_size, qualities, quality, rank_of


def clustered(n: int = 120, d: int = 8, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(4, d))[rng.integers(0, 4, n)] * 4 + rng.normal(size=(n, d))


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return clustered()


@pytest.fixture(scope="module")
def mapped(points: np.ndarray) -> Projection:
    return project(points, perplexity=15, seed=3)


# -- quality -----------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(7, 90), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_trustworthiness_and_recall_equal_sklearn(n: int, k: int, seed: int) -> None:
    from sklearn.manifold import trustworthiness
    from sklearn.neighbors import NearestNeighbors

    k = neighbourhood_size(n, k)
    rng = np.random.default_rng(seed)
    original, flat = rng.normal(size=(n, 5)), rng.normal(size=(n, 2))
    measured = quality(original, flat, k)
    near, drawn = (NearestNeighbors(n_neighbors=k).fit(p).kneighbors(return_distance=False) for p in (original, flat))
    kept = [len(set(a) & set(b)) / k for a, b in zip(near, drawn, strict=True)]
    assert measured.trustworthiness == pytest.approx(trustworthiness(original, flat, n_neighbors=k), abs=1e-12)
    assert measured.preserved == pytest.approx(kept, abs=1e-12)
    assert measured.knn_recall == pytest.approx(np.mean(kept), abs=1e-12)
    assert (measured.neighbours == drawn).all()


def test_blocks_make_no_difference() -> None:
    from sklearn.manifold import trustworthiness

    original, flat = clustered(700), np.random.default_rng(1).normal(size=(700, 2))
    assert quality(original, flat, 10).trustworthiness == pytest.approx(trustworthiness(original, flat, n_neighbors=10))


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 60), st.integers(0, 2**32 - 1))
def test_a_map_that_keeps_all_distances_is_perfect(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    flat = rng.normal(size=(n, 2))
    turn, _ = np.linalg.qr(rng.normal(size=(2, 2)))
    measured = quality(flat, 7 * flat @ turn + 3, neighbourhood_size(n))
    assert measured.trustworthiness == 1.0
    assert (measured.preserved == 1.0).all()


def test_quality_refuses_too_many_neighbours(points: np.ndarray) -> None:
    for k in (0, len(points) // 2):
        with pytest.raises(ValueError, match="needs more than"):
            quality(points, points[:, :2], k)


def test_neighbours_are_sorted_and_ties_go_by_index() -> None:
    line = np.arange(6.0)[:, None]
    near, distances = nearest_neighbours(line, 3)
    assert near[2].tolist() == [1, 3, 0]
    assert distances[2].tolist() == [1, 1, 2]


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 40), st.integers(0, 2**32 - 1))
def test_rank_of_is_the_place_among_the_neighbours(n: int, seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(n, 4))
    near, _ = nearest_neighbours(points, n - 1)
    assert [rank_of(points, 0, int(j)) for j in near[0]] == list(range(1, n))


# -- PCA ---------------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 60), st.integers(2, 20), st.integers(0, 2**32 - 1))
def test_pca_equals_sklearn(n: int, d: int, seed: int) -> None:
    from sklearn.decomposition import PCA

    points = np.random.default_rng(seed).normal(size=(n, d)) * np.linspace(3, 1, d)
    reference = PCA(2, svd_solver="full").fit(points)
    flat, shares = principal_components(points)
    assert np.abs(flat) == pytest.approx(np.abs(reference.transform(points)), abs=1e-8)  # a sign is free
    assert shares == pytest.approx(tuple(reference.explained_variance_ratio_), abs=1e-10)


def test_pca_of_points_on_a_line_and_of_one_place() -> None:
    flat, shares = principal_components(np.arange(6.0)[:, None])
    assert (flat[:, 1] == 0).all()
    assert shares == (1.0, 0.0)
    assert principal_components(np.ones((6, 3)))[1] == (0.0, 0.0)


def test_the_pca_map_is_pca(points: np.ndarray) -> None:
    mapped = project(points, "pca")
    assert mapped.frames == ()
    assert mapped.perplexity is None
    assert mapped.kl_divergence is None
    assert mapped.quality.trustworthiness == mapped.pca.trustworthiness
    assert (mapped.coordinates == principal_components(points)[0]).all()


# -- t-SNE -------------------------------------------------------------------------------------------------------------


def kl_divergence(points: np.ndarray, flat: np.ndarray, perplexity: float) -> float:
    """KL(P‖Q) in full, van der Maaten & Hinton 2008, eqs. 1, 2 and 4, with P from the 3·perplexity nearest neighbours."""
    n = len(points)
    squared = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    conditional = np.zeros((n, n))
    for i in range(n):
        near = np.argsort(squared[i])[: min(n - 1, int(3 * perplexity))]
        low, high = 1e-12, 1e12
        for _ in range(200):
            beta = np.sqrt(low * high)
            p = np.exp(-beta * (squared[i, near] - squared[i, near].min()))
            p /= p.sum()
            entropy = -(p * np.log(np.maximum(p, 1e-300))).sum()
            low, high = (beta, high) if entropy > np.log(perplexity) else (low, beta)
        conditional[i, near] = p
    joint = (conditional + conditional.T) / (2 * n)
    weights = 1 / (1 + ((flat[:, None] - flat[None]) ** 2).sum(axis=2))
    np.fill_diagonal(weights, 0)
    drawn = weights / weights.sum()
    some = joint > 0
    return float((joint[some] * np.log(joint[some] / drawn[some])).sum())


def test_the_divergence_is_that_of_the_definition(points: np.ndarray, mapped: Projection) -> None:
    # The two searches for the widths of the Gaussians stop at slightly different places.
    for frame in (mapped.frames[0], mapped.frames[len(mapped.frames) // 2], mapped.frames[-1]):
        scale = frame.spread / np.sqrt((frame.coordinates**2).sum(axis=1).mean())
        assert frame.kl_divergence == pytest.approx(kl_divergence(points, frame.coordinates * scale, 15), rel=1e-4)


@settings(max_examples=8, deadline=None)
@given(st.integers(5, 60), st.integers(0, 2**32 - 1), st.sampled_from([2.0, 5.0, 30.0]))
def test_no_frame_has_a_negative_divergence(n: int, seed: int, perplexity: float) -> None:
    mapped = project(np.random.default_rng(seed).normal(size=(n, 5)), perplexity=perplexity, seed=seed % 1000)
    assert all(frame.kl_divergence > 0 for frame in mapped.frames)


def test_the_run_ends_on_the_map_and_gets_better(mapped: Projection) -> None:
    frames = mapped.frames
    assert frames[0].iteration == 0
    assert frames[-1].iteration == STEPS_IN_ALL == 550
    assert all(a.iteration < b.iteration for a, b in itertools.pairwise(frames))
    assert len(frames) <= 42
    assert frames[-1].coordinates == pytest.approx(mapped.coordinates, abs=1e-9)
    assert mapped.kl_divergence == frames[-1].kl_divergence < 0.5 * frames[0].kl_divergence


def test_frames_lie_on_the_final_map_as_well_as_any_turn_allows(mapped: Projection) -> None:
    final = mapped.coordinates
    for frame in mapped.frames[::7]:
        distance = np.linalg.norm(frame.coordinates - final)
        for angle in np.linspace(0, 2 * np.pi, 60):
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            for mirror in (1, -1):
                assert distance <= np.linalg.norm(frame.coordinates @ turn * [1, mirror] - final) + 1e-9


def test_several_maps_are_measured_as_each_alone() -> None:
    from sklearn.manifold import trustworthiness

    points = clustered(70)
    maps = [points[:, :2], points[:, 3:5], points[::-1, :2]]
    for measured, embedded in zip(qualities(points, maps, 7), maps, strict=True):
        alone = quality(points, embedded, 7)
        assert measured.trustworthiness == alone.trustworthiness
        assert measured.trustworthiness == pytest.approx(trustworthiness(points, embedded, n_neighbors=7))
        assert np.array_equal(measured.preserved, alone.preserved)


def test_of_equally_near_points_the_first_ones_are_neighbours() -> None:
    """Sorting in place of a stable sort shows only where there are more than sixteen."""
    points = np.random.default_rng(0).integers(0, 4, (100, 1)).astype(float)
    gaps = np.abs(points - points.T)
    rows, lengths = nearest_neighbours(points, 40)
    assert rows.tolist() == [sorted(set(range(100)) - {i}, key=lambda j: (gaps[i, j], j))[:40] for i in range(100)]
    assert np.array_equal(lengths, np.take_along_axis(gaps, rows, axis=1))


def test_a_seed_gives_one_map(points: np.ndarray, mapped: Projection) -> None:
    again = project(points, perplexity=15, seed=3)
    assert (again.coordinates == mapped.coordinates).all()
    other = project(points, perplexity=15, seed=4, start="random")
    assert not np.allclose(other.coordinates, mapped.coordinates)


def test_quality_is_as_good_as_sklearns_tsne(points: np.ndarray, mapped: Projection) -> None:
    from sklearn.manifold import TSNE, trustworthiness

    theirs = TSNE(perplexity=15, init="pca", random_state=0).fit_transform(points)
    assert mapped.quality.trustworthiness == pytest.approx(trustworthiness(points, theirs, n_neighbors=10), abs=0.02)
    assert mapped.quality.trustworthiness > mapped.pca.trustworthiness > mapped.random.trustworthiness + 0.2


def test_on_frame_hears_every_frame(points: np.ndarray) -> None:
    heard: list[Frame] = []
    mapped = project(points[:30], on_frame=heard.append, most_frames=10)
    assert [frame.iteration for frame in heard] == [frame.iteration for frame in mapped.frames]
    listened: list[Frame] = []
    with workers.heard_by(listened.append, None):
        project(points[:30], most_frames=10)
    project(points[:30], most_frames=10)
    assert len(listened) == len(heard)


@pytest.mark.parametrize("n", [5, 6, 7, 11])
def test_few_points_and_a_large_perplexity(n: int, points: np.ndarray) -> None:
    mapped = project(points[:n], perplexity=50)
    assert np.isfinite(mapped.coordinates).all()
    assert mapped.perplexity == pytest.approx((n - 1) / 3)
    assert [note.code for note in mapped.notes] == ["perplexity_lowered"]
    assert mapped.quality.k == (n - 1) // 2


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_the_same_point_many_times_is_no_trouble(method: str) -> None:
    for points in (np.ones((12, 3)), np.repeat(np.eye(3), 5, axis=0)):
        mapped = project(points, method)  # type: ignore[arg-type]
        assert np.isfinite(mapped.coordinates).all()
        assert 0 <= mapped.quality.knn_recall <= 1


def test_too_few_and_too_many_points_are_said(points: np.ndarray) -> None:
    for n, code in ((0, "map_too_few"), (4, "map_too_few"), (3001, "map_too_many")):
        with pytest.raises(LearnerError) as error:
            project(np.zeros((n, 3)))
        limit = {"fewest": 5} if code == "map_too_few" else {"most": 3000}
        assert (error.value.code, error.value.params) == (code, {"count": n, **limit})


@pytest.mark.parametrize(
    "wrong",
    [{"method": "umap"}, {"perplexity": 0.5}, {"early_exaggeration": 0}, {"start": "spectral"}],
)
def test_settings_that_do_not_exist_are_refused(points: np.ndarray, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=f"no such map|not '{next(iter(wrong.values()))}'"):
        project(points, **wrong)  # type: ignore[arg-type]


def test_numbers_that_are_not_finite_are_refused(points: np.ndarray) -> None:
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="finite"):
            project(np.full((6, 2), bad))
