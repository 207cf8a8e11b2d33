"""The neighbourhood of a word in its map: how far a map around the word reaches, and where lines to farther words leave it."""

from __future__ import annotations

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.words.projection_words import WordMap

LARGEST, SMALLEST = 0.5, 0.02  # of the map's width and height that its part around a word takes
_TOGETHER = 0.2  # of the width and height of that part: exits that are nearer than this have their names in one place


def box_around(trace: WordMap, word: str) -> Floats:
    """Return the low and the high corner, (2, 2), of the part of the map around ``word``.

    It holds the word, its nearest in the map, and as many of its nearest in the original space as there is room for in
    half of the map's width and height, the nearer ones first.
    """
    places, i = trace.projection.coordinates, trace.index(word)
    in_map = places[[i, *trace.projection.quality.neighbours[i]]]
    box = np.stack([in_map.min(axis=0), in_map.max(axis=0)])
    whole = np.ptp(places, axis=0)
    largest = np.maximum(LARGEST * whole, box[1] - box[0])
    for near in sorted(trace.neighbourhood(word), key=lambda near: near.map_rank):
        wider = np.stack([np.minimum(box[0], places[near.row]), np.maximum(box[1], places[near.row])])
        if (wider[1] - wider[0] <= largest).all():
            box = wider
    short = np.maximum(SMALLEST * whole - (box[1] - box[0]), 0) / 2
    return np.stack([box[0] - short, box[1] + short])


def leaving(coordinates: Floats, start: int, rows: tuple[int, ...], box: Floats) -> Floats:
    """Return where the lines from a word to others leave ``box``, (len(rows), 2); NaN for lines that do not."""
    here, ends = coordinates[start], coordinates[list(rows)]
    step = ends - here
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(step == 0, np.inf, (np.where(step > 0, box[1], box[0]) - here) / step).min(axis=1)
    found: Floats = here + step * share[:, None]
    stays = (share >= 1 - 1e-9) | (here < box[0]).any() | (here > box[1]).any()
    found[stays] = np.nan
    return found


def exits(trace: WordMap, word: str, box: Floats) -> list[tuple[int, ...]]:
    """Return the rows of the nearest of ``word`` that lie outside of ``box``, those together whose lines leave it together."""
    groups: list[list[int]] = []
    middles: list[Floats] = []
    for near in trace.neighbourhood(word):
        (point,) = leaving(trace.projection.coordinates, trace.index(word), (near.row,), box) / (box[1] - box[0])
        if np.isnan(point).any():
            continue
        for group, middle in zip(groups, middles, strict=True):
            if np.linalg.norm(point - middle) < _TOGETHER:
                group.append(near.row)
                break
        else:
            groups.append([near.row])
            middles.append(point)
    return [tuple(group) for group in groups]
