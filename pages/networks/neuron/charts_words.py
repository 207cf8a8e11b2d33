"""Figures of the neuron that reads words, and of the sum of ReLUs: from trace to drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say, plotly_text
from nlpcore.networks.relu_sum import Curve, ReluSum, errors
from nlpcore.text import shortened
from nlpcore.words.word_neuron import WordJudgement, WordNeuron
from pages.networks.neuron.numbers import of_output, short

Row = dict[str, Any]
PLEASANT, UNPLEASANT, HIDDEN = colours.BLUE, colours.ORANGE, "?"
TARGET, SUM, UNIT, KNOT = colours.TRUTH, colours.BLUE, colours.SKY, colours.LEARNER
UNITS = (1, 2, 4, 8, 16, 32, 64)
CURVES: tuple[Curve, ...] = ("wave", "hump", "zipf", "jump")


def order_of(trace: WordJudgement) -> list[int]:
    """Return the words from the most to the least pleasant."""
    return [int(row) for row in np.argsort(-trace.sums, kind="stable")]


def words(trace: WordJudgement, w: Say, told: bool) -> Drawing:
    """Draw the probability "pleasant" of each word as a bar from ½; until it is ``told``, which is whose is hidden."""
    order = order_of(trace)
    p = trace.probabilities[order]
    places = list(range(len(order)))
    names = [
        f"{plotly_text(shortened(trace.words[i], 14))}{' *' if trace.learned[i] else ''}" if told else HIDDEN
        for i in order
    ]
    figure = Drawing(layout=style.base_layout(86 + 30 * max(len(places), 4)))
    for name, colour, own in (("pleasant", PLEASANT, p >= 0.5), ("unpleasant", UNPLEASANT, p < 0.5)):
        rows = np.flatnonzero(own).tolist()
        if rows:
            figure.add_bar(
                orientation="h", base=[0.5] * len(rows), x=[float(p[i]) - 0.5 for i in rows], y=rows,
                marker={"color": colour}, name=w(f"chart.{name}"), cliponaxis=False, hoverinfo="skip",
                text=[of_output(float(p[i])) for i in rows], textposition="outside", constraintext="none",
                textfont={"size": style.TEXT},
            )  # fmt: skip
    figure.add_line(x=0.5, line={"color": colours.MUTED, "width": 1.5})
    figure.update_layout(
        xaxis={
            "title": {"text": w("chart.is_pleasant")}, "range": [-0.2, 1.22], "tickmode": "array",
            "tickvals": [0, 0.25, 0.5, 0.75, 1], "zeroline": False,
        },
        yaxis={
            "tickmode": "array", "tickvals": places, "ticktext": names, "range": [len(places) - 0.4, -0.6],
            "showgrid": False, "zeroline": False, "tickfont": {"size": style.TEXT},
        },
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}, showlegend=True, barmode="overlay", bargap=0.3,
    )  # fmt: skip
    return figure


def word_rows(trace: WordJudgement, told: bool) -> list[Row]:
    """Return the words with their sums and probabilities; until it is ``told``, without their names."""
    return [
        {
            "word": trace.words[i] if told else HIDDEN,
            "sum": float(trace.sums[i]),
            "probability_pleasant": float(trace.probabilities[i]),
        }
        for i in order_of(trace)
    ]


def weights(neuron: WordNeuron, w: Say) -> Drawing:
    """Draw the weight of each number of a word vector."""
    figure = Drawing(layout=style.base_layout(300))
    values = neuron.weights
    figure.add_bar(
        x=list(range(1, len(values) + 1)), y=values, hovertemplate="%{x}: %{y:.2f}<extra></extra>",
        marker={"color": [PLEASANT if value >= 0 else UNPLEASANT for value in values.tolist()]},
    )  # fmt: skip
    figure.update_xaxes(title={"text": w("chart.dimension")}, showgrid=False)
    figure.update_yaxes(title={"text": w("chart.weight")})
    return figure.update_layout(showlegend=False)


def curve_rows(trace: ReluSum) -> list[Row]:
    """Return curve, sum and error at each place for the CSV."""
    rows = zip(trace.x[::10].tolist(), trace.target[::10].tolist(), trace.total[::10].tolist(), strict=True)
    return [{"x": round(x, 4), "curve": y, "sum": f, "error": abs(y - f)} for x, y, f in rows]


def needed(w: Say) -> Drawing:
    """Draw the largest error by the number of ReLUs, laid on each curve, on two logarithmic axes."""
    figure = Drawing(layout=style.base_layout(360))
    for name, colour, dash in zip(CURVES, colours.CATEGORIES, ("solid", "dash", "dot", "dashdot"), strict=False):
        figure.add_scatter(
            x=list(UNITS), y=errors(name, UNITS), mode="lines+markers", name=w(f"curves.{name}"),
            line={"color": colour, "dash": dash, "width": 3}, marker={"size": 9}, hovertemplate="%{x}: %{y:.2g}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(
        type="log",
        title={"text": w("chart.how_many")},
        tickmode="array",
        tickvals=list(UNITS),
        ticktext=[str(n) for n in UNITS],
    )
    ticks = (0.001, 0.01, 0.1, 1)
    figure.update_yaxes(
        type="log",
        title={"text": w("chart.largest")},
        tickmode="array",
        tickvals=list(ticks),
        ticktext=[f"{t:g}" for t in ticks],
    )
    return figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})


def needed_rows() -> list[Row]:
    """Return the largest error of each curve for each number of ReLUs."""
    return [
        {"curve": name, "units": count, "largest_error": float(error), "shown": short(float(error))}
        for name in CURVES
        for count, error in zip(UNITS, errors(name, UNITS), strict=True)
    ]
