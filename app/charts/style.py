"""Sizes shared by every figure, and what lecture mode does to them."""

from __future__ import annotations

from typing import Any

from app.charts import colours
from app.charts.drawing import Drawing

TEXT = 15  # px: axis labels, text on marks
SMALL = 13  # px: the smallest text in any figure
LECTURE_FACTOR = 1.7  # SMALL becomes 22 px
LECTURE_HEIGHT = 1.25
LEAST_CONTRAST = 3.0  # of a mark on the page (WCAG 2.2)
BAR_EDGE = 1.2  # px
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


def complete(figure: Drawing) -> None:
    """Give a figure what it names no other: readable sizes of its type, and bars that stand out on both pages."""
    fill_in_sizes(figure)
    edge_pale_bars(figure)


def fill_in_sizes(figure: Drawing) -> None:
    """Give axes, legend and colour bars a readable size where the figure names none: the page's theme would go to 12 px."""
    for axis in figure.axes():
        _at_least_named(axis, "tickfont", SMALL)
        if "title" in axis:
            _at_least_named(axis["title"], "font", TEXT)
    _at_least_named(figure.layout.setdefault("legend", {}), "font", SMALL)
    for trace in figure.traces:
        if "colorbar" in trace and trace.get("showscale") is not False:
            bar = trace["colorbar"]
            _at_least_named(bar, "tickfont", SMALL)
            if "title" in bar:
                _at_least_named(bar["title"], "font", SMALL)


def _at_least_named(part: dict[str, Any], font: str, size: int) -> None:
    part.setdefault(font, {}).setdefault("size", size)


def edge_pale_bars(figure: Drawing) -> None:
    """Give bars an edge whose colour hardly stands out on one of the pages; the fills stay apart for colour-blind readers."""
    for trace in figure.traces:
        marker = trace.get("marker", {})
        fills = [marker.get("color")] if isinstance(marker.get("color"), str) else list(marker.get("color", ()))
        if trace.get("type") != "bar" or "line" in marker or not all(str(fill).startswith("#") for fill in fills):
            continue
        if any(colours.contrast(fill, page) < LEAST_CONTRAST for fill in fills for page in colours.PAGE.values()):
            edges = [colours.edge_of(fill) for fill in fills]
            marker["line"] = {"color": edges[0] if isinstance(marker["color"], str) else edges, "width": BAR_EDGE}


def enlarge(figure: Drawing, factor: float = LECTURE_FACTOR) -> Drawing:
    """Return a copy of ``figure`` for a projector: every font size times ``factor``, and higher."""
    larger = figure.copy()
    larger.traces, larger.layout = _scale_fonts(larger.traces, factor), _scale_fonts(larger.layout, factor)
    if "height" in larger.layout:
        larger.layout["height"] *= LECTURE_HEIGHT
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
