"""The tagging lesson's formulas beside scikit-learn, SciPy and a search through all paths."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import f1_score, precision_score, recall_score

from app.formulas import Exp, Fraction, Number, Product, Sum, faults
from nlpcore.tagging import ChineseTagging, from_bio, strict, to_bio
from nlpcore.tagging.exercises import EXERCISES
from pages.tasks.bio_tagging import formulas
from pages.tasks.bio_tagging.shared import TAGS
from tests.pages.tasks.bio_tagging.taggings import CHINESE_TAGS, chinese, tagging

seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
many = settings(max_examples=100, deadline=None)


# -- softmax ---------------------------------------------------------------------------------------------------------


@given(seeds, st.sampled_from([0.5, 3.0, 30.0]))
@many
def test_softmax_is_that_of_the_cell(rng: np.random.Generator, scale: float) -> None:
    trace = tagging(rng, scale=scale)
    row, tag = int(rng.integers(len(trace.pieces))), int(rng.integers(len(trace.tag_names)))
    formula = formulas.softmax(trace, (row, tag))
    assert faults(formula) == []
    powers, divided, result = formula.lines[0].steps
    z = trace.logits[row].tolist()
    assert isinstance(powers, Fraction) and isinstance(powers.below, Sum) and isinstance(powers.above, Exp)
    assert powers.above.of.value == z[tag]
    assert [term.of.value for term in powers.below.terms if isinstance(term, Exp)] == sorted(z, reverse=True)
    assert isinstance(divided, Fraction)
    reduced = max(z) if max(map(abs, z)) > 50 else 0
    assert divided.above.value == pytest.approx(math.exp(z[tag] - reduced))
    assert divided.below.value == pytest.approx(math.fsum(math.exp(score - reduced) for score in z))
    assert result.value == pytest.approx(float(scipy.special.softmax(z)[tag]))


def test_softmax_writes_the_three_largest_terms() -> None:
    trace = dataclasses.replace(
        tagging(np.random.default_rng(0)), logits=np.array([[1.0, -2.0, 3.0, 0.5, 2.0]]),
        probabilities=scipy.special.softmax(np.array([[1.0, -2.0, 3.0, 0.5, 2.0]]), axis=1),
    )  # fmt: skip
    latex = formulas.softmax(trace, (0, 4)).numbers_latex()
    assert latex == (r"= \frac{e^{2.00}}{e^{3.00} + e^{2.00} + e^{1.00} + \dots} = \frac{7.39}{32.0} = 0.23")


@pytest.mark.parametrize(
    ("rest", "written"),
    [
        (1.0, r"\frac{1889.8}{1892.5} = 0.999"),
        (2.0, r"\frac{1{,}890}{1{,}897} = 0.996"),
        (-3.0, r"\frac{1889.83}{1889.88} = 0.99997"),
        (-4.0, r"\frac{1889.83}{1889.85} = 0.99999"),
        (-30.0, r"\frac{1{,}890}{1{,}890} = 1.00"),  # as good as 1
    ],
)
def test_a_probability_below_one_never_looks_like_one(rest: float, written: str) -> None:
    """The chance of two tags, by the logistic function (scipy), and the powers by the mathematics module."""
    z = np.array([[math.log(1889.83), rest]])
    sure = float(scipy.special.expit(z[0, 0] - rest))
    trace = dataclasses.replace(
        tagging(np.random.default_rng(0)),
        logits=z,
        probabilities=np.array([[sure, 1 - sure]]),
        tag_names=("O", "B-PER"),
    )
    formula = formulas.softmax(trace, (0, 0))
    assert formula.numbers_latex().endswith(written) and faults(formula) == []
    assert faults(small := formulas.softmax(trace, (0, 1))) == [] and not small.numbers_latex().endswith("= 0.00")


@pytest.mark.parametrize("swap", ["row", "tag"])
def test_softmax_of_another_row_or_tag_does_not_go_unnoticed(swap: str) -> None:
    trace = tagging(np.random.default_rng(4))
    order = np.roll(np.arange(trace.logits.shape[0 if swap == "row" else 1]), 1)
    moved = trace.probabilities[order] if swap == "row" else trace.probabilities[:, order]
    wrong = dataclasses.replace(trace, probabilities=moved)
    cells = [(row, tag) for row in range(6) for tag in range(5)]
    assert all(faults(formulas.softmax(trace, cell)) == [] for cell in cells)
    assert sum(bool(faults(formulas.softmax(wrong, cell))) for cell in cells) > 25


# -- F1 --------------------------------------------------------------------------------------------------------------


@given(st.sampled_from(list(EXERCISES)), seeds)
@many
def test_f1_is_seqevals_with_precision_first(name: str, rng: np.random.Generator) -> None:
    exercise = EXERCISES[name]
    drawn = [str(rng.choice(TAGS)) if rng.random() < 0.35 else tag for tag in exercise.tags]
    mine = list(to_bio(drawn, from_bio(drawn)))  # legal, so that all readings agree
    gold = list(exercise.tags)
    formula = formulas.f1(strict(exercise.spans, from_bio(mine)))
    p, r = (float(score([gold], [mine], zero_division=0)) for score in (precision_score, recall_score))
    assert faults(formula) == []
    if p + r == 0:
        assert formula.lines == ()
        return
    fraction, result = formula.lines[0].steps
    assert isinstance(fraction, Fraction) and isinstance(fraction.above, Product) and isinstance(fraction.below, Sum)
    assert [factor.value for factor in fraction.above.factors] == pytest.approx([2, p, r])
    assert [term.value for term in fraction.below.terms] == pytest.approx([p, r])
    assert result.value == pytest.approx(float(f1_score([gold], [mine], zero_division=0)))


def test_f1_by_hand() -> None:
    mine = ["B-ORG", "O", "O", "B-LOC", "O", "O", "O", "B-PER", "I-PER", "O", "B-LOC", "O"]
    mine[5] = "B-MISC"  # three of five right, three of four found
    formula = formulas.f1(strict(EXERCISES["teams"].spans, from_bio(mine)))
    assert formula.numbers_latex() == r"= \frac{2 \cdot 0.60 \cdot 0.75}{0.60 + 0.75} = 0.67"


# -- Viterbi ---------------------------------------------------------------------------------------------------------


def score_until(trace: ChineseTagging, path: tuple[int, ...]) -> float:
    """The score of a path from the start to its last tag, without the score of stopping."""
    lattice = trace.lattice
    moves = math.fsum(lattice.transitions[a, b] for a, b in itertools.pairwise(path))
    return float(lattice.start[path[0]] + moves + math.fsum(lattice.emissions[t, tag] for t, tag in enumerate(path)))


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_each_step_is_the_best_of_all_paths(rng: np.random.Generator) -> None:
    trace = chinese(rng, int(rng.integers(1, 5)))
    lattice, count = trace.lattice, len(trace.characters)
    for step in range(count):
        formula = formulas.viterbi_step(trace, step)
        paths = list(itertools.product(range(len(CHINESE_TAGS)), repeat=step + 1))
        ending = (lambda path: lattice.stop[path[-1]]) if step == count - 1 else (lambda path: 0.0)
        best = max(paths, key=lambda path: score_until(trace, path) + ending(path))
        assert faults(formula) == []
        line = formula.lines[0]
        assert line.left == rf"\delta_{{{step + 1}}}(\text{{{CHINESE_TAGS[best[-1]]}}})"
        added, total = line.steps
        assert isinstance(added, Sum) and isinstance(total, Number)
        arriving = (
            [score_until(trace, best[:-1]), lattice.transitions[best[-2], best[-1]]] if step else
            [lattice.start[best[0]]]
        )  # fmt: skip
        expected = [*arriving, lattice.emissions[step, best[-1]]]
        assert [term.value for term in added.terms] == pytest.approx(expected)
        assert total.value == pytest.approx(score_until(trace, best))


def test_a_negative_score_is_added_in_brackets() -> None:
    trace = chinese(np.random.default_rng(2), 4)
    tag = trace.lattice.best_until(0)[-1]
    start, scores = trace.lattice.start.copy(), trace.lattice.scores.copy()
    start[tag], scores[0, tag] = 2.5, 2.5 - 0.25
    emissions = trace.lattice.emissions.copy()
    emissions[0, tag] = -0.25
    lattice = dataclasses.replace(trace.lattice, start=start, scores=scores, emissions=emissions)
    formula = formulas.viterbi_step(dataclasses.replace(trace, lattice=lattice), 0)
    assert formula.numbers_latex() == rf"\delta_{{1}}(\text{{{CHINESE_TAGS[tag]}}}) = 2.50 + (-0.25) = 2.25"


def test_transition_and_emission_of_another_place_do_not_go_unnoticed() -> None:
    trace = chinese(np.random.default_rng(3), 4)
    turned = dataclasses.replace(trace.lattice, transitions=trace.lattice.transitions.T)
    moved = dataclasses.replace(trace.lattice, emissions=np.roll(trace.lattice.emissions, 1, axis=0))
    for wrong in (turned, moved):
        steps = [formulas.viterbi_step(dataclasses.replace(trace, lattice=wrong), step) for step in range(1, 4)]
        assert any(faults(formula) for formula in steps)
