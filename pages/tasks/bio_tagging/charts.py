"""Figures of the tagging lesson: the grid of probabilities, the CRF's lattice, transitions, and what BIO forbids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.charts import colours, drawing, style
from app.charts.cells import numbers_on_cells
from app.charts.drawing import Drawing, Spec
from app.charts.label_placement import room_for
from app.text import Say, plotly_text
from nlpcore.tagging import ChineseTagging, Tagging, forbidden
from nlpcore.text import shortened
from pages.tasks.bio_tagging.questions import tag_rows
from pages.tasks.bio_tagging.spans import colour_of

ROW, LEAST_ROW = 26, 19  # px: one word piece; in a long sentence
LEAST_IN_A_HALL = 23  # px: there the type grows more than the figure, and rows must not touch
MOST = 430  # px: the grid as high as the screen has room for, as long as its rows can be read
MOST_UNDER_TAGS = 380  # px: the same in a hall, below three lines of marked text
MOST_CHARACTERS = 18  # of the lattice in one figure: more would overlap on a phone
_FRAME = 0.46  # of a row: the frame of a cell on the path, up and down from its middle
CELL = 0.62  # of a character's column in the lattice: paths have the gap between two columns to themselves
_ASIDE = (
    0.08  # of a column: so far beyond its cell is the chosen one's frame, which a phone's three digits do not touch
)
_EDGED = (("#FFFFFF", 7), ("#000000", 3))  # a dark line with a white edge stands out on every cell
_NO_GRID = {"showgrid": False, "zeroline": False}


def plain(text: str, limit: int = 18) -> str:
    """Return ``text`` letter for letter in a label, and short enough."""
    return plotly_text(shortened(text, limit))


def grid(trace: Tagging, w: Say, focus: tuple[int, int] | None = None, zoom: float = 1.0, most: int = MOST) -> Drawing:
    """Draw words, word pieces, the probability of every tag for every piece (in %), and the tag each word gets.

    Only the first piece of a word decides; the rows of the others are faded. A tag that the model wrote where IOB2 forbids
    it has a frame where it was repaired: a legal sequence may keep it and change the one before. At the right, an arrow
    stands before a tag that was another. ``focus``: (piece, tag) of the chosen cell,
    which has a double frame.
    ``zoom``: how much larger than usual the type will be, so that the columns of words leave room for it; ``most``: px of height.
    """
    deciding = np.array([piece.first for piece in trace.pieces])
    percent = 100 * trace.probabilities
    figure = Drawing([_cells(percent, deciding, 1.0, trace, w), _cells(percent, ~deciding, 0.3, trace, w)])
    shown = np.where(percent < 0.5, np.nan, percent)
    strong = np.where(deciding[:, None], shown, np.nan)
    figure.add(numbers_on_cells(strong, colours.MAGNITUDE, (0, 100), lambda p: f"{p:.0f}", style.SMALL))
    _pale_numbers(figure, np.where(deciding[:, None], np.nan, shown), style.SMALL)
    count, k = percent.shape
    names, left = _names_left(trace, zoom)
    for place in trace.illegal if trace.decoding == "greedy" else ():
        if (row := trace.first_piece[place.position]) >= 0:
            _frame(figure, row, trace.tag_names.index(place.tag), colours.WRONG)
    if focus:
        for (colour, _), width in zip(_EDGED, (4, 2), strict=True):  # thin: a phone's cells are as narrow as a number
            _frame(figure, *focus, colour, width, _ASIDE)
    row = min(ROW, max(LEAST_IN_A_HALL if zoom > 1 else LEAST_ROW, (most - 34) / count))
    figure.update_layout(
        **style.base_layout(
            round(row * count) + 34, margin={"l": left, "r": _room_right(trace) * zoom, "t": 26, "b": 4}
        ),
        annotations=names + _tags_right(trace),  # at once: each added alone makes Plotly check all before it again
    )
    figure.update_xaxes(
        tickvals=list(range(k)), ticktext=list(trace.tag_names), side="top", fixedrange=True, ticks="",
        range=[-0.5, k - 0.5], tickfont={"size": style.SMALL}, **_NO_GRID,
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[count - 0.5, -0.5], fixedrange=True, **_NO_GRID)
    return figure


def _names_left(trace: Tagging, zoom: float) -> tuple[list[dict[str, Any]], float]:
    """Return words and pieces as annotations left of their rows, and the width that they take in pixels."""
    pieces = [plain(piece.text, 9) for piece in trace.pieces]
    words = [plain(word.text, 12) for word in trace.words]
    piece_width = zoom * (max(room_for(shortened(piece.text, 9), style.SMALL) for piece in trace.pieces) + 8)
    word_width = zoom * (max(room_for(shortened(word.text, 12), style.TEXT) for word in trace.words) + 10)
    written = []
    for n, (name, piece) in enumerate(zip(pieces, trace.pieces, strict=True)):
        written.append(_beside(n, name, -5, style.SMALL, 1.0 if piece.first else 0.6))
        if piece.first:
            written.append(_beside(n, f"<b>{words[piece.word]}</b>", -5 - piece_width, style.TEXT, 1.0))
    return written, piece_width + word_width


def _beside(row: int, text: str, shift: float, size: int, opacity: float) -> dict[str, Any]:
    return {
        "xref": "paper", "x": 0, "y": row, "text": text, "xanchor": "right", "xshift": shift, "showarrow": False,
        "font": {"size": size}, "opacity": opacity,
    }  # fmt: skip


def _cells(percent: Any, rows: Any, opacity: float, trace: Tagging, w: Say) -> Spec:
    shown = np.where(rows[:, None], percent, np.nan)
    names = [[plain(piece.text)] * percent.shape[1] for piece in trace.pieces]
    return drawing.heatmap(
        z=shown, customdata=names, zmin=0, zmax=100,
        colorscale=colours.MAGNITUDE, showscale=False, opacity=opacity, xgap=2, ygap=2, hoverongaps=False,
        x=list(range(percent.shape[1])), y=list(range(percent.shape[0])),
        hovertemplate=w("hover.cell") + "<extra></extra>",
    )  # fmt: skip


def _pale_numbers(figure: Drawing, values: Any, size: int) -> None:
    """Write numbers on pale cells in the page's own text colour: Plotly would choose it for the cell's full colour."""
    rows, columns = np.nonzero(~np.isnan(values))
    figure.add_scatter(
        x=columns, y=rows, text=[f"{round(v)}" for v in values[rows, columns]], mode="text", hoverinfo="skip",
        showlegend=False, textfont={"size": size},
    )  # fmt: skip


def _changed(trace: Tagging) -> bool:
    return trace.tags != trace.greedy


def _room_right(trace: Tagging) -> float:
    """Return the px that the tags at the right take."""
    return 72 if _changed(trace) else 56


def _tags_right(trace: Tagging) -> list[dict[str, Any]]:
    """Return the tag that each word was given as an annotation right of its row, with an arrow where it was another."""
    written = []
    for tag, alone, row in zip(trace.tags, trace.greedy, trace.first_piece, strict=True):
        if row < 0:
            continue
        fill = colour_of(tag[2:]) if tag[2:] else None
        box: dict[str, Any] = (
            {"bgcolor": fill, "font": {"size": style.SMALL, "color": colours.readable_on(fill)}} if fill else {}
        )
        place = {"xref": "paper", "x": 1, "y": row, "xanchor": "left", "xshift": 4, "showarrow": False, "borderpad": 1}
        written.append({"text": tag if tag == alone else f"→ {tag}", "font": {"size": style.SMALL}, **place, **box})
    return written


def _frame(figure: Drawing, row: int, column: int, colour: str, width: float = 3, aside: float = 0) -> None:
    half = 0.5 + aside
    figure.add_shape(
        type="rect", x0=column - half, x1=column + half, y0=row - 0.5, y1=row + 0.5,
        line={"color": colour, "width": width},
    )  # fmt: skip


def grid_rows(trace: Tagging) -> list[dict[str, Any]]:
    """Return the grid as rows for a table: piece, its word, whether it decides, one column for each tag."""
    return [
        {
            "piece": piece.text,
            "word": trace.words[piece.word].text if piece.word >= 0 else "",
            "decides": piece.first,
            **{name: float(p) for name, p in zip(trace.tag_names, trace.probabilities[n], strict=True)},
        }
        for n, piece in enumerate(trace.pieces)
    ]


def excerpt(count: int, step: int) -> range:
    """Return the characters of ``count`` that the lattice shows at ``step``: all, or those around it."""
    first = max(0, min(step - MOST_CHARACTERS // 2, count - MOST_CHARACTERS))
    return range(first, min(count, first + MOST_CHARACTERS))


def lattice(trace: ChineseTagging, w: Say, step: int, cells: Sequence[tuple[int, int]] = ()) -> Drawing:
    """Draw the emissions of the prominent tags, the back-pointers so far and the best path up to character ``step``.

    ``step`` counts from 0; ``len(characters)`` draws the whole best path, read backwards from the end. Of a long text
    the characters around the step are drawn, see :func:`excerpt`. ``cells``: (character, tag) that an answered question
    compared, the one on the best path first; they have frames, the second a broken one.
    """
    shown, count = tag_rows(trace), len(trace.characters)
    now = min(step, count - 1)
    emissions = trace.lattice.emissions[:, shown].T
    seen = np.arange(count) <= now
    drawn = excerpt(count, step)
    outside = np.isin(np.arange(count), drawn, invert=True)
    figure = Drawing([_emissions(emissions, where, alpha, w) for where, alpha in ((seen, 1.0), (~seen, 0.35))])
    reach = _reach(emissions)
    strong = np.where((seen & ~outside)[None, :], emissions, np.nan)
    figure.add(numbers_on_cells(strong, colours.DIVERGING, (-reach, reach), lambda v: f"{round(v)}", style.SMALL))
    _pale_numbers(figure, np.where((seen | outside)[None, :], np.nan, emissions), style.SMALL)
    _back_pointers(figure, trace, shown, now)
    path = trace.lattice.path if step >= count else trace.lattice.best_until(now)
    places = [shown.index(tag) if tag in shown else None for tag in path]
    _best_path(figure, places)
    for begin in trace.lattice.begins:
        figure.add_shape(
            type="line", x0=begin - 0.5, x1=begin - 0.5, y0=-0.5, y1=len(shown) - 0.5,
            line={"color": colours.FOCUS, "width": 2, "dash": "dot"},
        )  # fmt: skip
    for (place, tag), dash in zip(cells, ("solid", "dot"), strict=False):
        if tag in shown:
            row, half = shown.index(tag), CELL / 2
            figure.add_shape(
                type="rect", x0=place - half, x1=place + half, y0=row - 0.5, y1=row + 0.5,
                line={"color": colours.FOCUS, "width": 4, "dash": dash},
            )  # fmt: skip
    figure.update_layout(**style.base_layout(27 * len(shown) + 50))
    figure.update_xaxes(
        tickvals=list(range(count)), ticktext=[plain(c) for c in trace.characters], side="top", fixedrange=True,
        tickangle=0, tickfont={"size": style.TEXT}, range=[drawn.start - 0.5, drawn.stop - 0.5], **_NO_GRID,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=[trace.tag_names[n] for n in shown], fixedrange=True,
        range=[len(shown) - 0.5, -0.5], tickfont={"size": style.SMALL}, **_NO_GRID,
    )  # fmt: skip
    return figure


def _best_path(figure: Drawing, places: Sequence[int | None]) -> None:
    """Frame the cells of a path and join them through the gaps, so that no line crosses a number; None: not drawn."""
    half = CELL / 2
    x: list[float | None] = []
    y: list[float | None] = []
    for t, row in enumerate(places):
        if row is None:
            x.append(None)
            y.append(None)
            continue
        if t and places[t - 1] is not None:  # from the cell before, whose frame ends where it began
            x += [t - 1 + half, t - half]
            y += [places[t - 1], row]
        # around the cell, and on to where the next line leaves it
        x += [t - half, t - half, t + half, t + half, t - half, t - half, None]
        y += [row, row - _FRAME, row - _FRAME, row + _FRAME, row + _FRAME, row, None]
    for colour, width in _EDGED:
        figure.add_scatter(
            x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, line={"color": colour, "width": width}
        )


def _emissions(values: Any, columns: Any, opacity: float, w: Say) -> Spec:
    kept = np.where(columns[None, :], values, np.nan)
    shown = np.full((len(kept), 2 * kept.shape[1] - 1), np.nan)  # every other column is a gap
    shown[:, ::2] = kept
    edges = [t + side for t in range(kept.shape[1]) for side in (-CELL / 2, CELL / 2)]
    reach = _reach(values)
    return drawing.heatmap(
        x=edges, y=list(range(len(kept))), z=shown, zmid=0, zmin=-reach, zmax=reach, colorscale=colours.DIVERGING,
        showscale=False, opacity=opacity, ygap=2, hovertemplate=w("hover.emission") + "<extra></extra>", hoverongaps=False,
    )  # fmt: skip


def _reach(values: Any) -> float:
    """Return how far the scale of signed values goes to either side of zero."""
    return float(np.abs(values).max()) or 1.0


def _back_pointers(figure: Drawing, trace: ChineseTagging, shown: Sequence[int], now: int) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for t in range(max(1, now - 3), now + 1):  # the last few are enough to see where the paths merge
        for row, tag in enumerate(shown):
            before = int(trace.lattice.back[t, tag])
            if before in shown:
                x += [t - 1 + CELL / 2, t - CELL / 2, None]
                y += [shown.index(before), row, None]
    figure.add_scatter(
        x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, line={"color": colours.VERMILLION, "width": 1.5}
    )


def lattice_rows(trace: ChineseTagging, seen: int | None = None) -> list[dict[str, Any]]:
    """Return the lattice as rows for a table: character, tag, emission, best score, tag before, whether on the path.

    ``seen``: after so many characters, by default all, the search stops: what comes later has emissions alone.
    """
    names, lat, shown = trace.tag_names, trace.lattice, tag_rows(trace)
    seen = len(trace.characters) if seen is None else seen
    path = lat.path if seen == len(trace.characters) else lat.best_until(seen - 1)
    return [
        {
            "position": t + 1,
            "character": character,
            "tag": names[n],
            "emission": float(lat.emissions[t, n]),
            "score": float(lat.scores[t, n]) if t < seen else "",
            "before": names[lat.back[t, n]] if 0 < t < seen else "",
            "on_path": path[t] == n if t < seen else "",
        }
        for t, character in enumerate(trace.characters)
        for n in shown
    ]


def transitions(trace: ChineseTagging, w: Say) -> Drawing:
    """Draw the CRF's scores between the prominent tags, with a row for the start and one for the end."""
    shown = list(tag_rows(trace))
    lat = trace.lattice
    values = np.vstack([lat.start[shown], lat.transitions[np.ix_(shown, shown)], lat.stop[shown]])
    names = [trace.tag_names[n] for n in shown]
    figure = _matrix(values, [w("chart.start"), *names, w("chart.stop")], names, w)
    reach = _reach(values)
    return figure.add(  # in hundredths: short enough for a phone
        numbers_on_cells(values, colours.DIVERGING, (-reach, reach), lambda v: f"{round(100 * v)}", style.SMALL)
    )


