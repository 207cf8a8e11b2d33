"""The names in the parallelogram of an analogy: where no screen cuts them, and where none lies on another, a mark or a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape
from itertools import product
from textwrap import wrap

import numpy as np

from app.charts import colours, style
from app.charts.label_placement import SIDES, Place, place_labels, room_beside, text_width
from nlpcore.arrays import Floats
from nlpcore.text import shortened
from pages.words.analogies.charts import Row

MARK = 13  # px: across the mark of a point
_NAME, _SUM = 13, 24  # most characters of a line of a name, and of the sum's
# px of both axes on the smallest screen and the largest, under a legend of four rows and of one
_SCREENS, _HALLS = ((285.0, 285.0), (510.0, 350.0)), ((600.0, 335.0), (640.0, 440.0))
_BESIDE = 10  # px between a point and its name
_LINE = 1.4  # px of a line of a name, in px of its type
_MOST_HIGH = 2  # so many times as high as the points may be what is drawn for the sake of the names
_COLUMN = 0.12  # of the width that is drawn: how far beside it the names of the words stand
_RATHER = {"a": "middle left", "b": "middle left", "c": "middle right", "sum": "top center"}
_STEPS = np.array(sorted((i / 4 for i in range(-60, 61)), key=abs))  # from the height that is wanted, the nearest first
_FAR = 100  # px above or below its word at which a name makes a layout worth half
_OVER = 0.8  # of its worth that a layout keeps where a thread runs over a mark
_DOTS = 40  # points along a line on which no name lies
Limits = tuple[float, float]  # of an axis, in the units of both
Column = dict[int, tuple[float, float]]  # row of a word -> where its name begins
Laid = tuple[list[str], Limits, Column, Limits]  # names, limits across, the column, limits upward


def names(rows: Sequence[Row], expected: str | None, in_a_hall: bool) -> tuple[list[Row], list[float], list[float]]:
    """Return the names of points, and the limits of both axes between which they have room, on the smallest screen too.

    ``rows``: a, b, c, the sum, the words. Words have their names in a column, tied by a thread; what their distance from the
    plane is stands beside the name, or under it where more room is left to the points so. The others have theirs at their
    marks.
    """
    smallest, largest = _HALLS if in_a_hall else _SCREENS
    size = style.TEXT * (style.LECTURE_FACTOR if in_a_hall else 1)
    texts, across, column, up = max(
        (
            _laid_out(rows, expected, between, size, smallest, beside_c)
            for between, beside_c in product(("  ", "<br>"), (True, False))
        ),
        key=lambda laid: _worth(rows, laid, smallest),
    )
    wide = np.array([across[1] - across[0], up[1] - up[0]])
    scale, scale_of_largest = (_scale(screen, across, up) for screen in (smallest, largest))
    middle = np.array([sum(across) / 2, sum(up) / 2])
    places = _beside(rows, texts, size, column, middle, wide, smallest, scale_of_largest / scale)
    notes = [_note(row, text) for row, text in zip(rows, texts, strict=True)]
    for i, note in enumerate(notes):
        if i in column:
            note |= _thread(*column[i]) | {"xanchor": "left"}
        else:
            note |= _at(rows[i], places.get(i, Place(_RATHER[rows[i]["role"]])), scale)
    return notes, list(across), list(up)


def _laid_out(
    rows: Sequence[Row], expected: str | None, between: str, size: float, screen: tuple[float, float], beside_c: bool
) -> Laid:
    """Return the names, with ``between`` them and a distance, the limits across, the places of the column, the limits upward.

    ``beside_c``: whether the column leaves room for the name of c at the right of its mark, else there is some below it.
    """
    texts = [_text(row, expected, between) for row in rows]
    before, after = _room(rows, texts, size, screen[0])
    span = _span(rows, "x")
    across = min(row["x"] for row in rows) - span * before, max(row["x"] for row in rows) + span * after
    return (texts, across, *_column(rows, texts, size, screen, across[1] - across[0], beside_c))


def _worth(rows: Sequence[Row], laid: Laid, screen: tuple[float, float]) -> float:
    """Return how good a layout is: large, its names at the height of their words, as the longest thread is the worst read,
    and no thread over the mark of c, whose it would seem."""
    _, across, column, up = laid
    scale = _scale(screen, across, up)
    farthest = max((abs(y - rows[i]["y"]) * scale for i, (_, y) in column.items()), default=0.0)
    corners = np.array([(row["x"], row["y"]) for row in rows if row["role"] == "c"])
    over = any(
        np.hypot(*(np.linspace((rows[i]["x"], rows[i]["y"]), end, _DOTS) - corners).T).min() * scale < MARK
        for i, end in column.items()
    )
    return scale / (1 + farthest / _FAR) * (_OVER if over else 1)


def _scale(screen: tuple[float, float], across: Limits, up: Limits) -> float:
    """Return px of a screen for a unit of both axes, between these limits."""
    return min(screen[0] / (across[1] - across[0]), screen[1] / (up[1] - up[0]))


def _text(row: Row, expected: str | None, between: str) -> str:
    """Return the name of a point; ``between`` it and a word's distance from the plane."""
    text = _in_lines(row["point"], _SUM if row["role"] == "sum" else _NAME)
    if row["role"] == "word":
        text += f"{between}<i>⊥ {row['distance_from_plane']:.2f}</i>"
    return f"<b>{text}</b>" if row["role"] == "sum" or row["point"] == expected else text


