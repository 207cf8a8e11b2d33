"""Drawings are sent unchecked: they must be what Plotly itself would send, and what is wrong must be found here."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import orjson
import plotly.graph_objects as go
import plotly.tools
import pytest
from plotly.subplots import make_subplots

from app.charts import drawing, style
from app.charts.drawing import Drawing, subplots


def arrays_unpacked(node: Any) -> Any:
    if isinstance(node, dict) and "bdata" in node:
        values = np.frombuffer(base64.b64decode(node["bdata"]), node["dtype"])
        shape = [int(n) for n in node["shape"].split(",")] if "shape" in node else [-1]
        return np.where(np.isfinite(values), values.astype(float), -99.0).reshape(shape).tolist()
    if isinstance(node, dict):
        return {name: arrays_unpacked(value) for name, value in node.items() if name != "template"}
    if isinstance(node, np.ndarray):
        return node.tolist()
    if isinstance(node, list | tuple):
        return [arrays_unpacked(item) for item in node]
    return node


def example() -> Drawing:
    figure = Drawing(layout=style.base_layout(300, xaxis={"title": {"text": "x"}}))
    figure.add_scatter(x=np.array([0.5, np.nan, 2.5]), y=[1, None, 3], name=None, mode="lines")
    figure.add_heatmap(
        z=np.arange(6).reshape(2, 3), customdata=[["a", "b", "c"]] * 2, colorscale=[[0, "red"], [1, "#000"]]
    )
    figure.add_bar(x=np.array(["a", "b"]), y=np.array([1, 2]), marker={"color": ["red", "blue"]})
    figure.add_shape(type="rect", x0=0, x1=1, y0=0, y1=1).add_annotation(text="here", showarrow=False)
    figure.frames = [{"name": "1", "traces": [0], "data": [drawing.scatter(x=np.array([1.5, 2.5]))]}]
    figure.update_xaxes(type="category")
    return figure.update_yaxes(range=[0, 3], title={"text": "y"})


def test_what_is_sent_is_what_plotly_would_send() -> None:
    figure = example()
    theirs = go.Figure({"data": figure.traces, "layout": figure.layout, "frames": figure.frames}).to_dict()
    sent = plotly.tools.return_figure_from_figure_or_data(figure.for_plotly(), validate_figure=True)
    assert arrays_unpacked(sent) == arrays_unpacked(theirs)
    assert orjson.loads(orjson.dumps(sent["layout"]["template"])) == theirs["layout"]["template"]
    assert sent["data"][0]["x"]["dtype"] == "f4"


def test_what_is_kept_is_written_once_and_sent_as_any_other_part() -> None:
    part = {"x": np.array([1.5, np.nan]), "y": [None, 2], "text": ["", "</b>"], "marker": {"size": np.arange(2)}}
    kept = drawing.Kept(drawing.scatter(**part))
    plain, same = (Drawing(frames=[{"name": "1", "data": [one]}]) for one in (drawing.scatter(**part), kept))
    for _ in range(2):
        assert plotly.io.to_json(same.for_plotly(), validate=False) == plotly.io.to_json(
            plain.for_plotly(), validate=False
        )
    assert kept.written() is kept.written()
    larger = style.enlarge(Drawing(layout={"legend": drawing.Kept(font={"size": 10})}))
    assert larger.layout["legend"] == {"font": {"size": 17}} and type(larger.layout["legend"]) is dict


@pytest.mark.parametrize(
    "properties",
    [
        {"colour": "red"},
        {"marker": {"hue": "red"}},
        {"mode": "dots"},
        {"marker_color": "red"},
        {"marker": {"line_width": 1}},
    ],
)
def test_what_plotly_does_not_know_is_found(properties: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Drawing().add_scatter(x=[1], **properties).checked()


def test_a_title_that_is_no_object_is_found() -> None:
    """Plotly's Python takes a bare text, its JavaScript shows nothing for it."""
    with pytest.raises(ValueError, match="title"):
        Drawing().update_xaxes(title="seconds").checked()


