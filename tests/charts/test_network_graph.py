"""The graph of a network: everything stands where it belongs, and numbers have room on their edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.charts.network_graph import Edge, Node, network_graph

COLUMNS = [
    [Node("x₁", "1"), Node("x₂", "2")],
    [Node("h₁", "0.5", ("b 0.1", "δ −2"), colours.BLUE, marked=True), Node("h₂")],
    [Node("o₁", "0")],
]
EDGES = [
    Edge((0, 0), (1, 0), "w₁ 1", "∂ 3", marked=True),
    Edge((0, 1), (1, 0), "w₂ −0.5"),
    Edge((0, 0), (1, 1)),
    Edge((1, 0), (2, 0), second="∂ 7"),
]


def trace(figure: Drawing, name: str) -> dict[str, Any]:
    return next(each for each in figure.traces if each["name"] == name)


def segments(found: dict[str, Any]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    points = list(zip(found["x"], found["y"], strict=True))
    return [(points[i], points[i + 1]) for i in range(0, len(points), 3)]


def test_columns_go_to_the_right_and_rows_down() -> None:
    figure = network_graph(COLUMNS, EDGES, ["in", "hidden", "out"])
    figure.checked()
    nodes = trace(figure, "nodes")
    assert nodes["x"] == [0, 0, 1, 1, 2] and nodes["y"] == [0.5, -0.5, 0.5, -0.5, 0.0]
    assert nodes["text"] == ["1", "2", "0.5", "", "0"]
    assert trace(figure, "names")["text"] == ["<b>x₁</b>", "<b>x₂</b>", "<b>h₁</b>", "<b>h₂</b>", "<b>o₁</b>"]
    assert trace(figure, "notes")["text"][2] == "b 0.1<br>δ −2"
    assert all(
        up > y > down
        for up, y, down in zip(trace(figure, "names")["y"], nodes["y"], trace(figure, "notes")["y"], strict=True)
    )
    assert [(note["x"], note["text"]) for note in figure.layout["annotations"]] == [
        (0, "in"),
        (1, "hidden"),
        (2, "out"),
    ]


def test_what_is_marked_is_thick_and_what_is_filled_has_its_colour() -> None:
    marker = trace(network_graph(COLUMNS, EDGES), "nodes")["marker"]
    assert marker["line"]["width"] == [1.5, 1.5, 4, 1.5, 1.5]
    assert marker["line"]["color"][2] == colours.FOCUS and colours.FOCUS not in marker["line"]["color"][3:]
    assert [fill != "rgba(0,0,0,0)" for fill in marker["color"]] == [False, False, True, False, False]


def test_edges_lead_from_neuron_to_neuron_and_leave_room_for_their_numbers() -> None:
    figure = network_graph(COLUMNS, EDGES)
    (first, second) = segments(trace(figure, "marked"))
    assert first[0] == pytest.approx((0.12, 0.5)) and second[1] == pytest.approx((0.88, 0.5)), "it ends at the circles"
    assert second[0][0] - first[1][0] == pytest.approx(2 * 0.17)
    rest = segments(trace(figure, "edges"))
    assert rest[0][0] == pytest.approx((0.12, -0.38)) and rest[1][1] == pytest.approx((0.88, 0.38))
    assert rest[1][0][0] - rest[0][1][0] == pytest.approx(2 * 0.06), "a steep line meets less of its numbers"
    assert rest[2][1] == pytest.approx(rest[3][0]), "an edge without numbers is whole"
    assert rest[5][0][0] - rest[4][1][0] == pytest.approx(2 * 0.12), "a flatter one meets more"
    labels = trace(figure, "labels")
    assert labels["text"] == ["w₁ 1<br><b>∂ 3</b>", "w₂ −0.5", "<b>∂ 7</b>"]
    for x, y, (a, b) in zip(
        labels["x"], labels["y"], (((0, 0.5), (1, 0.5)), ((0, -0.5), (1, 0.5)), ((1, 0.5), (2, 0.0))), strict=True
    ):
        assert a[0] < x < b[0] and y == pytest.approx(a[1] + (x - a[0]) / (b[0] - a[0]) * (b[1] - a[1]))


def test_labels_of_edges_that_cross_stand_apart() -> None:
    crossing = [Edge((0, i), (1, j), f"{i}{j}") for i in range(2) for j in range(2)]
    labels = trace(network_graph([[Node("a"), Node("b")], [Node("c"), Node("d")]], crossing), "labels")
    places = np.column_stack([labels["x"], labels["y"]])
    gaps = np.abs(places[:, None] - places[None]).max(axis=2)[~np.eye(4, dtype=bool)]
    assert gaps.min() > 0.15


def test_in_a_hall_circles_grow_with_their_text() -> None:
    usual, hall = (trace(network_graph(COLUMNS, EDGES, hall=each), "nodes")["marker"]["size"] for each in (False, True))
    assert usual == 50 and hall == usual * style.LECTURE_FACTOR
    assert trace(network_graph(COLUMNS, EDGES), "nodes")["marker"]["size"] == usual, "nobody has spoken of a hall"
    assert network_graph(COLUMNS, EDGES).layout["height"] == 460
    figure = network_graph(COLUMNS, EDGES, height=300)
    assert figure.layout["height"] == 300 and network_graph([[Node("x")]], []).checked()
