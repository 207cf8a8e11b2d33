"""Figures of a real text: the nearest words, and how well vectors agree with people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.charts import colours, style
from app.charts.drawing import Drawing, subplots
from app.text import Say, number, plotly_text
from nlpcore.text import shortened
from nlpcore.words.similarity import TESTS, Correlation, Judged
from nlpcore.words.table import Neighbour

ROOM = 48  # characters that all columns have together, on a phone
ROW = 50  # px


def neighbours_figure(near: Mapping[str, Sequence[Neighbour]], w: Say) -> Drawing:
    """Draw a column for each word: its nearest from top to bottom, with the cosines, which colour the cells."""
    rows = max(map(len, near.values()), default=0)
    cosines = np.full((rows, len(near)), np.nan)
    names = [["" for _ in near] for _ in range(rows)]
    for column, found in enumerate(near.values()):
        for row, each in enumerate(found):
            cosines[row, column], names[row][column] = each.cosine, each.word
    longest = max(6, ROOM // max(len(near), 1))
    figure = Drawing()
    figure.add_heatmap(
        z=cosines, x=list(range(len(near))), y=list(range(rows)), zmin=0, zmax=1, colorscale=colours.MAGNITUDE,
        xgap=2, ygap=2, showscale=False, hoverinfo="skip",
    )  # fmt: skip
    at = [(row, column) for row in range(rows) for column in range(len(near)) if names[row][column]]
    inks = [
        colours.readable_on(colours.on_scale(colours.MAGNITUDE, float(np.clip(cosines[place], 0, 1)))) for place in at
    ]
    figure.add_scatter(
        x=[column for _, column in at], y=[row for row, _ in at], mode="text", hoverinfo="skip", showlegend=False,
        text=[f"{plotly_text(shortened(names[i][j], longest))}<br>{number(float(cosines[i, j]))}" for i, j in at],
        textfont={"size": style.SMALL, "color": inks},
    )  # fmt: skip
    heads = [f"<b>{plotly_text(shortened(word, longest))}</b>" for word in near]
    figure.update_xaxes(
        side="top", tickvals=list(range(len(near))), ticktext=heads, tickfont={"size": style.TEXT}, ticks="",
        showgrid=False, zeroline=False, fixedrange=True, range=[-0.5, len(near) - 0.5],
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[rows - 0.5, -0.5], fixedrange=True)
    return figure.update_layout(style.base_layout(ROW * max(rows, 1) + 50, margin=style.MARGIN | {"t": 40}))


def neighbour_rows(near: Mapping[str, Sequence[Neighbour]]) -> list[dict[str, Any]]:
    """Return the nearest words for the CSV."""
    return [
        {"word": word, "place": place, "neighbour": each.word, "cosine": each.cosine}
        for word, found in near.items()
        for place, each in enumerate(found, 1)
    ]


# -- agreement with people ---------------------------------------------------------------------------------------------

Agreement = Mapping[str, Sequence[Correlation]]  # name of the vectors -> of each test, in the order of TESTS
_WAY, _PANEL = 40, 40  # px of a row, and of what stands above a panel's rows
HUES = {"published": colours.GREY, "glove": colours.BLUE, "cbow": colours.ORANGE, "skip_gram": colours.GREEN}


def agreement_figure(found: Agreement, w: Say) -> Drawing:
    """Draw each correlation as a point with its interval and, at the end of it, its number; a panel for each test."""
    titles = [w(f"compare.{test}") for test in TESTS]
    height = _PANEL + _WAY * len(found)  # of a panel, its title with it
    figure = subplots(
        len(TESTS), titles=titles, title_font={"size": style.TEXT}, shared_x=True,
        vertical_spacing=_PANEL / (len(TESTS) * height),
    )  # fmt: skip
    names = [w(f"compare.{name}") for name in found]
    for row in range(1, len(TESTS) + 1):
        for place, (name, each) in enumerate(found.items()):
            c = each[row - 1]
            figure.add_scatter(
                x=[c.low, c.high], y=[place, place], mode="lines+text", line={"color": HUES[name], "width": 4},
                text=["", f" {number(c.value)}"], textposition="middle right", textfont={"size": style.TEXT},
                hoverinfo="skip", showlegend=False, row=row, col=1,
            )  # fmt: skip
            figure.add_scatter(
                x=[c.value], y=[place], mode="markers", marker={"size": 14, "color": HUES[name]}, showlegend=False,
                hovertemplate=f"{number(c.low)} … {number(c.high)}<extra></extra>", row=row, col=1,
            )  # fmt: skip
        figure.update_xaxes(
            title={"text": w("compare.correlation") if row == len(TESTS) else ""}, range=[-0.16, 0.84], fixedrange=True,
            zeroline=True, zerolinecolor=colours.GREY, zerolinewidth=1, row=row, col=1,
        )  # fmt: skip
        figure.update_yaxes(
            tickvals=list(range(len(names))), ticktext=names, showgrid=False, range=[len(names) - 0.5, -0.5],
            tickfont={"size": style.TEXT}, zeroline=False, fixedrange=True, row=row, col=1,
        )  # fmt: skip
    margin = style.MARGIN | {"b": 48, "t": 32}
    return figure.update_layout(style.base_layout(len(TESTS) * height + 80, margin=margin))


def agreement_rows(found: Agreement) -> list[dict[str, Any]]:
    """Return the correlations for the CSV."""
    return [
        {"vectors": name, "test": test, "pairs": c.known, "spearman": c.value, "low": c.low, "high": c.high}
        for name, each in found.items()
        for test, c in zip(TESTS, each, strict=True)
    ]


def pairs_figure(judged: Judged, w: Say) -> Drawing:
    """Draw each pair that is known: what people said, and the cosine."""
    known = np.flatnonzero(~np.isnan(judged.cosines))
    figure = Drawing()
    figure.add_scatter(
        x=judged.people[known], y=judged.cosines[known], mode="markers",
        marker={"size": 8, "color": colours.with_alpha(colours.BLUE, 0.6)}, showlegend=False,
        hovertext=[plotly_text(" – ".join(judged.pairs[place])) for place in known],
        hovertemplate="%{hovertext}: %{x:.1f}, %{y:.2f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title={"text": w("compare.people")}, range=[-0.3, 10.3], fixedrange=True)
    figure.update_yaxes(title={"text": w("compare.cosine")}, fixedrange=True)
    return figure.update_layout(style.base_layout(360, margin=style.MARGIN | {"b": 48, "l": 56}))


def pair_rows(judged: Judged) -> list[dict[str, Any]]:
    """Return the pairs that are known for the CSV."""
    return [
        {"word": one, "other": other, "people": float(people), "cosine": float(cosine)}
        for (one, other), people, cosine in zip(judged.pairs, judged.people, judged.cosines, strict=True)
        if not np.isnan(cosine)
    ]