@pytest.mark.parametrize("letter", ["x", "y"])
@pytest.mark.parametrize("labels", [["year", "2008"], ["1", "2"], ["2024-05-01"], np.array(["a", "b"]), ("million",)])
def test_words_on_an_axis_without_a_type_are_found(letter: str, labels: Any) -> None:
    other = "y" if letter == "x" else "x"
    figure = subplots(1, 2).add_bar(row=1, col=2, **{letter: labels, other: list(range(len(labels)))})
    with pytest.raises(ValueError, match=f"{letter}axis2: words"):
        figure.checked()
    typed = figure.copy()
    (typed.update_xaxes if letter == "x" else typed.update_yaxes)(row=1, col=2, type="category")
    typed.checked()


@pytest.mark.parametrize("letter", ["x", "y"])
@pytest.mark.parametrize("kind", ["linear", "date", "log", "-", None])
def test_words_on_an_axis_of_another_type_than_categories_are_found(letter: str, kind: str | None) -> None:
    figure = Drawing([{"type": "bar", letter: ["year", "2008"]}], {f"{letter}axis": {"type": kind} if kind else {}})
    with pytest.raises(ValueError, match=f"{letter}axis: words on an axis of type {kind}"):
        figure.checked()
    figure.layout[f"{letter}axis"]["type"] = "category"
    figure.checked()


def test_words_in_a_frame_are_found() -> None:
    figure = Drawing([drawing.bar(x=[1], y=[1])], frames=[{"name": "1", "data": [drawing.bar(x=["7"], y=[1])]}])
    with pytest.raises(ValueError, match="xaxis: words"):
        figure.checked()


def test_a_grid_has_the_axes_of_plotlys_own() -> None:
    ours = subplots(2, 2, ["a", "b", "c"], {"size": 9}, horizontal_spacing=0.2, vertical_spacing=0.1)
    ours.add_bar(x=[1], y=[2], row=2, col=1).update_xaxes(row=2, col=1, range=[0, 9])
    theirs = make_subplots(2, 2, subplot_titles=["a", "b", "c"], horizontal_spacing=0.2, vertical_spacing=0.1)
    theirs.add_bar(x=[1], y=[2], row=2, col=1).update_xaxes(range=[0, 9], row=2, col=1)
    theirs.update_annotations(font={"size": 9}).update_layout(template="none")
    assert arrays_unpacked(ours.for_plotly().to_dict()) == arrays_unpacked(theirs.to_dict())
    assert "range" not in subplots(2, 2, horizontal_spacing=0.2, vertical_spacing=0.1).layout["xaxis3"]


def test_a_property_set_to_none_is_taken_away() -> None:
    figure = Drawing().update_xaxes(range=[0, 1], visible=False).update_xaxes(range=None)
    assert figure.layout == {"xaxis": {"visible": False}}


def test_what_was_given_is_not_changed() -> None:
    axis = {"tickfont": {"size": 5}, "range": [0, 1]}
    first = Drawing(layout={"xaxis": axis}).update_xaxes(tickfont={"size": 7})
    copied = first.copy().update_layout(xaxis={"range": [2, 3]})
    assert axis == {"tickfont": {"size": 5}, "range": [0, 1]}
    assert first.layout["xaxis"] == {"tickfont": {"size": 7}, "range": [0, 1]}
    assert copied.layout["xaxis"]["range"] == [2, 3]


def test_a_line_goes_across_the_figure() -> None:
    ours = (
        Drawing([drawing.scatter(y=[0, 5])]).add_line(x=1, line={"width": 2}).add_line(y=3, line={"width": 2}).checked()
    )
    theirs = go.Figure(go.Scatter(y=[0, 5])).add_vline(x=1, line={"width": 2}).add_hline(y=3, line={"width": 2})
    for own, their in zip(ours.layout.shapes, theirs.layout.shapes, strict=True):
        assert {k: v for k, v in their.to_plotly_json().items() if (k, v) not in (("xref", "x"), ("yref", "y"))} == (
            own.to_plotly_json()
        )


