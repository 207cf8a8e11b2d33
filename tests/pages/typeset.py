"""Formulas read back from their LaTeX, as a learner reads them."""

from __future__ import annotations

import re

from app.formulas import Formula


def numbers_in(latex: str) -> list[float]:
    """Return the numbers that LaTeX shows, in order; a minus belongs to the number that follows it at once."""
    plain = re.sub(r"\\textcolor\{[^}]*\}|\\text\{[^}]*\}", "", latex).replace("{,}", "")
    plain = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", plain)
    return [float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?", plain)]


def numbers_shown(formula: Formula) -> list[float]:
    """Return the numbers of a formula's lines in the order of the screen, without what stands left of the first sign."""
    return [number for line in formula.lines for step in line.steps for number in numbers_in(step.latex())]
