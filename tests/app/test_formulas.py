"""Expressions are worth what they say, within what their digits say, and are written so that TeX means the same.

Random expressions are worked out again with exact fractions: their value from the tree, the interval of their digits at
the corners of the box of all numbers (each number stands in an expression once), and the written form by a reader of TeX.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction as Exact
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app import expressions
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
    aligned_rows,
    faults,
)

# -- the reference: every kind of expression as a function of exact numbers -------------------------------------------

RATIONAL: dict[type[Expression], tuple[Callable[..., Any], Callable[[list[Any]], Expression]]] = {
    Sum: (lambda *parts: sum(parts), lambda parts: Sum(tuple(parts))),
    Minus: (lambda one: -one, lambda parts: Minus(*parts)),
    Difference: (lambda one, other: one - other, lambda parts: Difference(*parts)),
    Product: (lambda *parts: math.prod(parts), lambda parts: Product(tuple(parts))),
    Fraction: (lambda one, other: one / other, lambda parts: Fraction(*parts)),
}
COUNTS = {Sum: (2, 3), Minus: (1,), Difference: (2,), Product: (2, 3), Fraction: (2,)}


def digits_of(number: Number) -> Decimal:
    """What a learner reads, by Python's own rounding of decimals."""
    exact = Decimal(number.value)
    if number.scientific:
        return Decimal(f"{exact:.{number.digits}e}")
    return exact.quantize(Decimal(1).scaleb(-number.digits))


def ends_of(number: Number) -> tuple[Exact, Exact]:
    shown = digits_of(number)
    if number.digits == 0 and not number.scientific and number.value == int(number.value):
        return Exact(shown), Exact(shown)
    last = shown.adjusted() - number.digits if number.scientific else -number.digits
    half = Exact(Decimal(1).scaleb(last)) / 2
    return Exact(shown) - half, Exact(shown) + half


@st.composite
def numbers(draw: st.DrawFn, scientific: bool = False) -> Number:
    digits = draw(st.integers(0, 4))
    value = draw(st.integers(-99_999, 99_999)) / 10 ** draw(st.integers(0, 4))
    if scientific and value:
        return Number(value * 10.0 ** draw(st.integers(-9, 9)), max(1, digits), scientific=True)
    colour = draw(st.sampled_from(["", "", "#0072B2"]))
    return Number(value, digits, bold=draw(st.booleans()), colour=colour)


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> tuple[Expression, list[Number], Callable[[list[Any]], Any]]:
    """An expression, its numbers from left to right, and what it is worth as a function of them."""
    if depth == 0 or draw(st.booleans()):
        number = draw(numbers())
        return number, [number], lambda values: values[0]
    kind = draw(st.sampled_from(list(RATIONAL)))
    worth, make = RATIONAL[kind]
    parts = [draw(trees(depth=depth - 1)) for _ in range(draw(st.sampled_from(COUNTS[kind])))]
    lengths = [len(part[1]) for part in parts]

    def evaluate(values: list[Any]) -> Any:
        starts = [0, *itertools.accumulate(lengths)]
        return worth(*(part[2](values[a:b]) for part, a, b in zip(parts, starts, starts[1:], strict=False)))

    return make([part[0] for part in parts]), [number for part in parts for number in part[1]], evaluate


@given(trees())
def test_an_expression_is_worth_what_its_numbers_give(tree: Any) -> None:
    expression, parts, evaluate = tree
    try:
        exact = evaluate([Exact(number.value) for number in parts])
        size = evaluate([abs(Exact(number.value)) for number in parts])
    except ZeroDivisionError:
        assume(False)
    assume(abs(exact) < 1e12)
    assert expression.value == pytest.approx(float(exact), rel=1e-6, abs=1e-6 * max(1.0, abs(float(size))) + 1e-9)