def test_a_trace_stands_in_its_cell() -> None:
    grid = subplots(2, 3)
    for row in (1, 2):
        for col in (1, 2, 3):
            grid.add_scatter(x=[1], y=[1], row=row, col=col).add_heatmap(z=[[1]], row=row, col=col)
    axes = [(trace["type"], trace["xaxis"], trace["yaxis"]) for trace in grid.traces]
    names = [f"x{number}".removesuffix("1") for number in range(1, 7)]
    assert axes == [(kind, name, name.replace("x", "y")) for name in names for kind in ("scatter", "heatmap")]
    theirs = make_subplots(2, 3)
    theirs.add_scatter(x=[1], y=[1], row=2, col=2)
    assert (theirs.data[0].xaxis, theirs.data[0].yaxis) == axes[8][1:]
    assert "xaxis" not in Drawing().add_bar(x=[1]).traces[0]
    assert subplots(3).add_bar(x=[1], row=3).traces[0]["xaxis"] == "x3"


def test_what_is_none_is_left_away_and_what_is_false_is_not() -> None:
    figure = Drawing([{"type": "bar", "name": None, "showlegend": False, "x": []}])
    assert figure.traces == [{"type": "bar", "showlegend": False, "x": []}]
    assert Drawing().add_scatter(x=[1], name=None).traces == [{"type": "scatter", "x": [1]}]


def test_axes_of_one_letter_are_updated_together() -> None:
    grid = subplots(1, 2).update_xaxes(visible=False)
    assert [grid.layout[name].get("visible") for name in ("xaxis", "xaxis2", "yaxis", "yaxis2")] == [
        False,
        False,
        None,
        None,
    ]
    grid.update_yaxes(row=1, col=2, visible=True)
    assert [grid.layout[name].get("visible") for name in ("yaxis", "yaxis2")] == [None, True]
    assert Drawing().update_yaxes(visible=False).layout == {"yaxis": {"visible": False}}
    column = subplots(2).update_xaxes(row=2, visible=False).update_yaxes(row=2, visible=False)
    assert [name for name, axis in column.layout.items() if axis.get("visible") is False] == ["xaxis2", "yaxis2"]
    column.add_scatter(x=[1], y=[1], row=2).add_heatmap(z=[[1]], row=2).add({"type": "bar"}, row=2)
    assert {(trace["xaxis"], trace["yaxis"]) for trace in column.traces} == {("x2", "y2")}


def test_axes_of_a_plain_figure_are_made_and_nothing_else_is_one() -> None:
    figure = Drawing(layout={"xaxis2": {"title": {"text": "b"}}, "legend": {}, "polaxis": {}})
    assert len(figure.axes()) == 3 and figure.axes()[0] == {"title": {"text": "b"}}
    assert {name for name in figure.layout if name.endswith("axis")} >= {"xaxis", "yaxis"}
    figure.axes()[-1]["visible"] = False
    assert figure.layout["yaxis"] == {"visible": False}


def test_shapes_and_texts_are_added_to_those_that_are_there() -> None:
    figure = Drawing(layout={"shapes": [{"type": "rect"}], "annotations": [{"text": "a"}]})
    figure.add_shape({"type": "line", "x0": 1}, x0=2).add_annotation({"text": "b", "x": 1}, x=2)
    assert figure.layout["shapes"] == [{"type": "rect"}, {"type": "line", "x0": 2}]
    assert figure.layout["annotations"] == [{"text": "a"}, {"text": "b", "x": 2}]


