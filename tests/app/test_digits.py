"""Who types what a formula shows into a calculator reads what it claims: worked out from the written digits, in decimals."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.digits import gives, typed
from app.formulas import (
    Applied,
    Difference,
    Exp,
    Expression,
    Formula,
    Fraction,
    Line,
    Minus,
    Number,
    Product,
    Sum,
    faults,
)

NUMBER = r"-?\d[\d,]*(?:\.\d+)?"


def written(line: Line) -> list[str]:
    """Return the steps of a line as they are written."""
    return [part.strip() for part in re.split(r"=|\\approx", line.latex())[1:]]


@given(st.floats(1e-4, 0.9999))
def test_a_loss_is_that_of_the_probability_shown(p: float) -> None:
    """−ln(0.26) is 1.35, and not the 1.37 of 0.2553."""
    step, result = written(Line("", (Minus(Applied(r"\ln", Number(p))), Number(-math.log(p)))))
    shown = Decimal(re.search(NUMBER, step.removeprefix("-")).group())  # type: ignore[union-attr]
    assert (-shown.ln()).quantize(Decimal("1." + "0" * len(result.partition(".")[2]))) == Decimal(result)


def test_as_few_digits_are_added_as_do() -> None:
    assert written(Line("", (Minus(Applied(r"\ln", Number(0.2553))), Number(1.3653)))) == [r"-\ln(0.255)", "1.37"]
    assert written(Line("", (Sum((Number(0.5), Number(0.25))), Number(0.75)))) == ["0.50 + 0.25", "0.75"]
    assert written(Line("", (Sum((Number(0.924), Number(0.074))), Number(0.998)))) == ["0.924 + 0.074", "1.00"]


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=4), st.floats(0.2, 9))
def test_a_fraction_of_a_sum_is_that_of_the_digits(terms: list[float], length: float) -> None:
    step = Fraction(Sum(tuple(map(Number, terms))), Number(length))
    top, result = written(Line("", (step, Number(step.value))))
    above, below = re.fullmatch(r"\\frac\{(.*)\}\{(.*)\}", top).groups()  # type: ignore[union-attr]
    value = sum(Decimal(each.replace(" ", "").removeprefix("+")) for each in re.findall(rf"(?:[+-] )?{NUMBER}", above))
    places = Decimal(1).scaleb(-len(result.partition(".")[2]))
    assert (value / Decimal(below)).quantize(places, ROUND_HALF_EVEN) == Decimal(result)


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_a_softmax_is_that_of_the_exponents_shown(z: float, total: float) -> None:
    assume(z <= total)
    step, result = written(Line("", (Fraction(Exp(Number(z)), Exp(Number(total))), Number(math.exp(z - total)))))
    above, below = (Decimal(each) for each in re.findall(NUMBER, step))
    places = Decimal(1).scaleb(-len(result.partition(".")[2]))
    assert (above - below).exp().quantize(places) == Decimal(result)


@example(-6.194836314118463, -7.3203125)  # finer parts, for the next fraction, gave another result
@given(st.floats(-9, 9), st.floats(-9, 9))
def test_two_fractions_agree_part_by_part(z: float, rest: float) -> None:
    """Who works out e^z alone finds what stands in the next fraction; not where it lies in the middle between two roundings."""
    total = math.exp(z) + math.exp(rest)
    assume(all(abs(100 * value % 1 - 0.5) > 0.01 for value in (math.exp(z), total)))
    parts = Number(math.exp(z)), Number(total)
    steps = (
        Fraction(Exp(Number(z)), Sum((Exp(Number(z)), Exp(Number(rest))))),
        Fraction(*parts),
        Number(math.exp(z) / total),
    )
    settled = Line("", steps).settled()
    first, second, result = settled.steps
    assert isinstance(first, Fraction) and isinstance(second, Fraction) and isinstance(result, Number)
    for part, claimed in ((first.above, second.above), (first.below, second.below)):
        assert isinstance(claimed, Number)
        assert f"{typed(part):.{claimed.digits}f}" == claimed.digits_shown
    assert f"{typed(second):.{result.digits}f}" == result.digits_shown == f"{typed(first):.{result.digits}f}"


@pytest.mark.parametrize(
    ("step", "value"),
    [
        (Sum((Number(0.123), Number(0.456), Number(0.789)), 2), 0.579 + 0.789),  # dots: nobody can type it
        (Product((Number(1000, 0), Number(21, 0), Number(0.15), Number(0.8))), 2520.0),
        (Difference(Number(-2.345, 3), Number(-2.3, 1)), -0.045),
        (Fraction(Number(3.0, 0), Number(0.0001, 6)), 30000.0),
        (Fraction(Number(3.0, 0), Number(0.0001)), 30000.0),  # with two digits it would be divided by 0
        (Number(0.00001234, 1, scientific=True), 0.00001234),
    ],
)
def test_every_kind_of_step_gives_its_result(step: Expression, value: float) -> None:
    assert faults(Formula("", (Line("", (step, Number(value))),))) == []


def test_the_middle_between_two_is_left_to_nobody() -> None:
    """1.219 / 0.2 is 6.095: one rounds it to 6.10, another to 6.09."""
    step, result = written(Line("", (Fraction(Number(1.21875), Number(0.2)), Number(6.09375))))
    assert (step, result) == (r"\frac{1.2188}{0.2000}", "6.09")
    assert written(Line("", (Product((Number(0.25), Number(0.5))), Number(0.125)))) == [r"0.25 \cdot 0.50", "0.125"]


def test_powers_that_no_float_holds_are_written_as_they_are() -> None:
    """As a tagger's scores of hundreds are, before they are reduced by the largest."""
    steps = (
        Fraction(Exp(Number(900.0)), Sum((Exp(Number(900.0)),) * 4, 3)),
        Fraction(Number(1.0), Number(4.0)),
        Number(0.25),
    )
    assert written(Line("", steps))[1:] == [r"\frac{1.00}{4.00}", "0.25"]


def test_whole_numbers_and_hidden_terms_stay_as_they_are() -> None:
    step, _ = written(Line("", (Product((Fraction(Number(1, 0), Number(3, 0)), Number(0.985))), Number(0.3283333))))
    assert step.startswith(r"\frac{1}{3} \cdot 0.98")
    cut = Sum((Number(0.5449), Number(0.5449), Number(0.5449)), 2)
    assert written(Line("", (cut, Number(1.6347))))[0] == r"0.54 + 0.54 + \dots"
    assert gives(cut, Number(1.6347)) and not gives(Number(0.54), Number(0.55))


def test_a_result_between_two_has_more_digits_itself() -> None:
    """A trace in single precision may fall on the other side of the middle than the sum of its digits."""
    line = Line("", (Sum((Number(1.1), Number(0.264999))), Number(1.3650001)))
    assert written(line)[1] == "1.365" and faults(Formula("", (line,))) == []


def test_what_is_not_so_stays_as_it_is_and_is_found() -> None:
    line = Line("", (Sum((Number(1.1), Number(0.2))), Number(1.5)))
    assert written(line) == ["1.10 + 0.20", "1.50"] and line.settled() == line
    assert faults(Formula("", (line,)))


def test_the_judge_finds_digits_that_a_calculator_refutes(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line("", (Minus(Applied(r"\ln", Number(0.2553))), Number(1.3653)))
    monkeypatch.setattr(Line, "settled", lambda self: self)
    [fault] = faults(Formula("", (line,)))
    assert fault == r"-\ln(0.26) = 1.37: a calculator gives 1.34707"
