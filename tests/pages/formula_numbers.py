"""The numbers of a formula in the order in which they are written."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from app.formulas import Line, Number


def numbers_of(part: Any) -> list[float]:
    """Return the values of every number in an expression, a line, or a tuple of them."""
    if isinstance(part, Number):
        return [part.value]
    if isinstance(part, Line):
        return numbers_of(part.steps)
    if isinstance(part, tuple):
        return [value for one in part for value in numbers_of(one)]
    if is_dataclass(part):
        return [value for field in fields(part) for value in numbers_of(getattr(part, field.name))]
    return []
