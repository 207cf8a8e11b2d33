"""Which points of a crowded scatter plot get a label, and on which side, so that no two labels overlap.

Greedy, in order of importance (after Christensen, Marks & Shieber 1995, "An empirical study of algorithms for point-feature
label placement"): a label takes the first free side that hides fewest points; where no side is free, it is left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

SIDES: dict[str, tuple[float, float]] = {  # Plotly's textposition -> where the label's centre lies, in half sizes
    "top center": (0.0, 1.0),
    "bottom center": (0.0, -1.0),
    "middle right": (1.0, 0.0),
    "middle left": (-1.0, 0.0),
}
_PADDING = 3.0  # px around a label


def text_width(text: str, size: float) -> float:
    """Return about how many pixels ``text`` is wide at font size ``size``: wide characters a whole em, others 0.56."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in text)


def place_labels(
    pixels: NDArray[np.float64],
    labels: Sequence[str],
    order: Iterable[int],
    size: float,
    gap: float = 6.0,
    forced: int = 0,
    most_hidden: int = 1,
) -> dict[int, str]:
    """Return index -> side for the labels that find room.

    ``pixels`` (n, 2) are the points on the screen, ``order`` the indices to try, the most important first; the first
    ``forced`` of them are placed even where they cover something. ``gap``: px between a point and its label.
    """
    placed: dict[int, str] = {}
    boxes = np.empty((0, 4))
    for turn, i in enumerate(order):
        half = np.array([text_width(labels[i], size) / 2 + _PADDING, size * 0.62])
        best: tuple[int, str, NDArray[np.float64]] | None = None
        for side, (dx, dy) in SIDES.items():
            centre = pixels[i] + np.array([dx * (half[0] + gap), dy * (half[1] + gap)])
            box = np.concatenate([centre - half, centre + half])
            overlaps = int(_overlapping(box, boxes).sum())
            hidden = int(((pixels > box[:2]) & (pixels < box[2:])).all(axis=1).sum())
            cost = 100 * overlaps + hidden
            if best is None or cost < best[0]:
                best = (cost, side, box)
        if best is not None and (best[0] <= most_hidden or turn < forced):
            placed[i] = best[1]
            boxes = np.vstack([boxes, best[2]])
    return placed


def _overlapping(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of ``boxes`` (m, 4: left, low, right, high) overlap ``box``."""
    return (boxes[:, 0] < box[2]) & (boxes[:, 2] > box[0]) & (boxes[:, 1] < box[3]) & (boxes[:, 3] > box[1])
