"""Sizes shared by every figure, and what lecture mode does to them."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

TEXT = 15  # px: axis labels, text on marks
SMALL = 13  # px: the smallest text in any figure
LECTURE_FACTOR = 1.6
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


def enlarge(figure: go.Figure, factor: float = LECTURE_FACTOR) -> go.Figure:
    """Return a copy of ``figure`` with every font size multiplied by ``factor``."""
    spec = figure.to_plotly_json()
    return go.Figure(_scale_fonts(spec, factor), skip_invalid=False)


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
