"""Two vectors compared: against NumPy and SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import distance

from nlpcore.words.arrows import compare, stretched

numbers = st.floats(-9, 9).map(lambda value: round(value, 2))
pairs = st.integers(1, 5).flatmap(lambda n: st.tuples(*[st.lists(numbers, min_size=n, max_size=n)] * 2))


@given(pairs)
def test_every_number_is_numpys(pair: tuple[list[float], list[float]]) -> None:
    a, b = map(np.array, pair)
    trace = compare(*pair)
    assert trace.products == pytest.approx(tuple(a * b))
    assert (trace.dot, trace.length_a, trace.length_b) == pytest.approx((a @ b, np.linalg.norm(a), np.linalg.norm(b)))
    assert trace.distance == pytest.approx(distance.euclidean(a, b))
    if not (a.any() and b.any()):
        assert trace.cosine is None and trace.angle is None
        return
    assert trace.cosine == pytest.approx(1 - distance.cosine(a, b), abs=1e-9)
    assert trace.cosine is not None and -1 <= trace.cosine <= 1
    assert trace.angle == pytest.approx(math.degrees(math.acos(trace.cosine)))
    # the law of cosines
    law = trace.length_a**2 + trace.length_b**2 - 2 * trace.dot
    assert trace.distance**2 == pytest.approx(law, abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "angle"), [((2, 0), (5, 0), 0), ((1, 0), (0, 3), 90), ((1, 1), (-2, -2), 180), ((1, 0), (1, 1), 45)]
)
def test_angles_that_everybody_knows(a: tuple[float, ...], b: tuple[float, ...], angle: float) -> None:
    assert compare(a, b).angle == pytest.approx(angle, abs=1e-6)


def test_the_example_of_the_check_at_the_end() -> None:
    trace = compare((3, 4), (4, 3))
    assert (trace.dot, trace.length_a, trace.length_b, trace.cosine) == (24, 5, 5, 0.96)


@pytest.mark.parametrize(("a", "b"), [((1, 2), (1,)), ((), ()), ((math.nan, 1), (1, 1)), ((1, 1), (math.inf, 0))])
def test_what_is_no_pair_is_refused(a: tuple[float, ...], b: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"compared|finite"):
        compare(a, b)


def test_what_length_changes() -> None:
    a, b = np.array([3.0, 1.0]), np.array([1.0, 2.0])
    trace = stretched(a.tolist(), b.tolist(), [0, 0.5, 1, 2])
    assert trace.factors.tolist() == [0, 0.5, 1, 2]
    np.testing.assert_allclose(trace.dots, [factor * (a @ b) for factor in trace.factors])
    np.testing.assert_allclose(trace.lengths, trace.factors * np.linalg.norm(b))
    np.testing.assert_allclose(trace.distances, [np.linalg.norm(a - factor * b) for factor in trace.factors])
    assert math.isnan(trace.cosines[0])
    np.testing.assert_allclose(trace.cosines[1:], a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    with pytest.raises(ValueError, match="turns the vector around"):
        stretched((1, 0), (0, 1), [1, -1])
