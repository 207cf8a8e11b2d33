"""A small network as a graph: neurons in columns, what is known of each in and around it, and numbers on the edges.

A lesson says what stands where, as plain text; this says how it is drawn. An edge makes room for its own numbers, so that
they can be read on the light page and on the dark one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.charts import colours, style
from app.charts.drawing import Drawing, Spec

Place = tuple[int, int]  # column and row of a neuron, from 0

_CIRCLE = 50  # px across
_OFF = 0.18  # from a neuron's middle to the text above and below it, in rows
_OFF_IN_A_HALL = 0.21
_ON_SLANTED = 0.36  # where on a slanted edge its numbers stand, from its start: slanted edges cross in the middle
_ROOM = 0.17  # of a column on each side of an edge's numbers, which a level line leaves free
_ROOM_OF_A_LINE = 0.06  # the same, times rows it goes up or down, for each line of numbers on a slanted one
_RADIUS = 0.12  # of a column, which circles take of an edge at both ends
_AROUND = 0.42  # of a column beside the first and the last
_ABOVE, _BELOW = 0.62, 0.72  # of a row above the highest neurons and below the lowest


@dataclass(frozen=True, slots=True)
class Node:
    """A neuron or an input.

    Attributes:
        name: stands above it.
        value: stands in it.
        notes: lines below it.
        colour: ``#rrggbb`` of its inside, "" for none.
        marked: whether it has a thick edge.
    """

    name: str
    value: str = ""
    notes: tuple[str, ...] = ()
    colour: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection.

    Attributes:
        start, end: the neurons.
        label: the first line of what stands on it, as its weight.
        second: the line under that, in bold, as its gradient.
        marked: whether it is drawn thick.
    """

    start: Place
    end: Place
    label: str = ""
    second: str = ""
    marked: bool = False


def network_graph(
    columns: Sequence[Sequence[Node]],
    edges: Sequence[Edge],
    titles: Sequence[str] = (),
    height: int = 460,
    hall: bool = False,
) -> Drawing:
    """Draw neurons, column by column from the left, each column from the top, and the edges between them.

    ``titles`` stand above the columns. ``hall``: it will be enlarged, and circles do not grow by themselves. Texts are
    Plotly's: who puts in what a learner typed makes it harmless before.
    """
    places = {
        (column, row): (float(column), (len(nodes) - 1) / 2 - row)
        for column, nodes in enumerate(columns)
        for row, _ in enumerate(nodes)
    }
    figure = Drawing()
    for marked in (False, True):
        _add_lines(figure, [edge for edge in edges if edge.marked is marked], places, marked)
    _add_labels(figure, edges, places)
    _add_nodes(figure, columns, places, hall)
    top = max(y for _, y in places.values())
    for column, title in enumerate(titles):
        figure.add_annotation(
            x=column, y=top + _ABOVE, text=title, showarrow=False, yanchor="top", font={"size": style.TEXT}
        )
    figure.update_xaxes(range=[-_AROUND, len(columns) - 1 + _AROUND], visible=False, fixedrange=True)
    figure.update_yaxes(range=[-top - _BELOW, top + _ABOVE], visible=False, fixedrange=True)
    return figure.update_layout(style.base_layout(height, showlegend=False, margin={"l": 4, "r": 4, "t": 4, "b": 4}))


def _on(edge: Edge, places: dict[Place, tuple[float, float]]) -> tuple[float, float, float, float, float]:
    """Return the ends of an edge, x and y each, and where on it its numbers stand, from 0 to 1."""
    (x0, y0), (x1, y1) = places[edge.start], places[edge.end]
    return x0, y0, x1, y1, 0.5 if y0 == y1 else _ON_SLANTED


def _add_lines(figure: Drawing, edges: Sequence[Edge], places: dict[Place, tuple[float, float]], marked: bool) -> None:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for edge in edges:
        x0, y0, x1, y1, at = _on(edge, places)
        room = _room(edge, abs(y1 - y0)) / abs(x1 - x0)
        ends = _RADIUS / abs(x1 - x0)
        for begin, end in ((ends, at - room), (at + room, 1.0 - ends)):
            xs += [x0 + begin * (x1 - x0), x0 + end * (x1 - x0), None]
            ys += [y0 + begin * (y1 - y0), y0 + end * (y1 - y0), None]
    line: Spec = {"color": colours.FOCUS, "width": 4} if marked else {"color": colours.MUTED, "width": 1.5}
    figure.add_scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip", name="marked" if marked else "edges")


def _room(edge: Edge, rows: float) -> float:
    """Return how much of a column an edge that crosses so many ``rows`` leaves free on each side of its numbers."""
    lines = bool(edge.label) + bool(edge.second)
    return min(_ROOM, lines * _ROOM_OF_A_LINE / rows) if rows else _ROOM * bool(lines)


def _add_labels(figure: Drawing, edges: Sequence[Edge], places: dict[Place, tuple[float, float]]) -> None:
    said = [edge for edge in edges if edge.label or edge.second]
    middles = [_on(edge, places) for edge in said]
    lines = [[edge.label] * bool(edge.label) + [f"<b>{edge.second}</b>"] * bool(edge.second) for edge in said]
    figure.add_scatter(
        x=[x0 + at * (x1 - x0) for x0, _, x1, _, at in middles],
        y=[y0 + at * (y1 - y0) for _, y0, _, y1, at in middles],
        text=["<br>".join(each) for each in lines],
        mode="text",
        textfont={"size": style.SMALL},
        hoverinfo="skip",
        name="labels",
    )


def _add_nodes(
    figure: Drawing, columns: Sequence[Sequence[Node]], places: dict[Place, tuple[float, float]], hall: bool
) -> None:
    nodes = [(places[column, row], node) for column, each in enumerate(columns) for row, node in enumerate(each)]
    xs, ys = [x for (x, _), _ in nodes], [y for (_, y), _ in nodes]
    size = _CIRCLE * (style.LECTURE_FACTOR if hall else 1)
    off = _OFF_IN_A_HALL if hall else _OFF
    fills = [colours.with_alpha(node.colour, 0.3) if node.colour else "rgba(0,0,0,0)" for _, node in nodes]
    edge: Spec = {
        "color": [colours.FOCUS if node.marked else colours.MUTED for _, node in nodes],
        "width": [4 if node.marked else 1.5 for _, node in nodes],
    }
    figure.add_scatter(
        x=xs, y=ys, mode="markers+text", text=[node.value for _, node in nodes], textposition="middle center",
        marker={"size": size, "color": fills, "line": edge}, textfont={"size": style.TEXT}, hoverinfo="skip", name="nodes",
        cliponaxis=False,
    )  # fmt: skip
    for position, away, texts in (
        ("top center", off, [f"<b>{node.name}</b>" for _, node in nodes]),
        ("bottom center", -off, ["<br>".join(node.notes) for _, node in nodes]),
    ):
        figure.add_scatter(
            x=xs, y=[y + away for y in ys], text=texts, textposition=position, mode="text", textfont={"size": style.SMALL},
            hoverinfo="skip", name="names" if away > 0 else "notes", cliponaxis=False,
        )  # fmt: skip
