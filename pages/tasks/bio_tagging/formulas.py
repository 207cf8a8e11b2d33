"""The formulas of the tagging lesson, with the numbers of a trace: softmax, F1, and Viterbi's steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.formulas import Exp, Formula, Fraction, Line, Number, Product, Sum
from app.text import Say, latex_text
from nlpcore.tagging import ChineseTagging, Score, Tagging

TERMS = 3  # of a sum over all tags that are written out, the largest first
MOST_DIGITS = 6  # decimals, from which a probability is as good as 1
_LARGE = 50.0  # a score from which e to its power has more digits than there is room for

RECURSION = Formula((r"\delta_t(j) = \max_i\,[\,\delta_{t-1}(i) + T_{ij}\,]", r"{} + e_t(j)"), gap=" ")


def legal_search(w: Say) -> Formula:
    """The most probable of the legal sequences; ``w``: the lesson's words."""
    legal = latex_text(w("illegal.in_formula"))
    return Formula(rf"\hat y = \operatorname*{{arg\,max}}_{{y\ {legal}}} \sum_t \log p(y_t \mid x)")


def softmax(trace: Tagging, cell: tuple[int, int]) -> Formula:
    """The softmax (Bridle 1990) of one cell (piece, tag) over the tags of its row.

    Where scores are large, the second fraction is reduced by e to the power of the largest.
    """
    row, tag = cell
    z = trace.logits[row]
    powers = np.exp(z - (z.max() if np.abs(z).max() > _LARGE else 0.0))
    total = Sum(tuple(Exp(Number(float(score))) for score in np.sort(z)[::-1]), TERMS)
    steps = (
        Fraction(Exp(Number(float(z[tag]))), total),
        Fraction(_power(float(powers[tag])), _power(float(powers.sum()))),
        _probability(float(trace.probabilities[row, tag])),
    )
    return Formula(r"p = \mathrm{softmax}(z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}}", (Line("", steps, broken=1),))


def _power(value: float) -> Number:
    """A power of e with about three digits that count, which those of its exponent can give."""
    if value >= 100_000 or 0 < value < 0.01:
        return Number(value, 2, scientific=True)
    return Number(value, 2 if value < 10 else 1 if value < 100 else 0)


def _probability(p: float) -> Number:
    """A probability with two digits, or so many that it looks neither certain nor impossible."""
    if p < 0.0001:
        return Number(p, 1, scientific=p > 0)
    return Number(p, next((n for n in range(2, MOST_DIGITS + 1) if 0 < float(f"{p:.{n}f}") < 1), 2))


def f1(score: Score) -> Formula:
    """F1 of precision and recall (van Rijsbergen 1979); without numbers where both are 0."""
    p, r = Number(score.precision), Number(score.recall)
    mean = Fraction(Product((Number(2, 0), p, r)), Sum((p, r)))
    lines = (Line("", (mean, Number(score.f1))),) if score.precision + score.recall else ()
    return Formula(r"F_1 = \frac{2PR}{P+R}", lines)


def numbers_alone(formula: Formula, left: str) -> Formula:
    """Return the numbers of a formula without its symbols, for a hall that lacks the room: each line begins with ``left``."""
    return replace(formula, symbols="", lines=tuple(replace(line, left=left) for line in formula.lines))


def viterbi_step(trace: ChineseTagging, step: int) -> Formula:
    """The score of the best path that ends at character ``step`` (from 0): where it comes from, and what is added."""
    lattice = trace.lattice
    tag = lattice.best_until(step)[-1]
    before = lattice.back[step, tag]
    if step == 0:
        arriving = [lattice.start[tag]]
    elif step in lattice.begins:  # a new line: the one before ends, and this one starts
        arriving = [lattice.scores[step - 1, before], lattice.stop[before], lattice.start[tag]]
    else:
        arriving = [lattice.scores[step - 1, before], lattice.transitions[before, tag]]
    terms = (Number(float(term)) for term in (*arriving, lattice.emissions[step, tag]))
    left = rf"\delta_{{{step + 1}}}({latex_text(trace.tag_names[tag])})"
    return Formula((), (Line(left, (Sum(tuple(terms), brackets=True), Number(float(lattice.scores[step, tag])))),))