@given(trees())
def test_what_the_digits_allow_is_the_hull_of_all_corners(tree: Any) -> None:
    expression, parts, evaluate = tree
    assume(len(parts) <= 7)
    ends = [ends_of(number) for number in parts]
    low, high = expression.shown
    if not (math.isfinite(low) and math.isfinite(high)):
        assert "frac" in expression.latex()
        return
    try:
        corners = [evaluate(list(corner)) for corner in itertools.product(*ends)]
    except ZeroDivisionError:
        assume(False)
    scale = max(1.0, *(abs(float(corner)) for corner in corners))
    assume(scale < 1e9)
    assert low == pytest.approx(float(min(corners)), rel=1e-7, abs=1e-7 * scale)
    assert high == pytest.approx(float(max(corners)), rel=1e-7, abs=1e-7 * scale)


def read_tex(latex: str) -> Any:
    """Work out what is written: the little of TeX that formulas use, turned into Python's arithmetic."""
    text = latex.replace("{,}", "")
    for command in (r"\textcolor{#0072B2}", r"\mathbf"):
        text = text.replace(command, "")
    text = re.sub(r"\d+\.\d+|\d+", lambda found: f"R('{found.group()}')", text)
    while r"\frac" in text:
        text = _without_frac(text)
    return eval(text.replace(r"\cdot", "*").replace("{", "(").replace("}", ")"), {"R": Exact})


def _without_frac(text: str) -> str:
    at = text.index(r"\frac")
    middle = _closing(text, at + 5)
    return (
        f"{text[:at]}({text[at + 5 : middle]}/{text[middle : _closing(text, middle)]}){text[_closing(text, middle) :]}"
    )


def _closing(text: str, at: int) -> int:
    depth = 0
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise ValueError(text)


@given(trees())
def test_what_is_written_means_the_same(tree: Any) -> None:
    expression, parts, evaluate = tree
    try:
        exact = evaluate([Exact(digits_of(number)) for number in parts])
    except ZeroDivisionError:
        assume(False)
    assert read_tex(expression.latex()) == exact, expression.latex()


@given(numbers(scientific=True))
def test_a_number_shows_its_digits(number: Number) -> None:
    text = number.digits_shown.replace("{,}", "")
    if number.scientific:
        mantissa, exponent = re.fullmatch(r"(-?\d\.\d+) \\cdot 10\^\{(-?\d+)\}", text).groups()  # type: ignore[union-attr]
        assert len(mantissa.split(".")[1]) == number.digits
        text = f"{mantissa}e{exponent}"
    else:
        assert len(text.partition(".")[2]) == number.digits and text != "-0"
    assert Decimal(text) == digits_of(number)
    low, high = ends_of(number)
    assert number.shown == pytest.approx((float(low), float(high)), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("number", "latex"),
    [
        (Number(0.256), "0.26"),
        (Number(-0.001), "0.00"),
        (Number(1234567.0, 0), "1{,}234{,}567"),
        (Number(12345.678), "12345.68"),
        (Number(0.5, 3), "0.500"),
        (Number(0.5, bold=True), r"\mathbf{0.50}"),
        (Number(-2, 0, colour="#0072B2"), r"\textcolor{#0072B2}{-2}"),
        (Number(2, 0, bold=True, colour="#0072B2"), r"\textcolor{#0072B2}{\mathbf{2}}"),
        (Number(123456.0, 1, scientific=True), r"1.2 \cdot 10^{5}"),
        (Number(-0.00123, 1, scientific=True), r"-1.2 \cdot 10^{-3}"),
        (Sum((Number(1, 0), Number(-2, 0), Number(3, 0))), "1 - 2 + 3"),
        (Sum((Number(-1, 0), Number(-2, 0)), brackets=True), "-1 + (-2)"),
        (Sum((Number(1, 0), Number(-2, 0, colour="#0072B2")), brackets=True), r"1 + \textcolor{#0072B2}{(-2)}"),
        (Sum((Number(1, 0), Number(-2, 0, colour="#0072B2"))), r"1 - \textcolor{#0072B2}{2}"),
        (
            Sum((Number(1, 0), Minus(Number(-2, 0)), Minus(Number(3, 0)), Number(-4, 0)), brackets=True),
            "1 - (-2) - 3 + (-4)",
        ),
        (Sum((Number(1, 0), Number(2, 0), Number(3, 0)), 2), r"1 + 2 + \dots"),
        (Sum((Number(1, 0), Number(2, 0)), 2), "1 + 2"),
        (Minus(Number(2, 0)), "-2"),
        (Minus(Sum((Number(2, 0), Number(1, 0)))), "-(2 + 1)"),
        (Difference(Number(2, 0), Number(-1, 0)), "2 - (-1)"),
        (Difference(Number(2, 0), Difference(Number(1, 0), Number(3, 0))), "2 - (1 - 3)"),
        (Product((Number(2, 0), Number(-1, 0), Sum((Number(1, 0), Number(3, 0))))), r"2 \cdot (-1) \cdot (1 + 3)"),
        (Product((Number(2, 0), Difference(Number(1, 0), Number(3, 0)))), r"2 \cdot (1 - 3)"),
        (Fraction(Number(1, 0), Number(2, 0)), r"\frac{1}{2}"),
        (Fraction(Number(1, 0), Number(2, 0), r"\strut "), r"\frac{\strut 1}{2}"),
        (Applied(r"\sqrt", Number(2, 0)), r"\sqrt{2}"),
        (Applied(r"\ln", Number(2, 0)), r"\ln(2)"),
        (Applied(r"\max", Number(-2, 0)), r"\max(0, -2)"),
        (Exp(Number(-1.5, 1)), "e^{-1.5}"),
    ],
)
def test_it_is_written(number: Expression, latex: str) -> None:
    assert number.latex() == latex


