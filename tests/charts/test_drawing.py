"""Drawings are sent unchecked: they must be what Plotly itself would send, and what is wrong must be found here."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
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
    return figure.update_yaxes(range=[0, 3], title={"text": "y"})


def test_what_is_sent_is_what_plotly_would_send() -> None:
    figure = example()
    theirs = go.Figure({"data": figure.traces, "layout": figure.layout, "frames": figure.frames}).to_dict()
    sent = plotly.tools.return_figure_from_figure_or_data(figure.for_plotly(), validate_figure=True)
    assert arrays_unpacked(sent) == arrays_unpacked(theirs)
    assert sent["layout"]["template"] == theirs["layout"]["template"]
    assert sent["data"][0]["x"]["dtype"] == "f4"


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
