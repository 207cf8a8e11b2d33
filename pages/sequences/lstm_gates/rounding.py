"""The numbers of a sentence with as many digits as it takes: who adds and multiplies what is read, gets what is read.

As in formulas (:mod:`app.digits`): a result has the usual digits, what it is worked out from has more where that is needed.
"""

from __future__ import annotations

from typing import cast

from app.digits import MOST_MORE, enough
from app.expressions import Expression, Number, Product, Sum
from app.text import Markdown, number

USUAL = 2  # decimals


def digits_for(step: Expression, result: float, digits: int = USUAL) -> int:
    """Return how many decimals the numbers of a step, written with the usual ones, need to give a result with ``digits``."""
    found = enough(step, Number(result, digits))
    return USUAL + MOST_MORE if found is None else _first(found).digits


def product(one: float, other: float) -> Product:
    """Return two numbers, multiplied."""
    return Product((Number(one, USUAL), Number(other, USUAL)))


def total(*terms: float | Expression) -> Sum:
    """Return numbers or products, added up."""
    return Sum(tuple(term if isinstance(term, Expression) else Number(term, USUAL) for term in terms))


def written(value: float, digits: int = USUAL) -> Markdown:
    """Return a number as it stands in a sentence."""
    return Markdown(number(value, f".{digits}f"))


def written_product(one: float, other: float, result: float, digits: int) -> Markdown:
    """Return a product that gives ``result`` with ``digits`` decimals."""
    more = digits_for(product(one, other), result, digits)
    factor = written(other, more)
    return Markdown(f"{written(one, more)} · {f'({factor})' if factor.startswith('−') else factor}")


def _first(part: Expression) -> Number:
    """Return the first number of a step; all have the same digits."""
    while not isinstance(part, Number):
        part = part.terms[0] if isinstance(part, Sum) else cast("Product", part).factors[0]
    return part