def _in_lines(name: str, most: int) -> str:
    """Return a name, or a sum of several, in lines of at most ``most`` characters, of which a phone has room for one."""
    lines = wrap(name, most, break_long_words=False, break_on_hyphens=False, max_lines=3, placeholder=" …")
    return "<br>".join(escape(shortened(line, most)) for line in lines)


def _plain(text: str) -> str:
    """Return what a name says, without tags."""
    return unescape(re.sub("<[^>]+>", "", text.replace("<br>", "\n")))


def _room(rows: Sequence[Row], texts: Sequence[str], size: float, width: float) -> tuple[float, float]:
    """Return the shares of the drawn width that the names need to the left and to the right on a screen of ``width`` px."""
    low, span = min(row["x"] for row in rows), _span(rows, "x")
    places, left, right = [], [], []
    for row, text in zip(rows, texts, strict=True):
        wide = max(text_width(line, size) for line in _plain(text).split("\n")) + _BESIDE + 6
        share = {"a": 1.0, "b": 1.0, "sum": 0.5}.get(row["role"], 0.0)  # of the name that stands left of its place
        left.append(share * wide)
        right.append((1 - share) * wide)
        places.append(((_edge(rows) if row["role"] == "word" else row["x"]) - low) / span)
    return room_beside(places, left, right, width)


def _span(rows: Sequence[Row], name: str) -> float:
    """Return the width or height that is drawn; never so small that a point among equals is lost in it."""
    return max(float(max(row[name] for row in rows) - min(row[name] for row in rows)), 0.4)


def _edge(rows: Sequence[Row]) -> float:
    """Return where the column of names stands."""
    return float(max(row["x"] for row in rows)) + _COLUMN * _span(rows, "x")


def _column(
    rows: Sequence[Row], texts: Sequence[str], size: float, screen: tuple[float, float], width: float, beside_c: bool
) -> tuple[Column, Limits]:
    """Return where the names of the words stand, each as near to the height of its word as the others allow, and the limits
    of the axis upward. A line is the higher in the units of the axes, the more of these the screen has to show."""
    edge, ys = _edge(rows), [row["y"] for row in rows]
    order = sorted((i for i, row in enumerate(rows) if row["role"] == "word"), key=lambda i: -ys[i])
    lines = max([1 + texts[i].count("<br>") for i in order], default=1)
    up = min(ys), max(ys)
    most = _MOST_HIGH * max(up[1] - up[0], width * screen[1] / screen[0])
    for _ in range(40):  # the more is drawn, the higher is a line in its units
        line = _LINE * size / min(screen[0] / width, screen[1] / max(min(up[1] - up[0], most), 1e-9))
        total = next(row for row in rows if row["role"] == "sum")
        over = [total["y"] + line * (1 + n) for n in range(1 + texts[rows.index(total)].count("<br>"))]
        others = [*(row["y"] for row in rows if row["role"] == "c" and beside_c), total["y"], *over]
        column: Column = {}
        for i in order:
            names = [y for _, y in column.values()]
            column[i] = edge, _free_height(ys[i], names, lines * line, others, (lines + 1) * line / 2, total["y"])
        spare = max(lines * line / 2, 0.08 * _span(rows, "y"))
        below = [
            row["y"] - line * (1 + text.count("<br>"))
            for row, text in zip(rows, texts, strict=True)
            if row["role"] == "c" and not beside_c
        ]
        heights = [*ys, *others, *below, *(y for _, y in column.values())]
        before, up = up, (min(heights) - spare, max(heights) + spare)
        if np.allclose(before, up, rtol=0, atol=1e-9):
            break
    return column, up


