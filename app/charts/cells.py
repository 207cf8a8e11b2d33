"""Numbers in the cells of a heatmap, each in black or white, whichever can be read on its cell.

Plotly chooses for itself where a heatmap writes its own numbers, and takes a dark grey on the middle of cividis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.charts import colours, drawing, style
from app.charts.drawing import Spec


def numbers_in_cells(table: Spec, text: Sequence[Sequence[str]], size: int = style.SMALL) -> Spec:
    """Return a trace that writes ``text`` (rows, columns) into the cells of the heatmap ``table``.

    ``table`` names x, y, z, zmin, zmax and its colorscale, of colours ``#RRGGBB``.
    """
    z: NDArray[np.floating[Any]] = np.asarray(table["z"], float)
    shares = (z - table["zmin"]) / (table["zmax"] - table["zmin"])
    inks = [colours.readable_on(colours.on_scale(table["colorscale"], float(share))) for share in shares.ravel()]
    rows, columns = z.shape
    return drawing.scatter(
        x=list(table["x"]) * rows,
        y=[y for y in table["y"] for _ in range(columns)],
        mode="text",
        text=[each for row in text for each in row],
        textfont={"size": size, "color": inks},
        hoverinfo="skip",
        showlegend=False,
    )
