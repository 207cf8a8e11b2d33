"""What is asked about a sum, worked out with gensim."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from app.lessons import lesson
from app.questions import all_filled
from app.words import Words
from nlpcore.words import WordVectors
from nlpcore.words.analogy_input import answer
from pages.words.analogies.questions import nearest, reason
from tests.pages.words.analogies.reference import GENSIM, VECTORS, Sum, sums

struck = sums(exclude=(True,))


@settings(deadline=None)
@given(struck)
def test_the_right_word_is_the_nearest_of_the_whole_vocabulary(given_sum: Sum) -> None:
    question, first = nearest(given_sum.answer), given_sum.order[0]
    assert question is not None
    assert question.answer == first == question.values["word"]
    assert question.because == f"predict.nearest.because_{'input' if first in given_sum.inputs else 'new'}"


@settings(deadline=None)
@given(struck)
def test_the_options_are_four_words_that_a_learner_may_think_of(given_sum: Sum) -> None:
    question = nearest(given_sum.answer)
    assert question is not None
    assert list(question.options) == sorted(set(question.options)) and len(question.options) == 4
    answers = [word for word in given_sum.order if word not in given_sum.inputs]
    likely = {given_sum.order[0], given_sum.expected, *given_sum.inputs}
    assert given_sum.expected in question.options
    assert set(question.options) <= likely | set(answers[:4])
    if len(likely) <= 4:
        assert likely <= set(question.options)


@given(struck)
def test_the_sum_is_quoted_as_it_was_typed(given_sum: Sum) -> None:
    question = nearest(given_sum.answer)
    assert question is not None
    quoted = str(question.values["sum"]).split()
    if quoted[0] not in "+−":
        quoted = ["+", *quoted]
    assert [(1 if sign == "+" else -1, word) for sign, word in zip(quoted[::2], quoted[1::2], strict=True)] == (
        given_sum.signed
    )


@given(sums(exclude=(False,)))
def test_nothing_is_asked_where_the_answer_is_on_the_screen(given_sum: Sum) -> None:
    assert nearest(given_sum.answer) is None


@given(struck, struck)
def test_another_sum_is_another_question(one: Sum, other: Sum) -> None:
    first, second = nearest(one.answer), nearest(other.answer)
    assert first is not None and second is not None
    if sorted(one.signed) != sorted(other.signed):
        assert first.subject != second.subject


def test_a_word_that_is_taken_away_can_be_the_nearest_too() -> None:
    axes = np.eye(5)
    middle = axes.sum(axis=0)
    table = WordVectors("axes", (*"abcde", "middle", "x", "y"), np.vstack([axes, middle, -middle, -axes[0]]))
    question = nearest(answer(table, "a b c d e", "middle"))
    assert question is not None
    assert (question.answer, question.because) == ("middle", "predict.nearest.because_input")


def test_adding_a_word_is_another_question_than_taking_it_away() -> None:
    added, taken = (nearest(answer(VECTORS, *fields)) for fields in (("w1 w2", "", "w3"), ("w1", "w3", "w2")))
    assert added is not None and taken is not None
    assert added.about != taken.about


@settings(deadline=None)
@given(sums())
def test_the_reason_says_what_the_arithmetic_has_done(given_sum: Sum) -> None:
    """The place of the answer among the neighbours of one word of the sum, by gensim; with the rule and without."""
    said, words = reason(given_sum.answer), Words(lesson("analogies").words, "en")
    text = words(said.key, **all_filled(said.values, words))
    first = given_sum.order[0]
    own = first in given_sum.inputs
    best = next(word for word in given_sum.order if word not in given_sum.inputs)
    added = [word for sign, word in given_sum.signed if sign > 0]
    start = first if first in added else added[0]
    place = [word for word, _ in GENSIM.similar_by_word(start, topn=len(VECTORS.words))].index(best) + 1
    told = (
        f"*{best}* is neighbour {place:,} of *{start}*"
        if place > 1
        else f"*{best}* is already the nearest neighbour of *{start}*"
    )
    assert told in text and ("only where the rule" in text) is own
    cosine = float(GENSIM.get_vector(best, norm=True) @ given_sum.vector / np.linalg.norm(given_sum.vector))
    assert f"{cosine:.2f}".replace("-0.00", "0.00").replace("-", "−") in text
