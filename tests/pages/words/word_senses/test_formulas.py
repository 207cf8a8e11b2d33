"""The formulas of the lesson on senses give the numbers that they claim."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from app.formulas import faults
from nlpcore.language_models.seen import Seen
from nlpcore.language_models.sight import sight
from pages.words.word_senses import formulas
from tests.pages.words.word_senses.making import made


@pytest.mark.parametrize("hall", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_the_silhouette_of_a_sentence(seed: int, hall: bool) -> None:
    trace = made(("a", "b", "a", "c", "b", "", "a", "c"), layers=2, seed=seed)
    i = formulas.shown(trace)
    assert i == 0
    rows = [n for n, sense in enumerate(trace.senses) if sense]
    for layer in range(3):
        formula = formulas.silhouette(trace, layer, i, hall)
        assert faults(formula) == []
        expected = silhouette_samples(trace.points[layer, rows], [trace.senses[n] for n in rows], metric="cosine")[0]
        assert formula.lines[-1].result == pytest.approx(expected, abs=1e-7)
        assert len(formula.lines) == (1 if hall else 3)


def test_the_sentence_that_is_written_out_has_others_of_its_sense() -> None:
    assert formulas.shown(made(("", "a", "b", "b"))) == 2
    assert formulas.shown(made(("a", "a"))) is None


@pytest.mark.parametrize("at", range(5))
def test_how_many_words_a_vector_may_depend_on(at: int) -> None:
    trace = sight(tuple("abcde"), at)
    formula = formulas.counted(trace)
    assert faults(formula) == []
    gpt, left, right, bert = (line.result for line in formula.lines)
    assert gpt == trace.gpt[at].sum() and left == trace.forward[at].sum() and right == trace.backward[at].sum()
    assert bert == (trace.bert[at] & ~trace.hidden).sum()


def test_shares() -> None:
    tokens = ("a", "b", "c")
    trace = Seen(tokens, np.ones(3), np.ones(3) / 2, (1, 1, 2), (1, 4, 5), tokens, tokens)
    formula = formulas.shares(trace)
    assert faults(formula) == [] and [line.result for line in formula.lines] == pytest.approx([2 / 3, 1 / 3])