def test_a_copy_shares_nothing_but_arrays() -> None:
    values = np.array([1.0, 2.0])
    figure = Drawing(
        [drawing.scatter(x=values, marker={"size": 5}, y=[1, 2])], {"shapes": [{"x0": 1}]}, [{"name": "1"}]
    )
    other = figure.copy()
    other.traces[0]["marker"]["size"] = 6
    other.traces[0]["y"].append(3)
    other.layout["shapes"][0]["x0"] = 2
    other.frames[0]["name"] = "2"
    assert figure.traces[0]["marker"] == {"size": 5} and figure.traces[0]["y"] == [1, 2]
    assert figure.layout == {"shapes": [{"x0": 1}]} and figure.frames == [{"name": "1"}]
    assert other.traces[0]["x"] is values
    grid = subplots(2, 2).copy()
    assert grid.add_bar(x=[1], row=2, col=1).traces[-1]["xaxis"] == "x3", "it knows its grid"


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (np.array([0.1, 0.2]), "f4"),
        (np.arange(3), "i4"),
        (np.arange(3, dtype=np.uint8), "u4"),
        (np.arange(6.0).reshape(2, 3), "f4"),
    ],
)
def test_arrays_of_numbers_are_packed(array: np.ndarray, kind: str) -> None:
    sent = Drawing([drawing.heatmap(z=array)]).for_plotly().to_dict()["data"][0]["z"]
    assert sent["dtype"] == kind and ("shape" in sent) == (array.ndim == 2)
    assert np.allclose(arrays_unpacked(sent), array)
    assert np.frombuffer(base64.b64decode(sent["bdata"]), f"<{kind}").size == array.size


def test_what_is_no_array_of_numbers_is_sent_as_a_list() -> None:
    traces = [
        drawing.scatter(customdata=np.zeros((2, 2, 2)), text=np.array(["a", "b"]), x=[np.arange(2), np.arange(2)])
    ]
    sent = Drawing(traces).for_plotly().to_dict()["data"][0]
    assert sent["customdata"] == [[[0.0, 0.0]] * 2] * 2 and sent["text"] == ["a", "b"]
    assert [part["dtype"] for part in sent["x"]] == ["i4", "i4"]
    assert "frames" not in Drawing(traces).for_plotly().to_dict()


@pytest.mark.parametrize(
    "layout",
    [
        {"shapes": [{"type": "rect", "line_width": 1}]},
        {"annotations": [{"text": "a"}, {"txt": "b"}]},
        {"xaxis": {"titel": {}}},
    ],
)
def test_what_plotly_does_not_know_in_a_list_is_found(layout: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Drawing(layout=layout).checked()
    with pytest.raises(ValueError):
        Drawing(frames=[{"name": "1", "dat": []}]).checked()


@pytest.mark.parametrize("shared_x", [False, True])
def test_a_grid_takes_every_setting_of_plotlys_own(shared_x: bool) -> None:
    ours = subplots(2, 1, shared_x=shared_x, row_heights=(0.8, 0.2), vertical_spacing=0.05)
    theirs = make_subplots(2, 1, shared_xaxes=shared_x, row_heights=[0.8, 0.2], vertical_spacing=0.05)
    theirs.update_layout(template="none")
    assert arrays_unpacked(ours.for_plotly().to_dict()) == arrays_unpacked(theirs.to_dict())
    titled = subplots(1, 2, ["a", "b"])
    assert [note["text"] for note in titled.layout["annotations"]] == ["a", "b"]
    assert [note["font"] for note in titled.layout["annotations"]] == [{}, {}]
    titled.layout["annotations"][0]["x"] = 9
    assert subplots(1, 2, ["a", "b"]).layout["annotations"][0]["x"] != 9, "what is kept of a grid is not changed"


@pytest.mark.parametrize(("row", "col"), [(3, 1), (1, 2), (2, 2)])
def test_a_cell_that_is_not_there_is_refused(row: int, col: int) -> None:
    grid = subplots(2)
    for put in (grid.add_bar, grid.update_xaxes, grid.update_yaxes):
        with pytest.raises(ValueError, match=f"no cell in row {row}, column {col}"):
            put(row=row, col=col)
    assert (
        not grid.traces
        and subplots(2, 2).update_xaxes(row=2, col=2, visible=False).layout["xaxis4"]["visible"] is False
    )
