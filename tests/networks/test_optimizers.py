"""Paths downhill, step for step against torch.optim; landscapes against autograd."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.networks.optimizers import Method, Optimizer, descend
from nlpcore.networks.surfaces import Name, surface

FORMULAS = {
    "bowl": lambda x, y: (x**2 + y**2) / 2,
    "ravine": lambda x, y: (x**2 + 20 * y**2) / 2,
    "two_valleys": lambda x, y: x**4 / 4 - x**2 + x / 4 + y**2 / 2,
    "saddle": lambda x, y: x**2 / 2 - y**2 / 2 + y**4 / 4,
}
NEAR = st.tuples(st.floats(-2, 2), st.floats(-2, 2))


@given(name=st.sampled_from(get_args(Name)), point=NEAR)
def test_slopes_of_landscapes_are_autograd_s(name: Name, point: tuple[float, float]) -> None:
    here = torch.tensor(point, dtype=torch.float64, requires_grad=True)
    wanted = FORMULAS[name](*here)
    wanted.backward()
    value, gradient = surface(name)(np.array(point))
    assert value == pytest.approx(float(wanted), abs=1e-12)
    assert here.grad is not None
    np.testing.assert_allclose(gradient, here.grad.numpy(), atol=1e-12)


@given(
    name=st.sampled_from(get_args(Name)),
    start=NEAR,
    method=st.sampled_from(get_args(Method)),
    rate=st.floats(0.001, 0.05),
    momentum=st.floats(0, 0.95),
    decay=st.sampled_from([0.0, 0.1]),
)
def test_the_path_is_torch_s_step_for_step(
    name: Name, start: tuple[float, float], method: Method, rate: float, momentum: float, decay: float
) -> None:
    found = descend(surface(name), start, Optimizer(method, rate, momentum, decay=decay), 40)
    weights = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    theirs: Any = {
        "sgd": lambda: torch.optim.SGD([weights], lr=rate, weight_decay=decay),
        "momentum": lambda: torch.optim.SGD([weights], lr=rate, momentum=momentum, weight_decay=decay),
        "adam": lambda: torch.optim.Adam([weights], lr=rate, weight_decay=decay),
    }[method]()
    path = [weights.detach().numpy().copy()]
    for _ in range(40):
        theirs.zero_grad()
        FORMULAS[name](*weights).backward()
        theirs.step()
        path.append(weights.detach().numpy().copy())
    np.testing.assert_allclose(found.points, path, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(found.values, [FORMULAS[name](*each) for each in found.points], atol=1e-9)
    assert found.gradients.shape == (40, 2) and not found.diverged


def test_a_rate_beyond_the_steepest_curve_diverges_and_the_last_good_point_is_kept() -> None:
    ravine = surface("ravine")
    assert not descend(ravine, (1, 1), Optimizer("sgd", 0.099), 200).diverged
    lost = descend(ravine, (1, 1), Optimizer("sgd", 0.11), 2000)
    assert lost.diverged and np.isfinite(lost.points).all() and np.isfinite(lost.values).all()
    assert len(lost.points) == len(lost.values) == len(lost.gradients) + 1 < 2000
    for rate in (1e6, np.inf, np.nan):
        found = descend(surface("two_valleys"), (1, 1), Optimizer("sgd", rate), 50)
        assert found.diverged and np.isfinite(found.points).all()


def test_no_step_is_where_it_starts() -> None:
    found = descend(surface("bowl"), (3, 4), Optimizer(), 0)
    assert found.points.tolist() == [[3, 4]] and found.values.tolist() == [12.5] and found.gradients.shape == (0, 2)


def test_landscapes_are_what_they_are_said_to_be() -> None:
    left = descend(surface("two_valleys"), (-1, 1), Optimizer("sgd", 0.1), 500)
    right = descend(surface("two_valleys"), (1, 1), Optimizer("sgd", 0.1), 500)
    assert left.values[-1] < right.values[-1] and np.abs(surface("two_valleys")(right.points[-1])[1]).max() < 1e-6
    assert not surface("saddle")(np.zeros(2))[1].any()
    away = descend(surface("saddle"), (1, 1e-6), Optimizer("sgd", 0.1), 500)
    np.testing.assert_allclose(away.points[-1], [0, 1], atol=1e-6)


def test_misspelt_names_are_errors() -> None:
    with pytest.raises(ValueError, match="adam"):
        Optimizer("adma")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="saddle"):
        surface("sadle")  # type: ignore[arg-type]
