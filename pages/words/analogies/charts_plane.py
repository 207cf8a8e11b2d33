"""The parallelogram of an analogy, drawn in its own plane, with the names of its points where no screen cuts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.charts.label_placement import room_beside, text_width
from app.text import shorten
from pages.words.analogies.charts import ANSWER, EXPECTED, INPUT, SUM, Row, Words
from pages.words.analogies.sums import in_words

if TYPE_CHECKING:
    from nlpcore.words.analogy_input import AnalogyAnswer
    from nlpcore.words.analogy_plane import Parallelogram

_HEIGHT = 392  # px: as high as ten bars of answers
_NAME, _SUM = 13, 24  # most characters of a line of a name in the parallelogram, and of the sum's
_PHONE = 320  # px of an axis on the narrowest screen
_BESIDE = 12  # px between a point and its name
_LINE = 21  # px of a line of a name
_MOST_SHARES = 4  # a phone's width in parts as wide as what is drawn: where the names leave one, they stand in one line
_COLUMN = 0.12  # of the width that is drawn: how far beside it the names of the words stand


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


def parallelogram(answer: AnalogyAnswer, w: Words, show_inputs: bool = True) -> Drawing:
    """The plane through a, b and c, true to scale: the two equal steps, the sum, and words dropped onto the plane.

    ``show_inputs``: as for :func:`plane_rows`.
    """
    expected = answer.trace.expected
    rows = plane_rows(answer.plane, in_words(answer), show_inputs)
    a, b, c, total, *words = rows
    figure = Drawing()
    for start, end in ((b, c), (a, total)):
        _line(figure, start, end, {"color": colours.MUTED, "width": 1.5})
    for start, end, kind, dash in ((b, a, "step", "solid"), (c, total, "step_again", "dot")):
        arrow = {"symbol": "arrow", "size": [0, 16], "angleref": "previous", "color": INPUT}
        _line(figure, start, end, {"color": INPUT, "width": 3, "dash": dash}, w(f"chart.{kind}"), marker=arrow)
    for word in words:
        if word["point"] == expected:
            true, drawn = word["distance_to_sum"], word["distance_to_sum_as_drawn"]
            name = w("chart.gap", true=f"{true:.2f}", drawn=f"{drawn:.2f}")
            _line(figure, total, word, {"color": EXPECTED, "width": 2, "dash": "dash"}, name)
    _points(figure, [a, b, c], w, INPUT)
    _points(figure, [total], w, SUM, "diamond")
    _points(figure, [word for word in words if word["point"] == expected], w, EXPECTED)
    _points(figure, [word for word in words if word["point"] != expected], w, ANSWER, name=w("chart.word"))
    names, across, up = _names(rows, expected)
    figure.update_layout(
        style.base_layout(_HEIGHT),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": style.SMALL}},
        xaxis=_flat_axis(across),
        yaxis=_flat_axis(up) | {"scaleanchor": "x"},
        annotations=names,
    )
    return figure


def _room(rows: Sequence[Row], names: Sequence[Row]) -> tuple[float, float]:
    """Return the shares of the drawn width that the names need to the left and to the right, on a phone too."""
    low, span = min(row["x"] for row in rows), _span(rows, "x")
    left, right = [], []
    for name in names:
        plain = re.sub("<[^>]+>", "", unescape(name["text"].replace("<br>", "\n")))
        wide = max(text_width(line, style.TEXT) for line in plain.split("\n")) + _BESIDE
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[name["xanchor"]]  # of the name that stands left of its place
        left.append(share * wide)
        right.append((1 - share) * wide)
    places = [(name.get("ax", name["x"]) - low) / span for name in names]
    return room_beside(places, left, right, _PHONE)


def _span(rows: Sequence[Row], name: str) -> float:
    """Return the width or height that is drawn; never so small that a point among equals is lost in it."""
    return max(float(max(row[name] for row in rows) - min(row[name] for row in rows)), 0.4)


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
    figure: Drawing, rows: Sequence[Row], w: Words, colour: str, symbol: str = "circle", name: str | None = None
) -> None:
    measured = all(row["distance_to_sum"] is not None for row in rows)
    off_plane, to_sum = (
        w("chart.off_plane", value="%{customdata[1]:.2f}"),
        "<br>" + w("chart.to_sum", value="%{customdata[2]:.2f}"),
    )
    figure.add_scatter(
        x=[row["x"] for row in rows],
        y=[row["y"] for row in rows],
        mode="markers",
        marker={"color": colour, "size": 13, "symbol": symbol, "line": {"color": "white", "width": 1}},
        customdata=[
            [escape(row["point"]), row["distance_from_plane"], *([row["distance_to_sum"]] if measured else [])]
            for row in rows
        ],
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>{off_plane}{to_sum if measured else ''}<extra></extra>",
        name=name,
        showlegend=name is not None and bool(rows),
    )


def _names(rows: Sequence[Row], expected: str | None) -> tuple[list[Row], list[float], list[float]]:
    """Return the names, and the limits of both axes between which they have room, on a phone too.

    Those of a and b stand to the left, that of c to the right, that of the sum above; other words in a column, tied by a
    thread. What a word's distance from the plane is stands beside its name where there is room, else under it.
    """
    for between in ("  ", "<br>"):
        names = [_name(row, rows, expected, between) for row in sorted(rows, key=lambda row: -row["y"])]
        before, after = _room(rows, names)
        if before + 1 + after <= _MOST_SHARES:
            break
    span = _span(rows, "x")
    across = [min(row["x"] for row in rows) - span * before, max(row["x"] for row in rows) + span * after]
    line = _LINE * (across[1] - across[0]) / _PHONE
    gap = line * (2 if between == "<br>" else 1)
    taken = [row["y"] for row in rows if row["role"] == "c"]
    for name in names:
        if name["xanchor"] == "center":  # it lies above its point, over the column
            taken += [name["y"] + line * (1 + n) for n in range(1 + name["text"].count("<br>"))]
    for name in names:
        if "ax" in name:
            name["ay"] = _free_height(name["y"], taken, gap)
            taken.append(name["ay"])
    heights, spare = [*(row["y"] for row in rows), *taken], max(gap / 2, 0.08 * _span(rows, "y"))
    return names, across, [min(heights) - spare, max(heights) + spare]


def _name(row: Row, rows: Sequence[Row], expected: str | None, between: str) -> Row:
    """Return the name of a point; ``between`` it and a word's distance from the plane."""
    text = _in_lines(row["point"], _SUM if row["role"] == "sum" else _NAME)
    note = {"x": row["x"], "y": row["y"], "text": text, "showarrow": False, "font": {"size": style.TEXT}}
    if row["role"] == "word":
        edge = max(row["x"] for row in rows) + _COLUMN * _span(rows, "x")
        thread = {"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": colours.MUTED, "standoff": 6}
        note |= thread | {"axref": "x", "ayref": "y", "ax": edge, "xanchor": "left", "align": "left"}
        note["text"] += f"{between}<i>⊥ {row['distance_from_plane']:.2f}</i>"
    elif row["role"] == "sum":
        note |= {"xanchor": "center", "yanchor": "bottom", "yshift": 8}
    else:
        left = row["role"] in ("a", "b")
        note |= {"xanchor": "right" if left else "left", "xshift": -_BESIDE if left else _BESIDE}
    if row["role"] == "sum" or row["point"] == expected:
        note["text"] = f"<b>{note['text']}</b>"
    return note


def _in_lines(name: str, most: int) -> str:
    """Return a name, or a sum of several, in lines of at most ``most`` characters, of which a phone has room for one."""
    lines = wrap(name, most, break_long_words=False, break_on_hyphens=False, max_lines=3, placeholder=" …")
    return "<br>".join(escape(shorten(line, most)) for line in lines)


def _free_height(wanted: float, taken: Sequence[float], gap: float) -> float:
    """Return the height nearest to ``wanted`` that keeps ``gap`` from every height taken."""
    steps = sorted((i * gap / 4 for i in range(-40, 41)), key=abs)
    return next((wanted + step for step in steps if all(abs(wanted + step - y) >= gap for y in taken)), wanted)
