"""The parallelogram of an analogy, drawn in its own plane, with the names of its points."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say
from pages.words.analogies import plane_names
from pages.words.analogies.charts import ANSWER, EXPECTED, INPUT, SUM, Row
from pages.words.analogies.sums import in_words

if TYPE_CHECKING:
    from nlpcore.words.analogy_input import AnalogyAnswer
    from nlpcore.words.analogy_plane import Parallelogram

STEP = colours.edge_of(INPUT)  # a line has no fill: it is all edge, and stands out on both pages
_HEIGHT = 392  # px: as high as ten bars of answers


def plane_rows(plane: Parallelogram, total: str, show_inputs: bool = True) -> list[Row]:
    """Return one row for each point of :func:`parallelogram`.

    Without ``show_inputs`` it is not told how far the inputs are from the sum: of that they may be the nearest.
    """
    values = (plane.points, plane.residuals, plane.distances, plane.drawn_distances, plane.parallel)
    return [
        {
            "point": label if role != "sum" else total,
            "role": role,
            "x": float(xy[0]),
            "y": float(xy[1]),
            "distance_from_plane": float(residual),
            "distance_to_sum": float(distance) if show_inputs or role in ("sum", "word") else None,
            "distance_to_sum_as_drawn": float(drawn) if show_inputs or role in ("sum", "word") else None,
            "parallel_to_first_step": float(parallel),
        }
        for label, role, xy, residual, distance, drawn, parallel in zip(plane.labels, plane.roles, *values, strict=True)
    ]


def parallelogram(answer: AnalogyAnswer, w: Say, show_inputs: bool = True, in_a_hall: bool = False) -> Drawing:
    """The plane through a, b and c, true to scale: the two equal steps, the sum, and words dropped onto the plane.

    ``show_inputs``: as for :func:`plane_rows`. ``in_a_hall``: the type will be larger.
    """
    expected = answer.trace.expected
    rows = plane_rows(answer.plane, in_words(answer), show_inputs)
    a, b, c, total, *words = rows
    figure = Drawing()
    for start, end in ((b, c), (a, total)):
        _line(figure, start, end, {"color": colours.MUTED, "width": 1.5})
    for start, end, kind, dash in ((b, a, "step", "solid"), (c, total, "step_again", "dot")):
        arrow = {"symbol": "arrow", "size": [0, 16], "angleref": "previous", "color": STEP}
        _line(figure, start, end, {"color": STEP, "width": 3, "dash": dash}, w(f"chart.{kind}"), marker=arrow)
    for word in words:
        if word["point"] == expected:
            true, drawn = word["distance_to_sum"], word["distance_to_sum_as_drawn"]
            name = w("chart.gap", true=f"{true:.2f}", drawn=f"{drawn:.2f}")
            _line(figure, total, word, {"color": EXPECTED, "width": 2, "dash": "dash"}, name)
    _points(figure, [a, b, c], w, INPUT)
    _points(figure, [total], w, SUM, "diamond")
    _points(figure, [word for word in words if word["point"] == expected], w, EXPECTED)
    _points(figure, [word for word in words if word["point"] != expected], w, ANSWER, name=w("chart.word"))
    names, across, up = plane_names.names(rows, expected, in_a_hall)
    figure.update_layout(
        style.base_layout(_HEIGHT),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": style.SMALL}},
        xaxis=_flat_axis(across),
        yaxis=_flat_axis(up) | {"scaleanchor": "x"},
        annotations=names,
    )
    return figure


def _flat_axis(limits: list[float]) -> Row:
    """An axis without numbers, as lengths are read along the arrows."""
    return {"range": limits, "showticklabels": False, "showgrid": False, "zeroline": False, "constrain": "domain"}


def _line(figure: Drawing, start: Row, end: Row, line: Row, name: str | None = None, **more: Any) -> None:
    figure.add_scatter(
        x=[start["x"], end["x"]],
        y=[start["y"], end["y"]],
        mode="lines+markers" if more else "lines",
        line=line,
        name=name,
        showlegend=name is not None,
        hoverinfo="skip",
        **more,
    )


def _points(
    figure: Drawing, rows: Sequence[Row], w: Say, colour: str, symbol: str = "circle", name: str | None = None
) -> None:
    measured = all(row["distance_to_sum"] is not None for row in rows)
    off_plane, to_sum = (
        w("chart.off_plane", value="%{customdata[1]:.2f}"),
        "<br>" + w("chart.to_sum", value="%{customdata[2]:.2f}"),
    )
    edge = {"color": colours.edge_of(colour), "width": 1.2}
    figure.add_scatter(
        x=[row["x"] for row in rows],
        y=[row["y"] for row in rows],
        mode="markers",
        marker={"color": colour, "size": plane_names.MARK, "symbol": symbol, "line": edge},
        customdata=[
            [escape(row["point"]), row["distance_from_plane"], *([row["distance_to_sum"]] if measured else [])]
            for row in rows
        ],
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>{off_plane}{to_sum if measured else ''}<extra></extra>",
        name=name,
        showlegend=name is not None and bool(rows),
    )
