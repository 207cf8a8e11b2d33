"""Figures of the matrix, of the weighting, and of what a training has learnt of the cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.cells import numbers_on_cells
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text
from nlpcore.arrays import Floats
from nlpcore.models.trainings import Run
from nlpcore.text import shortened
from nlpcore.words.cooccurrences import Counted
from nlpcore.words.glove import GloveState, weight

LONGEST = 9  # characters of a word
ROW = 34  # px
_SMOOTHED = 0.05  # of a loss in the mean that is drawn
_LEAST_SPAN = 1.0


def _said(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"


def without(counted: Counted, pair: tuple[str, str]) -> Counted:
    """Return what was counted but for the cells of a pair."""
    asked = {counted.counts.index(word) for word in pair}
    cells = zip(counted.rows, counted.columns, strict=True)
    keep = np.array([{int(i), int(j)} != asked for i, j in cells], dtype=bool)
    return replace(counted, rows=counted.rows[keep], columns=counted.columns[keep], values=counted.values[keep])


def shown_matrix(counted: Counted, most: int, hidden: tuple[str, str] | None) -> Floats:
    """Return the first ``most`` rows and columns of X; NaN for the cells of a pair that are ``hidden``."""
    values = counted.dense()[:most, :most]
    if hidden:
        one, other = (counted.counts.index(word) for word in hidden)
        values[one, other] = values[other, one] = np.nan
    return values


def matrix_figure(counted: Counted, most: int, pair: tuple[str, str], hidden: bool, w: Say) -> Drawing:
    """Draw X as cells with their numbers, those of a pair framed; with a question mark where they are ``hidden``."""
    values = shown_matrix(counted, most, pair if hidden else None)
    names = [plotly_text(shortened(word, LONGEST)) for word in counted.words[:most]]
    top = float(np.nanmax(values)) if not np.isnan(values).all() else 1.0
    places = list(range(len(names)))
    figure = Drawing()
    figure.add_heatmap(
        z=values, x=places, y=places, zmin=0, zmax=max(top, 1e-9), colorscale=colours.MAGNITUDE, showscale=False,
        xgap=1, ygap=1, hoverinfo="skip",
    )  # fmt: skip
    figure.add(numbers_on_cells(values, colours.MAGNITUDE, (0, max(top, 1e-9)), _said, style.SMALL))
    one, other = (counted.counts.index(word) for word in pair)
    cells = {(one, other), (other, one)}
    if hidden:
        figure.add_scatter(
            x=[column for _, column in cells], y=[row for row, _ in cells], mode="text", text=["<b>?</b>"] * len(cells),
            textfont={"size": style.TEXT}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    line = {"color": colours.FOCUS, "width": 3}
    frames = [
        {"type": "rect", "x0": j - 0.5, "x1": j + 0.5, "y0": i - 0.5, "y1": i + 0.5, "line": line}
        for i, j in sorted(cells)
    ]
    axis: dict[str, Any] = {
        "tickvals": places, "ticktext": names, "tickfont": {"size": style.TEXT}, "ticks": "", "showgrid": False,
        "zeroline": False, "fixedrange": True, "ticklabeloverflow": "allow",  # on a phone the last word would be left out
    }  # fmt: skip
    figure.update_xaxes(**axis, side="top", tickangle=-45 if len(names) > 4 else 0, range=[-0.5, len(names) - 0.5])
    figure.update_yaxes(**axis, range=[len(names) - 0.5, -0.5])
    figure.update_layout(shapes=frames)
    return figure.update_layout(style.base_layout(ROW * len(names) + 86, margin=style.MARGIN | {"t": 78, "r": 20}))


def matrix_rows(counted: Counted, hidden: tuple[str, str] | None) -> list[dict[str, Any]]:
    """Return every cell that is not 0 for the CSV, but those of a pair that are ``hidden``."""
    words = counted.words
    return [
        {"word": words[i], "near": words[j], "count": float(x), "row": int(i), "column": int(j)}
        for i, j, x in zip(counted.rows, counted.columns, counted.values, strict=True)
        if not hidden or {words[i], words[j]} != set(hidden)
    ]


def weight_figure(counted: Counted, most: float, exponent: float, pair: tuple[str, str] | None, w: Say) -> Drawing:
    """Draw f(X), and on it the counts of this text; that of a pair is marked."""
    x = np.unique(counted.values)
    end = max(1.25 * most, 1.1 * float(x.max()))
    along = np.linspace(0, end, 200)
    figure = Drawing()
    figure.add_scatter(
        x=along, y=weight(along, most, exponent), mode="lines", line={"color": colours.BLUE, "width": 3},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=x, y=weight(x, most, exponent), mode="markers", marker={"size": 10, "color": colours.ORANGE},
        hovertemplate="X = %{x:.2f}, f = %{y:.3f}<extra></extra>", name=w("weight.cells"), showlegend=True,
        cliponaxis=False,
    )  # fmt: skip
    if pair is not None and (at := float(counted.row_of(pair[0])[counted.counts.index(pair[1])])) > 0:
        figure.add_scatter(
            x=[at], y=weight([at], most, exponent), mode="markers", hoverinfo="skip", showlegend=True, cliponaxis=False,
            marker={"size": 17, "color": "rgba(0,0,0,0)", "line": {"color": colours.FOCUS, "width": 3}},
            name=" – ".join(plotly_text(shortened(word, LONGEST)) for word in pair),
        )  # fmt: skip
    figure.update_xaxes(title={"text": w("weight.x")}, range=[0, end], fixedrange=True)
    figure.update_yaxes(title={"text": "f(X)"}, range=[0, 1.12], fixedrange=True)
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}
    return figure.update_layout(
        style.base_layout(360, legend=legend, margin=style.MARGIN | {"t": 66, "b": 48, "l": 52})
    )


def weight_rows(counted: Counted, most: float, exponent: float) -> list[dict[str, Any]]:
    """Return each count of the text with its weight, and how many cells have it, for the CSV."""
    x, cells = np.unique(counted.values, return_counts=True)
    return [
        {"count": float(value), "weight": float(f), "cells": int(n)}
        for value, f, n in zip(x, weight(x, most, exponent), cells, strict=True)
    ]


def scores_figure(state: GloveState, cell: int | None, w: Say) -> Drawing:
    """Draw each cell's score over the logarithm that it should be; the larger its weight, the larger its point."""
    terms, counted = state.terms, state.counted
    low = min(float(terms.logs.min()), float(terms.scores.min()))
    high = max(float(terms.logs.max()), float(terms.scores.max()))
    room = max(0.1 * (high - low), (_LEAST_SPAN - (high - low)) / 2)
    ends = [low - room, high + room]
    figure = Drawing()
    figure.add_scatter(
        x=ends, y=ends, mode="lines", line={"color": colours.GREY, "width": 2, "dash": "dash"}, hoverinfo="skip",
        name=w("scores.goal"),
    )  # fmt: skip
    words = [plotly_text(shortened(word, LONGEST)) for word in counted.words]
    sizes = 7 + 9 * np.sqrt(terms.weights / max(float(terms.weights.max()), 1e-12))
    figure.add_scatter(
        x=terms.logs, y=terms.scores, mode="markers", name=w("scores.cell"),
        marker={"size": sizes, "color": colours.with_alpha(colours.BLUE, 0.7), "opacity": 1},  # else Plotly takes 0.7 of it
        hovertext=[f"{words[i]} – {words[j]}" for i, j in zip(counted.rows, counted.columns, strict=True)],
        hovertemplate="%{hovertext}: %{y:.2f} / %{x:.2f}<extra></extra>",
    )  # fmt: skip
    if cell is not None:
        name = f"{words[int(counted.rows[cell])]} – {words[int(counted.columns[cell])]}"
        figure.add_scatter(
            x=[float(terms.logs[cell])], y=[float(terms.scores[cell])], mode="markers", name=name, hoverinfo="skip",
            marker={"size": 19, "color": "rgba(0,0,0,0)", "line": {"color": colours.FOCUS, "width": 3}},
        )  # fmt: skip
    figure.update_xaxes(title={"text": w("scores.x")}, range=ends, fixedrange=True, zeroline=False)
    figure.update_yaxes(title={"text": w("scores.y")}, range=ends, fixedrange=True, zeroline=False)
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}
    return figure.update_layout(
        style.base_layout(360, legend=legend, margin=style.MARGIN | {"t": 66, "b": 48, "l": 56})
    )


