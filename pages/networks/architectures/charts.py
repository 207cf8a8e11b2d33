"""Figures of the six shapes and of what the networks of the lesson have learnt: from trace to drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing, Spec
from app.text import Say, number, probability
from nlpcore.models.trainings import Run
from nlpcore.networks.adversaries import Duel
from nlpcore.networks.backpropagation import predict
from nlpcore.networks.phrases import INPUTS, PLEASED, SURE, Phrases
from nlpcore.networks.shapes import Architecture, Stage

Row = dict[str, Any]
GOOD, BAD, PART = colours.ORANGE, colours.BLUE, colours.SKY  # as on the scale between both
REAL, MADE = colours.GREEN, colours.VERMILLION
PALE: list[list[float | str]] = [
    [0.0, "#C6DDEE"],
    [0.5, "#F7F7F7"],
    [1.0, "#FBD9B8"],
]  # on which texts and points can be seen
_ROW, _ROW_OF_A_HALL = 64, 96  # px for a tensor and the layer behind it
_CELLS = 41  # of a plane, in each direction
_SMOOTHED = 20  # steps over which a curve of the loss is averaged
_LEGEND: Spec = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}


# -- the six shapes --------------------------------------------------------------------------------------------------


def shape_said(shape: Sequence[int]) -> str:
    """Return the shape of a tensor as torch prints it."""
    return str(list(shape))


def layer_said(stage: Stage, w: Say) -> str:
    """Return what a layer is called."""
    name = w(f"layer.{stage.kind}")
    return w("layer.of", layer=name, part=w(f"part.{stage.part}")) if stage.part else name


def axes_said(axes: Sequence[str], w: Say) -> str:
    """Return what is counted along each direction of a tensor."""
    return " × ".join(w(f"axis.{name}") for name in axes)


def shapes_figure(trace: Architecture, asked: int | None, w: Say, hall: bool = False) -> Drawing:
    """Draw the tensors from top to bottom, and between them each layer with a bar for its parameters.

    ``asked``: the layer whose number is not told yet.
    """
    figure = Drawing()
    count = len(trace.stages)
    known = [0 if place == asked else stage.parameters for place, stage in enumerate(trace.stages)]
    most = max(max(known), 1)
    for place, stage in enumerate(trace.stages):
        y = -place - 0.5
        figure.add_annotation(
            x=0.035, y=-place - 0.76, ax=0.035, ay=-place - 0.24, axref="x", ayref="y", text="", showarrow=True, arrowhead=2,
            arrowwidth=2, arrowcolor=colours.MUTED,
        )  # fmt: skip
        figure.add_annotation(x=0.06, y=y, text=layer_said(stage, w), **_beginning(style.SMALL))
    figure.add_bar(
        x=[0.38 * value / most for value in known], y=[-place - 0.5 for place in range(count)], base=0.46, orientation="h",
        width=0.36, marker={"color": colours.BLUE}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=[0.47 + 0.38 * value / most for value in known], y=[-place - 0.5 for place in range(count)], mode="text",
        text=["?" if place == asked else f"{value:,}" for place, value in enumerate(known)], hoverinfo="skip",
        textposition="middle right", textfont={"size": style.TEXT}, cliponaxis=False,
    )  # fmt: skip
    shapes = tensors(trace)
    figure.add_scatter(
        x=[0.0] * len(shapes), y=[-float(place) for place in range(len(shapes))], mode="text", textposition="middle right",
        text=[f"<b>{shape_said(shape)}</b>  {axes_said(axes, w)}" for shape, axes in shapes], textfont={"size": style.SMALL},
        customdata=[math.prod(shape) for shape, _ in shapes], hovertemplate=w("hover.numbers") + "<extra></extra>",
        cliponaxis=False,
    )  # fmt: skip
    figure.update_xaxes(range=[0, 1], visible=False, fixedrange=True)
    figure.update_yaxes(range=[-count - 0.3, 0.3], visible=False, fixedrange=True)
    height = (_ROW_OF_A_HALL if hall else _ROW) * count + 40
    return figure.update_layout(style.base_layout(height, showlegend=False, margin={"l": 4, "r": 4, "t": 4, "b": 4}))


def _beginning(size: int) -> Spec:
    return {"showarrow": False, "xanchor": "left", "yanchor": "middle", "font": {"size": size}}


def tensors(trace: Architecture) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Return the shape of each tensor from the first to the last, and what is counted along its directions."""
    return [(trace.stages[0].before, trace.axes), *((stage.after, stage.axes) for stage in trace.stages)]


