"""Figures of the analogies lesson: answers, terms of a cosine, scores by section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say, signed
from pages.words.analogies.sums import columns

if TYPE_CHECKING:
    from nlpcore.words import Neighbour
    from nlpcore.words.analogy import AnalogyTrace
    from nlpcore.words.analogy_evaluation import SectionScore
    from nlpcore.words.analogy_input import AnalogyAnswer

Row = dict[str, Any]

INPUT, ANSWER, EXPECTED, SUM = colours.ORANGE, colours.BLUE, colours.TRUTH, colours.FOCUS
# One colour an input word in the terms figure: a, b, c as the formula names them, then any more.
_TERMS = (colours.ORANGE, colours.SKY, colours.PURPLE, colours.GREEN, colours.YELLOW, colours.VERMILLION)
VERDICTS = ("right", "wrong", "rescued")
_BAR, _AXIS = 30, 62  # px: height of a bar, height of axis and legend
_NUMBER, _NUMBER_AND_MARK = 0.13, 0.21  # half of a bar's number on a phone, and this with half a mark, in cosines
_LEAST_BAR, _BARS = 27, 330  # px: of a bar where there are many, and of all that a hall has room for above the table


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


def answers(trace: AnalogyTrace, w: Say, show_inputs: bool) -> Drawing:
    """Bars of the best answers with their cosines; the input words hatched where they are struck."""
    rows = answer_rows(trace, show_inputs)
    figure = Drawing()
    styles = {
        "expected": (EXPECTED, 1.0, ""),
        "answer": (ANSWER, 1.0, ""),
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
                "line": {"color": colours.edge_of(colour), "width": 1.5},
                "pattern": {"shape": pattern, "fgcolor": colour},
            },
            text=[f"{row['cosine']:.2f}" for row in own],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.3f}<extra>%{fullData.name}</extra>",
        )
    lowest = min([0.0, *(row["cosine"] for row in rows)])
    figure.update_layout(
        style.base_layout(max(_LEAST_BAR * len(rows), min(_BAR * len(rows), _BARS)) + _AXIS + 24),
        barmode="overlay",
        bargap=0.22,
        margin={"l": 8, "r": 44, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": style.SMALL}},
        xaxis={"title": {"text": w("chart.cosine")}, "range": [lowest, 1], "zeroline": False},
        yaxis={
            "type": "category",
            "dtick": 1,  # else Plotly leaves out names where a hall's legend has taken some of the height
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


def terms(answer: AnalogyAnswer, w: Say, show_inputs: bool, count: int = 8) -> Drawing:
    """What each input adds to or takes from the score of each candidate: the terms of 3CosAdd, stacked."""
    rows = term_rows(answer, count, show_inputs)
    labels = [escape(row["word"]) for row in rows]
    figure = Drawing()
    reached = {True: [0.0] * len(rows), False: [0.0] * len(rows)}  # by the bars so far, upward and downward
    for position, ((sign, word), places) in enumerate(_signed_inputs(answer).items()):
        name, times = f"{sign} {word}", f"{len(places)} " if len(places) > 1 else ""
        colour, bars = _TERMS[position % len(_TERMS)], list[tuple[float, float]]()
        for n, row in enumerate(rows):
            side = reached[row[name] >= 0]
            bars.append((side[n], row[name]))
            side[n] += row[name]
        figure.add_bar(
            orientation="h",
            x=[row[name] for row in rows],
            y=labels,
            name=f"{sign} {times}cos(x, {escape(word)})",
            marker={"color": colour},
            text=[signed(row[name]) for row in rows],
            textposition="inside",
            insidetextanchor=_anchor(bars, [row["sum"] for row in rows]),
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


def _anchor(bars: Sequence[tuple[float, float]], sums: Sequence[float]) -> str:
    """Return where the numbers in ``bars`` (begin, length) are clear of the marks of ``sums``, rather in the middle."""

    def clear(place: str) -> float:
        apart = [_NUMBER_AND_MARK]
        for (begin, length), total in zip(bars, sums, strict=True):
            inset = min(abs(length) / 2, _NUMBER) * (1 if length > 0 else -1)
            centre = {"middle": begin + length / 2, "end": begin + length - inset, "start": begin + inset}[place]
            apart.append(abs(centre - total))
        return min(apart)

    return max(("middle", "end", "start"), key=clear)


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


def sections(scores: Sequence[SectionScore], w: Say, name_of: Callable[[str], str]) -> Drawing:
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


def neighbours(word: str, nearest: Sequence[Neighbour], expected: str | None, w: Say) -> Drawing:
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
