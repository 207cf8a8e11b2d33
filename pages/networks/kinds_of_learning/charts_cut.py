"""Figures of a target that is cut into classes: from trace to drawing."""

from __future__ import annotations

from typing import Any

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say
from nlpcore.learning.rounding import CutTarget, Sizes

Row = dict[str, Any]
NUMBER, CLASS, ROUNDING = colours.BLUE, colours.VERMILLION, colours.GREY
MOST_BORDERS = 32  # of classes that are drawn as lines
_CLASSES = [[0.0, "rgba(230,159,0,0)"], [1.0, "rgba(230,159,0,0.85)"]]  # the more likely, the more orange


def cut(trace: CutTarget, w: Say) -> Drawing:
    """Draw the examples, the classes as bands, how likely each is at each place, and both answers."""
    figure = Drawing(layout=style.base_layout(430))
    figure.add_heatmap(
        x=trace.grid, y=trace.middles, z=trace.probabilities.T, colorscale=_CLASSES, zmin=0, zmax=1, hoverinfo="skip",
        showscale=False,
    )  # fmt: skip
    figure.add_scatter(
        x=trace.x, y=trace.y, mode="markers", name=w("chart.examples"),
        marker={"color": colours.GREY, "size": 6, "opacity": 0.75}, hovertemplate="%{x:.2f}, %{y:.2f}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=trace.grid, y=trace.line, mode="lines", name=w("chart.by_number"), line={"color": NUMBER, "width": 4},
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=trace.grid, y=trace.steps, mode="lines", name=w("chart.by_class"), hoverinfo="skip",
        line={"color": CLASS, "width": 4, "shape": "hvh", "dash": "6px,3px"},
    )  # fmt: skip
    if len(trace.examples) <= MOST_BORDERS:
        for edge in trace.edges.tolist():
            figure.add_line(y=edge, line={"color": colours.MUTED, "width": 0.8})
    figure.update_xaxes(title={"text": w(f"cut_axis.{trace.target}.x")}, zeroline=False, showgrid=False)
    figure.update_yaxes(title={"text": w(f"cut_axis.{trace.target}.y")}, zeroline=False, showgrid=False)
    return figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})


def cut_rows(trace: CutTarget) -> list[Row]:
    """Return the examples with their classes for the CSV."""
    return [
        {"x": x, "y": y, "class": label + 1, "middle": float(trace.middles[label])}
        for x, y, label in zip(trace.x.tolist(), trace.y.tolist(), trace.classes.tolist(), strict=True)
    ]


def sizes(trace: Sizes, w: Say) -> Drawing:
    """Draw the errors by the number of classes, on two logarithmic axes."""
    figure = Drawing(layout=style.base_layout(360))
    lines = (
        ("rounding", trace.by_rounding, ROUNDING, "dot"),
        ("by_class", trace.by_class, CLASS, "solid"),
        ("by_number", [trace.by_number] * len(trace.sizes), NUMBER, "dash"),
    )
    for name, values, colour, dash in lines:
        figure.add_scatter(
            x=list(trace.sizes), y=values, mode="lines+markers", name=w(f"chart.{name}"), marker={"size": 9},
            line={"color": colour, "width": 3, "dash": dash}, hovertemplate="%{x}: %{y:.3f}<extra></extra>",
        )  # fmt: skip
    ticks = [0.01, 0.03, 0.1, 0.3, 1.0]
    figure.update_xaxes(
        type="log", title={"text": w("chart.how_many")}, tickmode="array", tickvals=list(trace.sizes),
        ticktext=[str(size) for size in trace.sizes],
    )  # fmt: skip
    figure.update_yaxes(
        type="log",
        title={"text": w("chart.error")},
        tickmode="array",
        tickvals=ticks,
        ticktext=[f"{t:g}" for t in ticks],
    )
    return figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})


def size_rows(trace: Sizes) -> list[Row]:
    """Return the errors for the CSV."""
    return [
        {"classes": size, "by_rounding": float(r), "by_class": float(c), "by_number": trace.by_number}
        for size, r, c in zip(trace.sizes, trace.by_rounding, trace.by_class, strict=True)
    ]
