"""Expressions of formulas: how they are written, what they are worth, and what they may be worth as far as their digits say."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

Interval = tuple[float, float]


class Expression(ABC):
    """A part of a formula: how it is written, what it is worth, and what it may be worth as far as its digits say."""

    __slots__ = ()

    @property
    @abstractmethod
    def value(self) -> float:
        """What it is worth in full."""

    @property
    @abstractmethod
    def shown(self) -> Interval:
        """The least and the greatest value that agree with the digits shown."""

    @abstractmethod
    def latex(self) -> str:
        """Return how it is written."""


@dataclass(frozen=True, slots=True)
class Number(Expression):
    r"""A number of the trace.

    Attributes:
        value: in full.
        digits: decimals that are shown; 0 for a whole number, which is exact.
        bold: whether it is set in bold, as a result.
        colour: ``#rrggbb`` of the concept that it is a value of, "" for none.
        scientific: shown as a mantissa with ``digits`` decimals and a power of ten.
    """

    value: float = 0.0
    digits: int = 2
    bold: bool = False
    colour: str = ""
    scientific: bool = False

    @property
    def shown(self) -> Interval:
        if self.digits == 0 and not self.scientific and float(self.value).is_integer():
            return (self.value, self.value)
        text = self.rounded
        unit = 10.0 ** ((int(text.split("e")[1]) if self.scientific else 0) - self.digits)
        return (float(text) - unit / 2, float(text) + unit / 2)

    @property
    def rounded(self) -> str:
        """What the digits shown are worth, as Python writes it."""
        return f"{self.value:.{self.digits}{'e' if self.scientific else 'f'}}"

    @property
    def digits_shown(self) -> str:
        """The number as text, without colour and weight."""
        if self.scientific:
            mantissa, exponent = self.rounded.split("e")
            return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
        text = f"{self.value:,.{self.digits}f}" if self.digits == 0 else f"{self.value:.{self.digits}f}"
        zero = not any(character in "123456789" for character in text)
        return (text.removeprefix("-") if zero else text).replace(",", "{,}")

    def latex(self) -> str:
        text = self.digits_shown
        text = rf"\mathbf{{{text}}}" if self.bold else text
        return rf"\textcolor{{{self.colour}}}{{{text}}}" if self.colour else text


def _bracketed(part: Expression) -> str:
    """What has a sign of its own, a negative number or a sum, stands in brackets where it is a factor or follows one."""
    negative = isinstance(part, Number) and part.digits_shown.startswith("-")
    if negative and isinstance(part, Number) and part.colour:
        return rf"\textcolor{{{part.colour}}}{{({part.digits_shown})}}"
    return rf"({part.latex()})" if negative or isinstance(part, Sum | Minus | Difference) else part.latex()


@dataclass(frozen=True, slots=True)
class Sum(Expression):
    r"""Terms added up.

    Attributes:
        terms: in the order in which they are written.
        most: how many are written out, with dots for the rest; all by default.
        brackets: whether a negative number is written as ``+ (-2)``; else as ``- 2``. What is taken away (:class:`Minus`) is
            written as such, ``- (-2)`` where it is negative.
    """

    terms: tuple[Expression, ...]
    most: int = 1_000_000
    brackets: bool = False

    @property
    def value(self) -> float:
        return math.fsum(term.value for term in self.terms)

    @property
    def shown(self) -> Interval:
        rest = math.fsum(term.value for term in self.terms[self.most :])
        ends = [term.shown for term in self.terms[: self.most]]
        return (math.fsum(low for low, _ in ends) + rest, math.fsum(high for _, high in ends) + rest)

    def latex(self) -> str:
        text = ""
        for place, term in enumerate(self.terms[: self.most]):
            negative = isinstance(term, Number) and term.digits_shown.startswith("-")
            if place == 0:
                text = term.latex()
            elif isinstance(term, Minus):
                text += f" - {_bracketed(term.of)}"
            elif negative and not self.brackets:
                text += f" - {term.latex().replace('-', '', 1)}"
            else:
                text += f" + {_bracketed(term)}"
        return text + (r" + \dots" if len(self.terms) > self.most else "")


@dataclass(frozen=True, slots=True)
class Minus(Expression):
    """``of`` with the opposite sign."""

    of: Expression

    @property
    def value(self) -> float:
        return -self.of.value

    @property
    def shown(self) -> Interval:
        low, high = self.of.shown
        return (-high, -low)

    def latex(self) -> str:
        return f"-{_bracketed(self.of)}"


@dataclass(frozen=True, slots=True)
class Difference(Expression):
    """``first`` less ``second``, whose minus, if it has one, stands in brackets."""

    first: Expression
    second: Expression

    @property
    def value(self) -> float:
        return self.first.value - self.second.value

    @property
    def shown(self) -> Interval:
        (a, b), (c, d) = self.first.shown, self.second.shown
        return (a - d, b - c)

    def latex(self) -> str:
        return f"{self.first.latex()} - {_bracketed(self.second)}"


@dataclass(frozen=True, slots=True)
class Product(Expression):
    """Factors multiplied."""

    factors: tuple[Expression, ...]

    @property
    def value(self) -> float:
        return math.prod(factor.value for factor in self.factors)

    @property
    def shown(self) -> Interval:
        low, high = 1.0, 1.0
        for factor in self.factors:
            ends = [x * y for x in (low, high) for y in factor.shown]
            low, high = min(ends), max(ends)
        return (low, high)

    def latex(self) -> str:
        return r" \cdot ".join(_bracketed(factor) for factor in self.factors)


@dataclass(frozen=True, slots=True)
class Fraction(Expression):
    """``above`` divided by ``below``. ``strut``: LaTeX before what stands above, to give it height."""

    above: Expression
    below: Expression
    strut: str = ""

    @property
    def value(self) -> float:
        return self.above.value / self.below.value

    @property
    def shown(self) -> Interval:
        low, high = self.below.shown
        if low <= 0 <= high:
            return (-math.inf, math.inf)
        ends = [x / y for x in self.above.shown for y in (low, high)]
        return (min(ends), max(ends))

    def latex(self) -> str:
        return rf"\frac{{{self.strut}{self.above.latex()}}}{{{self.below.latex()}}}"


_MONOTONE: dict[str, Callable[[float], float]] = {
    r"\exp": math.exp,
    r"\ln": lambda x: math.log(x) if x > 0 else -math.inf,
    r"\max": lambda x: max(x, 0.0),
    r"\sqrt": lambda x: math.sqrt(max(x, 0.0)),
    r"\tanh": math.tanh,
    r"\sigma": lambda x: 0.5 * (1 + math.tanh(x / 2)),
    r"\operatorname{ReLU}": lambda x: max(x, 0.0),
}


@dataclass(frozen=True, slots=True)
class Applied(Expression):
    r"""A rising function of something: ``\exp``, ``\ln``, ``\sqrt``, ``\tanh``, logistic ``\sigma``, ReLU, ``\max`` with 0."""

    function: str
    of: Expression

    @property
    def value(self) -> float:
        return float(_MONOTONE[self.function](self.of.value))

    @property
    def shown(self) -> Interval:
        low, high = self.of.shown
        return (float(_MONOTONE[self.function](low)), float(_MONOTONE[self.function](high)))

    def latex(self) -> str:
        if self.function == r"\sqrt":
            return rf"\sqrt{{{self.of.latex()}}}"
        if self.function == r"\max":
            return rf"\max(0, {self.of.latex()})"
        return f"{self.function}({self.of.latex()})"


@dataclass(frozen=True, slots=True)
class Exp(Expression):
    """e to the power of something, written as a power."""

    of: Expression

    @property
    def value(self) -> float:
        return math.exp(self.of.value)

    @property
    def shown(self) -> Interval:
        low, high = self.of.shown
        return (math.exp(low), math.exp(high))

    def latex(self) -> str:
        return rf"e^{{{self.of.latex()}}}"
