"""Points whose rule is known: as many of each class as asked, and the floor against Bayes' rule by numerical integration."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from nlpcore.networks.points import HELD_BACK, REACH, Shape, _curves, draw_points, floor


@pytest.mark.parametrize("shape", get_args(Shape))
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_there_are_as_many_of_each_class_as_asked(shape: Shape, share: float) -> None:
    found = draw_points(shape, 37, 0.2, share, 5)
    assert found.training.inputs.shape == (37, 2) and found.validation.inputs.shape == (HELD_BACK, 2)
    assert found.training.classes.sum() == round(share * 37) and found.validation.classes.sum() == round(
        share * HELD_BACK
    )
    assert found.of_one_class == (share in (0.0, 1.0))
    assert found.training.floor >= 0 and (share == 0.3 or found.training.floor == pytest.approx(0))


@pytest.mark.parametrize("shape", ["moons", "corners"])
def test_the_floor_is_bayes_rule_by_scipy_s_densities(shape: Shape) -> None:
    found = draw_points(shape, 30, 0.4, 0.25, 2).training
    losses = []
    for place, own in zip(found.inputs, found.classes.tolist(), strict=True):
        dense = [
            part * np.mean([multivariate_normal(centre, 0.16 * np.eye(2)).pdf(place) for centre in curve])
            for part, curve in zip((0.75, 0.25), _curves(shape), strict=True)
        ]
        losses.append(-np.log(dense[own] / sum(dense)))
    assert found.floor == pytest.approx(np.mean(losses), rel=1e-6)
    assert floor(shape, found.inputs, found.classes, 0.4, 0.25) == found.floor


def test_nobody_who_guesses_by_another_rule_does_better_on_many_points() -> None:
    found = draw_points("moons", 500, 0.3, 0.5, 9).validation
    assert floor("moons", found.inputs, found.classes, 0.2, 0.5) > found.floor
    assert floor("moons", found.inputs, found.classes, 0.5, 0.5) > found.floor
    assert draw_points("coin", 60, 0.3).training.floor == pytest.approx(np.log(2))


def test_a_coin_says_nothing_and_other_shapes_do() -> None:
    assert draw_points("spirals", 100, 0.05).training.floor < 0.05
    np.testing.assert_array_equal(draw_points(seed=3).training.inputs, draw_points(seed=3).training.inputs)
    assert not np.array_equal(draw_points(seed=3).training.inputs, draw_points(seed=4).training.inputs)
    assert not np.array_equal(draw_points().training.inputs[:40], draw_points().validation.inputs[:40])


def test_curves_are_what_their_names_say_and_lie_within_the_picture() -> None:
    curves = {shape: _curves(shape) for shape in get_args(Shape)}
    for both in curves.values():
        assert 1 <= np.abs(np.concatenate(both)).max() < REACH
    inner, outer = (np.linalg.norm(circle, axis=1) for circle in curves["rings"])
    assert np.ptp(inner) < 1e-12 > np.ptp(outer) and inner[0] < outer[0] / 2
    assert [set(np.prod(corners, axis=1).tolist()) for corners in curves["corners"]] == [{1.0}, {-1.0}]
    for shape in ("moons", "spirals"):  # one curve is the other, turned by half round the middle
        np.testing.assert_allclose(curves[shape][0], -curves[shape][1])
    upper = curves["moons"][0]
    middle = (upper[0] + upper[-1]) / 2
    far = np.linalg.norm(upper - middle, axis=1)
    assert np.ptp(far) < 1e-12 and (upper[:, 1] >= middle[1] - 1e-12).all(), "half a circle, above its middle"
    spiral = curves["spirals"][0]
    away, turned = np.linalg.norm(spiral, axis=1), np.unwrap(np.arctan2(spiral[:, 1], spiral[:, 0]))
    np.testing.assert_allclose(np.diff(away) / np.diff(turned), (away[-1] - away[0]) / (turned[-1] - turned[0]))
    assert turned[-1] - turned[0] == pytest.approx(1.5 * 2 * np.pi) and away[0] < 0.25, (
        "a turn and a half, from the middle"
    )
    np.testing.assert_array_equal(*curves["coin"])


def test_counts_and_noise_stay_within_bounds() -> None:
    assert len(draw_points(count=0).training.classes) == 1 and len(draw_points(count=9999).training.classes) == 500
    assert np.abs(draw_points("corners", noise=-1.0).training.inputs).max() < 1.4
    with pytest.raises(ValueError, match="shape"):
        draw_points("square")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="share"):
        draw_points(share=1.1)
