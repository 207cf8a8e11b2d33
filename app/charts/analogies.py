"""Figures of the analogies lesson: answers, the parallelogram in its plane, terms of a cosine, scores by section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from app.charts import colours, style

if TYPE_CHECKING:
    from nlpcore.words.analogy import AnalogyTrace
    from nlpcore.words.analogy_evaluation import SectionScore
    from nlpcore.words.analogy_plane import Parallelogram

Words = Callable[..., str]
Row = dict[str, Any]

INPUT, ANSWER, EXPECTED, SUM = colours.ORANGE, colours.BLUE, colours.TRUTH, colours.FOCUS
# One colour an input word in the terms figure: a, b, c as the formula names them, then any more.
_TERMS = (colours.ORANGE, colours.SKY, colours.PURPLE, colours.GREEN, colours.YELLOW, colours.VERMILLION)
_BAR, _AXIS = 30, 62  # px: height of a bar, height of axis and legend


def formula_of(trace: AnalogyTrace) -> str:
    """Return the sum in words, such as "king + woman − man", a − b + c where each field holds one word."""
    first, *more = trace.positive
    minus = "".join(f" − {word}" for word in trace.negative)
    plus = "".join(f" + {word}" for word in more)
    return first + (minus + plus if len(trace.inputs) == 3 and more else plus + minus)


def answer_rows(trace: AnalogyTrace, show_inputs: bool) -> list[Row]:
    """Return the bars of :func:`answers`, best first; an expected word further down is the last."""
    place, rows = 0, []
    for word, cosine, own in zip(trace.candidates, trace.cosines.tolist(), trace.is_input.tolist(), strict=True):
        struck = own and trace.exclude_inputs
        if struck and not show_inputs:
            continue
        place += not struck
        if place > trace.k:
            break
        kind = "struck" if struck else "input" if own else "expected" if word == trace.expected else "answer"
        rows.append({"place": None if struck else place, "word": word, "cosine": cosine, "kind": kind})
    if trace.expected and trace.expected not in {row["word"] for row in rows} and trace.expected_rank:
        far = {"place": trace.expected_rank, "word": trace.expected, "cosine": trace.expected_cosine}
        rows.append({**far, "kind": "expected"})
    return rows


def answers(trace: AnalogyTrace, w: Words, show_inputs: bool) -> go.Figure:
    """Bars of the best answers with their cosines; the input words hatched where they are struck."""
    rows = answer_rows(trace, show_inputs)
    figure = go.Figure()
    styles = {
        "expected": (EXPECTED, 1.0, ""),
        "answer": (ANSWER, 0.85, ""),
        "input": (INPUT, 1.0, ""),
        "struck": (INPUT, 0.25, "/"),
    }
    for kind, (colour, opacity, pattern) in styles.items():
        own = [row for row in rows if row["kind"] == kind]
        if not own:
            continue
        figure.add_bar(
            orientation="h",
            x=[row["cosine"] for row in own],
            y=[_label(row) for row in own],
            name=w(f"chart.{kind}"),
            marker={
                "color": colours.with_alpha(colour, opacity),
                "line": {"color": colour, "width": 1.5},
                "pattern": {"shape": pattern, "fgcolor": colour},
            },
            text=[f"{row['cosine']:.2f}" for row in own],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.3f}<extra>%{fullData.name}</extra>",
        )
    lowest = min([0.0, *(row["cosine"] for row in rows)])
    figure.update_layout(
        style.base_layout(_BAR * len(rows) + _AXIS + 24),
        barmode="overlay",
        bargap=0.22,
        margin={"l": 8, "r": 44, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": style.SMALL}},
        xaxis={"title": w("chart.cosine"), "range": [lowest, 1], "zeroline": False},
        yaxis={
            "autorange": "reversed",
            "categoryorder": "array",
            "categoryarray": [_label(row) for row in rows],
            "tickfont": {"size": style.TEXT},
            "showgrid": False,
        },
        showlegend=True,
    )
    return figure


def _label(row: Row) -> str:
    place = "–" if row["place"] is None else f"{row['place']:,}"
    return f"{escape(row['word'])}  {place}"


def plane_rows(plane: Parallelogram, total: str) -> list[Row]:
    """Return one row for each point of :func:`parallelogram`."""
    columns = (plane.points, plane.residuals, plane.distances, plane.drawn_distances, plane.parallel)
    return [
        {
            "point": label if role != "sum" else total,
            "role": role,
            "x": float(xy[0]),
            "y": float(xy[1]),
            "distance_from_plane": float(residual),
            "distance_to_sum": float(distance),
            "distance_to_sum_as_drawn": float(drawn),
            "parallel_to_first_step": float(parallel),
        }
        for label, role, xy, residual, distance, drawn, parallel in zip(
            plane.labels, plane.roles, *columns, strict=True
        )
    ]


def parallelogram(plane: Parallelogram, trace: AnalogyTrace, w: Words) -> go.Figure:
    """The plane through a, b and c, true to scale: the two equal steps, the sum, and words dropped onto the plane."""
    rows = plane_rows(plane, formula_of(trace))
    a, b, c, total, *words = rows
    figure = go.Figure()
    for start, end, kind, dash in ((b, a, "step", "solid"), (c, total, "step_again", "dot")):
        figure.add_scatter(
            x=[start["x"], end["x"]],
            y=[start["y"], end["y"]],
            mode="lines+markers",
            line={"color": INPUT, "width": 3, "dash": dash},
            marker={"symbol": "arrow", "size": [0, 16], "angleref": "previous", "color": INPUT},
            name=w(f"chart.{kind}"),
            hoverinfo="skip",
        )
    for start, end in ((b, c), (a, total)):
        _side(figure, start, end)
    for word in words:
        if word["point"] == trace.expected:
            _gap(figure, total, word, w)
    _points(figure, [a, b, c], w, INPUT, "circle", w("chart.input"))
    _points(figure, [total], w, SUM, "diamond", w("chart.sum"))
    _points(figure, [x for x in words if x["point"] == trace.expected], w, EXPECTED, "circle", w("chart.expected"))
    _points(figure, [x for x in words if x["point"] != trace.expected], w, ANSWER, "circle", w("chart.answer"))
    figure.update_layout(
        style.base_layout(_BAR * 14 + _AXIS),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": style.SMALL}},
        xaxis=_flat_axis(rows, "x", 0.32) | {"constrain": "domain"},
        yaxis=_flat_axis(rows, "y", 0.14) | {"scaleanchor": "x", "constrain": "domain"},
        annotations=_names(rows, trace),
    )
    return figure


def _flat_axis(rows: Sequence[Row], name: str, room: float) -> Row:
    """An axis without numbers, as lengths are read along the arrows, with room for the names."""
    low, high = min(row[name] for row in rows), max(row[name] for row in rows)
    margin = max(high - low, 0.4) * room
    return {"range": [low - margin, high + margin], "showticklabels": False, "showgrid": False, "zeroline": False}


def _side(figure: go.Figure, start: Row, end: Row) -> None:
    figure.add_scatter(
        x=[start["x"], end["x"]],
        y=[start["y"], end["y"]],
        mode="lines",
        line={"color": colours.MUTED, "width": 1.5},
        hoverinfo="skip",
        showlegend=False,
    )


def _gap(figure: go.Figure, total: Row, word: Row, w: Words) -> None:
    figure.add_scatter(
        x=[total["x"], word["x"]],
        y=[total["y"], word["y"]],
        mode="lines",
        line={"color": EXPECTED, "width": 2, "dash": "dash"},
        name=w("chart.gap", true=f"{word['distance_to_sum']:.2f}", drawn=f"{word['distance_to_sum_as_drawn']:.2f}"),
        hoverinfo="skip",
    )


def _points(figure: go.Figure, rows: Sequence[Row], w: Words, colour: str, symbol: str, name: str) -> None:
    if not rows:
        return
    figure.add_scatter(
        x=[row["x"] for row in rows],
        y=[row["y"] for row in rows],
        mode="markers",
        marker={"color": colour, "size": 13, "symbol": symbol, "line": {"color": "white", "width": 1}},
        name=name,
        customdata=[[row["distance_from_plane"], row["distance_to_sum"], escape(row["point"])] for row in rows],
        hovertemplate="<b>%{customdata[2]}</b><br>"
        + w("chart.off_plane", value="%{customdata[0]:.2f}")
        + "<br>"
        + w("chart.to_sum", value="%{customdata[1]:.2f}")
        + "<extra></extra>",
    )


def _names(rows: Sequence[Row], trace: AnalogyTrace) -> list[Row]:
    """Names beside the points, turned away from the middle; names that would meet move apart."""
    middle = sum(row["x"] for row in rows) / len(rows)
    height = max(row["y"] for row in rows) - min(row["y"] for row in rows)
    notes: list[Row] = []
    taken: dict[str, list[float]] = {"left": [], "right": []}
    for row in sorted(rows, key=lambda row: row["role"] == "word"):
        side = "right" if row["x"] >= middle else "left"
        y = _free_height(row["y"], taken[side], 0.075 * max(height, 0.4))
        taken[side].append(y)
        hidden = f" <i>⊥{row['distance_from_plane']:.2f}</i>" if row["role"] == "word" else ""
        bold = row["role"] == "sum" or row["point"] == trace.expected
        text = escape(row["point"])
        notes.append(
            {
                "x": row["x"],
                "y": y,
                "text": (f"<b>{text}</b>" if bold else text) + hidden,
                "showarrow": False,
                "xanchor": "left" if side == "right" else "right",
                "xshift": 11 if side == "right" else -11,
                "font": {"size": style.TEXT if row["role"] != "word" or bold else style.SMALL},
            }
        )
    return notes


def _free_height(wanted: float, taken: Sequence[float], gap: float) -> float:
    """Return the height nearest to ``wanted`` that keeps ``gap`` from every height taken."""
    steps = sorted((i * gap * 0.5 for i in range(-24, 25)), key=abs)
    return next((wanted + step for step in steps if all(abs(wanted + step - y) >= gap for y in taken)), wanted)


def term_rows(trace: AnalogyTrace, count: int) -> list[Row]:
    """Return the ``count`` best candidates, inputs included, with their cosine to each input and their sum."""
    rows = []
    for word, cosine, terms in zip(trace.candidates, trace.cosines.tolist(), trace.terms.tolist(), strict=True):
        signed = [sign * term for sign, term in zip(trace.signs.tolist(), terms, strict=True)]
        names = [f"{'+' if sign > 0 else '−'} {name}" for sign, name in zip(trace.signs, trace.inputs, strict=True)]
        rows.append({"word": word, **dict(zip(names, signed, strict=True)), "sum": sum(signed), "cosine": cosine})
    return rows[:count]


def terms(trace: AnalogyTrace, w: Words, count: int = 8) -> go.Figure:
    """What each input adds to or takes from the score of each candidate: the terms of 3CosAdd, stacked."""
    rows = term_rows(trace, count)
    labels = [escape(row["word"]) for row in rows]
    figure = go.Figure()
    names = [name for name in rows[0] if name not in ("word", "sum", "cosine")]
    for position, name in enumerate(names):
        colour = _TERMS[position % len(_TERMS)]
        figure.add_bar(
            orientation="h",
            x=[row[name] for row in rows],
            y=labels,
            name=f"{escape(name[0])} cos(x, {escape(name[2:])})",
            marker={"color": colour},
            text=[f"{row[name]:+.2f}".replace("-", "−") for row in rows],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": colours.readable_on(colour), "size": style.SMALL},
            hovertemplate="%{y}: %{x:.3f}<extra>%{fullData.name}</extra>",
        )
    figure.add_scatter(
        x=[row["sum"] for row in rows],
        y=labels,
        mode="markers",
        marker={"symbol": "diamond", "size": 15, "color": SUM, "line": {"color": "white", "width": 1.5}},
        name=w("chart.total"),
        hovertemplate="%{y}: %{x:.3f}<extra>" + w("chart.total") + "</extra>",
    )
    figure.update_layout(
        style.base_layout((_BAR + 6) * len(rows) + _AXIS + 30),
        barmode="relative",
        bargap=0.25,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        xaxis={"title": w("chart.terms_axis"), "zeroline": True},
        yaxis={"autorange": "reversed", "tickfont": {"size": style.TEXT}, "showgrid": False},
    )
    return figure


def section_rows(sections: Sequence[SectionScore], name_of: Callable[[str], str]) -> list[Row]:
    """Return one row for each section: how many questions, and the share answered right with and without the trick."""
    return [
        {
            "section": name_of(section.name),
            "questions": len(section.questions),
            "skipped": section.skipped,
            "right_inputs_struck": section.right() / len(section.questions),
            "right_nothing_struck": section.right(False) / len(section.questions),
        }
        for section in sections
        if section.questions
    ]


def sections(scores: Sequence[SectionScore], w: Words, name_of: Callable[[str], str]) -> go.Figure:
    """Accuracy of each section, with the input words struck and without."""
    rows = section_rows(scores, name_of)
    labels = [f"{row['section']} ({row['questions']:,})" for row in rows]
    figure = go.Figure()
    for key, colour, name in (
        ("right_inputs_struck", ANSWER, w("chart.with_trick")),
        ("right_nothing_struck", INPUT, w("chart.without_trick")),
    ):
        figure.add_bar(
            orientation="h",
            x=[row[key] for row in rows],
            y=labels,
            name=name,
            marker={"color": colour},
            text=[f"{row[key]:.0%}" for row in rows],
            textposition="outside",
            textfont={"size": style.SMALL},
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1%}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        style.base_layout(44 * len(rows) + _AXIS + 20),
        barmode="group",
        bargap=0.28,
        bargroupgap=0.05,
        margin={"l": 8, "r": 44, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        xaxis={"title": w("chart.accuracy"), "range": [0, 1], "tickformat": ".0%"},
        yaxis={"autorange": "reversed", "tickfont": {"size": style.SMALL}, "showgrid": False},
    )
    return figure
