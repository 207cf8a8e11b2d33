"""The formulas of the lesson, with the numbers of its traces."""

from __future__ import annotations

import math

import numpy as np

from app.formulas import Difference, Exp, Formula, Fraction, Line, Number, Product, Sum
from app.text import latex_text
from nlpcore.arrays import Floats
from nlpcore.learning.bandit import Pulls
from nlpcore.learning.few_labels import SelfTraining
from nlpcore.learning.last_layer import Decision
from nlpcore.learning.own_labels import OwnExamples
from nlpcore.learning.rounding import CutTarget
from nlpcore.learning.three_ways import Clustering, Regression

_APART = "2ex"  # between fractions
_TINY = 0.001


def _probability(p: float) -> Number:
    if 0 < p < _TINY:
        return Number(p, 1, scientific=True)
    return Number(p, 3)


def line(trace: Regression) -> Formula:
    """The line at the new x."""
    product = Product((Number(trace.slope), Number(trace.x, 1)))
    return Formula(
        r"\hat{y} = a x + b", (Line(r"\hat{y}", (Sum((product, Number(trace.intercept))), Number(trace.answer))),)
    )


def softmax(scores: Floats, probabilities: Floats, answer: int, name: str) -> Formula:
    """Softmax of the likeliest class, its score taken off all of them first."""
    shifted = [Exp(Number(float(z - scores[answer]), 1)) for z in scores]
    first = shifted.pop(answer)
    share = Fraction(first, Sum((first, *shifted)))
    left = rf"p({latex_text(name)})"
    return Formula(
        r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}} = \frac{e^{z_k - m}}{\sum_j e^{z_j - m}}",
        (Line(left, (share, _probability(float(probabilities[answer]))), broken=1),),
    )


def spread(trace: Clustering, number: int) -> Formula:
    """What k-means makes small: the squared distances to the centres, added up group by group."""
    groups, centres = trace.groups[number], trace.centres[number]
    parts = []
    for group in range(trace.k):
        off = trace.points.places[groups == group] - centres[group]
        parts.append(Number(float((off**2).sum()), 1))
    total = Number(float(trace.losses[number]), 1)
    steps = (Sum(tuple(parts)), total) if trace.k > 1 else (total,)
    return Formula(
        r"J = \sum_k \sum_{i \in k} \lVert x_i - c_k \rVert^2", (Line("J", steps, broken=1 if trace.k > 3 else 0),)
    )


def of_two(decision: Decision, name: str) -> Formula:
    """Softmax over two classes: the likelier one's share, which is the sigmoid of the difference of the scores."""
    first, second = (float(z) for z in decision.logits[:2])
    one, other = Exp(Number(first)), Exp(Number(second))
    share = Fraction(one, Sum((one, other)))
    gap = Fraction(Number(1, 0), Sum((Number(1, 0), Exp(Difference(Number(second), Number(first))))))
    p = _probability(float(decision.probabilities[0]))
    lines = (Line(rf"p({latex_text(name)})", (share, p)), Line(r"\sigma(z_1 - z_2)", (gap, p)))
    return Formula(r"p_1 = \frac{e^{z_1}}{e^{z_1} + e^{z_2}} = \sigma(z_1 - z_2)", lines, aligned=True, apart=_APART)


def rounding(trace: CutTarget) -> Formula:
    """What rounding costs where the targets of a class lie anywhere in it."""
    span = Difference(Number(float(trace.edges[-1])), Number(float(trace.edges[0])))
    width = Fraction(span, Number(len(trace.examples), 0))
    return Formula(
        r"\Delta = \frac{\max - \min}{K}, \quad \text{RMSE} \approx \frac{\Delta}{\sqrt{12}}",
        (
            Line(r"\Delta", (width, Number(trace.width, 3))),
            Line(
                r"\frac{\Delta}{\sqrt{12}}",
                (Fraction(Number(trace.width, 3), Number(math.sqrt(12), 3)), Number(trace.expected, 3)),
            ),
        ),
        aligned=True,
        apart=_APART,
    )


def accuracy(trace: SelfTraining, step: int) -> Formula:
    """The share of all points that a round has on the side of their true class."""
    share, count = trace.rounds[step].accuracy, len(trace.told)
    right = round(share * count)
    return Formula(
        r"a = \frac{r}{n}",
        (Line("a", (Fraction(Number(right, 0), Number(count, 0)), Number(share, 3))),),
    )


def examples(trace: OwnExamples, how: str) -> Formula:
    """How many examples a text of n words makes."""
    n = len(trace.words)
    if how == "next_word":
        return Formula(r"N = n - 1", (Line("N", (Difference(Number(n, 0), Number(1, 0)), Number(n - 1, 0))),))
    return Formula(r"N = n", (Line("N", (Number(n, 0),)),))


def regret(trace: Pulls) -> Formula:
    """What the pulls of the worse arm have cost."""
    worse = int(np.argmin(trace.chances))
    count = int(trace.counts[-1, worse])
    high, low = float(trace.chances.max()), float(trace.chances.min())
    steps = (
        Product((Number(count, 0), Difference(Number(high), Number(low)))),
        Number(float(trace.regret[-1])),
    )
    return Formula(r"R = n_{-} \, (p_{+} - p_{-})", (Line("R", steps),))
