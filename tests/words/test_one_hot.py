"""One-hot vectors: against scikit-learn's encoder and cosines, SciPy's sparse matrices, NumPy's own sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import identity
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import OneHotEncoder

from nlpcore.errors import LearnerError
from nlpcore.words import WordVectors
from nlpcore.words.one_hot import MOST, cosine_table, of_words, storage
from tests.makers.words import random_vectors


@pytest.fixture(scope="module")
def table() -> WordVectors:
    return random_vectors(60)


def test_vectors_are_those_of_scikit_learn(table: WordVectors) -> None:
    trace = of_words(table, "w5, w3 w9")
    assert trace.words == ("w5", "w3", "w9"), "in the order in which they are listed"
    encoder = OneHotEncoder(categories=[list(trace.words)], dtype=np.int64, sparse_output=False)
    expected = encoder.fit_transform(np.array(trace.words)[:, None])
    np.testing.assert_array_equal(trace.one_hot, expected)
    np.testing.assert_allclose(trace.one_hot_cosines, cosine_similarity(expected), atol=1e-15)
    np.testing.assert_array_equal(trace.dense, np.stack([table[word] for word in trace.words]).astype(float))
    np.testing.assert_allclose(trace.dense_cosines, cosine_similarity(trace.dense), atol=1e-12)
    assert trace.notes == () and trace.known == (True, True, True)


def test_the_nearest_come_first_and_the_word_itself_not_at_all(table: WordVectors) -> None:
    trace = of_words(table, "w1 w2 w3 w4 nobody")
    cosines = cosine_similarity(np.stack([table[f"w{n}"] for n in range(1, 5)]))[2]
    order = trace.nearest(2)
    assert [row for row, _ in order] == [int(row) for row in np.argsort(-cosines) if row != 2]
    assert [cosine for _, cosine in order] == pytest.approx(sorted(np.delete(cosines, 2), reverse=True))


def test_a_word_without_a_dense_vector_has_a_one_hot_one(table: WordVectors) -> None:
    trace = of_words(table, "w1 nobody W2")
    assert trace.known == (True, False, True)
    assert np.isnan(trace.dense_cosines[1]).all() and np.isnan(trace.dense_cosines[:, 1]).all()
    assert trace.one_hot_cosines.tolist() == np.eye(3).tolist()
    assert [note.code for note in trace.notes] == ["folded_case", "no_dense_vector"]
    assert trace.notes[1].params == {"words": "nobody"}


def test_another_capital_is_another_word_but_the_same_dense_vector(table: WordVectors) -> None:
    trace = of_words(table, "w1 W1")
    assert trace.one_hot_cosines[0, 1] == 0 and trace.dense_cosines[0, 1] == 1


@pytest.mark.parametrize("count", [1, MOST, MOST + 1, 10_000])
def test_a_vocabulary_of_any_length_is_told(table: WordVectors, count: int) -> None:
    trace = of_words(table, " ".join(f"x{n}" for n in range(count)))
    assert len(trace.words) == min(count, MOST)
    cut = [note.params for note in trace.notes if note.code == "map_words_cut"]
    assert cut == ([{"given": count, "kept": MOST}] if count > MOST else [])


def test_duplicates_are_said(table: WordVectors) -> None:
    trace = of_words(table, "w1 w2 w1 w1")
    assert trace.words == ("w1", "w2")
    assert [(note.code, dict(note.params)) for note in trace.notes] == [("map_words_repeated", {"count": 2})]


@pytest.mark.parametrize(("text", "code"), [("", "empty_text"), ("  ", "empty_text"), (", ; :", "map_no_words")])
def test_nothing_to_number_is_said(table: WordVectors, text: str, code: str) -> None:
    with pytest.raises(LearnerError) as caught:
        of_words(table, text)
    assert caught.value.code == code
    with pytest.raises(ValueError, match="at least one"):
        of_words(table, "w1", most=0)


def test_no_array_of_a_trace_can_be_changed(table: WordVectors) -> None:
    trace = of_words(table, "w1 w2")
    for array in (trace.one_hot, trace.one_hot_cosines, trace.dense, trace.dense_cosines):
        assert not array.flags.writeable


@given(st.lists(st.lists(st.floats(-5, 5), min_size=3, max_size=3), min_size=1, max_size=6))
def test_cosines_are_those_of_scikit_learn_where_a_vector_has_a_length(rows: list[list[float]]) -> None:
    vectors = np.array(rows).round(3) + 0.0
    table, there = cosine_table(vectors), np.linalg.norm(vectors, axis=1) > 0
    assert np.isnan(table[~there]).all() and np.isnan(table[:, ~there]).all()
    kept = table[np.ix_(there, there)]
    if there.any():
        np.testing.assert_allclose(kept, cosine_similarity(vectors[there]), atol=1e-9)
    assert (np.diag(kept) == 1).all() and (abs(kept) <= 1).all()


@pytest.mark.parametrize("words", [1, 10, 300, 1000])
@pytest.mark.parametrize("dimensions", [1, 50, 300])
def test_sizes_are_those_of_arrays_that_are_made(words: int, dimensions: int) -> None:
    trace = storage(words, dimensions)
    full, rows = np.eye(words, dtype=np.float32), identity(words, dtype=np.float32, format="csr")
    table = np.zeros((words, dimensions), dtype=np.float32)
    assert (trace.one_hot.numbers, trace.one_hot.bytes) == (full.size, full.nbytes)
    assert trace.sparse.numbers == rows.data.size + rows.indices.size + rows.indptr.size
    assert trace.sparse.bytes == rows.data.nbytes + rows.indices.nbytes + rows.indptr.nbytes
    assert (trace.dense.numbers, trace.dense.bytes) == (table.size, table.nbytes)
    assert (trace.words, trace.dimensions) == (words, dimensions)


def test_what_the_course_says_of_sizes_is_so() -> None:
    assert storage(10_000).dense.numbers == 3_000_000, "10,000 words × 300: the weights of the notes"
    assert storage(50_000).one_hot.numbers == 2_500_000_000
    assert storage(1_000_000).one_hot.bytes == 4 * 10**12, "4 TB"


@pytest.mark.parametrize(("words", "dimensions"), [(0, 300), (-1, 300), (10, 0)])
def test_no_words_take_nothing_that_could_be_told(words: int, dimensions: int) -> None:
    with pytest.raises(ValueError, match="no vocabulary"):
        storage(words, dimensions)
