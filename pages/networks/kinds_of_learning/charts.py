"""Figures of the points: a line, borders, groups. From trace to drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text
from nlpcore.arrays import Floats, Integers
from nlpcore.learning.points import Points
from nlpcore.learning.three_ways import Classification, Clustering, Regression

Row = dict[str, Any]
CLASSES = (colours.BLUE, colours.ORANGE, colours.GREEN)
SYMBOLS = ("circle", "square", "diamond")
GROUPS = (colours.PURPLE, colours.SKY, colours.VERMILLION, colours.YELLOW, colours.GREY, colours.BLUE)
LINE, NEW, PLAIN = colours.ORANGE, colours.FOCUS, colours.GREY
HEIGHT = 420
WIDE, HIGH = 0.1, 0.16  # room for the number of an answer, in parts of the axes
ON_LINE = 3  # so many covered points are as bad as a line through a number
GRID = 90  # cells of a background, each way
# Of a new point: the least, the most, the step, the first. The axes go as far.
RANGES: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "flowers": {"x": (0.0, 8.0, 0.1, 4.0), "y": (-0.5, 3.0, 0.1, 1.6)},
    "words": {"x": (3.0, 9.0, 0.1, 5.0), "y": (0.0, 12.0, 0.5, 5.0)},
    "stripes": {"x": (0.0, 10.0, 0.1, 4.0), "y": (1.0, 7.0, 0.1, 4.0)},
    "rings": {"x": (0.5, 9.5, 0.1, 4.0), "y": (0.5, 9.5, 0.1, 5.0)},
}


def range_of(data: str, name: str) -> list[float]:
    """Return how far an axis goes: a little beyond what the sliders reach."""
    least, most, *_ = RANGES[data][name]
    room = 0.02 * (most - least)
    return [least - room, most + room]


def grid_of(data: str) -> tuple[Floats, Floats, Floats]:
    """Return x (GRID,), y (GRID,) and the places (GRID², 2) of a background, row by row."""
    ends = [range_of(data, name) for name in "xy"]
    x, y = (np.linspace(least, most, GRID) for least, most in ends)
    return x, y, np.column_stack([np.tile(x, GRID), np.repeat(y, GRID)])


def empty(of: Points, w: Say) -> Drawing:
    """Return axes for the points."""
    figure = Drawing(layout=style.base_layout(HEIGHT))
    figure.update_xaxes(range=range_of(of.data, "x"), title={"text": w(f"axis.{of.data}.x")}, zeroline=False)
    figure.update_yaxes(range=range_of(of.data, "y"), title={"text": w(f"axis.{of.data}.y")}, zeroline=False)
    return figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})


def areas(figure: Drawing, of: Points, numbers: Integers, fills: tuple[str, ...]) -> None:
    """Colour the background: ``numbers`` (GRID²,) say which of ``fills`` each place has."""
    x, y, _ = grid_of(of.data)
    most = max(len(fills) - 1, 1)
    scale = [[i / most, colour] for i, colour in enumerate(fills)] if len(fills) > 1 else [[0, fills[0]], [1, fills[0]]]
    figure.add_heatmap(
        x=x, y=y, z=numbers.reshape(GRID, GRID).astype(np.float64), colorscale=scale, zmin=0, zmax=most, showscale=False,
        opacity=0.22, hoverinfo="skip",
    )  # fmt: skip


def add_points(
    figure: Drawing,
    of: Points,
    rows: Integers,
    colour: str,
    symbol: str = "circle",
    name: str = "",
    legend: bool = True,
    **more: Any,
) -> None:
    """Add the points of these rows; ``name`` is read under the pointer, and in the legend if they have a ``legend``."""
    label = "%{text}: " if of.names else ""
    figure.add_scatter(
        x=of.places[rows, 0], y=of.places[rows, 1], mode="markers", name=name, showlegend=bool(name) and legend,
        marker={"color": colour, "symbol": symbol, "size": 9, "line": {"color": "white", "width": 0.8}} | more,
        text=[plotly_text(of.names[row]) for row in rows.tolist()] if of.names else None,
        hovertemplate=f"{label}%{{x:.2f}}, %{{y:.2f}}<extra>{name}</extra>",
    )  # fmt: skip


def clear_corner(trace: Regression) -> str:
    """Return at which corner of the line's answer its number covers fewest points: inside of the axes, and off the line."""
    of = trace.points
    (left, right), (low, high) = range_of(of.data, "x"), range_of(of.data, "y")
    off = (of.places - [trace.x, trace.answer]) / [right - left, high - low]
    least, most = (left - trace.x) / (right - left), (right - trace.x) / (right - left)
    lowest, highest = (low - trace.answer) / (high - low), (high - trace.answer) / (high - low)

    def cost(corner: str) -> int:
        up, across = 1 if "top" in corner else -1, 1 if "right" in corner else -1
        covered = int(((off * [across, up] > 0) & (off * [across, up] < [WIDE, HIGH])).all(axis=1).sum())
        outside = not (least <= WIDE * across <= most and lowest <= HIGH * up <= highest)
        return covered + 1000 * outside + ON_LINE * (up * across * trace.slope > 0)

    return min(("top left", "top right", "bottom right", "bottom left"), key=cost)


