"""Figures of learning with few labels, with those of the text, and with rewards: from trace to drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text
from nlpcore.learning.bandit import Pulls, Regrets
from nlpcore.learning.few_labels import UNKNOWN, SelfTraining
from nlpcore.learning.own_labels import ASKED, SEEN, OwnExamples
from nlpcore.text import shortened
from pages.networks.kinds_of_learning.charts import CLASSES, PLAIN, SYMBOLS, add_points, areas, empty, grid_of

Row = dict[str, Any]
ARMS = (colours.BLUE, colours.ORANGE)
DASHES = ("solid", "dash", "dot", "dashdot")
LONGEST = 10
BEGINNING = 3  # examples of a text's own that are drawn while their number is asked for
CROWD = 60  # pulls; of more the dots are smaller


def few(trace: SelfTraining, step: int, w: Say) -> Drawing:
    """Draw the borders of a round, the points that it learnt from in their classes' colours, the others grey."""
    of, figure, each = trace.points, empty(trace.points, w), trace.rounds[step]
    _, _, places = grid_of(of.data)
    areas(figure, of, trace.probabilities(step, places).argmax(axis=1), CLASSES[: of.count])
    grey = np.flatnonzero(each.labels == UNKNOWN)
    if len(grey):
        add_points(figure, of, grey, PLAIN, name=w("chart.unlabelled"), size=7, opacity=0.7)
    for label in range(of.count):
        own = trace.told == label
        name = w(f"classes.{of.data}.c{label}")
        given = np.flatnonzero((each.labels == label) & ~own)
        if len(given):
            add_points(figure, of, given, CLASSES[label], SYMBOLS[label], w("chart.given", name=name))
        ring = {
            "color": "white",
            "size": 21,
            "symbol": SYMBOLS[label],
        }  # on the dark page the black edge alone is not seen
        figure.add_scatter(
            x=of.places[own, 0], y=of.places[own, 1], mode="markers", marker=ring, showlegend=False, hoverinfo="skip"
        )
        add_points(
            figure, of, np.flatnonzero(own), CLASSES[label], SYMBOLS[label], w("chart.told", name=name), size=17,
            line={"color": "black", "width": 2},
        )  # fmt: skip
    return figure


def few_rows(trace: SelfTraining, step: int) -> list[Row]:
    """Return the points with the labels that a round learnt from, for the CSV."""
    labels = trace.rounds[step].labels.tolist()
    return [
        {"x": float(x), "y": float(y), "label": "" if label == UNKNOWN else label, "told": bool(told != UNKNOWN)}
        for (x, y), label, told in zip(trace.points.places, labels, trace.told, strict=True)
    ]


def table_of(trace: OwnExamples, how: str) -> Any:
    """Return what each example has of each word: (examples, words)."""
    return trace.next_word if how == "next_word" else trace.masked


