"""Figures of a small training: both matrices, the words as points, the loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.cells import numbers_on_cells
from app.charts.drawing import Drawing, subplots
from app.charts.label_placement import SIDES, Place, place_labels
from app.text import Say, number, plotly_text
from nlpcore.arrays import Floats, Integers
from nlpcore.models.trainings import Run
from nlpcore.text import shortened
from nlpcore.words.projection import principal_components
from nlpcore.words.word2vec_step import Matrices

LONGEST = 11
MOST_NUMBERS = 6  # columns whose numbers have room in their cells
ROW = 30  # px
_MARK = 5.5  # px: the radius of a point
_HALF, _HALL_HALF = 125.0, 100.0  # px from the middle of a map to its last point, on the smallest screen; type as it is
_LEAST_SPAN = 0.4  # so wide is the map at least: what has hardly moved lies in its middle, and its names have room
_SMOOTHED = 0.05  # of a loss in the mean that is drawn


def matrices_figure(matrices: Matrices, output: str, w: Say) -> Drawing:
    """Draw both matrices as cells with their numbers; the rows that the last step has changed have a mark.

    Rows of the second are the same words, but for a tree: then they are its forks.
    """
    figure = subplots(1, 2, horizontal_spacing=0.16 if output == "tree" else 0.06)
    limit = max(0.1, float(np.abs(matrices.first).max()), float(np.abs(matrices.second).max()))
    last = matrices.last
    names = [plotly_text(shortened(word, LONGEST)) for word in matrices.words]
    nodes = [w("step.node", number=row) for row in range(len(matrices.second))]
    changed = (_moved(last.inputs, last.by_inputs), _moved(last.rows, last.by_rows)) if last else (set(), set())
    for col, (values, rows, touched) in enumerate(
        (
            (matrices.first, names, changed[0]),
            (matrices.second, nodes if output == "tree" else [""] * len(names), changed[1]),
        ),
        1,
    ):
        labels = [
            f"<b>▸ {name}</b>".replace(" </b>", "</b>") if row in touched else name for row, name in enumerate(rows)
        ]
        figure.add_heatmap(
            z=values, x=list(range(values.shape[1])), y=list(range(len(rows))), zmin=-limit, zmax=limit,
            colorscale=colours.DIVERGING, showscale=False, xgap=1, ygap=1, row=1, col=col,
            hovertemplate="%{z:.3f}<extra></extra>",
        )  # fmt: skip
        if values.shape[1] <= MOST_NUMBERS:
            cells = numbers_on_cells(values, colours.DIVERGING, (-limit, limit), number, style.SMALL)
            figure.add(cells, 1, col)
        figure.update_yaxes(
            tickvals=list(range(len(rows))), ticktext=labels, autorange="reversed", tickfont={"size": style.TEXT},
            ticks="", showgrid=False, row=1, col=col,
        )  # fmt: skip
        title = {"text": w(f"step.matrix_{col}"), "font": {"size": style.TEXT}}
        figure.update_xaxes(side="top", title=title, showticklabels=False, ticks="", showgrid=False, row=1, col=col)
    height = ROW * max(len(names), len(matrices.second)) + 60
    return figure.update_layout(style.base_layout(height, margin=style.MARGIN | {"t": 40}))


def _moved(rows: Sequence[int] | Integers, gradients: Floats) -> set[int]:
    """Return the rows that a step has changed: those whose gradient was not all 0."""
    return {int(row) for row, gradient in zip(rows, gradients, strict=True) if np.any(gradient)}


def matrix_rows(matrices: Matrices) -> list[dict[str, Any]]:
    """Return both matrices for the CSV, a row each."""
    rows = []
    for name, values in (("first", matrices.first), ("second", matrices.second)):
        for place, row in enumerate(values):
            word = matrices.words[place] if name == "first" or len(values) == len(matrices.words) else ""
            rows.append({"matrix": name, "row": place, "word": word} | {f"d{i}": float(x) for i, x in enumerate(row)})
    return rows


def points(matrices: Matrices) -> tuple[Floats, tuple[float, float]]:
    """Return the words' vectors in the plane of their two widest directions, and the share of the variance of each."""
    if matrices.first.shape[1] == 1 or len(matrices.words) < 3:
        flat = np.zeros((len(matrices.words), 2))
        flat[:, : matrices.first.shape[1]] = matrices.first[:, :2]
        return flat, (1.0, 0.0)
    return principal_components(matrices.first)


