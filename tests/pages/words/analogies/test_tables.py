"""The places of the expected word are gensim's, each in its row."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings

from nlpcore.words.analogy_input import answer
from pages.words.analogies.tables import markdown, verdict
from tests.makers.words import random_vectors
from tests.pages.words.analogies.reference import GENSIM, VECTORS, Sum, sums, w


@settings(deadline=None)
@given(sums())
def test_the_places_with_the_trick_without_it_and_without_arithmetic(given_sum: Sum) -> None:
    assume(given_sum.expected not in given_sum.inputs)
    (title, _), struck, free, *alone = verdict(given_sum.answer.trace, w, revealed=True)
    assert title == w("verdict.title", word=given_sum.expected, count=f"{len(VECTORS.words):,}")
    order = given_sum.order
    with_trick = [word for word in order if word not in given_sum.inputs].index(given_sum.expected) + 1
    assert struck == ("verdict.with_trick", w("verdict.place", place=f"{with_trick:,}"))
    assert free == ("verdict.without_trick", w("verdict.place", place=f"{order.index(given_sum.expected) + 1:,}"))
    added = [word for sign, word in given_sum.signed if sign > 0]
    assert [name for name, _ in alone] == [w("verdict.alone", word=word) for word in added]
    for word, (_, said) in zip(added, alone, strict=True):
        near = [other for other, _ in GENSIM.most_similar(word, topn=len(VECTORS.words))]
        assert said == w("verdict.place", place=f"{near.index(given_sum.expected) + 1:,}")


def test_an_input_has_no_place_of_its_own_and_nothing_is_told_before_the_prediction() -> None:
    _, struck, free, first, second = verdict(answer(random_vectors(), "w1", "w2", "w3", "w3").trace, w, False)
    assert (struck[1], free[1], second[1]) == ("verdict.is_input", "verdict.hidden", "verdict.itself")
    assert first[1].startswith("verdict.place")


def test_without_an_expected_word_there_is_no_table() -> None:
    with pytest.raises(ValueError, match="no word is expected"):
        verdict(answer(random_vectors(), "w1").trace, w, True)


def test_the_table_is_markdown() -> None:
    table = [("title", ""), ("a", "1"), ("b", "2")]
    assert markdown(table).splitlines() == ["| title |  |", "| --- | --- |", "| a | **1** |", "| b | **2** |"]
    assert markdown(table, flat=True).splitlines() == [
        "| title | a | b |",
        "| --- | --- | --- |",
        "|  | **1** | **2** |",
    ]
