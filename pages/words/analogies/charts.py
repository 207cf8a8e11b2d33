"""Figures of the analogies lesson: answers, the parallelogram in its plane, terms of a cosine, scores by section."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.charts.label_placement import room_beside, text_width
from app.text import shorten
from pages.words.analogies.sums import columns, in_words

if TYPE_CHECKING:
    from nlpcore.words import Neighbour
    from nlpcore.words.analogy import AnalogyTrace
    from nlpcore.words.analogy_evaluation import SectionScore
    from nlpcore.words.analogy_input import AnalogyAnswer
    from nlpcore.words.analogy_plane import Parallelogram

Words = Callable[..., str]
Row = dict[str, Any]

INPUT, ANSWER, EXPECTED, SUM = colours.ORANGE, colours.BLUE, colours.TRUTH, colours.FOCUS
# One colour an input word in the terms figure: a, b, c as the formula names them, then any more.
_TERMS = (colours.ORANGE, colours.SKY, colours.PURPLE, colours.GREEN, colours.YELLOW, colours.VERMILLION)
VERDICTS = ("right", "wrong", "rescued")
_NAME, _SUM = 13, 24  # most characters of a line of a name in the parallelogram, and of the sum's
_PHONE = 320  # px of an axis on the narrowest screen
_BESIDE = 12  # px between a point and its name
_COLUMN = 0.12  # of the width that is drawn: how far beside it the names of the words stand
_BAR, _AXIS = 30, 62  # px: height of a bar, height of axis and legend


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


def answers(trace: AnalogyTrace, w: Words, show_inputs: bool) -> Drawing:
    """Bars of the best answers with their cosines; the input words hatched where they are struck."""
    rows = answer_rows(trace, show_inputs)
    figure = Drawing()
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
        xaxis={"title": {"text": w("chart.cosine")}, "range": [lowest, 1], "zeroline": False},
        yaxis={
            "type": "category",
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
    _points(figure, [word for word in words if word["point"] != expected], w, ANSWER)
    names = _names(rows, expected)
    figure.update_layout(
        style.base_layout(_BAR * 11 + _AXIS),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": style.SMALL}},
        xaxis=_flat_axis(rows, "x", *_room(rows, names)),
        yaxis=_flat_axis(rows, "y", 0.08, 0.14) | {"scaleanchor": "x"},
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


def _flat_axis(rows: Sequence[Row], name: str, before: float, after: float) -> Row:
    """An axis without numbers, as lengths are read along the arrows, with room for the names."""
    low, high, span = min(row[name] for row in rows), max(row[name] for row in rows), _span(rows, name)
    limits = [low - span * before, high + span * after]
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


def _points(figure: Drawing, rows: Sequence[Row], w: Words, colour: str, symbol: str = "circle") -> None:
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
        showlegend=False,
    )


def _names(rows: Sequence[Row], expected: str | None) -> list[Row]:
    """Names of a and b to the left, of c to the right, of the sum above; other words in a column, tied by a thread."""
    edge = max(row["x"] for row in rows) + _COLUMN * _span(rows, "x")
    gap = max(0.12 * _span(rows, "x"), 0.15 * _span(rows, "y"))
    taken = [row["y"] for row in rows if row["role"] == "c"]
    notes: list[Row] = []
    for row in sorted(rows, key=lambda row: -row["y"]):
        text, word = _in_lines(row["point"], _SUM if row["role"] == "sum" else _NAME), row["role"] == "word"
        note = {"x": row["x"], "y": row["y"], "text": text, "showarrow": False, "font": {"size": style.TEXT}}
        if word:
            height = _free_height(row["y"], taken, gap)
            taken.append(height)
            thread = {"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": colours.MUTED, "standoff": 6}
            note |= thread | {"axref": "x", "ayref": "y", "ax": edge, "ay": height, "xanchor": "left"}
            note["text"] += f"<br><i>⊥ {row['distance_from_plane']:.2f}</i>"
        elif row["role"] == "sum":
            note |= {"xanchor": "center", "yshift": 19}
        else:
            left = row["role"] in ("a", "b")
            note |= {"xanchor": "right" if left else "left", "xshift": -_BESIDE if left else _BESIDE}
        if row["role"] == "sum" or row["point"] == expected:
            note["text"] = f"<b>{note['text']}</b>"
        notes.append(note)
    return notes


def _in_lines(name: str, most: int) -> str:
    """Return a name, or a sum of several, in lines of at most ``most`` characters, of which a phone has room for one."""
    lines = wrap(name, most, break_long_words=False, break_on_hyphens=False, max_lines=3, placeholder=" …")
    return "<br>".join(escape(shorten(line, most)) for line in lines)


def _free_height(wanted: float, taken: Sequence[float], gap: float) -> float:
    """Return the height nearest to ``wanted`` that keeps ``gap`` from every height taken."""
    steps = sorted((i * gap / 4 for i in range(-40, 41)), key=abs)
    return next((wanted + step for step in steps if all(abs(wanted + step - y) >= gap for y in taken)), wanted)


def _signed_inputs(answer: AnalogyAnswer) -> dict[tuple[str, str], list[int]]:
    """Return (sign, word) -> its columns in the trace's terms, in the order a, b, c; a word may be added twice."""
    trace, found = answer.trace, dict[tuple[str, str], list[int]]()
    for i in columns(answer):
        found.setdefault(("+" if trace.signs[i] > 0 else "−", trace.inputs[i]), []).append(i)
    return found


