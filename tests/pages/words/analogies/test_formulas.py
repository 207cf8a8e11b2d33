"""The numbers under the formula are gensim's cosines, each in its place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from app.formulas import Minus, faults
from app.text import latex_text
from nlpcore.words.analogy_input import answer
from pages.words.analogies.formulas import scores
from tests.makers.words import random_vectors
from tests.pages.formula_numbers import numbers_of
from tests.pages.words.analogies.reference import GENSIM, Sum, cosine, sums


@settings(deadline=None)
@given(sums())
def test_each_line_is_the_cosine_of_its_word_from_its_terms(given_sum: Sum) -> None:
    worked = given_sum.answer
    formula = scores(worked, revealed=True)
    assert faults(formula) == []
    struck = given_sum.inputs if worked.trace.exclude_inputs else set()
    best = next(word for word in given_sum.order if word not in struck)
    wanted = list(dict.fromkeys([best, given_sum.order[0]]))
    assert [line.left for line in formula.lines] == [latex_text(word) for word in wanted]
    for word, line in zip(wanted, formula.lines, strict=True):
        *terms, length, claimed = numbers_of(line)
        assert terms == pytest.approx([cosine(word, other) for _, other in given_sum.signed], abs=1e-5)
        assert [isinstance(term, Minus) for term in line.steps[0].above.terms] == [
            sign < 0 for sign, _ in given_sum.signed
        ]
        assert length == pytest.approx(float(np.linalg.norm(given_sum.vector)), abs=1e-5)
        (theirs,) = GENSIM.cosine_similarities(given_sum.vector, GENSIM.get_vector(word)[None])
        assert claimed == pytest.approx(float(theirs), abs=1e-4)


@given(sums())
def test_nothing_is_told_before_the_prediction(given_sum: Sum) -> None:
    formula = scores(given_sum.answer, revealed=False)
    assert [line.left for line in formula.lines] == [latex_text(given_sum.answer.trace.answers[0].word)]


def test_a_term_is_taken_away_as_it_is_and_the_word_names_its_line() -> None:
    formula = scores(answer(random_vectors(), "w1", "w2", "w3"), True)
    first, *_ = formula.lines
    assert first.latex().startswith(rf"{first.left} :\  \frac{{")
    assert "0.46 - (-0.25) + 0.47" in first.latex(), "what is taken away is, with a minus of its own in brackets"
    assert r"\frac{\cos(x,a)-\cos(x,b)+\cos(x,c)}{\lVert a-b+c\rVert}" in formula.symbols
    assert r"\cos(x,\,a-b+c)=" in formula.symbols, "it says what it is equal to"
    several = scores(answer(random_vectors(), "w1 w4", "w2", "w3"), True)
    assert r"\sum_{w\in +}" in several.symbols
