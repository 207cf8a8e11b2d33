"""How many digits the numbers of a formula need, so that who types them into a calculator reads the result that is shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from app.expressions import Expression, Fraction, Number, Product, Sum

_MIDDLE = 1e-12  # relative; so near to the middle a calculator's own rounding decides
FEW, MOST_MORE = 2, 6  # digits that a step may have more than its numbers ask for


def _parts(part: Expression) -> dict[str, Expression]:
    """Return the expressions that one is made of, by the names of its fields."""
    names: tuple[str, ...] = part.__slots__
    return {name: value for name in names if isinstance(value := getattr(part, name), Expression)}


def _each_number(part: Expression, change: Callable[[Number], Number]) -> Expression:
    """Return an expression with every number that is written out in it changed."""
    if isinstance(part, Number):
        return change(part)
    if isinstance(part, Sum):
        written = tuple(_each_number(term, change) for term in part.terms[: part.most])
        return replace(part, terms=written + part.terms[part.most :])
    if isinstance(part, Product):
        return replace(part, factors=tuple(_each_number(factor, change) for factor in part.factors))
    changed: dict[str, Any] = {name: _each_number(value, change) for name, value in _parts(part).items()}
    return cast("Expression", replace(cast("Any", part), **changed))


def finer(part: Expression, more: int) -> Expression:
    """Return an expression whose numbers, but for those that are whole, show ``more`` digits."""
    if more == 0:
        return part

    def change(number: Number) -> Number:
        whole = number.digits == 0 and not number.scientific and float(number.value).is_integer()
        return number if whole else replace(number, digits=number.digits + more)

    return _each_number(part, change)


def typed(part: Expression) -> float:
    """Return what a calculator gives for the digits that are written; NaN where it gives nothing."""
    return _value(_each_number(part, lambda number: replace(number, value=float(number.rounded))))


def _value(part: Expression) -> float:
    """Return what an expression is worth; NaN where that is more than a float holds, or nothing."""
    try:
        return part.value
    except (ZeroDivisionError, OverflowError):
        return math.nan


def _leaves_out(part: Expression) -> bool:
    """Whether dots stand in it for terms that nobody can type."""
    if isinstance(part, Sum):
        return len(part.terms) > part.most or any(map(_leaves_out, part.terms))
    if isinstance(part, Product):
        return any(map(_leaves_out, part.factors))
    return any(map(_leaves_out, _parts(part).values()))


def gives(step: Expression, result: Number) -> bool:
    """Whether who types the digits of a step reads the digits of the result; so, too, where nobody can type it.

    Not where the calculator shows the very middle between two results, which one rounds up and another down.
    """
    if _leaves_out(step):
        return True
    value = typed(step)
    read = {replace(result, value=value * (1 + off)).digits_shown for off in (-_MIDDLE, _MIDDLE)}
    return read == {result.digits_shown}


def enough(
    step: Expression, result: Number, most: int = MOST_MORE, after: Expression | None = None
) -> Expression | None:
    """Return a step with as many digits as give the result, and part by part those of the step ``after`` it; None where no
    number of digits does."""
    steps = (finer(step, more) for more in range(most + 1))
    return next((found for each in steps if gives(found := _part_by_part(each, after), result)), None)


def _part_by_part(step: Expression, after: Expression | None) -> Expression:
    """Return a fraction whose parts have enough digits for those of the fraction after it, where these are the same."""
    if not (isinstance(step, Fraction) and isinstance(after, Fraction)):
        return step
    parts: dict[str, Any] = {}
    for name in ("above", "below"):
        one, other = getattr(step, name), getattr(after, name)
        same = isinstance(other, Number) and math.isclose(_value(one), other.value, rel_tol=1e-3)
        parts[name] = (enough(one, other) if same else None) or one
    return replace(step, **parts)
