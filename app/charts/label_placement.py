"""Which points of a crowded scatter plot get a label, and on which side, so that no two labels overlap.

Greedy, in order of importance (after Christensen, Marks & Shieber 1995, "An empirical study of algorithms for
point-feature label placement"): a label takes the free side that hides fewest points; where none is free, it is left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SIDES: dict[str, tuple[float, float]] = {  # Plotly's textposition -> where the label's centre lies, in half sizes
    "top center": (0.0, 1.0),
    "bottom center": (0.0, -1.0),
    "middle right": (1.0, 0.0),
    "middle left": (-1.0, 0.0),
    "top right": (1.0, 1.0),
    "top left": (-1.0, 1.0),
    "bottom right": (1.0, -1.0),
    "bottom left": (-1.0, -1.0),
}
_PADDING = 3.0  # px around a label


def text_width(text: str, size: float) -> float:
    """Return about how many pixels ``text`` is wide at font size ``size``: wide characters a whole em, others 0.56."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in text)


def room_for(text: str, size: float) -> float:
    """Return pixels that ``text`` surely finds room in at font size ``size``, bold too: capitals and m, w are wider."""
    return size * sum(_most_width(c) for c in text)


def _most_width(character: str) -> float:
    """Return the width in em that a character of a bold sans serif has at most."""
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF" or character in "WM@%—…":
        return 1.0
    return 0.8 if character.isupper() or character in "mw" else 0.64


def room_beside(
    places: Sequence[float], left: Sequence[float], right: Sequence[float], width: float, least: float = 0.2
) -> tuple[float, float]:
    """Return how much of their span an axis must have before and after points, so that none of their labels is cut.

    ``places``: where they lie, 0 to 1 for the first and the last; ``left``, ``right``: px that a label takes to either side
    of its point; ``width``: px of the axis on the narrowest screen, of which the points themselves keep a share of ``least``.
    """
    at, before, after = np.asarray(places), 0.0, 0.0
    drawn = width
    for _ in range(30):
        before = max(0.0, float(np.max(np.asarray(left) - at * drawn)))
        after = max(0.0, float(np.max(np.asarray(right) - (1 - at) * drawn)))
        drawn = max(width - before - after, least * width)
    return before / drawn, after / drawn


def place_labels(
    pixels: Floats,
    labels: Sequence[str],
    order: Iterable[int],
    size: float,
    gap: float = 6.0,
    most_hidden: Mapping[int, int] | None = None,
    placed: Mapping[int, str] | None = None,
    within: tuple[float, float] | None = None,
    rings: Mapping[int, float] | None = None,
    wider: float = 1.0,
) -> dict[int, str]:
    """Return index -> side for the labels that find room.

    ``pixels`` (n, 2) are the points on the screen, ``order`` the indices to try, the most important first. ``gap``: px
    between a point and its label. ``most_hidden``: how many points the label of an index may cover (0 where not named).
    ``placed``: labels that are there already and that none may overlap; they are not returned. ``within``: how far from
    (0, 0) a label may reach, in px to either side, and up and down. ``rings``: radius in px of a ring around the point of an
    index: its own label stands outside, and no other covers it. ``wider``: so many times as far from the middle the points may
    lie to either side where the screen is higher: labels stay ``within`` there, too.
    """
    hide, order, sides = most_hidden or {}, list(order), list(SIDES)
    rings = rings or {}
    boxes = _boxes(pixels, labels, order, size, gap, rings)
    hidden = _hidden(boxes, pixels)
    reach = np.array(within or (np.inf, np.inf))
    moved = boxes.copy()
    moved[..., ::2] += (wider - 1) * pixels[order, 0][:, None, None]
    inside: NDArray[np.bool_] = np.all(np.maximum(np.abs(boxes), np.abs(moved)) <= np.tile(reach, 2), axis=-1)
    there = dict(placed or {})
    own = _boxes(pixels, labels, list(there), size, gap, rings)[
        np.arange(len(there)), [sides.index(s) for s in there.values()]
    ]
    taken, count = np.vstack([own, np.empty((len(order), 4))]), len(there)
    around = np.array([[*(pixels[i] - radius), *(pixels[i] + radius)] for i, radius in rings.items()]).reshape(-1, 4)
    ringed = list(rings)
    found: dict[int, str] = {}
    for row, i in enumerate(order):
        allowed = inside[row] & (hidden[row] <= hide.get(i, 0))
        if not allowed.any():
            continue
        others = around[[n for n, of in enumerate(ringed) if of != i]]
        free = allowed & ~_overlapping(boxes[row, :, None], np.vstack([taken[:count], others])).any(axis=1)
        if free.any():
            side = int(np.argmin(np.where(free, hidden[row], len(pixels) + 1)))
            found[i] = sides[side]
            taken[count] = boxes[row, side]
            count += 1
    return found


def _boxes(
    pixels: Floats,
    labels: Sequence[str],
    indices: Sequence[int],
    size: float,
    gap: float,
    rings: Mapping[int, float],
) -> Floats:
    """Return (left, low, right, high) in px of each label on each side: (labels, sides, 4)."""
    widths = np.array([text_width(labels[i], size) / 2 + _PADDING for i in indices], dtype=float)
    half = np.stack([widths, np.full(len(widths), size * 0.62)], axis=-1)[:, None]
    towards = np.array(list(SIDES.values()))
    corner = (towards != 0).all(axis=1, keepdims=True)
    farther = np.array([rings.get(i, 0.0) for i in indices]).reshape(-1, 1, 1)
    centres = pixels[list(indices)][:, None] + towards * (
        half + np.where(farther > 0, farther + 2, gap * np.where(corner, 0.3, 1.0))
    )
    return np.concatenate([centres - half, centres + half], axis=-1)


def _hidden(boxes: Floats, pixels: Floats, at_once: int = 64) -> NDArray[np.int64]:
    """Return how many points each box covers: (labels, sides)."""
    x, y = pixels.T
    counts = np.zeros(boxes.shape[:2], dtype=np.int64)
    for start in range(0, len(boxes), at_once):
        left, low, right, high = (edge[..., None] for edge in np.moveaxis(boxes[start : start + at_once], -1, 0))
        counts[start : start + at_once] = ((x > left) & (x < right) & (y > low) & (y < high)).sum(axis=-1)
    return counts


def _overlapping(box: Floats, boxes: Floats) -> NDArray[np.bool_]:
    """Return which of two sets of boxes (…, 4: left, low, right, high) overlap."""
    return (
        (boxes[..., 0] < box[..., 2])
        & (boxes[..., 2] > box[..., 0])
        & (boxes[..., 1] < box[..., 3])
        & (boxes[..., 3] > box[..., 1])
    )
