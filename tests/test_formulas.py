"""Formulas that are data: sizes and gaps for the page and for a projector."""

from __future__ import annotations

from app.formulas import Exp, Formula, Fraction, Line, Number


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
