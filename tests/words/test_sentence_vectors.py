"""Sentences as vectors: against scikit-learn's vectorizers and NumPy's means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from nlpcore.errors import LearnerError
from nlpcore.words import WordVectors
from nlpcore.words.sentence_vectors import WAYS, of_sentences, sentence_words
from tests.makers.words import random_vectors

TABLE = random_vectors(40)
sentences = st.lists(
    st.lists(st.sampled_from([f"w{n}" for n in range(8)]), min_size=1, max_size=7).map(tuple), min_size=1, max_size=4
)


@pytest.fixture(scope="module")
def table() -> WordVectors:
    return TABLE


@given(sentences)
def test_counts_and_weights_are_those_of_scikit_learn(told: list[tuple[str, ...]]) -> None:
    trace = of_sentences(TABLE, told)
    assert trace.sentences == tuple(told)
    for vectorizer, own, way in (
        (CountVectorizer(analyzer=list), trace.counts, "bag"),
        (TfidfVectorizer(analyzer=list), trace.tfidf, "tfidf"),
    ):
        theirs = vectorizer.fit_transform(told).toarray()
        columns = [vectorizer.vocabulary_[word] for word in trace.words]
        assert len(columns) == theirs.shape[1]
        np.testing.assert_allclose(own, theirs[:, columns], atol=1e-12)
        np.testing.assert_allclose(trace.cosines[WAYS.index(way)], cosine_similarity(theirs), atol=1e-9)
        if isinstance(vectorizer, TfidfVectorizer):
            np.testing.assert_allclose(trace.idf, vectorizer.idf_[columns])


@given(sentences)
def test_the_third_way_is_the_mean_of_the_words_vectors(told: list[tuple[str, ...]]) -> None:
    trace = of_sentences(TABLE, told)
    means = np.stack([np.mean([TABLE[word] for word in sentence], axis=0, dtype=np.float64) for sentence in told])
    np.testing.assert_allclose(trace.dense, means, atol=1e-6)
    np.testing.assert_allclose(trace.cosines[2], cosine_similarity(means), atol=1e-6)
    assert trace.cosine("dense", 0, len(told) - 1) == trace.cosines[2, 0, -1]


def test_a_bag_of_words_is_the_sum_of_one_hot_vectors(table: WordVectors) -> None:
    trace = of_sentences(table, [("w1", "w2", "w1"), ("w3",)])
    one_hot = {word: np.eye(3)[n] for n, word in enumerate(trace.words)}
    assert trace.words == ("w1", "w2", "w3")
    for counts, sentence in zip(trace.counts, trace.sentences, strict=True):
        np.testing.assert_array_equal(counts, sum(one_hot[word] for word in sentence))


def test_order_is_nothing_to_any_of_the_three(table: WordVectors) -> None:
    trace = of_sentences(table, [("w1", "w2", "w3"), ("w3", "w2", "w1")])
    assert trace.cosines[:, 0, 1] == pytest.approx([1, 1, 1])


def test_words_without_a_vector_are_left_out_of_the_mean_and_said(table: WordVectors) -> None:
    trace = of_sentences(table, [("w1", "nobody"), ("w1",), ("nobody",)])
    np.testing.assert_allclose(trace.dense[0], trace.dense[1])
    assert np.isnan(trace.dense[2]).all() and np.isnan(trace.cosine("dense", 0, 2))
    assert trace.known == (True, False)
    assert [(note.code, dict(note.params)) for note in trace.notes] == [("left_out_of_mean", {"words": "nobody"})]


def test_what_two_sentences_share(table: WordVectors) -> None:
    trace = of_sentences(table, [("w1", "w2"), ("w3",), ("w2", "w2", "w4")])
    assert trace.shared(0, 1) == () and trace.shared(0, 2) == ("w2",)
    assert trace.cosine("bag", 0, 1) == 0


@pytest.mark.parametrize("told", [[], [()], [("w1",), ()]])
def test_a_sentence_without_words_is_said(table: WordVectors, told: list[tuple[str, ...]]) -> None:
    with pytest.raises(LearnerError) as caught:
        of_sentences(table, told)
    assert caught.value.code == "empty_text"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat, the CAT!", ("the", "cat", "the", "cat")),
        ("国王 said 3.5", ("国", "王", "said", "3", "5")),
        ("don't", ("don", "t")),
    ],
)
def test_words_of_a_text(text: str, words: tuple[str, ...]) -> None:
    assert sentence_words(text) == words


@pytest.mark.parametrize(("text", "code"), [("", "empty_text"), (" ", "empty_text"), ("?! … 😀", "no_word_in_text")])
def test_a_text_without_words_is_said(text: str, code: str) -> None:
    with pytest.raises(LearnerError) as caught:
        sentence_words(text)
    assert caught.value.code == code