def legality(tag_names: Sequence[str], w: Say) -> Drawing:
    """Draw what may follow what in IOB2: 0 allowed, −∞ forbidden, with a row for the start of the sentence."""
    inner, first = forbidden(tag_names)
    values = np.where(np.isfinite(np.vstack([first, inner])), 0.0, -1.0)
    figure = _matrix(values, [w("chart.start"), *tag_names], list(tag_names), w)
    del figure.traces[0]["zmid"]
    scale = [[0, colours.WRONG], [1, colours.with_alpha(colours.GREY, 0.15)]]
    figure.traces[0] |= {"colorscale": scale, "zmin": -1, "zmax": 0}
    one: list[list[float | str]] = [[0.0, colours.WRONG], [1.0, colours.WRONG]]
    forbidden_ones = np.where(values < 0, values, np.nan)
    figure.add(numbers_on_cells(forbidden_ones, one, (-1, 0), lambda _: "−∞", style.TEXT))
    _pale_numbers(figure, np.where(values < 0, np.nan, 0.0), style.SMALL)
    return figure


def _matrix(values: Any, rows: Sequence[str], columns: Sequence[str], w: Say) -> Drawing:
    reach = _reach(values)
    figure = Drawing().add(
        drawing.heatmap(
            z=values, x=list(range(len(columns))), y=list(range(len(rows))), zmid=0, zmin=-reach, zmax=reach,
            colorscale=colours.DIVERGING, showscale=False, xgap=2, ygap=2,
            customdata=[[[row, column] for column in columns] for row in rows],
            hovertemplate=w("hover.transition") + "<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(**style.base_layout(30 * len(rows) + 70))
    figure.update_xaxes(
        tickvals=list(range(len(columns))), ticktext=list(columns), side="top", fixedrange=True,
        title={"text": w("chart.to")}, autotickangles=[0, -90], **_NO_GRID,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=list(rows), range=[len(rows) - 0.5, -0.5], fixedrange=True,
        title={"text": w("chart.from")}, **_NO_GRID,
    )  # fmt: skip
    return figure
