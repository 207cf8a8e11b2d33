"""The formulas of the lesson on one-hot vectors give the numbers that they claim."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formulas import faults
from nlpcore.words.arrows import compare
from nlpcore.words.one_hot import of_words, storage
from nlpcore.words.sentence_vectors import of_sentences
from pages.words.one_hot import formulas
from tests.makers.words import random_vectors

TABLE = random_vectors(40)
numbers = st.integers(-30, 30).map(lambda tenths: tenths / 10)


@pytest.mark.parametrize("count", [2, 3, 10])
def test_the_cosine_of_two_one_hot_words(count: int) -> None:
    trace = of_words(TABLE, " ".join(f"w{n}" for n in range(count)))
    formula = formulas.one_hot_cosine(trace, 0, count - 1)
    (line,) = formula.lines
    assert faults(formula) == [] and line.result == 0
    text = line.latex()
    assert r"1 \cdot 0" in text and r"0 \cdot 1" in text, "where one has its 1 the other has a 0"
    assert (r"\dots" in text) is (count > 2)


def test_the_cosine_of_two_dense_words() -> None:
    trace = of_words(TABLE, "w1 w2 w3")
    formula = formulas.dense_cosine(trace, 0, 2)
    assert faults(formula) == []
    a, b = TABLE["w1"].astype(float), TABLE["w3"].astype(float)
    assert formula.lines[0].result == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.mark.parametrize("words", [10, 10_000, 1_000_000])
def test_how_many_numbers_there_are(words: int) -> None:
    trace = storage(words, 300)
    for formula, result in ((formulas.weights(trace), words * 300), (formulas.one_hot_numbers(trace), words * words)):
        assert faults(formula) == [] and formula.lines[0].result == result
        written = f"{result:,}".replace(",", "{,}") if result < 10**12 else r"1.00 \cdot 10^{12}"
        assert written in formula.numbers_latex()


@given(st.tuples(numbers, numbers), st.tuples(numbers, numbers))
def test_lengths_and_cosine_of_two_arrows(a: tuple[float, float], b: tuple[float, float]) -> None:
    pair = compare(a, b)
    long, cosine = formulas.lengths(pair), formulas.cosine(pair)
    assert faults(long) == [] and faults(cosine) == []
    assert [line.result for line in long.lines] == pytest.approx([math.hypot(*a), math.hypot(*b)])
    assert cosine.lines[0].result == pytest.approx(float(np.dot(a, b)))
    assert len(cosine.lines) == (2 if any(a) and any(b) else 1)


def test_sentences() -> None:
    trace = of_sentences(TABLE, [("w1", "w1", "w2"), ("w1", "w3"), ("w4",)])
    near, far = formulas.bag_cosine(trace, 0, 1), formulas.bag_cosine(trace, 0, 2)
    assert faults(near) == [] and near.lines[0].result == pytest.approx(2 / math.sqrt(5 * 2))
    assert faults(far) == [] and far.lines[0].result == 0
    assert [each.lines[0].left for each in (near, far)] == [r"\cos(s_1, s_2)", r"\cos(s_1, s_3)"]
    rare = formulas.idf(trace, 0)
    assert faults(rare) == [] and rare.lines[0].result == pytest.approx(math.log(4 / 3) + 1)