def beginning(trace: OwnExamples, how: str) -> int:
    """Return how many examples are drawn while it is asked how many there are: 3 at most, and never all of several."""
    return max(1, min(BEGINNING, len(table_of(trace, how)) // 2))


def own(trace: OwnExamples, how: str, w: Say, first: int | None = None) -> Drawing:
    """Draw a row for each example: the words that are given, the one that is asked for, and those that are not seen.

    ``first``: so many examples alone.
    """
    table, words = table_of(trace, how)[:first], trace.words
    rows, columns = table.shape
    figure = Drawing(layout=style.base_layout(100 + 34 * rows))
    fills = [[0.0, "rgba(138,138,138,0.12)"], [0.5, colours.SKY], [1.0, colours.ORANGE]]
    figure.add_heatmap(
        z=table.astype(np.float64), zmin=0, zmax=2, colorscale=fills, showscale=False, xgap=3, ygap=3, hoverinfo="skip"
    )
    asked = np.argwhere(table == ASKED)
    figure.add_scatter(
        x=asked[:, 1], y=asked[:, 0], mode="text", text=["<b>?</b>"] * len(asked), hoverinfo="skip", showlegend=False,
        textfont={"size": style.TEXT + 2, "color": "black"},
    )  # fmt: skip
    for key, colour in (("given", colours.SKY), ("asked", colours.ORANGE)):
        marker = {"symbol": "square", "size": 14, "color": colour}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=w(f"own.{key}"))
    figure.update_xaxes(
        tickmode="array", tickvals=list(range(columns)), ticktext=[plotly_text(shortened(word, LONGEST)) for word in words],
        side="top", fixedrange=True, showgrid=False, zeroline=False, tickfont={"size": style.TEXT}, range=[-0.5, columns - 0.5],
    )  # fmt: skip
    figure.update_yaxes(
        tickmode="array", tickvals=list(range(rows)), ticktext=[w("own.row", n=n + 1) for n in range(rows)],
        range=[rows - 0.5, -0.5], fixedrange=True, showgrid=False, zeroline=False,
    )  # fmt: skip
    return figure.update_layout(legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"})


def example(trace: OwnExamples, how: str, number: int) -> tuple[list[str], str]:
    """Return the words that are given in an example, a gap at the one that is asked for in between, and that word.

    ``number``: from 0; −1 for the last.
    """
    row = table_of(trace, how)[number]
    place = int(np.flatnonzero(row == ASKED)[0])
    seen = [
        word if row[i] == SEEN else "___" for i, word in enumerate(trace.words) if row[i] == SEEN or how == "masked"
    ]
    return seen, trace.words[place]


def own_rows(trace: OwnExamples, how: str, first: int | None = None) -> list[Row]:
    """Return the examples for the CSV, or the ``first`` of them: what is given and what is asked for."""
    found = []
    for row in table_of(trace, how)[:first]:
        place = int(np.flatnonzero(row == ASKED)[0])
        given = [word if row[i] == SEEN else "___" for i, word in enumerate(trace.words) if row[i] != 0]
        found.append({"given": " ".join(given), "asked": trace.words[place]})
    return found


def reward(trace: Pulls, w: Say) -> Drawing:
    """Draw the mean reward of each arm as it is known at each pull, and below which arm was pulled and what it gave."""
    figure = Drawing(
        layout=style.base_layout(430, margin=style.MARGIN | {"r": 24})
    )  # room for the last number of the axis
    pulls = np.arange(1, len(trace.arms) + 1)
    for arm in (0, 1):
        name = w(f"arm.{arm}")
        figure.add_scatter(
            x=pulls, y=trace.estimates[1:, arm], mode="lines", name=w("chart.estimate", arm=name), hoverinfo="skip",
            line={"color": ARMS[arm], "width": 3},
        )  # fmt: skip
        figure.add_scatter(
            x=[1, len(pulls)], y=[trace.chances[arm]] * 2, mode="lines", name=w("chart.chance", arm=name), hoverinfo="skip",
            line={"color": ARMS[arm], "width": 2, "dash": "dot"},
        )  # fmt: skip
        own = trace.arms == arm
        won = trace.rewards == 1
        for got, symbol in ((won, "circle"), (~won, "circle-open")):
            rows = np.flatnonzero(own & got)
            figure.add_scatter(
                x=pulls[rows], y=[arm] * len(rows), mode="markers", yaxis="y2", showlegend=False, hoverinfo="skip",
                marker={"color": ARMS[arm], "symbol": symbol, "size": 8 if len(pulls) <= CROWD else 5},
            )  # fmt: skip
    figure.update_layout(
        xaxis={"title": {"text": w("chart.pull")}, "anchor": "y2", "range": [0, len(pulls) + 1], "zeroline": False},
        yaxis={"domain": [0.34, 1], "range": [-0.05, 1.05], "title": {"text": w("chart.mean_reward")}, "zeroline": False},
        yaxis2={
            "domain": [0, 0.2], "anchor": "x", "range": [1.6, -0.6], "tickmode": "array", "tickvals": [0, 1],
            "ticktext": [w("arm.0"), w("arm.1")], "showgrid": False, "zeroline": False,
        },
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )  # fmt: skip
    return figure


def reward_rows(trace: Pulls) -> list[Row]:
    """Return the pulls for the CSV."""
    return [
        {
            "pull": t + 1,
            "arm": "AB"[arm],
            "by_lot": bool(trace.explored[t]),
            "reward": int(trace.rewards[t]),
            "mean_a": float(trace.estimates[t + 1, 0]),
            "mean_b": float(trace.estimates[t + 1, 1]),
            "regret": float(trace.regret[t]),
        }
        for t, arm in enumerate(trace.arms.tolist())
    ]


def regrets(trace: Regrets, w: Say) -> Drawing:
    """Draw the mean regret of 2,000 runs by pull, a line for each share of exploring."""
    figure = Drawing(layout=style.base_layout(330))
    pulls = list(range(1, trace.mean.shape[1] + 1))
    fills = (colours.VERMILLION, colours.BLUE, colours.GREEN, colours.GREY)
    for place, epsilon in enumerate(trace.epsilons):
        figure.add_scatter(
            x=pulls, y=trace.mean[place], mode="lines", name=f"ε = {epsilon:g}", hovertemplate="%{x}: %{y:.1f}<extra></extra>",
            line={"color": fills[place], "width": 3, "dash": DASHES[place]},
        )  # fmt: skip
    figure.update_xaxes(title={"text": w("chart.pull")}, zeroline=False)
    figure.update_yaxes(title={"text": w("chart.mean_regret")}, rangemode="tozero", zeroline=False)
    return figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})


def regret_said(trace: Regrets, place: int) -> str:
    """Return a share of exploring and the mean regret at the end."""
    return f"ε = {trace.epsilons[place]:g}: {number(float(trace.mean[place, -1]), '.1f')}"


def regret_rows(trace: Regrets) -> list[Row]:
    """Return the mean regrets for the CSV."""
    return [
        {"pull": t + 1}
        | {f"epsilon_{each:g}": float(trace.mean[place, t]) for place, each in enumerate(trace.epsilons)}
        for t in range(trace.mean.shape[1])
    ]
