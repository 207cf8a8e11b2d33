"""The words with the most similar vectors, beside cosines by SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cosine

from nlpcore.words.nearest import nearest_to_vector, nearest_words


@given(st.integers(0, 99), st.integers(2, 9))
def test_the_nearest_of_any_vector_come_in_the_order_of_their_cosines(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    words, vectors, asked = [f"w{n}" for n in range(size)], rng.normal(size=(size, 3)), rng.normal(size=3)
    found = nearest_to_vector(words, vectors, asked)
    expected = sorted(((1 - cosine(row, asked), word) for word, row in zip(words, vectors, strict=True)), reverse=True)
    assert [each.word for each in found] == [word for _, word in expected]
    assert [each.cosine for each in found] == pytest.approx([value for value, _ in expected])
    assert nearest_to_vector(words, vectors, asked, 1) == found[:1]
    assert nearest_words(words, vectors, 0) == nearest_to_vector(words, vectors, vectors[0], without=0)
    assert "w0" not in [each.word for each in nearest_words(words, vectors, 0)]


def test_a_vector_without_length_is_near_to_nothing() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 0.0]])
    assert [each.cosine for each in nearest_to_vector(["a", "b"], vectors, np.zeros(2))] == [0, 0]
    assert nearest_words(["a", "b"], vectors, 0)[0].cosine == 0
