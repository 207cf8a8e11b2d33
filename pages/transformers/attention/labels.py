"""Which tokens have their label beside a map's rows and under its columns, where there is not room for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from app.charts import style
from app.text import plotly_text, told_apart

Labels: TypeAlias = dict[int, str]  # what stands at a token's place, in their order

_LONGEST = 14  # characters
_SHARE = 0.62  # of the height is for the rows, about as much of the width for the columns
_LEADING = {style.SMALL: 1.1, style.TEXT: 1.25}  # of a label's size, from line to line in a hall


def some(
    tokens: Sequence[str], sure: Sequence[int], wanted: Sequence[int], height: int, hall: bool, bold: bool = False
) -> Labels:
    """Return the labels of all tokens where there is room, else of those that are ``sure`` and others with room beside them.

    The ``wanted`` come before the others. Both are bold where ``bold``, by default where there are many tokens.
    """
    n = len(tokens)
    every = max(1, int(np.ceil(_size(style.SMALL, hall) * n / (_SHARE * height))))
    picked = list(dict.fromkeys(sure))
    for place in [*wanted, *range(0, n, every)]:
        if all(abs(place - other) >= every for other in picked):
            picked.append(place)
    names, named = told_apart(tokens, _LONGEST), {*sure, *wanted}
    labels = {place: plotly_text(names[place]) for place in sorted(picked)}
    return {
        place: f"<b>{label}</b>" if (bold or n > 20) and place in named else label for place, label in labels.items()
    }


def height(n: int) -> int:
    """Return the px of a figure's height, before it is enlarged for a hall, in which each of ``n`` labels has its line."""
    return int(np.ceil(_size(style.SMALL, hall=True) * n / _SHARE))


def fit(size: int, n: int, height: int, hall: bool) -> bool:
    """Whether ``n`` labels of this size have their lines in a figure of this height."""
    return _size(size, hall) * n <= _SHARE * height


def _size(size: int, hall: bool) -> float:
    """Return how much of a figure's height, before it is enlarged, a label of this size takes."""
    return _LEADING[size] * size * style.LECTURE_FACTOR / style.LECTURE_HEIGHT if hall else size
