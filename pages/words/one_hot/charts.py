"""Figures of the lesson on one-hot vectors: tables of vectors and cosines, and what they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.cells import numbers_on_cells
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text
from nlpcore.arrays import Floats
from nlpcore.text import shortened
from nlpcore.words.arrows import Stretched
from nlpcore.words.one_hot import Storage, Vocabulary
from pages.words.one_hot.amounts import amount

Row = dict[str, Any]
LONGEST = 12  # characters of a word at the side of a table
CELL, HALL_CELL = 34, 40  # px: height of a row, and in a hall before it is enlarged
_AXIS = 46  # px below and above a table
FEW = 6  # words up to which a cosine has room for its 0 before the point
ONE_HOT, SPARSE, DENSE = colours.VERMILLION, colours.GREEN, colours.BLUE
A, B, DISTANCE, ANGLE = colours.BLUE, colours.ORANGE, colours.PURPLE, colours.GREEN


def labels_of(words: Sequence[str]) -> list[str]:
    """Return the names of a table's rows: each word with its number, by which the columns are called."""
    return [f"{plotly_text(shortened(word, LONGEST))}  {place}" for place, word in enumerate(words, 1)]


def _table(values: Floats, scale: Any, bounds: tuple[float, float], labels: Sequence[str], hall: bool) -> Drawing:
    """Return a heatmap with its rows from top to bottom, named at the side, and its columns numbered."""
    figure = Drawing()
    figure.add_heatmap(
        z=values, zmin=bounds[0], zmax=bounds[1], colorscale=scale, showscale=False, xgap=1, ygap=1, hoverongaps=False
    )
    rows, columns = values.shape
    plain: dict[str, Any] = {"showgrid": False, "zeroline": False}
    figure.update_yaxes(
        **plain,
        tickvals=list(range(rows)),
        ticktext=list(labels),
        range=[rows - 0.5, -0.5],
        tickfont={"size": style.TEXT},
    )
    figure.update_xaxes(
        **plain,
        tickvals=list(range(columns)) if columns <= 12 else [0, *range(9, columns, 10)],
        ticktext=[str(n + 1) for n in range(columns)]
        if columns <= 12
        else ["1", *map(str, range(10, columns + 1, 10))],
        range=[-0.5, columns - 0.5],
        side="top",
    )
    height = rows * (HALL_CELL if hall else CELL) + _AXIS
    return figure.update_layout(style.base_layout(height, showlegend=False, margin={"l": 8, "r": 8, "t": 30, "b": 8}))


def one_hot(trace: Vocabulary, w: Say, hall: bool = False) -> Drawing:
    """Draw the one-hot vectors, a row for each word, every number written on its cell."""
    scale: list[list[float | str]] = [[0.0, "#F7F7F7"], [1.0, colours.BLUE]]
    values = trace.one_hot.astype(float)
    figure = _table(values, scale, (0, 1), labels_of(trace.words), hall)
    figure.traces[0] |= {"hovertemplate": w("words.hover_one_hot") + "<extra></extra>", "customdata": _named(trace)}
    return figure.add(numbers_on_cells(values, scale, (0, 1), lambda value: f"{value:.0f}", style.TEXT))


def _named(trace: Vocabulary) -> list[list[list[str]]]:
    """Return for each cell of a table the words of its row and column."""
    words = [plotly_text(shortened(word, LONGEST)) for word in trace.words]
    return [[[row, column] for column in words] for row in words]


def one_hot_rows(trace: Vocabulary) -> list[Row]:
    """Return the numbers of :func:`one_hot` for the CSV."""
    return [
        {"word": word, "dimension": place + 1, "one_hot": int(trace.one_hot[i, place])}
        for i, word in enumerate(trace.words)
        for place in range(len(trace.words))
    ]


def dense(trace: Vocabulary, w: Say, hall: bool = False) -> Drawing:
    """Draw the dense vectors, a row for each word: colour is sign and size."""
    limit = float(np.nanmax(np.abs(trace.dense))) if any(trace.known) else 1.0
    figure = _table(trace.dense, colours.DIVERGING, (-limit, limit), labels_of(trace.words), hall)
    figure.traces[0] |= {"hovertemplate": w("words.hover_dense") + "<extra></extra>", "xgap": 0}
    return figure


def dense_rows(trace: Vocabulary) -> list[Row]:
    """Return the numbers of :func:`dense` for the CSV, a row for each word that has a vector."""
    return [
        {"word": word, **{f"d{n}": float(value) for n, value in enumerate(trace.dense[i], 1)}}
        for i, word in enumerate(trace.words)
        if trace.known[i]
    ]


def cosines(trace: Vocabulary, w: Say, hall: bool = False) -> Drawing:
    """Draw the cosine of every pair of words by their dense vectors."""
    table, short = trace.dense_cosines, len(trace.words) > FEW
    figure = _table(table, colours.DIVERGING, (-1, 1), labels_of(trace.words), hall)
    figure.traces[0] |= {"hovertemplate": w("words.hover_cosine") + "<extra></extra>", "customdata": _named(trace)}
    return figure.add(
        numbers_on_cells(table, colours.DIVERGING, (-1, 1), lambda value: _cosine(value, short), style.SMALL)
    )