def line(trace: Regression, w: Say, told: bool) -> Drawing:
    """Draw the points and the x that is asked about; once it is ``told``, the line and its answer there."""
    of, figure = trace.points, empty(trace.points, w)
    add_points(figure, of, np.arange(len(of.places)), CLASSES[0], name=w(f"points.{of.data}"))
    figure.add_line(x=trace.x, line={"color": NEW, "width": 2, "dash": "dot"})
    if told:
        ends = np.array(range_of(of.data, "x"))
        figure.add_scatter(
            x=ends, y=trace.slope * ends + trace.intercept, mode="lines", name=w("chart.line"), hoverinfo="skip",
            line={"color": LINE, "width": 4},
        )  # fmt: skip
        figure.add_scatter(
            x=[trace.x], y=[trace.answer], mode="markers+text", name=w("chart.answer"), text=[f"<b>{number(trace.answer)}</b>"],
            textposition=clear_corner(trace), textfont={"size": style.TEXT + 2}, hoverinfo="skip",
            marker={"color": NEW, "size": 15, "symbol": "diamond", "line": {"color": "white", "width": 2}},
        )  # fmt: skip
    left = trace.x < sum(range_of(of.data, "x")) / 2
    figure.add_annotation(
        x=trace.x, y=0, yref="paper", yanchor="bottom", text=f"<b>x = {number(trace.x, '.1f')}</b>", showarrow=False,
        xanchor="left" if left else "right", xshift=6 if left else -6, font={"size": style.TEXT},
    )  # fmt: skip
    return figure


def line_rows(trace: Regression, w: Say, told: bool) -> list[Row]:
    """Return the points for the CSV; once it is ``told``, with what the line says."""
    del w
    rows = [{"x": float(x), "y": float(y)} for x, y in trace.points.places]
    if told:
        rows = [row | {"line": trace.slope * row["x"] + trace.intercept} for row in rows]
    return rows


def borders(trace: Classification, w: Say, told: bool) -> Drawing:
    """Draw the points by their classes and the new one; once it is ``told``, the areas of the classes."""
    of, figure = trace.points, empty(trace.points, w)
    if told:
        _, _, places = grid_of(of.data)
        areas(figure, of, trace.borders.scores(places).argmax(axis=1), CLASSES[: of.count])
    for label in range(of.count):
        rows = np.flatnonzero(of.classes == label)
        add_points(figure, of, rows, CLASSES[label], SYMBOLS[label], w(f"classes.{of.data}.c{label}"))
    figure.add_scatter(
        x=trace.place[:1], y=trace.place[1:], mode="markers+text", text=["<b>?</b>"], textposition="top center", hoverinfo="skip",
        textfont={"size": style.TEXT + 6}, name=w("chart.new"), cliponaxis=False,
        marker={"color": NEW, "size": 17, "symbol": "star", "line": {"color": "white", "width": 1.5}},
    )  # fmt: skip
    return figure


