"""Figures of one neuron and of softmax: from trace to drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text, probability
from nlpcore.arrays import Floats
from nlpcore.networks.activations import Activation, activate, saturated, slope
from nlpcore.networks.neuron import NeuronTrace
from nlpcore.networks.scores import ScoresTrace
from nlpcore.text import shortened
from pages.networks.neuron.numbers import of_output, weight

Row = dict[str, Any]
UP, DOWN, OTHER, STEEP, FLAT = colours.BLUE, colours.ORANGE, colours.SKY, colours.GREEN, colours.VERMILLION
NAMES = ("w₁·x₁", "w₂·x₂", "b")
_POINTS = 161  # of a curve
_ROOM = 1.12  # of the axis beyond the largest sum
_LOWER, _UPPER = (0.0, 0.24), (0.33, 1.0)  # parts of the height: what is added up, and the curve


def parts(trace: NeuronTrace) -> list[tuple[float, float]]:
    """Return where each share of the sum begins and how far it goes, one after the other: the last ends at the sum."""
    found, place = [], 0.0
    for share in (*trace.shares.tolist(), trace.bias):
        found.append((place, share))
        place += share
    return found


def reach_of(trace: NeuronTrace, least: float) -> float:
    """Return how far the axis of sums goes to either side: as far as was asked for, and beyond everything that is drawn."""
    ends = [abs(begin + length) for begin, length in parts(trace)]
    return max(least, _ROOM * max(ends))


def neuron(trace: NeuronTrace, w: Say, told: bool, reach: float, beside: Activation | None = None) -> Drawing:
    """Draw the shares of the sum one after the other along its axis, and above the curve that makes the output of the sum.

    ``told``: with the slope of the curve, and the part on which hardly any gradient passes. ``beside``: another activation.
    """
    reach = reach_of(trace, reach)
    z = np.linspace(-reach, reach, _POINTS)
    figure = Drawing(layout=style.base_layout(430))
    name = w(f"activations.{trace.activation}")
    if beside and beside != trace.activation:
        _curve(figure, z, activate(beside, z), w(f"activations.{beside}"), OTHER, 2)
    _curve(figure, z, activate(trace.activation, z), name, UP, 3)
    if told:
        _curve(figure, z, slope(trace.activation, z), w("chart.slope"), STEEP, 2, "dash")
        flat = saturated(trace.activation, z)
        if flat.any():
            on_flat = np.where(flat, activate(trace.activation, z), np.nan)
            _curve(figure, z, on_flat, w("chart.flat"), FLAT, 7, opacity=0.55)
    low, high = _heights(trace, told, reach, beside)
    _point(figure, trace, w, (low, high), reach)
    _shares(figure, trace)
    figure.update_layout(
        xaxis={"range": [-reach, reach], "title": {"text": w("chart.sum")}, "anchor": "y2", "zeroline": True},
        yaxis={"domain": list(_UPPER), "range": [low, high], "title": {"text": w("chart.output")}, "anchor": "x"},
        yaxis2={
            "domain": list(_LOWER), "anchor": "x", "range": [3.6, 0.4], "tickmode": "array", "tickvals": [1, 2, 3],
            "ticktext": _names(trace), "showgrid": False, "zeroline": False, "tickfont": {"size": style.TEXT},
        },
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        barmode="overlay",
        showlegend=True,
    )  # fmt: skip
    return figure


def _curve(
    figure: Drawing, x: Floats, y: Floats, name: str, colour: str, width: float, dash: str = "", opacity: float = 1.0
) -> None:
    figure.add_scatter(
        x=x, y=y, mode="lines", name=name, opacity=opacity, hoverinfo="skip",
        line={"color": colour, "width": width} | ({"dash": dash} if dash else {}),
    )  # fmt: skip


def _heights(trace: NeuronTrace, told: bool, reach: float, beside: Activation | None) -> tuple[float, float]:
    """Return the range of the outputs: that of the curves that are drawn, with some air."""
    ends = np.array([-reach, 0.0, reach])
    drawn = [activate(each, ends) for each in {trace.activation, beside or trace.activation}]
    drawn += [np.array([0.0, float(slope(trace.activation, 0.001))])] if told else []
    low, high = min(float(y.min()) for y in drawn), max(float(y.max()) for y in drawn)
    return low - 0.08 * (high - low), high + 0.08 * (high - low)


def _point(figure: Drawing, trace: NeuronTrace, w: Say, heights: tuple[float, float], reach: float) -> None:
    """Mark the sum on the curve, with lines to both axes, and write the output down where no curve is: on the left."""
    z, a, (low, high) = trace.total, trace.output, heights
    figure.add_scatter(
        x=[z, z, -reach], y=[low, a, a], mode="lines", line={"color": colours.MUTED, "width": 1.5, "dash": "dot"},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=[z], y=[a], mode="markers", marker={"size": 15, "color": UP, "line": {"color": "white", "width": 2}},
        showlegend=False, hovertemplate=w("chart.hover", z=weight(z), a=of_output(a)) + "<extra></extra>",
    )  # fmt: skip
    upper = a > (low + high) / 2
    figure.add_annotation(
        x=-reach, y=a if upper else high, text=f"<b>a = {of_output(a)}</b>", showarrow=False, xanchor="left", xshift=6,
        yanchor="top", yshift=-2, font={"size": style.TEXT + 2},
    )  # fmt: skip


def _shares(figure: Drawing, trace: NeuronTrace) -> None:
    """Draw what each input adds to the sum as a bar that begins where the one before has ended."""
    found = parts(trace)
    figure.add_bar(
        orientation="h", base=[begin for begin, _ in found], x=[length for _, length in found], y=[1, 2, 3], width=0.62,
        marker={"color": [UP if length >= 0 else DOWN for _, length in found]}, yaxis="y2", showlegend=False,
        hoverinfo="skip",
    )  # fmt: skip
    line = {"color": colours.MUTED, "width": 1.5, "dash": "dot"}
    figure.add_shape(type="line", x0=trace.total, x1=trace.total, y0=0, y1=_UPPER[0], yref="paper", line=line)


def _names(trace: NeuronTrace) -> list[str]:
    shares = (*trace.shares.tolist(), trace.bias)
    return [f"{name} = {'+' if share > 0 else ''}{weight(share)}" for name, share in zip(NAMES, shares, strict=True)]


def neuron_rows(trace: NeuronTrace, told: bool, reach: float) -> list[Row]:
    """Return the curve and the point as rows for the CSV; the slope once it is ``told``."""
    z = np.linspace(-reach_of(trace, reach), reach_of(trace, reach), _POINTS)
    places = np.append(z, trace.total)
    outputs, slopes = activate(trace.activation, places), slope(trace.activation, places)
    what = [*["curve"] * len(z), "this neuron"]
    rows: list[Row] = [
        {"what": k, "z": x, "a": y} for k, x, y in zip(what, places.tolist(), outputs.tolist(), strict=True)
    ]
    return [row | {"slope": s} for row, s in zip(rows, slopes.tolist(), strict=True)] if told else rows


def every(total: float, w: Say, names: tuple[Activation, ...], hall: bool = False) -> Drawing:
    """Draw each activation at one sum as two bars: its output, and its slope."""
    figure = Drawing(layout=style.base_layout(60 * len(names) + 90))
    labels = [w(f"activations.{name}") for name in names]
    for key, colour, values in (
        ("chart.output", UP, [float(activate(name, total)) for name in names]),
        ("chart.slope", STEEP, [float(slope(name, total)) for name in names]),
    ):
        figure.add_bar(
            orientation="h", x=values, y=labels, name=w(key), marker={"color": colour}, cliponaxis=False,
            text=[of_output(value) for value in values], textposition="outside", constraintext="none",
            textfont={"size": style.SMALL}, hoverinfo="skip",
        )  # fmt: skip
    ends = [float(activate(name, total)) for name in names] + [1.0, 0.0]
    spread = max(ends) - min(ends)
    figure.update_layout(
        barmode="group", bargap=0.25, xaxis={"range": [min(ends) - 0.2 * spread, max(ends) + 0.2 * spread]},
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}, showlegend=True,
    )  # fmt: skip
    return figure


def every_row(total: float, names: tuple[Activation, ...]) -> list[Row]:
    """Return the output and the slope of each activation at one sum."""
    return [
        {"activation": name, "a": float(activate(name, total)), "slope": float(slope(name, total))} for name in names
    ]


def scores(trace: ScoresTrace, w: Say, hotter: ScoresTrace | None = None) -> Drawing:
    """Draw the probability of each score as a bar; with what they are at a temperature twice as high as diamonds."""
    places = list(range(len(trace.names)))
    labels = [
        f"{plotly_text(shortened(name, 12))}  {number(z, '.4g')}"
        for name, z in zip(trace.names, trace.scores, strict=True)
    ]
    figure = Drawing(layout=style.base_layout(58 + 48 * len(places) + (28 if hotter else 0)))
    figure.add_bar(
        orientation="h", x=trace.probabilities, y=places, marker={"color": UP},
        name=w("chart.at", t=weight(trace.temperature)), hoverinfo="skip",
    )  # fmt: skip
    if hotter:
        figure.add_scatter(
            x=hotter.probabilities, y=places, mode="markers", name=w("chart.at", t=weight(hotter.temperature)),
            marker={"symbol": "diamond", "size": 14, "color": FLAT, "line": {"color": "white", "width": 1.5}},
            hovertemplate="%{x:.3f}<extra></extra>",
        )  # fmt: skip
    top = float(trace.probabilities.max())
    told = [probability(float(p)) for p in trace.probabilities]
    if hotter:
        told = [f"{one} → {probability(float(other))}" for one, other in zip(told, hotter.probabilities, strict=True)]
    figure.add_scatter(  # in a column of their own: at the ends of the bars the marks would lie on them
        x=[1.06 * top] * len(places), y=places, mode="text", text=told, textposition="middle right", hoverinfo="skip",
        showlegend=False, cliponaxis=False,
    )  # fmt: skip
    step = next(each for each in (0.2, 0.1, 0.05, 0.02) if 2 * each <= top or each == 0.02)
    figure.update_layout(
        xaxis={
            "title": {"text": w("chart.probability")}, "range": [0, (1.75 if hotter else 1.35) * top], "zeroline": False,
            "tickmode": "array", "tickvals": [round(step * n, 2) for n in range(int(top / step + 1e-9) + 1)],
        },
        yaxis={
            "tickmode": "array", "tickvals": places, "ticktext": labels, "range": [len(places) - 0.4, -0.6],
            "showgrid": False, "zeroline": False, "tickfont": {"size": style.TEXT},
        },
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        showlegend=hotter is not None,
        bargap=0.35,
    )  # fmt: skip
    return figure


def score_rows(trace: ScoresTrace, hotter: ScoresTrace | None = None) -> list[Row]:
    """Return the steps of softmax as rows for the CSV; what it gives at twice the temperature where that is drawn."""
    return [
        {
            "name": name,
            "score": float(trace.scores[i]),
            "temperature": trace.temperature,
            "shifted": float(trace.shifted[i]),
            "exponential": float(trace.exponentials[i]),
            "probability": float(trace.probabilities[i]),
        }
        | ({"probability_at_twice": float(hotter.probabilities[i])} if hotter else {})
        for i, name in enumerate(trace.names)
    ]
