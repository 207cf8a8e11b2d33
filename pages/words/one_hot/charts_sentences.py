"""Figures of sentences as vectors: counted words, their weights, and how near the sentences are in three ways."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.cells import numbers_on_cells
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text
from nlpcore.arrays import Floats
from nlpcore.text import shortened
from nlpcore.words.sentence_vectors import WAYS, SentenceVectors

Row = dict[str, Any]
MOST = 24  # words drawn
LONGEST = 10  # characters of a word under a column
_ROOM = 30  # Latin letters that have room side by side under all columns of a phone; a Chinese character takes two
SECOND, THIRD = colours.BLUE, colours.ORANGE
_SCALE: list[list[float | str]] = [[0.0, "#F7F7F7"], [1.0, colours.BLUE]]


def _matrix(trace: SentenceVectors, values: Floats, write: Any, w: Say, hall: bool) -> Drawing:
    """Return sentences as rows and words as columns, each number on its cell."""
    words, count = trace.words[:MOST], len(trace.sentences)
    shown = np.asarray(values[:, :MOST], dtype=float)
    bounds = (0.0, max(float(shown.max()), 1e-9))
    figure = Drawing()
    figure.add_heatmap(
        z=shown,
        zmin=bounds[0],
        zmax=bounds[1],
        colorscale=_SCALE,
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=[[plotly_text(word) for word in words] for _ in range(count)],
        hovertemplate="%{customdata}: %{z:.3~f}<extra></extra>",
    )
    names = [shortened(word, LONGEST) for word in words]
    wide = len(words) * max((sum(2 if ord(sign) > 0x2E7F else 1 for sign in name) for name in names), default=0)
    small = style.TEXT if len(words) <= 12 else style.SMALL
    figure.add(numbers_on_cells(shown, _SCALE, bounds, write, small))
    plain: dict[str, Any] = {"showgrid": False, "zeroline": False}
    figure.update_xaxes(
        **plain,
        tickvals=list(range(len(words))),
        ticktext=[plotly_text(name) for name in names],
        tickangle=-90 if len(words) > 6 and wide > _ROOM else 0,
        tickfont={"size": style.TEXT},
        range=[-0.5, len(words) - 0.5],
    )
    figure.update_yaxes(
        **plain,
        tickvals=list(range(count)),
        ticktext=[w("sentences.row", number=n + 1) for n in range(count)],
        range=[count - 0.5, -0.5],
        tickfont={"size": style.TEXT},
    )
    height = count * (36 if hall else 38) + 110
    return figure.update_layout(style.base_layout(height, showlegend=False))


def counts(trace: SentenceVectors, w: Say, hall: bool = False) -> Drawing:
    """Draw the bags of words."""
    return _matrix(trace, trace.counts.astype(float), lambda value: f"{value:.0f}", w, hall)


def weights(trace: SentenceVectors, w: Say) -> Drawing:
    """Draw the TF-IDF vectors, each of length 1."""
    return _matrix(trace, trace.tfidf, lambda value: number(value).replace("0.", ".", 1) if value else "0", w, False)


def matrix_rows(trace: SentenceVectors) -> list[Row]:
    """Return for each word of each sentence how often it stands there, its idf and its weight, for the CSV."""
    return [
        {
            "sentence": i + 1,
            "word": word,
            "count": int(trace.counts[i, j]),
            "idf": float(trace.idf[j]),
            "tfidf": float(trace.tfidf[i, j]),
            "has_vector": trace.known[j],
        }
        for i in range(len(trace.sentences))
        for j, word in enumerate(trace.words)
    ]


def nearness(trace: SentenceVectors, w: Say, hall: bool = False) -> Drawing:
    """Draw the cosines of the first sentence with the others, in each of the three ways."""
    figure = Drawing()
    names = [w(f"sentences.way.{way}") for way in WAYS]
    for other, colour in ((1, SECOND), (2, THIRD))[: len(trace.sentences) - 1]:
        values = [trace.cosine(way, 0, other) for way in WAYS]
        figure.add_bar(
            orientation="h",
            x=[value if np.isfinite(value) else 0.0 for value in values],
            y=names,
            marker={"color": colour},
            name=w("sentences.pair", other=other + 1),
            text=[number(value) if np.isfinite(value) else "—" for value in values],
            textposition="outside",
            constraintext="none",  # low bars would make it small
            textfont={"size": style.TEXT},
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra>%{fullData.name}</extra>",
        )
    lowest = min(0.0, float(np.nanmin(np.append(trace.cosines[:, 0, 1:], 0.0))))
    figure.update_xaxes(range=[lowest, 1.12 if hall else 1.06], title={"text": w("sentences.cosine")}, zeroline=False)
    figure.update_yaxes(
        type="category",
        autorange="reversed",
        categoryorder="array",
        categoryarray=names,
        showgrid=False,
        tickfont={"size": style.TEXT},
    )
    return figure.update_layout(
        style.base_layout(
            260 if hall else 270,
            barmode="group",
            bargap=0.25,
            margin={"l": 8, "r": 44, "t": 8, "b": 8},
            legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
            showlegend=True,
        )
    )


def nearness_rows(trace: SentenceVectors) -> list[Row]:
    """Return the cosines of :func:`nearness` for the CSV."""
    return [
        {"way": way, "first": 1, "second": other + 1, "cosine": value if np.isfinite(value) else None}
        for way in WAYS
        for other in range(1, len(trace.sentences))
        for value in (trace.cosine(way, 0, other),)
    ]
