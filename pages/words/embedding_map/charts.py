"""Figures of the embedding map: the map with its run, the toy sets beside their truth, and how far to trust a map."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.charts import colours, drawing, style
from app.charts.drawing import Drawing, Spec
from app.charts.label_placement import place_labels
from nlpcore.words.projection_toys import ToyMap
from nlpcore.words.projection_words import WordMap
from pages.words.embedding_map.charts_parts import (
    Words,
    add_run,
    axis,
    bar,
    heading,
    layout,
    look_of,
    scatter,
    toy_marker,
    trust_scale,
    word_marker,
    xy,
)

Drawn = tuple[NDArray[np.int64], Spec]  # which points of the map a trace draws, in order

_PHONE, _SCREEN = (
    (320.0, 430.0),
    (640.0, 450.0),
)  # px of plot for which labels are placed; with more, they have more room
_MOST_LABELS = 150
_TALKED_OF = frozenset({"king", "queen", "apple", "orange", "国王", "王后", "苹果", "橙子"})


def word_figure(
    trace: WordMap,
    w: Words,
    names: Mapping[str, str],
    colour: str = "category",
    selected: str | None = None,
    asked: str | None = None,
) -> Drawing:
    """Draw the map of words with its run.

    ``names``: category id -> its name. ``colour``: "category", "trust" (share of the ten nearest that were kept) or
    "frequency". ``selected``: a word of the map; lines lead from it to its nearest in the original space.
    ``asked``: the word of an open question, of which is not told how many neighbours it kept.
    """
    everybody = np.arange(len(trace.words))
    few, more = _labels(trace, selected)
    drawn: list[Drawn] = [_label_trace(trace, more), _label_trace(trace, few)]
    drawn += _link_traces(trace, w, selected) if selected is not None else []
    drawn.append((everybody, _points(trace, w, names, colour, asked)))
    legend = _legend(trace, names) if colour == "category" else []
    figure = Drawing([*(d for _, d in drawn), *legend], layout(trace.projection.coordinates))
    add_run(figure, trace.projection, [*(indices for indices, _ in drawn), *(None for _ in legend)], w)
    return figure


def toy_figure(trace: ToyMap, w: Words, colour: str = "category", seen: bool = True) -> Drawing:
    """Draw a toy set: on the left the truth, on the right the map that t-SNE or PCA makes of it, with its run.

    ``seen``: whether the map may be seen, about which is asked; the truth has no colour of trust before.
    """
    projection, groups = trace.projection, trace.toy.groups
    drawn = layout(projection.coordinates, domain=(0.53, 1.0)) | {
        "xaxis2": axis(domain=(0.0, 0.47), anchor="y2"),
        "yaxis2": axis(anchor="x2", scaleanchor="x2"),
        "annotations": [
            heading(w("figure.truth" if trace.toy.points.shape[1] == 2 else "figure.truth_pca"), 0.235),
            heading(w(f"figure.map_{projection.method}" if seen else "figure.map_hidden"), 0.765),
        ],
        "margin": {"l": 8, "r": 8, "t": 44, "b": 8},  # room for the headings in a hall, too
    }
    figure = Drawing(layout=drawn)
    marker = toy_marker(trace, w, colour if seen else "category")
    figure.add(scatter(trace.toy.truth, marker, xaxis="x2", yaxis="y2", hoverinfo="skip"))
    if not seen:
        return figure
    figure.add(
        scatter(
            projection.coordinates,
            marker | ({"showscale": True} if colour == "trust" else {}),
            customdata=np.column_stack([groups + 1, projection.quality.preserved * projection.quality.k]),
            hovertemplate=w("hover.toy", k=projection.quality.k) + "<extra></extra>",
        )
    )
    add_run(figure, projection, [None, np.arange(len(groups))], w)
    return figure


# -- the points --------------------------------------------------------------------------------------------------------


def _points(trace: WordMap, w: Words, names: Mapping[str, str], colour: str, asked: str | None) -> Spec:
    """Return one trace of all points: many frames of one trace play more smoothly than of one a category."""
    n = len(trace.words)
    look = {"size": 9 if n <= 400 else 7 if n <= 1200 else 5, "opacity": 0.9, "line": {"width": 0}}
    return scatter(
        trace.projection.coordinates,
        look | _colouring(trace, w, names, colour, asked),
        customdata=[[word] for word in trace.words],
        hovertext=_hover(trace, w, names, asked),
        hoverinfo="text",
        cliponaxis=False,
        selected={"marker": {"opacity": 0.9}},
        unselected={"marker": {"opacity": 0.9}},
    )


def _label_trace(trace: WordMap, sides: Mapping[int, str]) -> Drawn:
    # Without any label one empty text stands in, so that style sheets can count on the order of the traces.
    indices = np.array(list(sides) or [0], dtype=np.int64)
    return indices, scatter(
        trace.projection.coordinates[indices],
        {"size": 9, "opacity": 0},  # Plotly keeps a label clear of its marker, also of one that is not seen
        mode="markers+text",
        text=[html.escape(trace.words[i]) for i in sides] or [""],
        textposition=list(sides.values()) or ["top center"],
        textfont={"size": style.SMALL},
        hoverinfo="skip",
        cliponaxis=False,
        # A colour of selected text, which a label never is, keeps Plotly from paling the others after a click.
        selected={"marker": {"opacity": 0}, "textfont": {"color": colours.MODEL}},
        unselected={"marker": {"opacity": 0}},
    )


def _colouring(trace: WordMap, w: Words, names: Mapping[str, str], colour: str, asked: str | None) -> dict[str, Any]:
    if colour == "trust":
        return trust_scale(trace.projection, w, None if asked is None else trace.index(asked))
    if colour == "frequency":
        return _frequency_scale(trace, w)
    return word_marker(trace, names)


def _frequency_scale(trace: WordMap, w: Words) -> dict[str, Any]:
    ticks = [10**power for power in range(7)]
    return {
        "color": np.log10(trace.ranks),
        "colorscale": colours.MAGNITUDE,
        "reversescale": True,
        "showscale": True,
        "colorbar": bar(w("figure.frequency"), [float(np.log10(t)) for t in ticks], [f"{t:,}" for t in ticks]),
    }


def _legend(trace: WordMap, names: Mapping[str, str]) -> list[Spec]:
    """Return an empty trace for each category in the map: its place in the legend."""
    return [
        drawing.scatter(
            x=[None],
            y=[None],
            mode="markers",
            marker={"size": 11, "color": hue, "symbol": symbol},
            name=name,
            hoverinfo="skip",
        )
        for kind, name, (hue, symbol) in ((k, n, look_of(place)) for place, (k, n) in enumerate(names.items()))
        if kind in set(trace.categories)
    ]


def _link_traces(trace: WordMap, w: Words, selected: str) -> list[Drawn]:
    """Return lines from the selected word to its nearest in the original space: solid where the map kept them."""
    i = trace.index(selected)
    hood = trace.neighbourhood(selected)
    drawn: list[Drawn] = []
    for kept, dash in ((True, "solid"), (False, "dot")):
        ends = [near.row for near in hood if near.kept is kept]
        indices = np.array([point for end in ends for point in (i, end, -1)], dtype=np.int64)
        line = {"color": colours.with_alpha(colours.FOCUS, 0.75), "width": 2.4, "dash": dash}
        drawn.append(
            (
                indices,
                drawing.scatter(
                    **xy(trace.projection.coordinates, indices),
                    mode="lines",
                    line=line,
                    hoverinfo="skip",
                    name=w("figure.link_kept" if kept else "figure.link_lost"),
                    showlegend=bool(ends),
                ),
            )
        )
    ring = {"size": 20, "symbol": "circle-open", "color": colours.FOCUS, "line": {"width": 3}}
    here = np.array([i])
    drawn.append((here, scatter(trace.projection.coordinates[here], ring, hoverinfo="skip")))
    return drawn


def _hover(trace: WordMap, w: Words, names: Mapping[str, str], asked: str | None) -> list[str]:
    quality = trace.projection.quality
    return [
        w(
            "hover.asked" if word == asked else "hover.word",
            word=html.escape(word),
            category=names.get(kind, "") or w("figure.other"),
            rank=f"{rank:,}",
            kept=round(float(kept) * quality.k),
            k=quality.k,
        )
        for word, kind, rank, kept in zip(trace.words, trace.categories, trace.ranks, quality.preserved, strict=True)
    ]


@lru_cache(maxsize=16)
def _labels(trace: WordMap, selected: str | None) -> tuple[dict[int, str], dict[int, str]]:
    """Return index -> side of the labels that have room on a phone, and of those that have room on a large screen only.

    The selected word and its neighbours come first, then those that the lesson talks of, then the frequent ones.
    """
    near: list[int] = []
    if selected is not None:
        near = [trace.index(selected), *(n.row for n in trace.neighbourhood(selected))]
    near += [i for i, word in enumerate(trace.words) if word in _TALKED_OF and i not in near]
    by_frequency = [int(i) for i in np.argsort(trace.ranks, kind="stable") if int(i) not in set(near)]
    order = (*near, *by_frequency[: 4 * _MOST_LABELS])
    hide = dict.fromkeys(near, 2)
    points = trace.projection.coordinates
    low, high = points.min(axis=0), points.max(axis=0)

    def pixels(screen: tuple[float, float]) -> NDArray[np.float64]:
        return np.asarray(points * np.min(np.array(screen) / np.maximum(high - low, 1e-9)))

    few = place_labels(pixels(_PHONE), trace.words, order, style.SMALL, most_hidden=hide)
    rest = [i for i in order if i not in few]
    return few, place_labels(pixels(_SCREEN), trace.words, rest, style.SMALL, most_hidden=hide, placed=few)
