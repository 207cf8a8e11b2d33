"""The chosen row as bars above its map, with numbers that lie on no other bar, on a phone either."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.charts import colours, drawing, style
from app.charts.drawing import Spec
from app.charts.label_placement import text_width
from app.text import plotly_text, told_apart

Array = NDArray[np.floating[Any]]

MOST_CLICKABLE = 32  # tokens: up to here every cell can be clicked, beyond it the strip beside the rows
GAP = 0.25  # of a column is free between two bars
_LEAST = 0.05  # a weight that has its number
_WIDE, _HIGH = 165.0, 45.0  # px that all bars, and the highest one, have on a phone, where names of rows are long
_LINE = 1.3  # of the size of the type


class _Box(NamedTuple):
    left: float
    low: float
    right: float
    high: float

    def meets(self, other: _Box) -> bool:
        return self.left < other.right and other.left < self.right and self.low < other.high and other.low < self.high


def drawn(row: Array, tokens: Sequence[str]) -> Spec:
    """Return bars for a row of weights (keys,), NaN where it is secret; numbers stand above those that have room there."""
    above = [place for place, aside in _shifts(row).items() if not aside]
    return drawing.bar(
        x=np.arange(len(row)),
        y=np.nan_to_num(row),
        marker={"color": colours.KEY},
        yaxis="y2",
        text=[f"{value:.2f}" if place in above else "" for place, value in enumerate(row)],
        textposition="outside",
        textangle=0,
        constraintext="none",
        textfont={"size": style.SMALL},
        cliponaxis=False,
        customdata=[plotly_text(name) for name in told_apart(tokens)],
        hovertemplate="%{customdata}: %{y:.2f}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        showlegend=False,
    )


def numbers_aside(row: Array) -> list[Spec]:
    """Return the numbers of bars beside a higher one as annotations, which stand a little farther away from it."""
    return [
        {
            "x": place, "y": float(row[place]), "xref": "x", "yref": "y2", "xshift": aside, "yanchor": "bottom",
            "text": f"{row[place]:.2f}", "showarrow": False, "font": {"size": style.SMALL},
        }
        for place, aside in _shifts(row).items() if aside
    ]  # fmt: skip


def _shifts(row: Array) -> dict[int, float]:
    """Return place -> px by which its number stands to the right of the bar's middle.

    A number that would lie on a bar or on another number all the same, on a phone, is left to the mouse.
    """
    return {} if len(row) > MOST_CLICKABLE or np.isnan(row).all() else _placed(tuple(np.nan_to_num(row).tolist()))


@lru_cache(maxsize=64)
def _placed(row: tuple[float, ...]) -> dict[int, float]:
    column = _WIDE / len(row)
    high = np.asarray(row) / (max(row) or 1.0) * _HIGH
    half = column * (1 - GAP) / 2
    those = [_Box(place * column - half, 0, place * column + half, px) for place, px in enumerate(high)]
    width, line = text_width("0.00", style.SMALL), _LINE * style.SMALL
    far = max(width / 2 - half, 0.0)  # to the edge of the bar
    shifts: dict[int, float] = {}
    numbers: list[_Box] = []
    for place in sorted((p for p, value in enumerate(row) if value >= _LEAST), key=lambda p: -row[p]):
        low = high[place] + 1
        for aside in (0.0, -far, far):
            left = place * column + aside - width / 2
            box = _Box(left, low, left + width, low + line)
            if not any(box.meets(other) for other in (*those[:place], *those[place + 1 :], *numbers)):
                shifts[place] = aside
                numbers.append(box)
                break
    return shifts