REFERENCE = {
    r"\exp": lambda x: Decimal(x).exp(),
    r"\ln": lambda x: Decimal(x).ln() if x > 0 else Decimal("-Infinity"),
    r"\max": lambda x: Decimal(max(x, 0)),
    r"\sqrt": lambda x: Decimal(max(x, 0)).sqrt(),
    r"\tanh": lambda x: (Decimal(2 * x).exp() - 1) / (Decimal(2 * x).exp() + 1),
    r"\sigma": lambda x: 1 / (1 + Decimal(-x).exp()),
    r"\operatorname{ReLU}": lambda x: Decimal(max(x, 0)),
}


@given(st.sampled_from(list(REFERENCE)), st.floats(-5, 5), st.integers(1, 3))
def test_a_function_is_the_one_it_is_called(function: str, x: float, digits: int) -> None:
    assert set(REFERENCE) == set(expressions._MONOTONE)
    number = Number(x, digits)
    exact = Applied(function, number)
    assert exact.value == pytest.approx(float(REFERENCE[function](x)), rel=1e-9, abs=1e-12)
    ends = [float(REFERENCE[function](Decimal(end.numerator) / Decimal(end.denominator))) for end in ends_of(number)]
    assert exact.shown == pytest.approx(tuple(ends), rel=1e-9, abs=1e-9)
    power = Exp(number)
    assert power.value == pytest.approx(float(Decimal(x).exp()))
    assert power.shown == pytest.approx(Applied(r"\exp", number).shown)


def test_what_is_left_out_of_a_sum_counts_in_full() -> None:
    total = Sum((Number(0.123), Number(0.456), Number(0.7891)), 2)
    assert total.value == pytest.approx(1.3681)
    assert total.shown == pytest.approx((0.12 + 0.46 + 0.7891 - 0.01, 0.12 + 0.46 + 0.7891 + 0.01))


def test_a_fraction_may_be_anything_where_its_denominator_may_be_nothing() -> None:
    for below in (Number(0.004), Number(-0.004), Number(0.0), Number(0, 0)):
        assert Fraction(Number(1.0), below).shown == (-math.inf, math.inf)
    assert Fraction(Number(1, 0), Number(0.015, 3)).shown == pytest.approx((1 / 0.0155, 1 / 0.0145))