def shape_rows(trace: Architecture, asked: int | None) -> list[Row]:
    """Return the tensors for the CSV, each with the layer that makes it and the parameters of that layer."""
    made: list[Row] = [
        {"layer": stage.kind, "part": stage.part, "parameters": "" if place == asked else stage.parameters}
        for place, stage in enumerate(trace.stages)
    ]
    return [
        {"tensor": shape_said(shape), "numbers": math.prod(shape)} | row
        for (shape, _), row in zip(tensors(trace), [{"layer": "", "part": "", "parameters": ""}, *made], strict=True)
    ]


# -- what all trainings show -------------------------------------------------------------------------------------------


def loss_figure(run: Run, w: Say, name: str = "loss", height: int = 220) -> Drawing:
    """Draw the loss after each step, of many the mean over the last ones; ``name``: what the axis calls it."""
    losses = run.losses
    if len(losses) > 10 * _SMOOTHED:
        total = np.cumsum(np.concatenate([[0.0], losses]))
        losses = (total[_SMOOTHED:] - total[:-_SMOOTHED]) / _SMOOTHED
    first = len(run.losses) - len(losses) + 1
    figure = Drawing()
    figure.add_scatter(
        x=np.arange(first, len(run.losses) + 1), y=losses, mode="lines", line={"color": colours.BLUE, "width": 2.5},
        hovertemplate="%{x}: %{y:.3g}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title={"text": w("axis_of.steps")}, nticks=6, fixedrange=True)
    figure.update_yaxes(title={"text": w(f"axis_of.{name}")}, rangemode="tozero", nticks=5, fixedrange=True)
    return figure.update_layout(style.base_layout(height, showlegend=False))


def loss_rows(run: Run) -> list[Row]:
    """Return the losses for the CSV."""
    return [{"step": step, "loss": float(loss)} for step, loss in enumerate(run.losses, 1)]


# -- four phrases --------------------------------------------------------------------------------------------------------


def phrases_figure(trace: Phrases, w: Say, hall: bool = False) -> Drawing:
    """Draw the plane of both inputs, coloured by the network's probability, with the four phrases."""
    ends = np.linspace(-0.45, 1.45, _CELLS)
    places = np.array([[x, y] for y in ends for x in ends])
    scores = predict(trace.layers, places).reshape(_CELLS, _CELLS)
    figure = Drawing([_plane(ends, 1 / (1 + np.exp(-np.clip(scores, -50, 50))))])
    figure.add_scatter(
        x=INPUTS[:, 0], y=INPUTS[:, 1], mode="markers+text", hoverinfo="skip", cliponaxis=False,
        text=[f"<b>{w(f'phrases.p{n}')}</b> {probability(float(p))}" for n, p in enumerate(trace.probabilities)],
        textposition="top center", textfont={"size": style.TEXT, "color": "#000000"},
        marker={
            "size": 18, "symbol": ["circle" if good else "square" for good in PLEASED],
            "color": [GOOD if good else BAD for good in PLEASED], "line": {"width": 2, "color": "#000000"},
        },
    )  # fmt: skip
    ticks: Spec = {"tickmode": "array", "tickvals": [0, 1], "fixedrange": True, "showgrid": False, "zeroline": False}
    figure.update_xaxes(range=[-0.45, 1.45], title={"text": w("axis_of.word")}, ticktext=["0", "1"], **ticks)
    figure.update_yaxes(range=[-0.45, 1.45], title={"text": w("axis_of.negated")}, ticktext=["0", "1"], **ticks)
    return figure.update_layout(style.base_layout(380, showlegend=False))


def _plane(ends: Any, values: Any) -> Spec:
    """Return a plane coloured by probabilities: blue 0, white a half, orange 1."""
    return {
        "type": "contour", "x": ends, "y": ends, "z": values, "colorscale": PALE, "zmin": 0, "zmax": 1,
        "autocontour": False, "contours": {"start": 0.1, "end": 0.9, "size": 0.1}, "line": {"width": 0.5, "color": "#FFFFFF"},
        "showscale": False, "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def phrase_rows(trace: Phrases) -> list[Row]:
    """Return the phrases for the CSV."""
    return [
        {"good": float(x), "not": float(y), "pleased": float(wanted), "probability": float(p), "learnt": bool(right)}
        for (x, y), wanted, p, right in zip(INPUTS, PLEASED, trace.probabilities, trace.learnt, strict=True)
    ]


def learnt_said(trace: Phrases, w: Say) -> str:
    """Say of how many phrases the network is sure and right."""
    return w("mlp.learnt", count=sum(trace.learnt), sure=number(SURE))


# -- the duel ------------------------------------------------------------------------------------------------------------


def duel_figure(trace: Duel, w: Say, hall: bool = False) -> Drawing:
    """Draw real points and made ones over what the discriminator holds for real."""
    ends = np.linspace(-1.7, 1.7, _CELLS)
    places = np.array([[x, y] for y in ends for x in ends])
    scores = predict(trace.discriminator, places).reshape(_CELLS, _CELLS)
    figure = Drawing([_plane(ends, 1 / (1 + np.exp(-np.clip(scores, -50, 50))))])
    figure.add_scatter(
        x=trace.real[:, 0], y=trace.real[:, 1], mode="markers", name=w("legend.real"), hoverinfo="skip",
        marker={"size": 7, "symbol": "circle-open", "color": REAL, "line": {"width": 2}},
    )  # fmt: skip
    figure.add_scatter(
        x=trace.made[:, 0], y=trace.made[:, 1], mode="markers", name=w("legend.made"), hoverinfo="skip",
        marker={"size": 7, "symbol": "x", "color": MADE},
    )  # fmt: skip
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(range=[-1.7, 1.7], showgrid=False, zeroline=False, nticks=5, fixedrange=True)
    margin = {"l": 8, "r": 8, "t": 48 if hall else 32, "b": 8}
    return figure.update_layout(style.base_layout(400, legend=_LEGEND, margin=margin))


def duel_rows(trace: Duel) -> list[Row]:
    """Return the points for the CSV."""
    return [
        {"kind": kind, "x": float(x), "y": float(y)}
        for kind, points in (("real", trace.real), ("made", trace.made))
        for x, y in points
    ]


def piles_figure(trace: Duel, w: Say) -> Drawing:
    """Draw how many of the made points belong to each pile."""
    figure = Drawing()
    counts = trace.counts
    names = [*(w("gan.pile", n=n) for n in range(1, len(counts) + 1)), w("gan.none")]
    values = [*counts.tolist(), len(trace.made) - int(counts.sum())]
    figure.add_bar(
        x=names, y=values, text=[str(value) for value in values], textposition="outside", cliponaxis=False,
        marker={"color": [MADE] * len(counts) + [colours.MUTED]}, hoverinfo="skip",
    )  # fmt: skip
    figure.update_xaxes(type="category", fixedrange=True)
    figure.update_yaxes(
        range=[0, 1.15 * max(*values, 1)], title={"text": w("axis_of.points")}, nticks=4, fixedrange=True
    )
    return figure.update_layout(style.base_layout(220, showlegend=False))


def pile_rows(trace: Duel) -> list[Row]:
    """Return the piles for the CSV."""
    return [{"pile": n, "points": int(count)} for n, count in enumerate(trace.counts, 1)]
