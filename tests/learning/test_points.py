"""The points, and what regression, classification and k-means make of them, against scikit-learn and scipy."""

from __future__ import annotations

from itertools import permutations
from typing import Any, cast, get_args

import numpy as np
import pytest
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.linear_model import LogisticRegression

from nlpcore.learning import three_ways
from nlpcore.learning.points import Data, agreement, points
from nlpcore.learning.three_ways import Clustering, classify, cluster, fit_borders, kmeans, regress, starts

ALL: tuple[Data, ...] = get_args(Data)


def test_the_points_are_what_they_are_said_to_be() -> None:
    flowers, words = points("flowers"), points("words")
    iris = load_iris()
    assert (flowers.places == iris.data[:, 2:4]).all() and (flowers.classes == iris.target).all() and flowers.count == 3
    assert [round(float(x)) for x in np.exp(words.places[:2, 0])] == [4135, 1685] and words.names[:2] == ("the", "to")
    assert words.places[:, 1].tolist() == [len(name) for name in words.names] and len(words.names) == 150
    assert words.classes.tolist() == [int(name in ENGLISH_STOP_WORDS) for name in words.names]
    assert {data: points(data).count for data in ALL} == {"flowers": 3, "words": 2, "stripes": 2, "rings": 2}
    far = np.hypot(*(points("rings").places - 5).T)
    assert far[points("rings").classes == 0].max() < far[points("rings").classes == 1].min()
    with pytest.raises(ValueError, match="data is one of"):
        points(cast(Any, "roses"))


@pytest.mark.parametrize("data", ALL)
def test_the_line_is_that_of_scipy(data: Data) -> None:
    trace = regress(data, x=2.5)
    by_scipy = stats.linregress(*points(data).places.T)
    assert trace.slope == pytest.approx(by_scipy.slope) and trace.intercept == pytest.approx(by_scipy.intercept)
    assert trace.explained == pytest.approx(by_scipy.rvalue**2)
    assert trace.answer == pytest.approx(by_scipy.slope * 2.5 + by_scipy.intercept)
    y = points(data).places[:, 1]
    assert trace.error == pytest.approx(np.std(y) * np.sqrt(1 - by_scipy.rvalue**2))


@pytest.mark.parametrize("data", ALL)
def test_the_classes_are_those_of_scikit_learn(data: Data) -> None:
    of = points(data)
    fitted = LogisticRegression(max_iter=1000).fit(of.places, of.classes)
    trace = classify(data, x=4.9, y=1.7)
    np.testing.assert_allclose(trace.probabilities, fitted.predict_proba([[4.9, 1.7]])[0], atol=1e-9)
    assert trace.answer == fitted.predict([[4.9, 1.7]])[0] and trace.accuracy == fitted.score(of.places, of.classes)
    np.testing.assert_allclose(trace.borders.probabilities(of.places), fitted.predict_proba(of.places), atol=1e-9)
    np.testing.assert_allclose(np.exp(trace.scores) / np.exp(trace.scores).sum(), trace.probabilities)


def test_a_class_without_an_example_is_never_named() -> None:
    borders = fit_borders(np.array([[0.0, 0], [1, 1], [0, 0.1]]), np.array([0, 2, 0]), 3)
    assert borders.probabilities(np.array([[0.5, 0.5]]))[0, 1] == 0
    assert borders.scores(np.array([[2.0, 2.0], [-1.0, -1.0]])).argmax(axis=1).tolist() == [2, 0]


@pytest.mark.parametrize("data", ALL)
@pytest.mark.parametrize("k", [1, 2, 3, 6])
def test_k_means_goes_as_scikit_learn_goes_from_the_same_centres(data: Data, k: int) -> None:
    of, compared = points(data), 0
    for seed in range(1, 9):
        trace = cluster(data, k, seed)
        assert (np.diff(trace.losses) <= 1e-9).all() and trace.k == k
        assert trace.losses[0] == pytest.approx(((of.places - trace.centres[0][trace.groups[0]]) ** 2).sum())
        if _tied(trace):  # scikit-learn takes the mean off first: its last digit decides in another way
            continue
        compared += 1
        assert len(np.unique(trace.groups[0])) == k  # none is empty: that scikit-learn mends in its own way
        for rounds in sorted({1, 2, len(trace.groups)}):
            few = KMeans(k, init=trace.centres[0], n_init=1, max_iter=rounds, tol=0, algorithm="lloyd").fit(of.places)
            np.testing.assert_allclose(few.cluster_centers_, trace.centres[min(rounds, len(trace.groups))], atol=1e-9)
        assert (few.labels_ == trace.groups[-1]).all() and few.inertia_ == pytest.approx(trace.losses[-1])
    assert compared >= 2


def _tied(trace: Clustering) -> bool:
    """Whether a point ever lay as near to one centre as to another one."""
    squared = ((trace.points.places[None, :, None] - trace.centres[:, None]) ** 2).sum(axis=3)
    return trace.k > 1 and bool((np.diff(np.sort(squared, axis=2)[:, :, :2], axis=2) < 1e-9).any())


def test_the_centres_begin_at_different_points_and_there_are_at_most_six() -> None:
    of = points("flowers")
    for seed in range(1, 30):
        begun = starts(of, 6, seed)
        assert len(np.unique(begun, axis=0)) == 6 and all((of.places == place).all(axis=1).any() for place in begun)
    assert cluster(k=0).k == 1 and cluster(k=99).k == 6
    assert (starts(of, 3, 1) != starts(of, 3, 2)).any()


def test_a_centre_without_points_stays() -> None:
    of = points("flowers")
    trace: Clustering = kmeans(of, np.array([[100.0, 100.0], [1.5, 0.2]]))
    assert (
        (trace.centres[:, 0] == 100).all() and (trace.groups == 1).all() and len(trace.centres) == len(trace.groups) + 1
    )


def test_what_does_not_come_to_rest_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cluster("flowers", 6, 1)
    assert len(whole.groups) > 4
    monkeypatch.setattr(three_ways, "MOST_ROUNDS", 3)
    cut = cluster("flowers", 6, 1)
    assert len(cut.groups) == len(cut.losses) == 3 and len(cut.centres) == 4
    np.testing.assert_array_equal(cut.centres, whole.centres[:4])


def test_groups_stand_for_classes_as_well_as_can_be() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        groups, classes = rng.integers(0, 3, 40), rng.integers(0, 3, 40)
        best = max((np.array(order)[groups] == classes).mean() for order in permutations(range(3)))
        assert agreement(groups, classes) == pytest.approx(best)
    assert agreement(np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1])) == 0.5
