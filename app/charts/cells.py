"""Numbers on coloured cells, in black or white, whichever can be read there.

Plotly writes a heatmap's own numbers in white or in a grey that is too faint on cells of middling colour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from app.charts import colours, drawing
from app.charts.drawing import Spec


def numbers_on_cells(
    values: Any,
    scale: Sequence[Sequence[float | str]],
    bounds: tuple[float, float],
    write: Callable[[float], str],
    size: int,
    first: int = 0,
) -> Spec:
    """Return the trace that writes each of ``values`` (rows, columns) on its cell; none where it is NaN.

    The cells lie at whole numbers from ``first`` on; they are coloured by ``scale``, ``[share, "#RRGGBB"]`` in order, from
    ``bounds[0]`` to ``bounds[1]``, at full opacity.
    """
    rows, columns = np.nonzero(~np.isnan(values))
    low, high = bounds
    shares = (values[rows, columns] - low) / ((high - low) or 1.0)
    ink = [colours.readable_on(colours.on_scale(scale, float(share))) for share in shares]
    return drawing.scatter(
        x=columns + first, y=rows + first, text=[write(float(value)) for value in values[rows, columns]], mode="text",
        hoverinfo="skip", showlegend=False, textfont={"size": size, "color": ink},
    )  # fmt: skip
