"""What the lesson on one-hot vectors asks: each answer worked out another way."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from app.questions import Said
from nlpcore.words.arrows import compare
from nlpcore.words.one_hot import of_words, storage
from nlpcore.words.sentence_vectors import of_sentences
from pages.words.one_hot import questions
from pages.words.one_hot.amounts import UNITS, amount
from pages.words.one_hot.view_size import SIZES
from tests.makers.words import random_vectors
from tests.pages.asking import in_every_language

TABLE = random_vectors(40)
ID = "one-hot"
names = st.lists(st.sampled_from([f"w{n}" for n in range(20)]), min_size=1, max_size=8, unique=True)
numbers = st.integers(-30, 30).map(lambda tenths: tenths / 10)


@given(names)
def test_the_nearest_word_is_that_of_scikit_learn(words: list[str]) -> None:
    question = questions.nearest(of_words(TABLE, " ".join(words)))
    cosines = cosine_similarity(np.stack([TABLE[word] for word in words]))[0, 1:]
    if len(cosines) < 2:
        assert question is None
        return
    order = np.argsort(-cosines)
    if question is None:
        assert cosines[order[0]] - cosines[order[1]] < questions.ALIKE + 1e-6
        return
    assert question.answer == words[1 + order[0]]
    assert question.values["second"] == words[1 + order[1]] and question.values["others"] == len(words) - 1
    assert words[0] not in question.options and len(question.options) == min(4, len(words) - 1)
    assert question.about == tuple(words)


def test_words_without_a_vector_are_neither_asked_about_nor_offered() -> None:
    question = questions.nearest(of_words(TABLE, "nobody w1 w2 noone w3"))
    assert question is not None
    assert question.values["word"] == "w1" and set(question.options) == {"w2", "w3"}
    assert questions.nearest(of_words(TABLE, "nobody noone nothing")) is None
    in_every_language(ID, question)


@pytest.mark.parametrize("words", SIZES)
@pytest.mark.parametrize("dimensions", [50, 300, 1000])
def test_the_memory_is_four_bytes_for_each_pair_of_words(words: int, dimensions: int) -> None:
    question = questions.memory(storage(words, dimensions))
    _, *options, reason = in_every_language(ID, question)
    number, unit = options[question.right].split()
    claimed = float(number.replace(",", "")) * 1000 ** UNITS.index(unit)
    assert claimed == pytest.approx(4 * words * words, rel=0.006)
    assert len(options) >= 3 and f"{words * words:,}" in reason


@given(st.tuples(numbers, numbers), st.tuples(numbers, numbers))
def test_only_the_cosine_stays_when_an_arrow_is_drawn_out(a: tuple[float, float], b: tuple[float, float]) -> None:
    question = questions.stretch(compare(a, b))
    one, other = np.array(a), np.array(b)
    if question is None:
        lies_flat = np.isclose(one @ other, 0) or np.isclose(2 * (one @ other), 3 * (other @ other))
        assert lies_flat, "the dot product is 0, an arrow has no length, or the distance happens to stay"
        return
    assume(one.any() and other.any())
    assert isinstance(question.answer, Said) and question.answer.key == "stays.cosine"
    assert question.about is None, "moving an arrow does not ask it anew"
    assert float(str(question.values["double_dot"]).replace("−", "-")) == pytest.approx(one @ (2 * other), abs=0.0051)
    distance = float(str(question.values["double_distance"]))
    assert distance == pytest.approx(np.linalg.norm(one - 2 * other), abs=0.0051)


words_of = st.lists(st.sampled_from(["the", "a", "cat", "dog", "bank", "sat"]), min_size=1, max_size=6).map(tuple)


@given(st.lists(words_of, min_size=3, max_size=3))
def test_which_sentence_is_nearer_is_what_scikit_learn_counts(told: list[tuple[str, ...]]) -> None:
    trace = of_sentences(TABLE, told)
    question = questions.nearer(trace)
    assert question is not None
    second, third = cosine_similarity(CountVectorizer(analyzer=list).fit_transform(told))[0, 1:]
    assume(abs(abs(second - third) - questions.ALIKE) > 1e-9)
    right = "same" if abs(second - third) < questions.ALIKE else "second" if second > third else "third"
    assert question.answer == Said(f"nearer.{right}")
    for value, sentence in ((question.values["with_second"], told[1]), (question.values["with_third"], told[2])):
        assert isinstance(value, Said)
        assert set(value.values.get("words", ())) == set(told[0]) & set(sentence)  # type: ignore[arg-type]
        assert value.key == ("sentences.shared" if set(told[0]) & set(sentence) else "sentences.shares_nothing")


def test_two_sentences_alone_are_not_asked_about() -> None:
    assert questions.nearer(of_sentences(TABLE, [("w1",), ("w2",)])) is None
    question = questions.nearer(of_sentences(TABLE, [("w1",), ("w2",), ("w1", "w3")]))
    assert question is not None
    texts = in_every_language(ID, question)
    assert "share no word" in texts[-1] and "share w1" in texts[-1]


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (124, "124 B"), (999, "999 B"), (1000, "1.00 kB"), (12_004, "12.0 kB"), (400_000_000, "400 MB"),
     (999_499, "999 kB"), (999_500, "1.00 MB"), (4 * 10**12, "4.00 TB"), (10**19, "10.0 EB"), (10**22, "10,000 EB")],
)  # fmt: skip
def test_amounts(count: int, said: str) -> None:
    assert amount(count) == said


@given(st.integers(0, 10**18))
def test_an_amount_is_right_to_its_digits(count: int) -> None:
    number, unit = amount(count).split()
    assert re.fullmatch(r"\d{1,3}(\.\d{1,2})?", number)
    assert float(number) * 1000 ** UNITS.index(unit) == pytest.approx(count, rel=0.0051)
