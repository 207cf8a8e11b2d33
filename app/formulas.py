r"""Formulas as data: symbols, numbers and the claimed result in one value, from which the LaTeX is made.

A number knows its full value and how many digits of it are shown. So one test can ask of every formula on every screen
both that the values satisfy it, and that a learner who types the digits shown into a calculator gets the digits claimed.

    >>> e = Fraction(Exp(Number(1.5)), Number(12.345))
    >>> Line("p", (e, Number(e.value))).latex()
    'p = \\frac{e^{1.50}}{12.35} = 0.36'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.digits import FEW, MOST_MORE, enough, finer, gives, typed
from app.expressions import Applied, Difference, Exp, Expression, Fraction, Minus, Number, Product, Sum

__all__ = [
    "Applied",
    "Difference",
    "Exp",
    "Expression",
    "Formula",
    "Fraction",
    "Line",
    "Minus",
    "Number",
    "Product",
    "Sum",
    "aligned_rows",
    "faults",
]


@dataclass(frozen=True, slots=True)
class Line:
    r"""One chain of equalities with numbers: ``left = step = … = step``.

    Attributes:
        left: LaTeX of what is computed; "" where the formula in symbols stands right above.
        steps: each worth the same; the last one is the result.
        about: the last equality holds about (≈): a difference that is shown with fewer digits than its terms.
        after: LaTeX that follows, such as what a symbol stands for.
        broken: steps from this one on start a line of their own on a projector; 0 for none.
        opening: LaTeX between ``left`` and the first step; a colon where ``left`` names what the numbers belong to.
    """

    left: str
    steps: tuple[Expression, ...]
    about: bool = False
    after: str = ""
    broken: int = 0
    opening: str = "="

    @property
    def result(self) -> float:
        return self.steps[-1].value

    def settled(self) -> Line:
        """Return the line with as many digits as it takes to get the digits of its result from those of each step.

        Where the result lies so close to the middle between two that no digits of a step decide, it has more itself. The
        line as it is where nothing helps: its steps are not worth the same.
        """
        last = self.steps[-1]
        for more, most in ((0, FEW), (1, FEW), (2, FEW), (0, MOST_MORE), (1, MOST_MORE)):  # a phone has room for few
            result, steps = finer(last, more), list(self.steps)
            if not isinstance(result, Number):
                break
            steps[-1] = result
            for place in reversed(range(len(steps) - 1)):
                step = enough(steps[place], result, most, steps[place + 1])
                if step is None:
                    break
                steps[place] = step
            else:
                return replace(self, steps=tuple(steps))
        return self

    def parts(self) -> list[str]:
        """Return the line in LaTeX, cut where a projector breaks it, with as many digits as it takes."""
        signs = [self.opening] + ["="] * (len(self.steps) - 1)
        if self.about:
            signs[-1] = r"\approx"
        texts = [f"{sign} {step.latex()}" for sign, step in zip(signs, self.settled().steps, strict=True)]
        texts[0] = f"{self.left} {texts[0]}".strip()
        texts[-1] += f" {self.after}" if self.after else ""
        return [" ".join(texts[: self.broken]), " ".join(texts[self.broken :])] if self.broken else [" ".join(texts)]

    def latex(self) -> str:
        return " ".join(self.parts())


@dataclass(frozen=True, slots=True)
class Formula:
    r"""A formula and the same with the numbers on the screen.

    Attributes:
        symbols: LaTeX of the formula, in one part or in several that a projector sets one under the other.
        lines: the numbers, in one line or in several.
        aligned: whether the lines stand one under the other, aligned at their first sign, and not in one line.
        gap: LaTeX between parts and between lines that follow each other.
        size: a LaTeX size for the formula and its aligned lines, such as ``\small``; on a projector for the lines alone,
            which have no subscripts that would be too small.
        apart: room in LaTeX between aligned lines, such as ``1ex``: fractions under each other would touch.
    """

    symbols: str | tuple[str, ...]
    lines: tuple[Line, ...] = ()
    aligned: bool = False
    gap: str = r" \qquad "
    size: str = ""
    apart: str = ""

    def symbols_latex(self, large: bool = False) -> str:
        """Return the formula in LaTeX. ``large``: for a projector."""
        parts = [self.symbols] if isinstance(self.symbols, str) else self.symbols
        text = _stacked(parts) if large else self.gap.join(parts)
        return f"{self.size}{{}}{text}" if self.size and text and not large else text

    def numbers_latex(self, large: bool = False) -> str:
        """Return the numbers in LaTeX, "" where there are none."""
        if self.aligned:
            rows = [part for line in self.lines for part in aligned_rows(line)]
            break_ = rf" \\[{self.apart}] " if self.apart else r" \\ "
            return rf"{self.size}\begin{{aligned}}" + break_.join(rows) + r"\end{aligned}"
        if large:
            return _stacked([part for line in self.lines for part in line.parts()], "2ex")  # room between fractions
        return self.gap.join(line.latex() for line in self.lines)


def aligned_rows(line: Line) -> list[str]:
    """Return a line's parts with the mark ``&`` before the first sign, at which aligned lines stand under each other."""
    first, *more = line.parts()
    head = first.removeprefix(line.left).strip()
    return [f"{line.left} &{head}", *(f"&{part}" for part in more)]


def _stacked(parts: Sequence[str], apart: str = "1ex") -> str:
    if len(parts) < 2:
        return "".join(parts)
    return r"\begin{gathered}" + rf" \\[{apart}] ".join(parts) + r"\end{gathered}"


def faults(formula: Formula, tolerance: float = 2e-4) -> list[str]:
    """Return what is wrong with the numbers of a formula, nothing where all is well.

    Each step of a line must be worth the same as the next, relative to the larger of it and 1, the digits shown must
    allow both to be equal, and who types those of a step must read those of the result. ``tolerance`` is for traces in
    single precision.
    """
    found: list[str] = []
    for line in formula.lines:
        before = len(found)
        for one, other in zip(line.steps, line.steps[1:], strict=False):
            text = f"{one.latex()} = {other.latex()}"
            scale = max(1.0, abs(one.value), abs(other.value))
            if not abs(one.value - other.value) <= tolerance * scale < math.inf:
                found.append(f"{text}: {one.value!r} is not {other.value!r}")
            (low, high), (least, most) = one.shown, other.shown
            slack = 1e-9 * scale
            if low > most + slack or least > high + slack:
                found.append(f"{text}: the digits shown give {low:.6g} to {high:.6g}")
        *steps, result = line.settled().steps if len(found) == before else (line.steps[-1],)
        for step in steps:
            if isinstance(result, Number) and not gives(step, result):
                found.append(f"{step.latex()} = {result.latex()}: a calculator gives {typed(step):.6g}")
    return found
