"""Which words of the embedding map have their names on it, and where: on a phone, on a large screen, in a hall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.charts import style
from app.charts.label_geometry import with_room
from app.charts.label_placement import Place, boxes_of, place_labels
from nlpcore.arrays import Floats
from nlpcore.words.projection_words import WordMap
from pages.words.embedding_map.charts_parts import room_around, whole
from pages.words.embedding_map.zoom import box_around, exits, leaving

Labels = dict[int, Place]
MARK = 9  # px: across a word's mark, of which Plotly keeps its label clear
RING = 20  # px: across the ring around a word that is looked at, or asked about
ELSEWHERE = "→ "  # before the name of a word that lies beyond what is drawn: Chinese has no italics
TALKED_OF = frozenset({"king", "queen", "apple", "orange", "国王", "王后", "苹果", "橙子"})
# px of plot for which labels are placed, from under a legend that has all its rows to under one that has none
_PHONE, _SCREEN, _LARGEST = (320.0, 370.0), (600.0, 390.0), (1060.0, 470.0)
_HALL, _LARGEST_HALL = (1060.0, 490.0), (1200.0, 620.0)
_MOST_TRIED = 600
_FEW = 30  # words among which each name finds a place where no line runs through it
_SCREENS_TRIED = 4  # between the smallest and the largest
_DOTS = 60  # points along a line


@lru_cache(maxsize=16)
def labels_of(
    trace: WordMap, selected: str | None, near: bool, asked: tuple[str, ...], ringed: tuple[str, ...], in_a_hall: bool
) -> tuple[Labels, Labels]:
    """Return index -> place of the labels that have room on a phone, and of those that have room on a large screen only.

    Their threads are in units of the map. ``asked``: words of the question; ``ringed``: words with a mark around their dot.
    ``near``: only the part of the map around the ``selected`` word is drawn. ``in_a_hall``: the type is larger, no screen is
    a phone's, and all labels are among the first.
    """
    points = trace.projection.coordinates
    zoomed = near and selected is not None
    low, high = _drawn(trace, selected if near else None)
    there = ((points >= low) & (points <= high)).all(axis=1)
    named = there.copy()
    if (selected or asked or ringed) and not zoomed:  # the others keep their names, and few are tried anew
        always = labels_of(trace, None, False, (), (), in_a_hall)
        named[[i for i in range(len(points)) if not any(i in labels for labels in always)]] = False
    order = _order(trace, selected, asked, there, named)
    rings = {trace.index(word): RING / 2 + 2 for word in ringed}

    beyond = exits_of(trace, str(selected), np.stack([low, high])) if zoomed else []
    lines = [
        (point, side, ELSEWHERE + trace.words[row], n, len(rows))
        for rows, point, side in beyond
        for n, row in enumerate(rows)
    ]
    there = {len(points) + n: Place(side) for n, (_, side, *_) in enumerate(lines)}
    first_line = {"bottom center": 0.0, "top center": 1.0}  # where the first of several lines is, in their whole height

    crossed = _along_lines(trace, selected, [word for word in asked if word in ringed]) if len(points) <= _FEW else None
    size = style.SMALL * (style.LECTURE_FACTOR if in_a_hall else 1)
    texts = [*trace.words, *(text for _, _, text, *_ in lines)]

    def place(smallest: tuple[float, float], largest: tuple[float, float], placed: Labels) -> Labels:
        scales = np.array(smallest) / (high - low)
        scale = float(np.min(scales))
        pixels = (np.vstack([points, *(point for point, *_ in lines)]) - (low + high) / 2) * scale
        for row, (_, side, _, n, count) in enumerate(lines, len(points)):
            pixels[row, 1] += (first_line.get(side, 0.5) * (count - 1) - n) * 1.3 * size
        found = place_labels(
            pixels,
            texts,
            [i for i in order if i not in placed],
            size,
            MARK / 2,
            must={i for i, word in enumerate(trace.words) if word in {*asked, *ringed, *TALKED_OF}},
            placed=there | _times(placed, scale),
            within=(smallest[0] / 2 + style.MARGIN["l"], smallest[1] / 2),
            rings=rings,
            spread=(float(scales[0]) / scale, float(scales[1]) / scale),
            larger=float(np.min(np.array(largest) / (high - low))) / scale,
            avoid=None if crossed is None else (crossed - (low + high) / 2) * scale,
        )
        return _times(found, 1 / scale)

    if in_a_hall:  # where no screen is as small as a phone
        return place(_HALL, _LARGEST_HALL, {}), {}
    few = place(_PHONE, _LARGEST, {})
    return few, place(_SCREEN, _LARGEST, few)


@lru_cache(maxsize=16)
def labels_in_sight(
    trace: WordMap, selected: str | None, near: bool, asked: tuple[str, ...], ringed: tuple[str, ...], in_a_hall: bool
) -> Callable[[Floats], NDArray[np.bool_]]:
    """Return what finds, of the labels of :func:`labels_of`, those that have room on maps of the run, (…, n, 2): there the
    same words lie closer together, or elsewhere. On the final one, for which they were placed, it is all. It returns (…, n)."""
    few, more = labels_of(trace, selected, near, asked, ringed, in_a_hall)
    box = _drawn(trace, selected if near else None)
    size = style.SMALL * (style.LECTURE_FACTOR if in_a_hall else 1)
    screens = [(_HALL, _LARGEST_HALL, few)] if in_a_hall else [(_PHONE, _SCREEN, few), (_SCREEN, _LARGEST, few | more)]
    tried = []  # of some screens px of a unit of the map, the labels, their threads, and their boxes
    for smallest, largest, labels in screens:
        names, rows = [trace.words[i] for i in labels], np.array(list(labels), dtype=np.int64)
        ends = [float(np.min(np.array(screen) / np.ptp(box, axis=0))) for screen in (smallest, largest)]
        marks = [RING / 2 + 2 if trace.words[i] in ringed else MARK / 2 for i in labels]
        threads = np.array([place.thread or (0.0, 0.0) for place in labels.values()]).reshape(-1, 2)
        boxes = boxes_of(names, list(labels.values()), size, marks)
        tried += [(scale, rows, threads, boxes) for scale in np.linspace(ends[0], ends[1], _SCREENS_TRIED).tolist()]
    final = _rounded(trace.projection.coordinates)

    @lru_cache(maxsize=2)  # of the run and of the final map
    def find(written: bytes, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        maps = np.frombuffer(written).reshape(-1, *shape[-2:])
        seen = np.zeros(maps.shape[:2], dtype=np.bool_)
        seen[:, [*few, *more]] = True
        is_final = np.array([np.array_equal(_rounded(one), final) for one in maps], dtype=np.bool_)
        for scale, rows, threads, boxes in tried:  # what has no room on one of them is on none
            there, ends = seen[:, rows], (maps[:, rows] + threads) * scale
            seen[:, rows] = with_room(boxes + np.tile(ends, 2), there) | (there & is_final[:, None])
        return seen.reshape(shape[:-1])

    return lambda coordinates: find(np.asarray(coordinates, dtype=np.float64).tobytes(), np.shape(coordinates))


def _rounded(coordinates: Floats) -> Floats:
    """Return a map as it is known: the last one of the run is the final one but for rounding."""
    found: Floats = np.round(coordinates / np.abs(coordinates).max(), 6)
    return found


def _drawn(trace: WordMap, around: str | None) -> Floats:
    """Return the low and the high corner, (2, 2), of what is drawn: the whole map, or its part around a word."""
    return room_around(whole(trace.projection.coordinates) if around is None else box_around(trace, around))


def _along_lines(trace: WordMap, selected: str | None, told: Sequence[str]) -> Floats:
    """Return points of the map along the lines from the selected word to its nearest, and from the first word of an answered
    question to the others."""
    points = trace.projection.coordinates
    ends = [] if selected is None else [(trace.index(selected), near.row) for near in trace.neighbourhood(selected)]
    ends += [(trace.index(told[0]), trace.index(word)) for word in told[1:]]
    return np.concatenate([np.linspace(points[one], points[other], _DOTS) for one, other in ends] or [np.empty((0, 2))])


def _order(
    trace: WordMap, selected: str | None, asked: Sequence[str], there: NDArray[np.bool_], named: NDArray[np.bool_]
) -> list[int]:
    """Return the words to label that are ``there``, the most important first: of the question, the selected one and its
    neighbours, those that the lesson talks of, and then of those to be ``named`` the frequent ones."""
    first = [trace.index(word) for word in asked]
    if selected is not None:
        first += [trace.index(selected), *(near.row for near in trace.neighbourhood(selected))]
    first += [i for i, word in enumerate(trace.words) if word in TALKED_OF]
    frequent = np.argsort(trace.ranks, kind="stable").tolist()
    order = [*dict.fromkeys((*(i for i in first if there[i]), *(i for i in frequent if named[i])))]
    return order[: len(first) + _MOST_TRIED]


def _times(labels: Labels, scale: float) -> Labels:
    """Return the places with their threads in other units."""
    return {
        i: replace(place, thread=(place.thread[0] * scale, place.thread[1] * scale)) if place.thread else place
        for i, place in labels.items()
    }


def exits_of(trace: WordMap, word: str, rim: Floats) -> list[tuple[tuple[int, ...], Floats, str]]:
    """Return where names of the nearest stand that lie beyond the rim: their rows, the place in the map, Plotly's side."""
    found = []
    for rows in exits(trace, word, rim):
        point = leaving(trace.projection.coordinates, trace.index(word), rows, rim).mean(axis=0)
        x, y = ((point - rim.mean(axis=0)) / (rim[1] - rim[0])).tolist()
        across, up = "middle left" if x > 0 else "middle right", "bottom center" if y > 0 else "top center"
        found.append((rows, point, across if abs(x) > abs(y) else up))
    return found
