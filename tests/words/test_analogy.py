"""Analogies: the sum, its ranking and its terms against gensim; typed input."""

from __future__ import annotations

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.words import WordVectors
from nlpcore.words.analogy import AnalogyTrace, solve
from nlpcore.words.analogy_input import answer, read_words
from tests.makers.words import random_vectors

VECTORS = random_vectors()


def as_gensim(vectors: WordVectors, first: int | None = None) -> KeyedVectors:
    """Return the same table as gensim holds it."""
    reference = KeyedVectors(vectors.dimensions)
    reference.add_vectors(list(vectors.words[:first]), np.array(vectors.vectors[:first]))
    return reference


REFERENCE = as_gensim(VECTORS)
some_words = st.lists(st.sampled_from(VECTORS.words), min_size=1, max_size=3, unique=True)


def consistent(trace: AnalogyTrace) -> None:
    """What the docstring of the trace promises."""
    assert trace.terms @ trace.signs / trace.length == pytest.approx(trace.cosines, abs=1e-5)
    assert list(trace.cosines) == sorted(trace.cosines, reverse=True)
    assert [word in trace.inputs for word in trace.candidates] == trace.is_input.tolist()
    assert len(trace.ranking(True)) == len(trace.ranking(False)) == trace.k


@given(positive=some_words, negative=some_words)
def test_ten_words_and_cosines_equal_gensim(positive: list[str], negative: list[str]) -> None:
    if set(positive) == set(negative):
        return
    trace = VECTORS.analogy(positive, negative, k=10)
    consistent(trace)
    theirs = REFERENCE.most_similar(positive=positive, negative=negative, topn=10)
    assert [cosine for _, cosine in trace.answers] == pytest.approx([cosine for _, cosine in theirs], abs=1e-5)
    assert [word for word, _ in trace.answers] == [word for word, _ in theirs]


@pytest.mark.models
@pytest.mark.parametrize(
    ("positive", "negative"),
    [(["king", "woman"], ["man"]), (["paris", "italy"], ["france"]), (["rain", "cold", "water"], ["summer", "city"])],
)
def test_real_vectors_equal_gensim(glove: WordVectors, positive: list[str], negative: list[str]) -> None:
    # gensim holds its own copy of the table: the first 100,000 words keep the test small.
    few = WordVectors("few", glove.words[:100_000], glove.vectors[:100_000])
    trace = few.analogy(positive, negative, k=10)
    consistent(trace)
    theirs = as_gensim(few).most_similar(positive=positive, negative=negative, topn=10)
    assert [word for word, _ in trace.answers] == [word for word, _ in theirs]
    assert [cosine for _, cosine in trace.answers] == pytest.approx([cosine for _, cosine in theirs], abs=1e-5)


@given(positive=some_words, negative=some_words, expected=st.sampled_from(VECTORS.words))
def test_ranks_of_the_expected_word(positive: list[str], negative: list[str], expected: str) -> None:
    if set(positive) == set(negative):
        return
    trace = solve(VECTORS, positive, negative, k=len(VECTORS), expected=expected)
    order = [word for word, _ in trace.ranking(False)]
    assert trace.rank_with_inputs == order.index(expected) + 1
    if expected in trace.inputs:
        assert trace.rank_without_inputs is None
    else:
        assert trace.rank_without_inputs == [word for word in order if word not in trace.inputs].index(expected) + 1
    for word, rank in zip(trace.positive, trace.ranks_alone, strict=True):
        neighbours = [neighbour for neighbour, _ in VECTORS.nearest(word, len(VECTORS))]
        assert rank == (0 if word == expected else neighbours.index(expected) + 1)


def test_each_input_is_normalised_before_the_sum() -> None:
    long = WordVectors(
        "long", VECTORS.words, VECTORS.vectors * np.linspace(0.1, 50, len(VECTORS))[:, None].astype("f4")
    )
    ours, theirs = VECTORS.analogy(["w1", "w2"], ["w3"]), long.analogy(["w1", "w2"], ["w3"])
    assert [word for word, _ in ours.answers] == [word for word, _ in theirs.answers]
    assert ours.cosines == pytest.approx(theirs.cosines, abs=1e-5)


@pytest.mark.models
def test_the_famous_example_needs_the_trick(glove: WordVectors) -> None:
    trace = solve(glove, ["king", "woman"], ["man"], expected="queen")
    assert trace.ranking(False)[0].word == "king"
    assert trace.ranking(True)[0].word == "queen"
    assert (trace.rank_with_inputs, trace.rank_without_inputs) == (2, 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (("", "", ""), "no_word_added"),
        (("", "w1", ""), "no_word_added"),
        (("w1", "w1", ""), "no_direction"),
        (("w1", "w2", "nothing"), "word_unknown"),
        (("w1", "w2", "w3", "w300x"), "word_unknown_close"),
        (("<script>", "w2", "w3"), "word_unknown"),
        (("…!?", "w2", "w3"), "word_unknown"),
        (("😀", "w2", "w3"), "word_unknown"),
        (("مرحبا", "w2", "w3"), "word_unknown"),
        (("é" + "\u0301" * 50, "w2", "w3"), "word_unknown"),
        (("\0\0", "w2", ""), "no_word_added"),
    ],
)
def test_what_cannot_be_worked_on_is_said(fields: tuple[str, ...], code: str) -> None:
    with pytest.raises(LearnerError) as error:
        answer(VECTORS, *fields)
    assert error.value.code == code


@pytest.mark.parametrize(
    "typed",
    [
        "w1, w2", "w1，w2", "w1、w2", "w1 + w2", "  w1   w2 ", "W1+W2", "w1/w2", "“w1” “w2”", "['w1', 'w2']", "w1. w2!",
        "(w1) w2", "w1; w2;", "「w1」／「w2」",
    ],
)  # fmt: skip
def test_several_words_in_a_field_are_added(typed: str) -> None:
    assert read_words(VECTORS, typed)[0] == ("w1", "w2")
    worked = answer(VECTORS, typed, "w3", "w4")
    assert worked.trace.positive == ("w1", "w2", "w4")
    assert worked.trace.negative == ("w3",)


@pytest.mark.parametrize("typed", ['"w1"', "w1.", "(w1)", "‘w1’", "《w1》", "w1,", "- w1"])
def test_a_word_is_read_without_what_stands_around_it(typed: str) -> None:
    worked = answer(VECTORS, typed, "w3", "w4", typed)
    assert (worked.a, worked.trace.expected) == (("w1",), "w1")


def test_only_one_word_is_hoped_for() -> None:
    trace = answer(VECTORS, "w1", expected="w2/w3").trace
    assert trace.expected == "w2"
    assert [dict(note.params) for note in trace.notes if note.code == "cut_words"] == [{"kept": 1, "given": 2}]


def test_what_was_changed_is_noted() -> None:
    codes = {note.code for note in answer(VECTORS, "W1 w2", "w3 " * 10_000, "w4").trace.notes}
    assert codes == {"folded_case", "several_words", "cut_words", "cut_characters"}