def _free_height(
    wanted: float, names: Sequence[float], gap: float, others: Sequence[float], gap_of_others: float, sum_at: float
) -> float:
    """Return the height nearest to ``wanted`` that keeps a gap from the names of the column and from the lines and marks of
    ``others``; a word that lies under the sum has its name there, as its thread would cross the name of the sum."""
    heights = wanted + _STEPS * gap
    free = (np.abs(heights[:, None] - np.array(names)) >= gap * 0.999).all(axis=1)
    free &= (np.abs(heights[:, None] - np.array(others)) >= gap_of_others * 0.999).all(axis=1)
    if wanted <= sum_at:
        free &= heights <= sum_at
    return float(heights[free.argmax()]) if free.any() else wanted


def _beside(
    rows: Sequence[Row],
    texts: Sequence[str],
    size: float,
    column: Column,
    middle: Floats,
    wide: Floats,
    screen: tuple[float, float],
    larger: float,
) -> dict[int, Place]:
    """Return where the names of a, b, c and the sum stand: clear of all marks, lines, threads and names in the column."""
    scales = np.array(screen) / wide
    scale = float(np.min(scales))
    points = np.array([(row["x"], row["y"]) for row in rows])
    corner = {row["role"]: point for row, point in zip(rows, points, strict=True) if row["role"] != "word"}
    lines = [(corner[one], corner[other]) for one, other in (("b", "c"), ("a", "sum"), ("b", "a"), ("c", "sum"))]
    lines += [(points[i], np.array(end)) for i, end in column.items()]
    avoid = np.concatenate([np.linspace(start, end, _DOTS) for start, end in lines])
    anchored = {len(rows) + n: i for n, i in enumerate(column)}
    every = np.vstack([points, *(np.array(column[i]) for i in anchored.values())])
    labels = [_plain(text) for text in (*texts, *(texts[i] for i in anchored.values()))]
    order = [i for role in ("sum", "a", "b", "c") for i, row in enumerate(rows) if row["role"] == role]
    return place_labels(
        (every - middle) * scale,
        labels,
        order,
        size,
        MARK / 2,
        must=order,
        placed=dict.fromkeys(anchored, Place("middle right")),
        within=(screen[0] / 2, screen[1] / 2),
        spread=(float(scales[0]) / scale, float(scales[1]) / scale),
        larger=larger,
        rather={i: _RATHER[rows[i]["role"]] for i in order},
        avoid=(avoid - middle) * scale,
    )


def _note(row: Row, text: str) -> Row:
    return {"x": row["x"], "y": row["y"], "text": text, "showarrow": False, "font": {"size": style.TEXT}}


def _thread(x: float, y: float) -> Row:
    """Return what ties a name at (x, y) to its mark."""
    look = {"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": colours.MUTED, "standoff": 6}
    return look | {"axref": "x", "ayref": "y", "ax": x, "ay": y, "align": "left"}


def _at(row: Row, place: Place, scale: float) -> Row:
    """Return how an annotation stands in its place, as Plotly has a label beside a mark."""
    across, up = SIDES[place.side]
    anchor: Row = {
        "xanchor": {-1.0: "right", 0.0: "center", 1.0: "left"}[across],
        "yanchor": {-1.0: "top", 0.0: "middle", 1.0: "bottom"}[up],
    }
    if place.thread:
        return anchor | _thread(row["x"] + place.thread[0] / scale, row["y"] + place.thread[1] / scale)
    # Above and below, a line has room in itself.
    return anchor | {"xshift": across * _BESIDE, "yshift": up * (_BESIDE - 2)}