def border_rows(trace: Classification, w: Say, told: bool) -> list[Row]:
    """Return the points with their classes for the CSV; once it is ``told``, with the class that each is given."""
    of = trace.points
    given = trace.borders.scores(of.places).argmax(axis=1)
    rows = []
    for (x, y), label, said in zip(of.places.tolist(), of.classes.tolist(), given.tolist(), strict=True):
        row = {"x": x, "y": y, "class": w(f"classes.{of.data}.c{label}")}
        rows.append(row | ({"given": w(f"classes.{of.data}.c{said}")} if told else {}))
    return rows


# -- k-means -----------------------------------------------------------------------------------------------------------


def step_count(trace: Clustering) -> int:
    """Return how many steps there are: the start, in each round the points and then the centres, which at last stand still."""
    return 2 * len(trace.groups)


def kind_of(step: int) -> str:
    """Return what happens in a step, from 0: start, assign, move."""
    return "start" if step == 0 else "assign" if step % 2 else "move"


def round_of(step: int) -> int:
    """Return in which round, from 0, the points were given to centres last; 0 at the start."""
    return max(0, step - 1) // 2


def centres_at(trace: Clustering, step: int) -> Floats:
    """Return where the centres (k, 2) are after a step."""
    return np.asarray(trace.centres[step // 2])


def groups(trace: Clustering, step: int, w: Say, told: bool) -> Drawing:
    """Draw the points in the colours of their groups and the centres with their way; once ``told``, the classes as shapes."""
    of, figure = trace.points, empty(trace.points, w)
    centres = centres_at(trace, step)
    if step:
        _, _, places = grid_of(of.data)
        nearest = ((places[:, None] - trace.centres[round_of(step)][None]) ** 2).sum(axis=2).argmin(axis=1)
        areas(figure, of, nearest, GROUPS[: trace.k])
    shapes = of.classes if told else np.zeros_like(of.classes)
    for group in range(trace.k if step else 1):
        own = trace.groups[round_of(step)] == group if step else np.ones(len(of.places), dtype=bool)
        colour = GROUPS[group] if step else PLAIN
        if step:  # the legend names every group, whichever classes its points are of
            figure.add_scatter(
                x=[None],
                y=[None],
                mode="markers",
                marker={"color": colour, "size": 9},
                name=w("chart.group", n=group + 1),
            )
        for label in np.unique(shapes).tolist():
            rows = np.flatnonzero(own & (shapes == label))
            if len(rows):
                add_points(
                    figure,
                    of,
                    rows,
                    colour,
                    SYMBOLS[label],
                    w("chart.group", n=group + 1) if step else "",
                    legend=False,
                )
    for group in range(trace.k):
        way = trace.centres[: step // 2 + 1, group]
        figure.add_scatter(
            x=way[:, 0], y=way[:, 1], mode="lines", line={"color": PLAIN, "width": 2, "dash": "dot"}, hoverinfo="skip",
            showlegend=False,
        )  # fmt: skip
    figure.add_scatter(
        x=centres[:, 0], y=centres[:, 1], mode="markers", name=w("chart.centres"),
        hovertemplate="%{x:.2f}, %{y:.2f}<extra></extra>",
        marker={
            "color": list(GROUPS[: trace.k]), "size": 20, "symbol": "x", "line": {"color": "black", "width": 2},
        },
    )  # fmt: skip
    return figure


def group_rows(trace: Clustering, step: int) -> list[Row]:
    """Return the points with their groups for the CSV."""
    groups_now = trace.groups[round_of(step)].tolist() if step else [None] * len(trace.points.places)
    return [
        {"x": float(x), "y": float(y), "group": "" if group is None else group + 1}
        for (x, y), group in zip(trace.points.places, groups_now, strict=True)
    ]