def _cosine(value: float, short: bool) -> str:
    """Return a cosine with two digits; ``short``: without what is the same in all."""
    text = number(value)
    return "1" if short and text == "1.00" else text.replace("0.", ".", 1) if short else text


def cosine_rows(trace: Vocabulary) -> list[Row]:
    """Return every pair of words with its cosine by one-hot and by dense vectors, for the CSV."""
    n = len(trace.words)
    return [
        {
            "word": trace.words[i],
            "other": trace.words[j],
            "one_hot_cosine": float(trace.one_hot_cosines[i, j]),
            "dense_cosine": float(trace.dense_cosines[i, j]) if np.isfinite(trace.dense_cosines[i, j]) else None,
        }
        for i in range(n)
        for j in range(i + 1, n)
    ]


_BESIDE = 300  # words from which on a number has room to the left of its point


def sizes(traces: Sequence[Storage], here: Storage, w: Say, told: bool) -> Drawing:
    """Draw what vocabularies of several sizes take, three ways, both axes logarithmic; ``here`` is marked.

    ``told`` False leaves the one-hot vectors out, which a question is about.
    """
    figure = Drawing(layout=style.base_layout(430, margin={"l": 8, "r": 8, "t": 8, "b": 8}))
    beside = "top left" if here.words >= _BESIDE else None  # of the dotted line, and above the lines, which rise
    ways = [("dense", DENSE, "top center"), ("sparse", SPARSE, "bottom center")]
    for way, colour, where in ([("one_hot", ONE_HOT, "top center")] if told else []) + ways:
        name = w(f"size.{way}", dimensions=here.dimensions)
        bytes_of = [getattr(trace, way).bytes for trace in traces]
        figure.add_scatter(
            x=[trace.words for trace in traces],
            y=bytes_of,
            mode="lines",
            line={"color": colours.edge_of(colour), "width": 3},
            name=name,
            customdata=[
                [amount(each), f"{getattr(trace, way).numbers:,}"] for each, trace in zip(bytes_of, traces, strict=True)
            ],
            hovertemplate=w("size.hover") + "<extra>%{fullData.name}</extra>",
        )
        mark = getattr(here, way).bytes
        figure.add_scatter(
            x=[here.words],
            y=[mark],
            mode="markers+text",
            marker={"color": colours.edge_of(colour), "size": 13},
            text=[amount(mark)],
            textposition=beside or where,
            textfont={"size": style.TEXT},
            showlegend=False,
            hoverinfo="skip",
            cliponaxis=False,
        )
    figure.add_line(x=here.words, line={"width": 1.5, "dash": "dot", "color": colours.GREY})
    decades = range(1, 7)
    figure.update_xaxes(
        type="log",
        range=[0.7, 6.3],
        tickvals=[10**n for n in decades],
        ticktext=[f"{10**n:,}" for n in decades],
        title={"text": w("size.axis")},
    )
    top = 13.2 if told else 10.2
    powers = [power for power in (3, 6, 9, 12) if power < top]
    figure.update_yaxes(
        type="log",
        range=[1.4, top],
        tickvals=[10**power for power in powers],
        ticktext=[f"1 {unit}" for unit in ("kB", "MB", "GB", "TB")[: len(powers)]],
    )
    return figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})


def size_rows(traces: Sequence[Storage], told: bool) -> list[Row]:
    """Return numbers and bytes of each size and way, for the CSV and the table; ``told`` as in :func:`sizes`."""
    ways = ("one_hot", "sparse", "dense") if told else ("sparse", "dense")
    return [
        {"words": trace.words}
        | {f"{way}_{what}": getattr(getattr(trace, way), what) for way in ways for what in ("numbers", "bytes")}
        for trace in traces
    ]


def stretching(trace: Stretched, w: Say) -> Drawing:
    """Draw what becomes of dot product, distance and cosine when one arrow is made longer or shorter."""
    figure = Drawing(layout=style.base_layout(360, margin={"l": 8, "r": 8, "t": 8, "b": 8}))
    for name, values, colour, dash in (
        ("dot", trace.dots, A, "solid"),
        ("distance", trace.distances, DISTANCE, "dash"),
        ("cosine", trace.cosines, ANGLE, "solid"),
    ):
        figure.add_scatter(
            x=trace.factors,
            y=values,
            mode="lines",
            line={"color": colours.edge_of(colour), "width": 3, "dash": dash},
            name=w(f"stays.{name}"),
            hovertemplate="× %{x:.1f}: %{y:.2f}<extra>%{fullData.name}</extra>",
        )
    figure.add_line(x=1, line={"width": 1.5, "dash": "dot", "color": colours.GREY})
    figure.update_xaxes(title={"text": w("arrows.factor")})
    return figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})


def stretch_rows(trace: Stretched) -> list[Row]:
    """Return the numbers of :func:`stretching` for the CSV."""
    columns = zip(
        trace.factors.tolist(), trace.dots.tolist(), trace.distances.tolist(), trace.cosines.tolist(), strict=True
    )
    return [
        {"factor": factor, "dot": dot, "distance": distance, "cosine": cosine if np.isfinite(cosine) else None}
        for factor, dot, distance, cosine in columns
    ]