def score_rows(state: GloveState) -> list[dict[str, Any]]:
    """Return every term of the objective for the CSV."""
    terms, counted = state.terms, state.counted
    columns = (terms.logs, terms.scores, terms.weights, terms.losses)
    return [
        {"word": counted.words[i], "near": counted.words[j], "log": float(log), "score": float(score), "weight": float(f),
         "term": float(loss)}
        for i, j, log, score, f, loss in zip(counted.rows, counted.columns, *columns, strict=True)
    ]  # fmt: skip


def loss_figure(run: Run, w: Say) -> Drawing:
    """Draw the term of each step, which jumps from cell to cell, and its running mean."""
    steps = np.arange(1, run.steps + 1)
    mean = np.empty(run.steps)
    for place, loss in enumerate(run.losses):
        mean[place] = loss if place == 0 else mean[place - 1] + _SMOOTHED * (loss - mean[place - 1])
    figure = Drawing()
    figure.add_scatter(
        x=steps, y=run.losses, mode="markers" if run.steps < 3 else "lines", name=w("loss.each"),
        line={"color": colours.with_alpha(colours.GREY, 0.6), "width": 1}, marker={"color": colours.GREY, "size": 6},
        hovertemplate="%{x:,}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=steps, y=mean, mode="lines", name=w("loss.mean"), line={"color": colours.BLUE, "width": 3},
        hovertemplate="%{x:,}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title={"text": w("loss.steps")}, rangemode="tozero")
    figure.update_yaxes(title={"text": w("loss.axis")}, rangemode="tozero")
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    return figure.update_layout(
        style.base_layout(300, legend=legend, margin=style.MARGIN | {"t": 44, "b": 40, "l": 52})
    )


def loss_rows(run: Run) -> list[dict[str, Any]]:
    """Return the losses for the CSV."""
    return [{"step": step, "loss": float(loss)} for step, loss in enumerate(run.losses, 1)]


def said(value: float) -> str:
    """Return a count as it is written in texts."""
    return number(value, ".0f") if float(value).is_integer() else number(value)