def map_figure(matrices: Matrices, w: Say, hall: bool = False) -> Drawing:
    """Draw the words as points: what is close has a similar vector. ``hall``: it will be enlarged."""
    places, shares = points(matrices)
    names = [shortened(word, LONGEST) for word in matrices.words]
    figure = Drawing()
    figure.add_scatter(
        x=places[:, 0], y=places[:, 1], mode="markers", hovertext=[plotly_text(name) for name in names],
        marker={"size": 2 * _MARK, "color": colours.BLUE}, hovertemplate="%{hovertext}<extra></extra>", showlegend=False,
    )  # fmt: skip
    span = max(_LEAST_SPAN, float(np.abs(places).max()))
    half = _HALL_HALF if hall else _HALF
    found = place_labels(
        places / span * half, names, range(len(names)), style.TEXT, _MARK, range(len(names)), within=(1.25 * half,) * 2
    )
    for which, place in found.items():
        figure.add_annotation(_label(plotly_text(names[which]), places[which], place))
    for axis, share in (("x", shares[0]), ("y", shares[1])):
        update = figure.update_xaxes if axis == "x" else figure.update_yaxes
        update(
            range=[-1.25 * span, 1.25 * span], zeroline=True, showticklabels=False,
            title={"text": w("step.direction", share=f"{100 * share:.0f}")},
        )  # fmt: skip
    return figure.update_layout(style.base_layout(360, margin=style.MARGIN | {"b": 40, "l": 40}))


def map_rows(matrices: Matrices) -> list[dict[str, Any]]:
    """Return the points for the CSV."""
    places, _ = points(matrices)
    return [{"word": word, "x": float(x), "y": float(y)} for word, (x, y) in zip(matrices.words, places, strict=True)]


def _label(text: str, at: Floats, place: Place) -> dict[str, Any]:
    """Write a name beside its point, or at the end of a thread."""
    across, up = SIDES[place.side]
    anchors = {
        "xanchor": ("right", "center", "left")[int(across) + 1],
        "yanchor": ("top", "middle", "bottom")[int(up) + 1],
    }
    note = {"x": float(at[0]), "y": float(at[1]), "text": text, "font": {"size": style.TEXT}} | anchors
    if place.thread is None:
        return note | {"showarrow": False, "xshift": across * _MARK, "yshift": up * _MARK}
    x, y = place.thread
    return note | {"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": colours.GREY, "ax": x, "ay": -y}


def loss_figure(run: Run, w: Say, smoothed: bool = True) -> Drawing:
    """Draw the loss of every step, which jumps from example to example, and where ``smoothed`` its running mean."""
    steps = np.arange(1, run.steps + 1)
    figure = Drawing()
    figure.add_scatter(
        x=steps, y=run.losses, mode="markers" if run.steps < 3 else "lines", name=w("step.loss_each"),
        line={"color": colours.with_alpha(colours.GREY, 0.6), "width": 1} if smoothed else {"color": colours.BLUE, "width": 2},
        marker={"color": colours.GREY, "size": 6}, showlegend=smoothed,
        hovertemplate="%{x:,}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    if smoothed:
        figure.add_scatter(
            x=steps, y=_running_mean(run.losses), mode="lines", name=w("step.loss_mean"),
            line={"color": colours.BLUE, "width": 3}, hovertemplate="%{x:,}: %{y:.3f}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title={"text": w("step.steps")}, rangemode="tozero")
    figure.update_yaxes(title={"text": w("step.loss")}, rangemode="tozero")
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    return figure.update_layout(
        style.base_layout(320, legend=legend, margin=style.MARGIN | {"t": 44, "b": 40, "l": 44})
    )


def _running_mean(losses: Floats) -> Floats:
    mean = np.empty(len(losses))
    for place, loss in enumerate(losses):
        mean[place] = loss if place == 0 else mean[place - 1] + _SMOOTHED * (loss - mean[place - 1])
    return mean


def loss_rows(run: Run) -> list[dict[str, Any]]:
    """Return the losses for the CSV."""
    return [{"step": step, "loss": float(loss)} for step, loss in enumerate(run.losses, 1)]
