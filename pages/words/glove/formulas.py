"""The formulas of the lesson, with the numbers of its traces."""

from __future__ import annotations

import math

from app.formulas import Applied, Difference, Expression, Formula, Fraction, Line, Number, Product, Sum
from app.text import latex_text
from nlpcore.words.cooccurrences import distances
from nlpcore.words.glove import GloveState
from nlpcore.words.glove_reading import Cooccurrences, Ratios

_MOST = 6  # terms that are written out
_LARGEST = 1e4  # a number that still has room


def count(read: Cooccurrences, pair: tuple[str, str]) -> Formula:
    """One cell of the matrix, a term for each time that the two words stand near each other."""
    apart = distances(read.lines, *pair, read.counted.window)
    left = rf"X(\,{latex_text(pair[0])},\, {latex_text(pair[1])}\,)"
    if not read.counted.by_distance:
        symbols = r"X_{ij} = \sum 1"
        steps = (Sum(tuple(Number(1, 0) for _ in apart), most=_MOST),) if len(apart) > 1 else ()
    else:
        symbols = r"X_{ij} = \sum \frac{1}{d}"
        steps = (Sum(tuple(Fraction(Number(1, 0), Number(each, 0)) for each in apart), most=_MOST),) if apart else ()
    total = sum(1 / each if read.counted.by_distance else 1 for each in apart)
    return Formula(symbols, (Line(left, (*steps, Number(total, 0 if float(total).is_integer() else 2))),))


def weight(x: float, most: float, exponent: float) -> Formula:
    """What weight a count has (Pennington et al. 2014, eq. 9)."""
    symbols = r"f(X) = \min\!\left(1,\ (X / x_{\max})^{\alpha}\right)"
    value = min(x / most, 1.0) ** exponent
    count = Number(x, 0 if float(x).is_integer() else 2).latex()
    left = rf"f({count})" + (rf" = ({count} / {most:g})^{{{exponent:g}}}" if x < most else "")
    return Formula(symbols, (Line(left, (Number(value, 3),)),))


def term(state: GloveState, cell: int, most: float, exponent: float, hall: bool = False) -> Formula:
    """One term of the objective (eq. 8); a ``hall`` has room for the score as one number."""
    counted, terms, parameters = state.counted, state.terms, state.parameters
    row, column = int(counted.rows[cell]), int(counted.columns[cell])
    product = float(parameters.first[row] @ parameters.second[column])
    parts = (product, float(parameters.first_bias[row]), float(parameters.second_bias[column]))
    f, d, log = (float(each[cell]) for each in (terms.weights, terms.differences, terms.logs))
    symbols = (r"J_{ij} = f(X_{ij})\, d^2", r"d = w_i \cdot \tilde w_j + b_i + \tilde b_j - \ln X_{ij}")
    if max(map(abs, (*parts, d))) > _LARGEST:
        return Formula(symbols)
    score: Expression = Number(math.fsum(parts), 3) if hall else Sum(tuple(Number(each, 3) for each in parts))
    loss = f * d * d
    digits = (
        max(0, 2 - math.floor(math.log10(loss))) if loss > 1 else 3
    )  # three figures that count: a hall has no room for more
    first = weight(float(counted.values[cell]), most, exponent).lines[0]
    lines = (
        first,
        Line("d", (Difference(score, Number(log, 3)), Number(d, 3))),
        Line("J_{ij}", (Product((Number(f, 3), Number(d, 3), Number(d, 3))), Number(loss, digits)), broken=int(hall)),
    )
    return Formula(symbols, lines, aligned=not hall)


def update(state: GloveState, rate: float) -> Formula | None:
    """How the last step moved one number of w: the one that moved most; None before the first step."""
    last = state.last
    if last is None:
        return None
    gradient, sums = last.by_first[:-1], last.sums[0, :-1]
    place = int(abs(gradient / sums**0.5).argmax())
    old, g, total = float(last.before[0, place]), float(gradient[place]), float(sums[place])
    symbols = r"w \leftarrow w - \eta\, \frac{g}{\sqrt{G}}, \quad G = 1 + \sum g^2"
    new = old - rate * g / math.sqrt(total)
    if max(abs(old), abs(g), abs(total), abs(new), rate) > _LARGEST:
        return Formula(symbols)
    step = Product((Number(rate, 3), Fraction(Number(g, 4), Applied(r"\sqrt", Number(total, 4)))))
    word = latex_text(state.counted.words[last.row])
    return Formula(
        symbols, (Line(rf"w_{{{place + 1}}}({word})", (Difference(Number(old, 4), step), Number(new, 4)), broken=1),)
    )


def ratio(found: Ratios, place: int) -> Formula | None:
    """The ratio of one word in the learner's text; None where it is no number."""
    value = float(found.ratios[place])
    if not math.isfinite(value) or value == 0:
        return None
    probe = latex_text(found.probes[place])
    names = [rf"P({probe} \mid {latex_text(word)})" for word in found.words]
    shares = [Number(float(each), 2 - math.floor(math.log10(each))) for each in found.probabilities[:, place]]
    apart = [
        Line(name, (Fraction(Number(float(count)), Number(float(total))), share))
        for name, count, total, share in zip(names, found.counts[:, place], found.totals, shares, strict=True)
    ]
    both = Line(
        rf"\frac{{{names[0]}}}{{{names[1]}}}",
        (Fraction(shares[0], shares[1]), Number(value, 2 if value >= 1 else 2 - math.floor(math.log10(value)))),
    )
    return Formula(r"P(k \mid i) = \frac{X_{ik}}{\sum_j X_{ij}}", (*apart, both), aligned=True)
