"""Figures of a small training: both matrices, the words as points, the loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.cells import numbers_on_cells
from app.charts.drawing import Drawing, subplots
from app.text import Say, plotly_text
from nlpcore.arrays import Floats
from nlpcore.models.trainings import Run
from nlpcore.text import shortened
from nlpcore.words.projection import principal_components
from nlpcore.words.word2vec_step import Matrices

LONGEST = 11
MOST_NUMBERS = 6  # columns whose numbers have room in their cells
ROW = 30  # px
_SMOOTHED = 0.05  # of a loss in the mean that is drawn


def matrices_figure(matrices: Matrices, output: str, w: Say) -> Drawing:
    """Draw both matrices as cells with their numbers; the rows that the last step has changed have a mark."""
    figure = subplots(1, 2, horizontal_spacing=0.16)
    limit = max(0.1, float(np.abs(matrices.first).max()), float(np.abs(matrices.second).max()))
    last = matrices.last
    names = [plotly_text(shortened(word, LONGEST)) for word in matrices.words]
    nodes = [w("step.node", number=number) for number in range(len(matrices.second))]
    changed = (set(last.inputs), {int(row) for row in last.rows}) if last else (set(), set())
    for col, (values, rows, touched) in enumerate(
        ((matrices.first, names, changed[0]), (matrices.second, nodes if output == "tree" else names, changed[1])), 1
    ):
        labels = [f"<b>▸ {name}</b>" if number in touched else name for number, name in enumerate(rows)]
        figure.add_heatmap(
            z=values, x=list(range(values.shape[1])), y=list(range(len(rows))), zmin=-limit, zmax=limit,
            colorscale=colours.DIVERGING, showscale=False, xgap=1, ygap=1, row=1, col=col,
            hovertemplate="%{z:.3f}<extra></extra>",
        )  # fmt: skip
        if values.shape[1] <= MOST_NUMBERS:
            cells = numbers_on_cells(values, colours.DIVERGING, (-limit, limit), lambda x: f"{x:.2f}", style.SMALL)
            figure.add(cells, 1, col)
        figure.update_yaxes(
            tickvals=list(range(len(rows))), ticktext=labels, autorange="reversed", tickfont={"size": style.TEXT},
            ticks="", showgrid=False, row=1, col=col,
        )  # fmt: skip
        title = {"text": w(f"step.matrix_{col}"), "font": {"size": style.TEXT}}
        figure.update_xaxes(side="top", title=title, showticklabels=False, ticks="", showgrid=False, row=1, col=col)
    height = ROW * max(len(names), len(matrices.second)) + 60
    return figure.update_layout(style.base_layout(height, margin=style.MARGIN | {"t": 40}))


def matrix_rows(matrices: Matrices) -> list[dict[str, Any]]:
    """Return both matrices for the CSV, a row each."""
    rows = []
    for name, values in (("first", matrices.first), ("second", matrices.second)):
        for number, row in enumerate(values):
            word = matrices.words[number] if name == "first" or len(values) == len(matrices.words) else ""
            rows.append({"matrix": name, "row": number, "word": word} | {f"d{i}": float(x) for i, x in enumerate(row)})
    return rows


def points(matrices: Matrices) -> tuple[Floats, tuple[float, float]]:
    """Return the words' vectors in the plane of their two widest directions, and the share of the variance of each."""
    if matrices.first.shape[1] == 1 or len(matrices.words) < 3:
        flat = np.zeros((len(matrices.words), 2))
        flat[:, : matrices.first.shape[1]] = matrices.first[:, :2]
        return flat, (1.0, 0.0)
    return principal_components(matrices.first)


def map_figure(matrices: Matrices, w: Say) -> Drawing:
    """Draw the words as points: what is close has a similar vector."""
    places, shares = points(matrices)
    names = [plotly_text(shortened(word, LONGEST)) for word in matrices.words]
    figure = Drawing()
    figure.add_scatter(
        x=places[:, 0], y=places[:, 1], mode="markers+text", text=names, textposition="top center",
        marker={"size": 11, "color": colours.BLUE}, textfont={"size": style.TEXT}, cliponaxis=False,
        hovertemplate="%{text}<extra></extra>", showlegend=False,
    )  # fmt: skip
    span = max(0.1, float(np.abs(places).max()))
    for axis, share in (("x", shares[0]), ("y", shares[1])):
        update = figure.update_xaxes if axis == "x" else figure.update_yaxes
        update(
            range=[-1.25 * span, 1.25 * span], zeroline=True, showticklabels=False,
            title={"text": w("step.direction", share=f"{100 * share:.0f}")},
        )  # fmt: skip
    return figure.update_layout(style.base_layout(430, margin=style.MARGIN | {"b": 40, "l": 40}))


def loss_figure(run: Run, w: Say) -> Drawing:
    """Draw the loss of every step, which jumps from example to example, and its running mean."""
    steps = np.arange(1, run.steps + 1)
    figure = Drawing()
    figure.add_scatter(
        x=steps, y=run.losses, mode="markers" if run.steps < 3 else "lines", name=w("step.loss_each"),
        line={"color": colours.with_alpha(colours.GREY, 0.6), "width": 1}, marker={"color": colours.GREY, "size": 6},
        hovertemplate="%{x:,}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    mean = np.empty(run.steps)
    for place, loss in enumerate(run.losses):
        mean[place] = loss if place == 0 else mean[place - 1] + _SMOOTHED * (loss - mean[place - 1])
    figure.add_scatter(
        x=steps, y=mean, mode="lines", name=w("step.loss_mean"), line={"color": colours.BLUE, "width": 3},
        hovertemplate="%{x:,}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title={"text": w("step.steps")}, rangemode="tozero")
    figure.update_yaxes(title={"text": w("step.loss")}, rangemode="tozero")
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    return figure.update_layout(
        style.base_layout(320, legend=legend, margin=style.MARGIN | {"t": 44, "b": 40, "l": 44})
    )


def loss_rows(run: Run) -> list[dict[str, Any]]:
    """Return the losses for the CSV."""
    return [{"step": step, "loss": float(loss)} for step, loss in enumerate(run.losses, 1)]