@pytest.mark.parametrize("part", ["value", "shown", "latex"])
def test_a_kind_of_expression_says_all_three(part: str) -> None:
    says = {"value": property(lambda _: 1.0), "shown": property(lambda _: (1.0, 1.0)), "latex": lambda _: "1"}
    whole = type("Whole", (Expression,), says)
    assert whole().value == 1.0
    with pytest.raises(TypeError, match=part):
        type("Half", (Expression,), {name: say for name, say in says.items() if name != part})()


# -- lines and formulas -----------------------------------------------------------------------------------------------

ONE, TWO, THREE = Number(1, 0), Number(2, 0), Number(3, 0)
SUM = Sum((ONE, TWO))


def test_a_line_is_a_chain_of_equalities() -> None:
    assert Line("p", (SUM, THREE)).latex() == "p = 1 + 2 = 3"
    assert Line("", (SUM, THREE)).latex() == "= 1 + 2 = 3"
    assert Line("p", (SUM, THREE), about=True).latex() == r"p = 1 + 2 \approx 3"
    assert Line("p", (THREE,), about=True).latex() == r"p \approx 3"
    assert Line("p", (SUM, THREE), after=r"\text{km}").latex() == r"p = 1 + 2 = 3 \text{km}"
    assert Line("cat", (SUM, THREE), opening=":").latex() == "cat : 1 + 2 = 3"
    assert Line("p", (SUM, THREE)).result == 3


def test_a_projector_breaks_a_line() -> None:
    line = Line("p", (SUM, SUM, THREE), broken=1, after=".")
    assert line.parts() == ["p = 1 + 2", "= 1 + 2 = 3 ."]
    assert Line("p", (SUM, SUM, THREE), broken=2).parts() == ["p = 1 + 2 = 1 + 2", "= 3"]
    assert line.latex() == "p = 1 + 2 = 1 + 2 = 3 ."
    assert aligned_rows(line) == ["p &= 1 + 2", "&= 1 + 2 = 3 ."]
    assert aligned_rows(Line("p", (THREE,))) == ["p &= 3"]


def test_a_formula_on_a_page_and_on_a_projector() -> None:
    short, long = Line("p", (SUM, THREE)), Line("q", (SUM, THREE), broken=1)
    formula = Formula(("p", "q"), (short, long))
    assert formula.symbols_latex() == r"p \qquad q"
    assert formula.symbols_latex(large=True) == r"\begin{gathered}p \\[1ex] q\end{gathered}"
    assert formula.numbers_latex() == r"p = 1 + 2 = 3 \qquad q = 1 + 2 = 3"
    assert formula.numbers_latex(large=True) == (
        r"\begin{gathered}p = 1 + 2 = 3 \\[2ex] q = 1 + 2 \\[2ex] = 3\end{gathered}"
    )
    alone = Formula("p", (short,), gap=", ", size=r"\small")
    assert (alone.symbols_latex(), alone.symbols_latex(large=True)) == (r"\small{}p", "p")
    assert alone.numbers_latex() == alone.numbers_latex(large=True) == "p = 1 + 2 = 3"
    assert Formula(("a", "b"), gap=", ").symbols_latex() == "a, b"
    nothing = Formula((), size=r"\small ")
    assert nothing.symbols_latex() == nothing.numbers_latex() == nothing.symbols_latex(large=True) == ""
    assert nothing.numbers_latex(large=True) == ""


def test_aligned_lines_stand_apart_where_they_are_told_to() -> None:
    formula = Formula("p", (Line("p", (THREE,)), Line("q", (THREE,))), aligned=True, apart="1ex")
    assert formula.numbers_latex() == r"\begin{aligned}p &= 3 \\[1ex] q &= 3\end{aligned}"


