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


def place_labels(
    pixels: Floats,
    labels: Sequence[str],
    order: Iterable[int],
    size: float,
    gap: float = 6.0,
    most_hidden: Mapping[int, int] | None = None,
    placed: Mapping[int, str] | None = None,
) -> dict[int, str]:
    """Return index -> side for the labels that find room.

    ``pixels`` (n, 2) are the points on the screen, ``order`` the indices to try, the most important first. ``gap``: px
    between a point and its label. ``most_hidden``: how many points the label of an index may cover (0 where not named).
    ``placed``: labels that are there already and that none may overlap; they are not returned.
    """
    hide = most_hidden or {}
    boxes = np.array([_box(pixels[i], labels[i], side, size, gap) for i, side in (placed or {}).items()]).reshape(-1, 4)
    found: dict[int, str] = {}
    for i in order:
        best: tuple[int, str, Floats] | None = None
        for side in SIDES:
            box = _box(pixels[i], labels[i], side, size, gap)
            if not _overlapping(box, boxes).any():
                hidden = int(((pixels > box[:2]) & (pixels < box[2:])).all(axis=1).sum())
                if hidden <= hide.get(i, 0) and (best is None or hidden < best[0]):
                    best = (hidden, side, box)
        if best is not None:
            found[i] = best[1]
            boxes = np.vstack([boxes, best[2]])
    return found


def _box(point: Floats, label: str, side: str, size: float, gap: float) -> Floats:
    """Return (left, low, right, high) of a label in px."""
    half = np.array([text_width(label, size) / 2 + _PADDING, size * 0.62])
    dx, dy = SIDES[side]
    reach = np.array([dx * (half[0] + gap * (1 if dy == 0 else 0.3)), dy * (half[1] + gap * (1 if dx == 0 else 0.3))])
    return np.concatenate([point + reach - half, point + reach + half])


def _overlapping(box: Floats, boxes: Floats) -> NDArray[np.bool_]:
    """Return which of ``boxes`` (m, 4: left, low, right, high) overlap ``box``."""
    return (boxes[:, 0] < box[2]) & (boxes[:, 2] > box[0]) & (boxes[:, 1] < box[3]) & (boxes[:, 3] > box[1])
