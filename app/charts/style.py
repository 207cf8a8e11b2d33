"""Sizes shared by every figure, and what lecture mode does to them."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

TEXT = 15  # px: axis labels, text on marks
SMALL = 13  # px: the smallest text in any figure
LECTURE_FACTOR = 1.6  # SMALL becomes 21 px
LECTURE_HEIGHT = 1.25
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}


def base_layout(height: int, **more: Any) -> dict[str, Any]:
    """Return the layout that every figure starts from: transparent, tight margins, text of readable size."""
    layout: dict[str, Any] = {
        "height": height,
        "margin": dict(MARGIN),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": TEXT},
        "hoverlabel": {"font": {"size": TEXT}},
    }
    return layout | more


def fill_in_sizes(figure: go.Figure) -> None:
    """Give axes, legend and colour bars a readable size where the figure names none: the page's theme would go to 12 px."""
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont.size = axis.tickfont.size or SMALL
        axis.title.font.size = axis.title.font.size or TEXT
    figure.layout.legend.font.size = figure.layout.legend.font.size or SMALL
    bars = [getattr(axis, "colorbar", None) for axis in figure.select_coloraxes()]
    bars += [
        trace.colorbar
        for trace in figure.data
        if "colorbar" in trace and getattr(trace, "showscale", None) is not False
    ]
    for bar in bars:
        if bar is not None:
            bar.tickfont.size = bar.tickfont.size or SMALL
            bar.title.font.size = bar.title.font.size or SMALL


def enlarge(figure: go.Figure, factor: float = LECTURE_FACTOR) -> go.Figure:
    """Return a copy of ``figure`` for a projector: every font size times ``factor``, and higher."""
    larger = go.Figure(_scale_fonts(figure.to_plotly_json(), factor), skip_invalid=False)
    if larger.layout.height:
        larger.layout.height = larger.layout.height * LECTURE_HEIGHT
    return larger


def _scale_fonts(node: Any, factor: float, in_font: bool = False) -> Any:
    if isinstance(node, dict):
        return {
            key: value * factor
            if in_font and key == "size" and isinstance(value, int | float)
            else _scale_fonts(value, factor, key == "font" or key.endswith("font"))
            for key, value in node.items()
        }
    if isinstance(node, list | tuple):
        return [_scale_fonts(item, factor, in_font) for item in node]
    return node
