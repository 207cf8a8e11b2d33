"""Whether points that move away from (0, 0), as a larger screen has them farther apart, come onto boxes or near them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nlpcore.arrays import Floats

Mask = NDArray[np.bool_]

OUTWARD = np.array([-1.0, -1.0, 1.0, 1.0])  # what makes a box (left, low, right, high) larger
_ONE_WAY = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]])  # across, and up and down
_CORNERS = (0, 1), (0, 3), (2, 1), (2, 3)  # of such a box


def meets(boxes: Floats, points: Floats, larger: float) -> NDArray[np.bool_]:
    """Return which boxes (…, 4: left, low, right, high) a point (…, 2) enters on its way out to ``larger`` times as far: (…).

    The two axes are written out: NumPy reduces an axis of two many times slower.
    """
    enters, leaves = _on_the_way(boxes[..., 0], boxes[..., 2], points[..., 0])
    enters_up, leaves_up = _on_the_way(boxes[..., 1], boxes[..., 3], points[..., 1])
    enters, leaves = np.maximum(enters, enters_up), np.minimum(leaves, leaves_up)
    met: NDArray[np.bool_] = (np.maximum(enters, 1.0) <= larger) & (enters < leaves) & (leaves > 1.0)
    return met


def _on_the_way(low: Floats, high: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Return between how many times its distance a point lies between two ends of an axis; one at 0 never moves."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = low / at, high / at
    still = at == 0
    if not still.any():  # most often
        return np.minimum(one, other), np.maximum(one, other)
    within = np.where((low < 0) & (high > 0), -np.inf, np.inf)
    return np.where(still, within, np.minimum(one, other)), np.where(still, np.inf, np.maximum(one, other))


def come_near(boxes: Floats, points: Floats, room: Floats, larger: float) -> NDArray[np.bool_]:
    """Return which points (n, 2) come nearer than ``room`` px (n,) to a box (n, 4) each on their way out."""
    wide = boxes + OUTWARD * room[:, None] * _ONE_WAY[:, None]
    one_way, other_way = meets(wide, points, larger)
    met: NDArray[np.bool_] = one_way | other_way
    x, y = points[..., 0], points[..., 1]
    squared, most = np.maximum(x * x + y * y, 1e-12), room * room
    for across, up in _CORNERS:
        to_x, to_y = boxes[:, across], boxes[:, up]
        times = np.clip((x * to_x + y * to_y) / squared, 1.0, larger)
        met |= (x * times - to_x) ** 2 + (y * times - to_y) ** 2 < most
    return met


def with_room(boxes: Floats, there: Mask) -> Mask:
    """Return which of the boxes of labels, where they belong on maps, lie on none before them that has room.

    ``boxes``: of the same labels on several maps, (maps, labels, 4); ``there``: which of them are on each, (maps, labels),
    which is the shape of what is returned.
    """
    left, low, right, high = np.moveaxis(boxes.astype(np.float32), -1, 0)
    meet = left[:, :, None] < right[:, None]
    meet &= meet.transpose(0, 2, 1)
    above = low[:, :, None] < high[:, None]
    meet &= above
    meet &= above.transpose(0, 2, 1)
    room: Mask = np.zeros(there.shape, dtype=bool)
    for i in range(boxes.shape[1]):
        room[:, i] = there[:, i] & ~(meet[:, i] & room).any(axis=1)
    return room