def test_lines_stand_aligned_at_their_first_sign() -> None:
    formula = Formula("p", (Line("p", (SUM, THREE)), Line("q", (SUM, THREE), broken=1)), aligned=True, size=r"\small ")
    rows = r"\begin{aligned}p &= 1 + 2 = 3 \\ q &= 1 + 2 \\ &= 3\end{aligned}"
    assert formula.numbers_latex() == formula.numbers_latex(large=True) == r"\small " + rows


# -- the judge --------------------------------------------------------------------------------------------------------


def judged(*steps: Expression) -> list[str]:
    return faults(Formula("", (Line("", (THREE, THREE)), Line("", steps))))


@given(trees(), st.integers(1, 4), st.integers(1, 99))
def test_the_judge_passes_what_is_true_and_finds_what_is_not(tree: Any, digits: int, off: int) -> None:
    expression, parts, evaluate = tree
    try:
        exact = float(evaluate([Exact(number.value) for number in parts]))
    except ZeroDivisionError:
        assume(False)
    assume(abs(exact) < 1e6 and not math.isnan(expression.value) and abs(expression.value - exact) < 1e-6)
    assert judged(expression, Number(exact, digits)) == []
    wrong = exact + off * max(1.0, abs(exact)) / 1000
    assert any("is not" in fault for fault in judged(expression, Number(wrong, digits)))


def test_the_judge_finds_a_wrong_value_a_wrong_digit_and_what_was_swapped() -> None:
    assert judged(Fraction(Number(2, 0), Number(8, 0)), Number(0.25)) == []
    assert len(judged(Fraction(Number(8, 0), Number(2, 0)), Number(0.25))) == 2
    assert judged(Difference(Number(0.75), Number(0.5)), Number(-0.25))
    [fault] = judged(ONE, Number(1.0001, 4))  # worth about the same; but that is not what a learner reads
    assert fault == "1 = 1.0001: the digits shown give 1 to 1"
    [fault] = judged(Number(1.0001, 4), ONE)  # whichever comes first
    assert fault == "1.0001 = 1: the digits shown give 1.00005 to 1.00015"
    assert judged(Number(0.3, 1), Number(0.26, 2)) and not judged(Number(0.3, 1), Number(0.30001, 2))
    assert judged(SUM, THREE, Number(3.1)) and judged(SUM, Number(3.1), THREE)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_the_judge_takes_no_number_for_none(wrong: float) -> None:
    class Odd(Expression):
        value = wrong
        shown = (0.0, 9.0)

        def latex(self) -> str:
            return "?"

    assert judged(Odd(), THREE) and judged(THREE, Odd())


def test_the_judge_allows_for_single_precision_relative_to_the_size() -> None:
    assert faults(Formula("", (Line("", (Number(1000.1, 1), Number(1000.13, 1))),))) == []
    assert faults(Formula("", (Line("", (Number(0.5, 1), Number(0.5003, 1))),)))
    assert faults(Formula("", (Line("", (Number(0.5, 1), Number(0.5003, 1))),)), tolerance=1e-3) == []


def broken() -> Formula:
    power = Fraction(Exp(Number(1.0)), Exp(Number(2.0)))
    return Formula("p", (Line("", (power, Number(power.value)), broken=1),), size=r"\small")


def test_a_size_is_for_the_page_and_not_for_a_projector() -> None:
    formula = broken()
    assert formula.symbols_latex() == r"\small{}p" and formula.symbols_latex(large=True) == "p"
    assert Formula((), size=r"\small").symbols_latex() == ""


def test_numbers_in_several_parts_stand_apart_on_a_projector() -> None:
    numbers = broken().numbers_latex(large=True)
    assert numbers == r"\begin{gathered}= \frac{e^{1.00}}{e^{2.00}} \\[2ex] = 0.37\end{gathered}"
    assert broken().numbers_latex() == r"= \frac{e^{1.00}}{e^{2.00}} = 0.37"
