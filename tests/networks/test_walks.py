"""Walks over landscapes: step for step torch's, how they end, and the cut along the first step."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from nlpcore.networks.optimizers import Method
from nlpcore.networks.surfaces import Name, lowest, surface
from nlpcore.networks.walks import Walk, cut, walk
from tests.networks.test_optimizers import FORMULAS, NEAR


@settings(max_examples=30)
@given(
    name=st.sampled_from(get_args(Name)),
    method=st.sampled_from(get_args(Method)),
    start=NEAR,
    rate=st.floats(0.001, 0.09),
    momentum=st.floats(0.1, 0.95),
)
def test_the_path_and_what_is_remembered_are_torch_s(
    name: Name, method: Method, start: tuple[float, float], rate: float, momentum: float
) -> None:
    found = walk(name, method, rate, momentum, *start, steps=25).descent
    weights = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    theirs: Any = {
        "sgd": lambda: torch.optim.SGD([weights], lr=rate),
        "momentum": lambda: torch.optim.SGD([weights], lr=rate, momentum=momentum),
        "adam": lambda: torch.optim.Adam([weights], lr=rate),
    }[method]()
    kept = {"momentum": ("momentum_buffer",), "adam": ("exp_avg", "exp_avg_sq")}.get(method, ())
    for step in range(len(found.gradients)):
        theirs.zero_grad()
        FORMULAS[name](*weights).backward()
        assert weights.grad is not None
        np.testing.assert_allclose(found.gradients[step], weights.grad.numpy(), atol=1e-6)
        theirs.step()
        np.testing.assert_allclose(found.points[step + 1], weights.detach().numpy(), atol=1e-6)
        for ours, name_of in zip((found.firsts, found.seconds), kept, strict=False):
            np.testing.assert_allclose(ours[step], theirs.state[weights][name_of].numpy(), atol=1e-6)


@pytest.mark.parametrize("name", get_args(Name))
def test_the_lowest_points_are_those_of_scipy(name: Name) -> None:
    found = lowest(name)
    starts = np.random.default_rng(0).uniform(-2, 2, (20, 2))
    ends = [minimize(lambda point: surface(name)(point)[0], start, tol=1e-12) for start in starts]
    least = min(end.fun for end in ends)
    for point in found:
        assert surface(name)(point)[0] == pytest.approx(least, abs=1e-9)
        np.testing.assert_allclose(surface(name)(point)[1], 0, atol=1e-9)
    for end in ends:
        if end.fun < least + 1e-7:
            assert np.linalg.norm(found - end.x, axis=1).min() < 1e-3
    assert lowest("bowl").shape == (1, 2) and lowest("saddle").shape == (2, 2)


@pytest.mark.parametrize(
    ("asked", "fate"),
    [
        ({"rate": 0.09}, "arrives"),
        ({"rate": 0.005}, "moving"),
        ({"rate": 0.1}, "moving"),  # to and fro, for ever
        ({"rate": 0.101, "steps": 300}, "away"),
        ({"rate": 0.11}, "away"),
        ({"rate": 1e6}, "away"),
        ({"rate": 0.0}, "moving"),
        ({"steps": 0}, "moving"),
        ({"name": "two_valleys", "x": 2.0, "rate": 0.1}, "caught"),
        ({"name": "two_valleys", "x": -2.0, "rate": 0.1}, "arrives"),
        ({"name": "saddle", "x": 1.5, "y": 0.0, "rate": 0.1}, "caught"),
        ({"name": "saddle", "x": 1.5, "y": 0.1, "rate": 0.1, "steps": 80}, "arrives"),
        ({"name": "saddle", "x": 1.5, "y": -0.1, "rate": 0.1, "steps": 80}, "arrives"),
        ({"name": "saddle", "x": 0.0, "y": 0.0}, "caught"),
        ({"name": "bowl", "rate": 0.5}, "arrives"),
        ({"name": "bowl", "rate": 2.1}, "away"),
    ],
)
def test_how_walks_end(asked: dict[str, Any], fate: str) -> None:
    found = walk(**asked)
    assert found.fate == fate
    assert len(found.descent.points) == len(found.descent.gradients) + 1 <= 501
    assert np.isfinite(found.descent.points).all() and np.isfinite(found.cut.values).all()


def test_more_steps_than_are_drawn_are_not_taken() -> None:
    assert len(walk(steps=10_000).descent.gradients) == 500


def curve(found: Walk, rate: float) -> float:
    start, slope = found.descent.points[0], surface(found.name)(found.descent.points[0])[1]
    return surface(found.name)(start - rate * slope)[0]


@given(name=st.sampled_from(get_args(Name)), start=NEAR, rate=st.floats(0, 3))
def test_the_cut_is_the_surface_along_the_first_step(name: Name, start: tuple[float, float], rate: float) -> None:
    found = walk(name, "sgd", rate, x=start[0], y=start[1], steps=1)
    for each, value in zip(found.cut.rates[::10], found.cut.values[::10], strict=True):
        assert value == pytest.approx(curve(found, each), rel=1e-9, abs=1e-12)
    assert found.cut.before == pytest.approx(curve(found, 0.0)) and found.cut.rate == rate
    assert found.cut.after == pytest.approx(curve(found, rate))
    assert found.cut.rates[0] < 0 < found.cut.best < found.cut.rates[-1]


def test_the_best_rate_of_a_parabola_leads_to_its_lowest_point() -> None:
    bowl, ravine = (cut(surface(name), (-2.0, 1.0), 0.1) for name in ("bowl", "ravine"))
    assert bowl.best == pytest.approx(1.0, rel=1e-4)
    g = np.array([-2.0, 20.0])
    assert ravine.best == pytest.approx(g @ g / (g @ (g * [1, 20])), rel=1e-4)
    assert ravine.values[np.abs(ravine.rates - ravine.best).argmin()] == pytest.approx(ravine.values.min(), rel=1e-2)
    assert cut(surface("saddle"), (0.0, 0.0), 0.1).best == 1.0, "there is no way down"
    assert cut(surface("saddle"), (0.0, 0.1), 0.1).best == 1.0, "it bends down only"
    assert cut(surface("two_valleys"), (2.0, 1.0), 1e300).after == cut(surface("two_valleys"), (2.0, 1.0), 0.1).before