def term_rows(answer: AnalogyAnswer, count: int, show_inputs: bool = True) -> list[Row]:
    """Return the ``count`` best candidates, with or without the inputs, their signed cosine to each input and their sum."""
    trace, inputs = answer.trace, _signed_inputs(answer)
    signed = trace.signs * trace.terms
    return [
        {
            "word": word,
            **{f"{sign} {other}": float(terms[places].sum()) for (sign, other), places in inputs.items()},
            "sum": sum(terms.tolist()),
            "cosine": cosine,
        }
        for word, terms, cosine in zip(trace.candidates, signed, trace.cosines.tolist(), strict=True)
        if show_inputs or word not in trace.inputs
    ][:count]


def terms(answer: AnalogyAnswer, w: Words, show_inputs: bool, count: int = 8) -> Drawing:
    """What each input adds to or takes from the score of each candidate: the terms of 3CosAdd, stacked."""
    rows = term_rows(answer, count, show_inputs)
    labels = [escape(row["word"]) for row in rows]
    figure = Drawing()
    for position, ((sign, word), places) in enumerate(_signed_inputs(answer).items()):
        name, times = f"{sign} {word}", f"{len(places)} " if len(places) > 1 else ""
        colour = _TERMS[position % len(_TERMS)]
        figure.add_bar(
            orientation="h",
            x=[row[name] for row in rows],
            y=labels,
            name=f"{sign} {times}cos(x, {escape(word)})",
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
        xaxis={"title": {"text": w("chart.terms_axis")}, "zeroline": True},
        yaxis={"type": "category", "autorange": "reversed", "tickfont": {"size": style.TEXT}, "showgrid": False},
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


def question_rows(scores: Sequence[SectionScore], verdict: str, find: str, name_of: Callable[[str], str]) -> list[Row]:
    """Return single questions: a ``verdict`` of :data:`VERDICTS` or "all", and ``find`` among their words if not empty.

    "rescued" are those answered rightly only because the input words were struck.
    """
    rows = []
    for section in scores:
        answered = zip(section.questions, section.predicted, section.predicted_with_inputs, strict=True)
        for (a, b, c, d), struck, free in answered:
            fits = {"right": struck == d, "wrong": struck != d, "rescued": struck == d != free}.get(verdict, True)
            if fits and (not find or find.lower() in (a, b, c, d, struck, free)):
                row = {"": "✓" if struck == d else "✗", "a": a, "b": b, "c": c, "d": d}
                rows.append(row | {"answer": struck, "answer_free": free, "section": name_of(section.name)})
    return rows


def sections(scores: Sequence[SectionScore], w: Words, name_of: Callable[[str], str]) -> Drawing:
    """Accuracy of each section, with the input words struck and without."""
    rows = section_rows(scores, name_of)
    labels = [f"{row['section']} ({row['questions']:,})" for row in rows]
    figure = Drawing()
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
        xaxis={"title": {"text": w("chart.accuracy")}, "range": [0, 1], "tickformat": ".0%"},
        yaxis={"type": "category", "autorange": "reversed", "tickfont": {"size": style.SMALL}, "showgrid": False},
    )
    return figure


def neighbours(word: str, nearest: Sequence[Neighbour], expected: str | None, w: Words) -> Drawing:
    """Bars of a word's nearest neighbours, without any arithmetic."""
    figure = Drawing()
    figure.add_bar(
        orientation="h",
        x=[cosine for _, cosine in nearest],
        y=[f"{escape(name)}  {place}" for place, (name, _) in enumerate(nearest, 1)],
        marker={"color": [EXPECTED if name == expected else ANSWER for name, _ in nearest]},
        text=[f"{cosine:.2f}" for _, cosine in nearest],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )
    figure.update_layout(
        style.base_layout(_BAR * len(nearest) + _AXIS),
        bargap=0.22,
        margin={"l": 8, "r": 44, "t": 8, "b": 8},
        xaxis={"title": {"text": w("chart.neighbours", word=escape(word))}, "range": [0, 1]},
        yaxis={"type": "category", "autorange": "reversed", "tickfont": {"size": style.TEXT}, "showgrid": False},
    )
    return figure
