"""Figures of the lesson: the border in the plane beside both curves, played epoch by epoch; curves alone; words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from contourpy import contour_generator

from app.charts import colours, drawing, style
from app.charts.drawing import Drawing, Spec, subplots
from app.text import Say, number
from nlpcore.arrays import Floats
from nlpcore.networks.fitting import Fit
from nlpcore.networks.overfitting import border
from nlpcore.networks.points import REACH, Points, TwoSets

# Neither loss has the colour of a class: blue and orange are beside them.
TRAINING, VALIDATION, FLOOR = colours.GREEN, colours.VERMILLION, colours.GREY
CLASSES = (colours.BLUE, colours.ORANGE)
NAMES = ("blue", "orange")
SYMBOLS = ("circle", "square")
HEIGHT, IN_A_HALL = 380, 435
ALONE, ALONE_IN_A_HALL = 320, 560  # px of curves alone; in a hall where nothing stands under them
SIDE = 41  # of the grid on which the border is drawn
FRAME = 42  # ms: a screen draws every 16.7 ms, so that this is 20 frames a second
AN_EPOCH_A_FRAME, MOST_FRAMES, AT_MOST = 20, 60, 10
HIGHEST = 3.0  # of the axis of losses: four times what guessing costs
BASE = "#9CC6E4"  # of the plane where class 1 is least likely; and where it is likelier than each level
LEVELS = ((0.1, "#CFE2F0"), (0.5, "#FAEBCB"), (0.9, "#F3CF80"))
_QUIET: Spec = {"ticks": "", "showgrid": False, "zeroline": False, "fixedrange": True}


def frames_of(epochs: int) -> list[int]:
    """Return the epochs that are drawn, the start and the end among them: 10 to a frame, fewer where there are few, more
    where there would be more than 60 frames. At 20 frames a second that is 200 epochs or more."""
    least = max(1, min(AT_MOST, math.ceil(epochs / AN_EPOCH_A_FRAME)), math.ceil(epochs / MOST_FRAMES))
    stride = next(each for each in (1, 2, 5, 10, 20) if each >= least)
    return [*range(0, epochs, stride), epochs]


def plane_figure(sets: TwoSets, fit: Fit, w: Say, hall: bool = False) -> Drawing:
    """Draw the training points with the border of the two classes, and both losses; a player where there is a way to play."""
    figure = subplots(1, 2, horizontal_spacing=0.17)
    figure.update_layout(style.base_layout(IN_A_HALL if hall else HEIGHT))
    corner: Spec = {"x0": -REACH, "x1": REACH, "y0": -REACH, "y1": REACH}
    figure.add_shape(type="rect", xref="x", yref="y", layer="below", fillcolor=BASE, line={"width": 0}, **corner)
    for path in _border(fit, fit.at):
        figure.add_scatter(row=1, col=1, **path)
    for each in (0, 1):
        figure.add_scatter(row=1, col=1, **_dots(sets.training, each, w))
    for line in _curves(fit.training, fit.validation, w, fit.epochs):
        figure.add_scatter(row=1, col=2, **line)
    _mark_best(figure, fit, w, "x2", "y2")
    figure.update_xaxes(row=1, col=1, range=[-REACH, REACH], showticklabels=False, **_QUIET)
    figure.update_yaxes(row=1, col=1, range=[-REACH, REACH], showticklabels=False, **_QUIET)
    figure.update_xaxes(
        row=1, col=2, title={"text": w("chart.epochs")}, range=_epochs_span(fit.epochs), fixedrange=True
    )
    loss = {"text": w("chart.loss"), "standoff": 4}
    figure.update_yaxes(row=1, col=2, title=loss, range=[0, highest(fit)], fixedrange=True)
    figure.update_layout(legend=_legend(), uirevision=f"{fit.epochs}")
    if fit.at > 1:
        _add_player(figure, fit, w, hall)
    return figure


def highest(*fits: Fit) -> float:
    """Return where the axis of losses ends: above what is drawn, but no higher than ``HIGHEST``."""
    most = max(float(max(fit.training.max(), fit.validation.max())) for fit in fits)
    return min(HIGHEST, max(1.0, 1.06 * most))


def _epochs_span(epochs: int) -> list[float]:
    return [0, max(epochs, 10) * 1.02]


def _legend() -> Spec:
    return {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}


def region(fit: Fit, epoch: int) -> list[Spec]:
    """Return the plane where class 1 is likelier than each of ``LEVELS``, and the line on which both classes are as likely:
    paths alone, which a browser redraws much faster than a picture of the whole plane."""
    ticks = np.linspace(-REACH, REACH, SIDE)
    found = contour_generator(
        ticks, ticks, border(fit, epoch, SIDE), fill_type="ChunkCombinedOffset", line_type="ChunkCombinedNan"
    )
    paths = [_joined(found.filled(math.log(level / (1 - level)), math.inf)) for level, _ in LEVELS]
    line = found.lines(0.0)[0][0]
    paths.append(_NOTHING if line is None else line)
    return [{"x": path[:, 0], "y": path[:, 1]} for path in paths]


_NOTHING = np.full((1, 2), np.nan)


def _joined(filled: Any) -> Floats:
    """Return the outlines of what contourpy has filled as one path with gaps; holes run the other way round."""
    points, offsets = filled[0][0], filled[1][0]
    if points is None:
        return _NOTHING
    parts = np.split(points, offsets[1:-1].tolist())
    return np.concatenate([part for each in parts for part in (each, _NOTHING)])


def _border(fit: Fit, epoch: int) -> list[Spec]:
    """Return the traces of the plane under the points."""
    *fills, line = region(fit, epoch)
    common: Spec = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    traces: list[Spec] = [
        {**path, **common, "fill": "toself", "fillcolor": colour, "line": {"width": 0}}
        for path, (_, colour) in zip(fills, LEVELS, strict=True)
    ]
    return [*traces, {**line, **common, "line": {"width": 3, "color": "#333333"}}]


def _dots(points: Points, of: int, w: Say) -> Spec:
    chosen = points.inputs[points.classes == of]
    return {
        "x": chosen[:, 0], "y": chosen[:, 1], "mode": "markers", "name": w(f"classes.{NAMES[of]}"), "hoverinfo": "skip",
        "marker": {"size": 9, "symbol": SYMBOLS[of], "color": CLASSES[of], "line": {"width": 1, "color": "#333333"}},
    }  # fmt: skip


def _curves(training: Floats, validation: Floats, w: Say, epochs: int, rows: list[int] | None = None) -> list[Spec]:
    """Return both losses as lines, of every epoch or of some."""
    at = np.arange(epochs + 1) if rows is None else np.array(rows)
    both = (("training", training, TRAINING, "solid"), ("validation", validation, VALIDATION, "dash"))
    return [
        {
            "x": at, "y": np.minimum(losses[at], 10 * HIGHEST), "mode": "lines" if epochs else "markers",
            "name": w(f"legend.{name}"), "line": {"color": colour, "width": 3, "dash": dash},
            "marker": {"color": colour, "size": 9}, "cliponaxis": None if epochs else False,
            "hovertemplate": w("hover.loss") + "<extra></extra>",
        }
        for name, losses, colour, dash in both
    ]  # fmt: skip


def _mark_best(figure: Drawing, fit: Fit, w: Say, x: str, y: str) -> None:
    """Mark the epoch of the lowest validation loss, where the curve has a way behind it and before it."""
    if 0 < fit.best < fit.epochs:
        line = {"color": FLOOR, "width": 2, "dash": "dot"}
        figure.add_shape(type="line", x0=fit.best, x1=fit.best, y0=0, y1=1, xref=x, yref=f"{y} domain", line=line)
        left = fit.best > fit.epochs / 2
        figure.add_annotation(
            x=fit.best, y=1, xref=x, yref=f"{y} domain", text=w("chart.best", epoch=f"{fit.best:,}"), showarrow=False,
            xanchor="right" if left else "left", yanchor="top", xshift=-4 if left else 4, font={"size": style.SMALL},
        )  # fmt: skip


def _add_player(figure: Drawing, fit: Fit, w: Say, hall: bool) -> None:
    """Add what plays the training: the border and both curves as they were, frame by frame."""
    epochs = frames_of(fit.at)
    figure.frames = []
    for place, epoch in enumerate(epochs):
        lines = _curves(fit.training, fit.validation, w, epoch, epochs[: place + 1])
        moved = [drawing.scatter(x=line["x"], y=line["y"], mode="lines") for line in lines]
        # The points rest, but a trace that a frame leaves out is forgotten by Plotly.
        data = [
            *(drawing.scatter(**path) for path in region(fit, epoch)),
            drawing.scatter(),
            drawing.scatter(),
            *moved,
        ]
        figure.frames.append({"name": str(epoch), "traces": list(range(len(data))), "data": data})
    steps = [{"method": "animate", "label": f"{epoch:,}", "args": _animate([str(epoch)])} for epoch in epochs]
    before, _, after = w("chart.at", epoch="#").partition("#")
    slider = {
        "active": len(steps) - 1, "steps": steps, "x": 0.17 if not hall else 0.2, "len": 0.81 if not hall else 0.78, "y": 0,
        "pad": {"t": 44, "b": 0}, "currentvalue": {"prefix": before, "suffix": after, "xanchor": "center",
                                                    "font": {"size": style.TEXT}},
        "font": {"size": style.SMALL}, "ticklen": 0, "minorticklen": 0, "borderwidth": 0,
        "bgcolor": "rgba(128,128,128,0.3)", "activebgcolor": colours.MODEL,
    }  # fmt: skip
    buttons = {
        "type": "buttons", "direction": "left", "x": 0, "xanchor": "left", "y": 0, "yanchor": "top", "pad": {"t": 40},
        "showactive": False, "bgcolor": "rgba(128,128,128,0.12)", "bordercolor": "rgba(128,128,128,0.3)",
        "font": {"size": style.TEXT},  # in the colour of the text: each other one is a curve's, or a class's
        "buttons": [
            {"label": "▶ " + w("chart.play"), "method": "animate", "args": _animate(None, fromcurrent=False)},
            {"label": "❚❚", "method": "animate", "args": _animate([None], frame={"duration": 0, "redraw": False})},
        ],
    }  # fmt: skip
    figure.update_layout(sliders=[slider], updatemenus=[buttons])


def _animate(target: list[str] | list[None] | None, **more: Any) -> list[Any]:
    timing = {"frame": {"duration": FRAME, "redraw": False}, "transition": {"duration": 0}}
    return [target, timing | {"mode": "immediate"} | more]


def plane_rows(points: Points, fit: Fit) -> list[dict[str, Any]]:
    """Return the training points, and both curves after them, for the CSV."""
    empty: dict[str, Any] = dict.fromkeys(("x1", "x2", "class", *curve_rows(fit)[0]), "")
    dots = [
        empty | {"x1": float(x), "x2": float(y), "class": int(of)}
        for (x, y), of in zip(points.inputs, points.classes, strict=True)
    ]
    return [*dots, *(empty | row for row in curve_rows(fit))]


def curve_rows(fit: Fit) -> list[dict[str, Any]]:
    """Return both curves for the CSV."""
    names = ("training_loss", "validation_loss", "training_right", "validation_right")
    columns = (fit.training, fit.validation, fit.training_right, fit.validation_right)
    return [
        {"epoch": epoch} | {name: float(column[epoch]) for name, column in zip(names, columns, strict=True)}
        for epoch in range(fit.epochs + 1)
    ]


def curves_figure(fit: Fit, w: Say, marked: bool = True, height: int = ALONE) -> Drawing:
    """Draw both losses alone; ``marked``: with the epoch of the lowest validation loss."""
    figure = Drawing(layout=style.base_layout(height))
    for line in _curves(fit.training, fit.validation, w, fit.epochs):
        figure.add_scatter(**line)
    if marked:
        _mark_best(figure, fit, w, "x", "y")
    figure.update_xaxes(title={"text": w("chart.epochs")}, range=_epochs_span(fit.epochs), fixedrange=True)
    figure.update_yaxes(title={"text": w("chart.loss")}, range=[0, highest(fit)], fixedrange=True)
    figure.update_layout(legend=_legend())
    return figure


def words_figure(words: list[str], scores: Floats, w: Say) -> Drawing:
    """Draw how much each word speaks for spam (to the right) or against it, the strongest for it on top."""
    figure = Drawing(layout=style.base_layout(ALONE, showlegend=False))
    places = list(range(len(words)))
    fills = [CLASSES[1] if score > 0 else CLASSES[0] for score in scores]
    figure.add_bar(
        x=scores, y=places, orientation="h", marker={"color": fills}, text=[number(float(s), "+.1f") for s in scores],
        textposition="outside", textfont={"size": style.SMALL}, constraintext="none", cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip
    reach = 1.35 * max(float(np.abs(scores).max()), 0.1)
    figure.update_yaxes(tickmode="array", tickvals=places, ticktext=words, autorange="reversed", fixedrange=True)
    figure.update_xaxes(title={"text": w("chart.score")}, range=[-reach, reach], fixedrange=True)
    return figure
