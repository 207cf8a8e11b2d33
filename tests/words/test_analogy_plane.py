"""The plane of the parallelogram: what it keeps exactly, and what it says about the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.words.analogy_plane import parallelogram
from tests.makers.words import random_vectors

VECTORS = random_vectors()
word = st.sampled_from(VECTORS.words)
words = st.lists(word, max_size=2).map(tuple)


@given(a=words, b=words, c=words, others=st.lists(word, max_size=4, unique=True))
def test_corners_lie_in_the_plane_and_the_rest_is_measured(
    a: tuple[str, ...], b: tuple[str, ...], c: tuple[str, ...], others: list[str]
) -> None:
    plane = parallelogram(VECTORS, a, b, c, others)
    corners = [VECTORS.unit[[VECTORS.row(w) for w in group]].sum(axis=0) for group in (a, b, c)]
    true = np.array([*corners, corners[0] - corners[1] + corners[2], *(VECTORS.unit[VECTORS.row(w)] for w in others)])
    # the four corners: no residual, and every distance between them as it is in all dimensions
    assert plane.residuals[:4] == pytest.approx(np.zeros(4), abs=1e-4)
    drawn = np.linalg.norm(plane.points[:4, None] - plane.points[None, :4], axis=2)
    assert drawn == pytest.approx(np.linalg.norm(true[:4, None] - true[None, :4], axis=2), abs=1e-4)
    assert plane.points[3] == pytest.approx(plane.points[0] - plane.points[1] + plane.points[2], abs=1e-4)
    # the others: Pythagoras between what is drawn and what is hidden
    assert plane.distances == pytest.approx(np.linalg.norm(true - true[3], axis=1), abs=1e-4)
    assert plane.drawn_distances**2 + plane.residuals**2 == pytest.approx(plane.distances**2, abs=1e-3)


def test_dropping_is_orthogonal() -> None:
    plane = parallelogram(VECTORS, ("w1",), ("w2",), ("w3",), ("w4",))
    rows = [VECTORS.row(w) for w in ("w1", "w2", "w3", "w4")]
    a, b, c, x = VECTORS.unit[rows].astype(np.float64)
    # least squares finds the nearest point of the plane on its own way
    weights, *_ = np.linalg.lstsq(np.stack([a - b, c - b], axis=1), x - b, rcond=None)
    nearest = b + weights[0] * (a - b) + weights[1] * (c - b)
    assert plane.residuals[4] == pytest.approx(np.linalg.norm(x - nearest), abs=1e-5)


def test_parallel_is_the_cosine_of_the_two_steps() -> None:
    plane = parallelogram(VECTORS, ("w1",), ("w2",), ("w3",), ("w4",))
    a, b, c, x = VECTORS.unit[[VECTORS.row(w) for w in ("w1", "w2", "w3", "w4")]]
    expected = (a - b) @ (x - c) / np.linalg.norm(a - b) / np.linalg.norm(x - c)
    assert plane.parallel[4] == pytest.approx(expected, abs=1e-5)
    assert plane.parallel[3] == pytest.approx(1, abs=1e-5)
    assert plane.labels == ("w1", "w2", "w3", "", "w4")
