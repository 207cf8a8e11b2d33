"""A target cut into classes, against NumPy's histogram and scikit-learn's learners."""

from __future__ import annotations

from typing import Any, cast, get_args

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import PolynomialFeatures

from nlpcore.learning.rounding import SIZES, Target, cut_sizes, cut_target, examples

ALL: tuple[Target, ...] = get_args(Target)


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("classes", [2, 8, 37])
def test_it_is_cut_as_a_histogram_is_and_learnt_as_scikit_learn_learns(target: Target, classes: int) -> None:
    trace = cut_target(target, classes)
    x, y = examples(target)
    counts, edges = np.histogram(y, classes)
    np.testing.assert_allclose(trace.edges, edges)
    assert (np.bincount(trace.classes, minlength=classes) == counts).all()
    assert trace.examples.sum() == -(-len(y) // 2) and (trace.examples <= counts).all()
    scaled = (2 * (x - x.min()) / (x.max() - x.min()) - 1)[:, None]
    features = PolynomialFeatures(5, include_bias=False).fit_transform(scaled)
    seen, held = features[::2], features[1::2]
    number = LinearRegression().fit(seen, y[::2]).predict(held)
    assert trace.by_number == pytest.approx(np.sqrt(((number - y[1::2]) ** 2).mean()))
    fitted = LogisticRegression(C=100, max_iter=300).fit(seen, trace.classes[::2])
    said = trace.middles[fitted.predict(held)]
    assert trace.by_class == pytest.approx(np.sqrt(((said - y[1::2]) ** 2).mean()))
    best = trace.middles[trace.classes[1::2]]
    assert trace.by_rounding == pytest.approx(np.sqrt(((best - y[1::2]) ** 2).mean()))
    tenth = (y.max() - y.min()) / 10
    assert trace.near_by_class == pytest.approx((np.abs(said - y[1::2]) <= tenth).mean())
    assert trace.near_by_number == pytest.approx((np.abs(number - y[1::2]) <= tenth).mean())


def test_what_is_drawn_is_what_was_learnt() -> None:
    trace = cut_target("wave", 8)
    assert trace.grid[0] == trace.x.min() and trace.grid[-1] == trace.x.max() and len(trace.grid) == 161
    np.testing.assert_allclose(trace.probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(trace.steps, trace.middles[trace.probabilities.argmax(axis=1)])
    held = trace.y[1::2]
    assert np.sqrt(((np.interp(trace.x[1::2], trace.grid, trace.line) - held) ** 2).mean()) == pytest.approx(
        trace.by_number, abs=0.002
    )


def test_rounding_costs_the_width_by_the_root_of_twelve() -> None:
    for size in (4, 8, 16, 32, 64):
        trace = cut_target("wave", size)
        assert trace.by_rounding == pytest.approx(trace.expected, rel=0.15)
        assert trace.expected == pytest.approx((trace.y.max() - trace.y.min()) / size / 12**0.5)


def test_the_sizes_are_those_cuts() -> None:
    sizes = cut_sizes("fork")
    assert sizes.sizes == SIZES == (2, 4, 8, 16, 32, 64)
    for place, size in enumerate(SIZES):
        trace = cut_target("fork", size)
        assert (sizes.by_rounding[place], sizes.by_class[place]) == (trace.by_rounding, trace.by_class)
        assert sizes.by_number == trace.by_number
    assert cut_target("flowers", 1).edges.size == 3 and cut_target("flowers", 1000).edges.size == 65
    with pytest.raises(ValueError, match="target is one of"):
        cut_target(cast(Any, "saw"))


def test_of_a_fork_regression_answers_between_where_nobody_is() -> None:
    trace = cut_target("fork", 8)
    between = np.abs(trace.line).max()
    assert between < np.abs(trace.y).min() + 0.15 and trace.near_by_number < 0.1 < 0.35 < trace.near_by_class
