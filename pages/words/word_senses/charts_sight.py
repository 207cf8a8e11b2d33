"""The figure of the view of masks: who sees whom in ELMo, GPT and BERT."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing, subplots
from app.text import Say, plotly_text, told_apart
from nlpcore.language_models.sight import WAYS, Sight, Way
from nlpcore.text import shortened

Row = dict[str, Any]
LEFT, RIGHT, BOTH, MASK = colours.BLUE, colours.ORANGE, colours.GREEN, colours.PURPLE
NOTHING = "#F2F2F2"
_KINDS = ("blank", "left", "right", "whole", "mask", "asked")
_COLOURS = dict(zip(_KINDS, (NOTHING, LEFT, RIGHT, BOTH, MASK, colours.YELLOW), strict=True))
_SIGNS = dict(zip(_KINDS, ("", "→", "←", "●", "M", "?"), strict=True))
_SCALE = [[edge, _COLOURS[kind]] for n, kind in enumerate(_KINDS) for edge in (n / 6, (n + 1) / 6)]
_LONGEST = 9


def kind(trace: Sight, way: Way, row: int, column: int) -> str:
    """Return what the vector at ``row`` gets of the word at ``column``: see the legend under the figure."""
    if way == "bert":
        return "mask" if trace.hidden[column] else "whole"
    if row == column:
        return "left" if way == "gpt" else "whole"
    if way == "elmo":
        return "left" if trace.forward[row, column] else "right"
    return "left" if trace.gpt[row, column] else "blank"


def masks(trace: Sight, other: int | None, told: bool, w: Say, hall: bool = False) -> Drawing:
    """Draw the three masks, a row for each vector and a column for each word.

    ``told`` False: before the question only what a vector sees of its own place is drawn, and ``other`` is marked.
    """
    count = len(trace.words)
    titles = [w(f"sight.way.{way}") for way in WAYS]
    figure = subplots(1, 3, titles, {"size": style.TEXT}, horizontal_spacing=0.03)
    names = [plotly_text(shortened(name, _LONGEST)) for name in told_apart(trace.words)]
    for number, way in enumerate(WAYS, 1):
        kinds = [[_shown(trace, way, i, j, other, told) for j in range(count)] for i in range(count)]
        figure.add_heatmap(
            z=np.array([[_KINDS.index(each) for each in row] for row in kinds], dtype=float),
            zmin=-0.5,
            zmax=5.5,
            colorscale=_SCALE,
            showscale=False,
            xgap=1,
            ygap=1,
            customdata=[[[row, column, w(f"sight.kind.{kinds[i][j]}")] for j, column in enumerate(names)]
                        for i, row in enumerate(names)],
            hovertemplate=w("sight.hover") + "<extra></extra>",
            row=1,
            col=number,
        )  # fmt: skip
        cells = [(j, i, kinds[i][j]) for i in range(count) for j in range(count) if _SIGNS[kinds[i][j]]]
        figure.add_scatter(
            x=[x for x, _, _ in cells],
            y=[y for _, y, _ in cells],
            mode="text",
            text=[_SIGNS[each] for _, _, each in cells],
            textfont={"size": style.TEXT, "color": [colours.readable_on(_COLOURS[each]) for _, _, each in cells]},
            hoverinfo="skip",
            showlegend=False,
            row=1,
            col=number,
        )
        plain: dict[str, Any] = {"showgrid": False, "zeroline": False, "ticks": "", "tickvals": list(range(count))}
        figure.update_xaxes(1, number, **plain, ticktext=names, tickangle=-90, range=[-0.5, count - 0.5],
                            tickfont={"size": style.SMALL})  # fmt: skip
        figure.update_yaxes(1, number, **plain, ticktext=names if number == 1 else [""] * count,
                            range=[count - 0.5, -0.5], tickfont={"size": style.SMALL})  # fmt: skip
        edge = {"width": 3, "color": colours.FOCUS}
        axes: dict[str, Any] = {"xref": f"x{number if number > 1 else ''}", "yref": f"y{number if number > 1 else ''}"}
        figure.add_shape(type="rect", x0=-0.5, x1=count - 0.5, y0=trace.at - 0.5, y1=trace.at + 0.5, line=edge, **axes)
    height = count * (30 if hall else 32) + 120
    return figure.update_layout(style.base_layout(height, showlegend=False, margin={"l": 8, "r": 8, "t": 34, "b": 8}))


def _shown(trace: Sight, way: Way, row: int, column: int, other: int | None, told: bool) -> str:
    if told or (row == column and way != "bert"):
        return kind(trace, way, row, column)
    return "asked" if (row, column) == (trace.at, other) else "blank"


def mask_rows(trace: Sight, told: bool) -> list[Row]:
    """Return the cells of :func:`masks` for the CSV; before the question the words alone."""
    if not told:
        return [{"position": i + 1, "word": word} for i, word in enumerate(trace.words)]
    return [
        {
            "vector": trace.words[i],
            "position": i + 1,
            "word": word,
            "word_position": j + 1,
            **{way: kind(trace, way, i, j) for way in WAYS},
        }
        for i in range(len(trace.words))
        for j, word in enumerate(trace.words)
    ]
