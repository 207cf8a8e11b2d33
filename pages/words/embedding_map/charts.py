"""Figures of the embedding map: the map with its run, the toy sets beside their truth, and how far to trust a map."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.charts import colours, drawing, style
from app.charts.drawing import Drawing, Spec
from app.charts.label_placement import Place
from app.text import Say
from nlpcore.arrays import Floats
from nlpcore.words.projection_toys import ToyMap
from nlpcore.words.projection_words import WordMap
from pages.words.embedding_map.charts_parts import (
    OUTLINE,
    TOY_HEIGHT,
    TOY_HEIGHT_IN_A_HALL,
    Moves,
    add_run,
    axis,
    bar,
    edge,
    heading,
    layout,
    look_of,
    moves,
    points_at,
    room_around,
    scatter,
    toy_marker,
    trust_scale,
    whole,
    word_marker,
    xy,
)
from pages.words.embedding_map.labels import ELSEWHERE, MARK, RING, exits_of, labels_in_sight, labels_of
from pages.words.embedding_map.questions import telling
from pages.words.embedding_map.zoom import box_around, leaving

Seen = Callable[[Floats], NDArray[np.bool_]]  # which words have their names on maps of the run
Drawn = tuple[Moves, Spec]  # how a trace moves in the run, and the trace

# A colour of selected text, which a label never is, keeps Plotly from paling the others after a click.
_NEVER_PALE = {
    "selected": {"marker": {"opacity": 0}, "textfont": {"color": colours.MODEL}},
    "unselected": {"marker": {"opacity": 0}},
}
_RIGHT = (0.53, 1.0)  # of a toy figure's width: where the map is
_ROUND_A_RING = 1.6 * (
    RING / 2 + 2
)  # px of a marker of which Plotly keeps a label clear as of the ring: it adds a quarter


def word_figure(
    trace: WordMap,
    w: Say,
    names: Mapping[str, str],
    colour: str = "category",
    selected: str | None = None,
    asked: Sequence[str] = (),
    told: Sequence[str] = (),
    near: bool = False,
    in_a_hall: bool = False,
) -> Drawing:
    """Draw the map of words with its run.

    ``names``: category id -> its name. ``colour``: "category", "trust" (share of the ten nearest that were kept) or
    "frequency". ``selected``: a word of the map; lines lead from it to its nearest in the original space.
    ``near``: only the part of the map around it. ``asked``: the word of an open question, which has a ring, and those to choose
    from: of them, and of those that have two of them near, is not told which neighbours they have or kept. ``told``: of an
    answered one the word, which has the ring, its true neighbour and its false one, to which lines lead. ``in_a_hall``: its
    type will be larger.
    """
    around = selected if near else None
    box = whole(trace.projection.coordinates) if around is None else box_around(trace, around)
    ringed = tuple(dict.fromkeys((*(() if selected is None else (selected,)), *asked[:1], *told)))
    more, *threads, few = _names(trace, selected, near, (*asked, *told), ringed, in_a_hall)
    drawn: list[Drawn] = [more]
    drawn += _link_traces(trace, w, selected) if selected is not None else []
    drawn += [] if around is None else _leaving(trace, around, room_around(box))
    drawn += _answer(trace, w, *told) if told else []
    drawn += [_ring(trace, word) for word in (*asked[:1], *told[:1]) if word != selected]
    drawn.append((_everybody_moves(trace), _points(trace, w, tuple(names.items()), colour, tuple(asked))))
    drawn += [*threads, few]  # on the dots, as they are crowded
    legend = _legend(trace, names) if colour == "category" else []
    figure = Drawing([*(d for _, d in drawn), *legend], layout(box))
    if around is not None:
        for axis_of_part in figure.axes():  # what is drawn ends where the names of those beyond stand
            axis_of_part["constrain"] = "domain"
        figure.layout["uirevision"] = f"around {around}"  # a learner's own zoom goes with the part of the map
    add_run(figure, trace.projection, [*(moving for moving, _ in drawn), *(None for _ in legend)], w)
    return figure


def toy_figure(trace: ToyMap, w: Say, colour: str = "category", seen: bool = True, in_a_hall: bool = False) -> Drawing:
    """Draw a toy set: on the left the truth, on the right the map that t-SNE or PCA makes of it, with its run.

    ``seen``: whether the map may be seen, about which is asked; the truth has no colour of trust before. ``in_a_hall``: the
    tables shall have room below it.
    """
    projection, groups = trace.projection, trace.toy.groups
    drawn = layout(whole(projection.coordinates), _RIGHT, TOY_HEIGHT_IN_A_HALL if in_a_hall else TOY_HEIGHT) | {
        "xaxis2": axis(domain=(0.0, 0.47), anchor="y2"),
        "yaxis2": axis(anchor="x2", scaleanchor="x2", constraintoward="top"),  # as the map is: on a phone, too
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
        return _cover(figure)
    figure.add(
        scatter(
            projection.coordinates,
            marker | ({"showscale": True} if colour == "trust" else {}),
            customdata=np.column_stack([groups + 1, projection.quality.preserved * projection.quality.k]),
            hovertemplate=w("hover.toy", k=projection.quality.k) + "<extra></extra>",
        )
    )
    add_run(figure, projection, [None, moves(projection, np.arange(len(groups)))], w)
    return figure


def _cover(figure: Drawing) -> Drawing:
    """Draw the place of a map that is not to be seen yet."""
    line = {"color": colours.GREY, "width": 2, "dash": "dash"}
    place: Spec = {"xref": "paper", "yref": "paper"}
    figure.add_shape(
        type="rect", x0=_RIGHT[0], x1=_RIGHT[1], y0=0, y1=1, line=line, fillcolor=colours.with_alpha(colours.GREY, 0.08),
        **place,
    )  # fmt: skip
    middle: Spec = {
        "x": sum(_RIGHT) / 2,
        "y": 0.5,
        "xanchor": "center",
        "showarrow": False,
        "font": {"size": 64, "color": colours.GREY},
    }
    return figure.add_annotation(text="?", **middle, **place)


# -- the points --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _everybody_moves(trace: WordMap) -> Moves:
    return moves(trace.projection, np.arange(len(trace.words)))


@lru_cache(maxsize=16)
def _points(trace: WordMap, w: Say, named: tuple[tuple[str, str], ...], colour: str, asked: tuple[str, ...]) -> Spec:
    """Return one trace of all points: many frames of one trace play more smoothly than of one a category."""
    n, names = len(trace.words), dict(named)
    look = {"size": MARK if n <= 400 else 7 if n <= 1200 else 5, "opacity": 1}
    return scatter(
        trace.projection.coordinates,
        look | _colouring(trace, w, names, colour, asked),
        customdata=_nearest(trace, asked),
        hovertext=_hover(trace, w, names, asked),
        hoverinfo="text",
        cliponaxis=False,
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


@lru_cache(maxsize=16)
def _names(
    trace: WordMap, selected: str | None, near: bool, asked: tuple[str, ...], ringed: tuple[str, ...], in_a_hall: bool
) -> list[Drawn]:
    """Return the names on the map, see :func:`labels_of`: those for a large screen only, threads, and those for a phone too."""
    few, more = labels_of(trace, selected, near, asked, ringed, in_a_hall)
    seen = labels_in_sight(trace, selected, near, asked, ringed, in_a_hall)
    marked = [trace.index(word) for word in ringed]
    return [
        _label_trace(trace, more, seen),
        *_threads(trace, few | more, seen),
        _label_trace(trace, few, seen, marked),
    ]


def _label_trace(trace: WordMap, labels: Mapping[int, Place], seen: Seen, ringed: Sequence[int] = ()) -> Drawn:
    """Return the names of words, on each map of the run those that have room on it."""
    # Without any label one empty text stands in, so that style sheets can count on the order of the traces.
    indices = np.array(list(labels) or [0], dtype=np.int64)
    aside = np.array([place.thread or (0.0, 0.0) for place in labels.values()] or [(0.0, 0.0)])
    # Plotly keeps a label clear of its marker, also of one that is not seen
    marks = [0 if place.thread else _ROUND_A_RING if i in ringed else MARK for i, place in labels.items()]

    def places(coordinates: Floats) -> Floats:
        found: Floats = coordinates[..., indices, :] + aside
        found[~seen(coordinates)[..., indices]] = np.nan
        return found

    return moves(trace.projection, places), scatter(
        places(trace.projection.coordinates),
        {"size": marks or [MARK], "opacity": 0},
        mode="markers+text",
        text=[html.escape(trace.words[i]) for i in labels] or [""],
        textposition=[place.side for place in labels.values()] or ["top center"],
        textfont={"size": style.SMALL, "shadow": "auto"},
        hoverinfo="skip",
        cliponaxis=False,
        **_NEVER_PALE,
    )


def _threads(trace: WordMap, labels: Mapping[int, Place], seen: Seen) -> list[Drawn]:
    """Return lines from the marks to those labels that do not stand beside them."""
    tied = {i: place.thread for i, place in labels.items() if place.thread}
    ends = np.repeat(np.array(list(tied), dtype=np.int64), 3)  # the mark, the label, and a gap
    aside = np.array([point for thread in tied.values() for point in ((0, 0), thread, (np.nan, np.nan))])

    def places(coordinates: Floats) -> Floats:
        found: Floats = coordinates[..., ends, :] + aside
        found[~seen(coordinates)[..., ends]] = np.nan
        return found

    line = {"color": colours.MUTED, "width": 1.5}
    look: Spec = {"mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False, "cliponaxis": False}
    if not tied:
        return []
    here = drawing.scatter(**xy(places(trace.projection.coordinates)), **look)
    return [(moves(trace.projection, places), here)]


def _colouring(trace: WordMap, w: Say, names: Mapping[str, str], colour: str, asked: Sequence[str]) -> dict[str, Any]:
    if colour == "trust":
        return trust_scale(trace.projection, w, [trace.index(word) for word in asked])
    if colour == "frequency":
        return _frequency_scale(trace, w)
    return word_marker(trace, names)


def _frequency_scale(trace: WordMap, w: Say) -> dict[str, Any]:
    ticks = [10**power for power in range(7)]
    return {
        "color": np.log10(trace.ranks),
        "colorscale": colours.MAGNITUDE,
        "reversescale": True,
        "showscale": True,
        "line": OUTLINE,
        "colorbar": bar(w("figure.frequency"), [float(np.log10(t)) for t in ticks], [f"{t:,}" for t in ticks]),
    }


def _legend(trace: WordMap, names: Mapping[str, str]) -> list[Spec]:
    """Return an empty trace for each category in the map: its place in the legend."""
    return [
        drawing.scatter(
            x=[None],
            y=[None],
            mode="markers",
            marker={"size": 11, "color": hue, "symbol": symbol, "line": edge([hue])},
            name=name,
            hoverinfo="skip",
        )
        for kind, name, (hue, symbol) in ((k, n, look_of(place)) for place, (k, n) in enumerate(names.items()))
        if kind in set(trace.categories)
    ]


def _link_traces(trace: WordMap, w: Say, selected: str) -> list[Drawn]:
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
                moves(trace.projection, indices),
                drawing.scatter(
                    **xy(points_at(trace.projection.coordinates, indices)),
                    mode="lines",
                    line=line,
                    hoverinfo="skip",
                    name=w("figure.link_kept" if kept else "figure.link_lost"),
                    showlegend=bool(ends),
                ),
            )
        )
    return [*drawn, _ring(trace, selected)]


def _answer(trace: WordMap, w: Say, word: str, true: str, false: str) -> list[Drawn]:
    """Return lines from the word that was asked about to its true neighbour and to the one that the map made up."""
    drawn: list[Drawn] = []
    for end, key, hue, dash in (
        (true, "figure.near_true", colours.RIGHT, "solid"),
        (false, "figure.near_false", colours.ORANGE, "dash"),
    ):
        ends = np.array([trace.index(word), trace.index(end)])
        look = {"mode": "lines+markers", "hoverinfo": "skip", "name": w(key, word=html.escape(end))}
        frame = {"symbol": "square-open", "color": hue, "line": {"width": 3}}
        line = {"line": {"color": hue, "width": 4, "dash": dash}, "marker": {"size": [0, 17], **frame}}
        here = drawing.scatter(**xy(trace.projection.coordinates[ends]), **look, **line, showlegend=True)
        drawn.append((moves(trace.projection, ends), here))
    return drawn


def _ring(trace: WordMap, word: str) -> Drawn:
    """Return a ring around a word that is looked at, or asked about."""
    ring = {"size": RING, "symbol": "circle-open", "color": colours.FOCUS, "line": {"width": 3}}
    here = np.array([trace.index(word)])
    drawn = scatter(trace.projection.coordinates[here], ring, hoverinfo="skip", cliponaxis=False)
    return moves(trace.projection, here), drawn


def _leaving(trace: WordMap, word: str, rim: Floats) -> list[Drawn]:
    """Return the names of the nearest that lie elsewhere on the map, where their lines leave the part around the word."""
    found, i = exits_of(trace, word, rim), trace.index(word)

    def places(coordinates: Floats) -> Floats:
        if coordinates.ndim > 2:
            return np.stack([places(one) for one in coordinates])
        return np.array([leaving(coordinates, i, rows, rim).mean(axis=0) for rows, *_ in found]).reshape(-1, 2)

    names = ["<br>".join(ELSEWHERE + html.escape(trace.words[row]) for row in rows) for rows, *_ in found]
    look = {
        "mode": "text",
        "text": names,
        "textposition": [side for *_, side in found],
        "textfont": {"size": style.SMALL, "color": colours.FOCUS},
        "hoverinfo": "skip",
        **_NEVER_PALE,
    }
    points = xy(places(trace.projection.coordinates))
    if not found:
        return []
    return [(moves(trace.projection, places), drawing.scatter(**points, **look, showlegend=False, cliponaxis=False))]


def _nearest(trace: WordMap, asked: Sequence[str]) -> list[list[Any]]:
    """Return for each word what lights up under the pointer: the word, the rows of its nearest that the map kept, and lost."""
    near, in_map, hidden = trace.projection.neighbours, trace.projection.quality.neighbours, telling(trace, asked)
    kept = (near[:, :, None] == in_map[:, None, :]).any(axis=2)
    return [
        [word, [], []] if word in hidden else [word, rows[there].tolist(), rows[~there].tolist()]
        for word, rows, there in zip(trace.words, near, kept, strict=True)
    ]


def _hover(trace: WordMap, w: Say, names: Mapping[str, str], asked: Sequence[str]) -> list[str]:
    quality, hidden = trace.projection.quality, telling(trace, asked)
    return [
        w(
            "hover.asked" if word in hidden else "hover.word",
            word=html.escape(word),
            category=names.get(kind, "") or w("figure.other"),
            rank=f"{rank:,}",
            kept=round(float(kept) * quality.k),
            k=quality.k,
        )
        for word, kind, rank, kept in zip(trace.words, trace.categories, trace.ranks, quality.preserved, strict=True)
    ]
