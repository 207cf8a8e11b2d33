"""Sizes of text in figures, on a page and for a projector."""

from __future__ import annotations

import pytest

from app.charts import colours, style
from app.charts.drawing import Drawing


def test_the_layout_that_figures_start_from() -> None:
    layout = style.base_layout(300, showlegend=False, font={"size": 20})
    assert layout["height"] == 300 and layout["showlegend"] is False and layout["font"] == {"size": 20}
    plain = style.base_layout(200)
    assert plain["margin"] == style.MARGIN and plain["margin"] is not style.MARGIN
    assert plain["font"]["size"] == plain["hoverlabel"]["font"]["size"] == style.TEXT
    assert plain["paper_bgcolor"] == plain["plot_bgcolor"] == "rgba(0,0,0,0)"
    Drawing(layout=layout).checked()


def test_sizes_that_are_not_named_are_filled_in() -> None:
    figure = Drawing(layout={"xaxis": {"title": {"text": "x"}}, "yaxis": {"tickfont": {"size": 30}}})
    figure.add_heatmap(z=[[1]], colorbar={"title": {"text": "p"}}).add_heatmap(z=[[1]])
    figure.add_heatmap(z=[[1]], colorbar={"tickfont": {"size": 5}}, showscale=True)
    figure.add_heatmap(z=[[1]], colorbar={"title": {"text": "hidden"}}, showscale=False)
    style.fill_in_sizes(figure)
    figure.checked()
    assert figure.layout["xaxis"] == {
        "title": {"text": "x", "font": {"size": style.TEXT}},
        "tickfont": {"size": style.SMALL},
    }
    assert figure.layout["yaxis"] == {"tickfont": {"size": 30}}
    assert figure.layout["legend"] == {"font": {"size": style.SMALL}}
    first, second, third, hidden = figure.traces
    assert first["colorbar"] == {
        "title": {"text": "p", "font": {"size": style.SMALL}},
        "tickfont": {"size": style.SMALL},
    }
    assert "colorbar" not in second
    assert third["colorbar"] == {"tickfont": {"size": 5}}
    assert hidden["colorbar"] == {"title": {"text": "hidden"}}


def test_a_size_that_is_named_stays() -> None:
    figure = Drawing(
        layout={"legend": {"font": {"size": 22}}, "xaxis": {"title": {"text": "x", "font": {"color": "red"}}}}
    )
    style.fill_in_sizes(figure)
    assert figure.layout["legend"]["font"]["size"] == 22
    assert figure.layout["xaxis"]["title"]["font"] == {"color": "red", "size": style.TEXT}


def test_enlarge_scales_every_font_and_nothing_else() -> None:
    figure = Drawing(layout=style.base_layout(300))
    figure.add_scatter(x=[1], y=[1], marker={"size": 9}, textfont={"size": [10, 12]})
    figure.add_scatter(x=[1], y=[1], textfont={"size": 10})
    figure.add_annotation(text="x", font={"size": 20, "weight": 700})
    style.fill_in_sizes(figure)
    larger = style.enlarge(figure, 2).checked()
    assert larger.data[0].marker.size == 9
    assert larger.data[1].textfont.size == 20
    assert larger.layout.annotations[0].font.size == 40 and larger.layout.annotations[0].font.weight == 700
    assert larger.layout.xaxis.tickfont.size == 2 * style.SMALL
    assert larger.layout.hoverlabel.font.size == 2 * style.TEXT
    assert figure.checked().layout.annotations[0].font.size == 20
    assert larger.layout.height == 300 * style.LECTURE_HEIGHT
    assert "height" not in style.enlarge(Drawing()).layout


def test_a_hall_reads_the_smallest_text() -> None:
    """Twenty-one pixels, by default."""
    figure = Drawing()
    style.fill_in_sizes(figure)
    assert style.enlarge(figure).layout["xaxis"]["tickfont"]["size"] >= 20
    assert style.TEXT > style.SMALL >= 12 and 1 < style.LECTURE_HEIGHT < 1.5, "a figure fits on the screen"


@pytest.mark.parametrize("fill", [*colours.CATEGORIES, [colours.BLUE, colours.ORANGE]])
def test_every_bar_has_a_fill_or_an_edge_that_stands_out_on_both_pages(fill: str | list[str]) -> None:
    figure = Drawing().add_bar(x=[1, 2], y=[1, 2], marker={"color": fill})
    style.edge_pale_bars(figure)
    marker = figure.traces[0]["marker"]
    assert marker["color"] == fill, "colour-blind readers tell the fills apart"
    edges = marker.get("line", {}).get("color", fill)
    assert len(edges) == len(fill)
    for one in [edges] if isinstance(edges, str) else edges:
        assert all(colours.contrast(one, page) >= 3 for page in colours.PAGE.values())


def test_an_edge_that_is_there_and_what_is_no_plain_colour_stay() -> None:
    line = {"color": colours.FOCUS, "width": 3}
    figure = Drawing().add_bar(x=[1], y=[1], marker={"color": colours.ORANGE, "line": line})
    figure.add_bar(x=[1], y=[1], marker={"color": "rgba(1,2,3,0.5)"}).add_bar(x=[1], y=[1])
    before = figure.copy()
    style.edge_pale_bars(figure)
    assert figure.traces == before.traces
