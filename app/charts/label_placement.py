"""Which points of a crowded scatter plot get a label, and where, so that each is read as the name of its own mark.

Greedy, in order of importance (after Christensen, Marks & Shieber 1995, "An empirical study of algorithms for
point-feature label placement"): a label takes a side where it lies on no other label and where every other mark is
farther from it than its own; where there is none, it is left out, or, if it must be there, tied to its mark by a thread.
That holds on every screen between the smallest and the largest: there the same points lie farther apart, in the same
directions, while type and marks keep their sizes.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
_OUTWARD = np.array([-1.0, -1.0, 1.0, 1.0])  # what makes a box (left, low, right, high) larger
_ONE_WAY = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]])  # across, and up and down
_CORNERS = (0, 1), (0, 3), (2, 1), (2, 3)  # of such a box
_BESIDE = 3.0 * np.array([-1.0, 0.0, 1.0, 0.0])  # px beside a label that no other label enters
_CLEARLY = 2.0  # px that another mark is farther from a label than its own
_LONG = (22.0, 30.0, 40.0, 52.0, 66.0, 82.0, 100.0)  # px: how long a thread between a label and its mark may be
_TURNS = 16  # directions that a thread may have


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label stands.

    Attributes:
        side: Plotly's textposition.
        thread: px to the right and up, on the smallest screen, from its point to the end of the thread at which it stands;
            None where it stands beside its mark.
    """

    side: str
    thread: tuple[float, float] | None = None


def _at_threads() -> tuple[Place, ...]:
    """Return places at the ends of threads, the shortest first; the label goes on in the direction of its thread."""
    sides = {(np.sign(x), np.sign(y)): side for side, (x, y) in SIDES.items()}
    found = []
    for long, turn in itertools.product(_LONG, range(_TURNS)):
        x, y = math.cos(2 * math.pi * turn / _TURNS), math.sin(2 * math.pi * turn / _TURNS)
        across, up = (0.0 if abs(part) < 0.39 else math.copysign(1.0, part) for part in (x, y))
        found.append(Place(sides[across, up], (long * x, long * y)))
    return tuple(found)


_SIDES, _THREADS = tuple(Place(side) for side in SIDES), _at_threads()


def place_labels(
    pixels: Floats,
    labels: Sequence[str],
    order: Iterable[int],
    size: float,
    mark: float = 4.5,
    must: Collection[int] = (),
    placed: Mapping[int, Place] | None = None,
    within: tuple[float, float] | None = None,
    rings: Mapping[int, float] | None = None,
    spread: tuple[float, float] = (1.0, 1.0),
    larger: float = 1.0,
    rather: Mapping[int, str] | None = None,
    avoid: Floats | None = None,
) -> dict[int, Place]:
    """Return index -> place for the labels that find room; one may have several lines.

    ``pixels`` (n, 2) are the points on the smallest screen, ``order`` the indices to try, the most important first.
    ``size``: px of the type; ``mark``: px of a mark's radius. ``must``: indices whose label stands at the end of a thread
    where it has no room beside its mark, and on marks rather than nowhere. ``placed``: labels that are there already and that
    none may overlap; they are not returned. ``within``: how far from (0, 0) a label may reach, in px to either side, and up
    and down. ``rings``: radius in px of a ring around the point of an index: its own label stands outside, and no other
    covers it. ``spread``: so many times as far from the middle, to either side, and up and down, the points may lie where the
    screen has another shape: labels stay ``within`` there, too. ``larger``: so many times as far from each other the points
    lie on the largest screen. ``rather``: the side that a label takes where it can, else the first. ``avoid`` (m, 2):
    points of lines on which no label lies.
    """
    given = _Given(
        np.asarray(pixels, np.float64).tobytes(),
        tuple(labels),
        tuple(order),
        size,
        mark,
        frozenset(must),
        tuple((placed or {}).items()),
        within or (np.inf, np.inf),
        tuple((rings or {}).items()),
        spread,
        larger,
        tuple((rather or {}).items()),
        b"" if avoid is None else np.asarray(avoid, np.float64).tobytes(),
    )
    return dict(_placed(given))


@dataclass(frozen=True, slots=True)
class _Given:
    """What :func:`place_labels` is asked, to be known again: a class asks the same many times."""

    pixels: bytes
    labels: tuple[str, ...]
    order: tuple[int, ...]
    size: float
    mark: float
    must: frozenset[int]
    placed: tuple[tuple[int, Place], ...]
    within: tuple[float, float]
    rings: tuple[tuple[int, float], ...]
    spread: tuple[float, float]
    larger: float
    rather: tuple[tuple[int, str], ...]
    avoid: bytes


@lru_cache(maxsize=128)
def _placed(given: _Given) -> dict[int, Place]:
    pixels, avoid = (np.frombuffer(part).reshape(-1, 2) for part in (given.pixels, given.avoid))
    crowd = _Crowd(pixels, given.mark, dict(given.rings), given.within, given.spread, given.larger, avoid)
    labels, size, rather = given.labels, given.size, dict(given.rather)
    for i, place in given.placed:
        crowd.take(i, place, _boxes(labels[i], size, crowd.away(i, place), [place])[0])
    found: dict[int, Place] = {}
    for i in given.order:
        best = _beside(crowd, i, labels[i], size, rather.get(i)) or (
            _rather(crowd, i, labels[i], size) if i in given.must else None
        )
        if best is not None:
            found[i] = best[0]
            crowd.take(i, *best)
    return found


def _beside(crowd: _Crowd, i: int, label: str, size: float, rather: str | None) -> tuple[Place, Floats] | None:
    """Return the first side of its mark where a label is read as its name, with its box; None where it is on no side."""
    boxes = _boxes(label, size, crowd.away(i), _SIDES)
    sides = np.flatnonzero(crowd.clear(i, boxes))  # what is cheap first: most labels of a crowd find no side
    if len(sides):
        sides = sides[crowd.free(i, [_SIDES[side] for side in sides], boxes[sides])]
    if len(sides):
        sides = sides[crowd.nears(i, boxes[sides]) == 0]
    best = min(sides.tolist(), key=lambda side: (_SIDES[side].side != rather, side), default=None)
    return None if best is None else (_SIDES[best], boxes[best])


def _rather(crowd: _Crowd, i: int, label: str, size: float) -> tuple[Place, Floats] | None:
    """Return the end of the shortest thread where a label is clear of all marks; else the side where it covers fewest, if need
    be one on other labels or lines: there it is whole at least."""
    boxes = _boxes(label, size, crowd.away(i, _THREADS[0]), _THREADS)
    good = crowd.free(i, _THREADS, boxes) & (crowd.covers(i, _THREADS, boxes, _CLEARLY) == 0)
    if good.any():
        return _THREADS[at := int(np.argmax(good))], boxes[at]
    boxes = _boxes(label, size, crowd.away(i), _SIDES)
    free, whole = crowd.free(i, _SIDES, boxes), crowd.whole(i, _SIDES, boxes)
    covers, nears = crowd.covers(i, _SIDES, boxes), crowd.nears(i, boxes)
    sides = np.flatnonzero(free if free.any() else whole).tolist()
    best = min(sides, key=lambda side: (covers[side], nears[side]), default=None)
    return None if best is None else (_SIDES[best], boxes[best])


class _Crowd:
    """What is drawn: marks, rings, and the labels that have their places, with their threads."""

    def __init__(
        self,
        pixels: Floats,
        mark: float,
        rings: Mapping[int, float],
        reach: tuple[float, float],
        spread: tuple[float, float],
        larger: float,
        avoid: Floats,
    ) -> None:
        self._pixels, self._mark, self._rings, self._spread, self._larger = pixels, mark, rings, spread, larger
        self._reach = np.tile(np.array(reach), 2)
        self._ringed = np.array(list(rings), dtype=np.int64)
        self._radii = np.array(list(rings.values()), dtype=float)
        self._marks, self._owners = pixels, np.arange(len(pixels))  # of threads, too: points along them
        self._avoid = avoid
        self._at, self._taken = np.empty((0, 2)), np.empty((0, 4))  # where labels are tied, and their boxes from there

    def away(self, i: int, place: Place | None = None) -> float:
        """Return px between a label and its point, as Plotly has it for a marker, or the end of its thread."""
        return 1.0 if place and place.thread else self._rings[i] + 2 if i in self._rings else self._mark / 0.8 + 1

    def take(self, i: int, place: Place, box: Floats) -> None:
        """Give a place to the label of a point; ``box``: (left, low, right, high) in px from the end of its thread."""
        threads = _along([place])
        self._at = np.vstack([self._at, self._pixels[i] + threads[0, -1]])
        self._taken = np.vstack([self._taken, box])
        if place.thread:
            self._marks = np.vstack([self._marks, self._pixels[i] + threads[0]])
            self._owners = np.append(self._owners, [i] * threads.shape[1])

    def clear(self, i: int, boxes: Floats) -> NDArray[np.bool_]:
        """Return on which sides the label of a point is on no mark and no other label, on the smallest screen."""
        left, low, right, high = (boxes - _BESIDE).T[..., None]
        x, y = (self._marks - self._pixels[i])[self._owners != i].T
        on_mark = ((left < x) & (x < right) & (low < y) & (y < high)).any(axis=1)
        left, low, right, high = boxes.T[..., None]
        other = (self._taken + np.tile(self._at - self._pixels[i], 2)).T
        on_label = ((left < other[2]) & (right > other[0]) & (low < other[3]) & (high > other[1])).any(axis=1)
        clear: NDArray[np.bool_] = ~(on_mark | on_label)
        return clear

    def whole(self, i: int, places: Sequence[Place], boxes: Floats) -> NDArray[np.bool_]:
        """Return in which of its places no screen's edge cuts the label of a point."""
        ends = self._pixels[i] + _along(places)[:, -1]
        at = boxes + np.tile(ends, 2)
        aside = np.tile((np.array(self._spread) - 1) * ends, 2)
        inside: NDArray[np.bool_] = (np.maximum(np.abs(at), np.abs(at + aside)) <= self._reach + 1e-6).all(axis=1)
        return inside

    def free(self, i: int, places: Sequence[Place], boxes: Floats) -> NDArray[np.bool_]:
        """Return in which of its places the label of a point is whole and on no other label, thread, line or ring."""
        here, threads = self._pixels[i], _along(places)
        ends = here + threads[:, -1]
        inside = self.whole(i, places, boxes)
        others = boxes[:, None] - self._taken[:, [2, 3, 0, 1]]
        inside &= ~_meets(others, self._at - ends[:, None], self._larger).any(axis=1)
        text = boxes - _BESIDE
        inside &= ~_meets(text[:, None], self._avoid - ends[:, None], self._larger).any(axis=1)
        under = _meets(self._taken, (here + threads)[:, :, None] - self._at, self._larger)  # a thread under a label
        inside &= ~(under.any(axis=(1, 2)) & np.array([place.thread is not None for place in places]))
        theirs = self._ringed != i
        around = boxes[:, None] + _OUTWARD * self._radii[theirs, None]
        return inside & ~_meets(around, self._pixels[self._ringed[theirs]] - ends[:, None], self._larger).any(axis=1)

    def covers(self, i: int, places: Sequence[Place], boxes: Floats, room: float = 0.0) -> NDArray[np.int64]:
        """Return how many marks the label of a point would cover in each place, or come nearer than ``room`` px to."""
        return self._count(i, _along(places)[:, -1], boxes, np.full(len(boxes), self._mark + room))

    def nears(self, i: int, boxes: Floats) -> NDArray[np.int64]:
        """Return for how many marks other than its own the label of a point may be taken on each side."""
        text = boxes - _BESIDE
        away = np.hypot(*np.maximum(np.maximum(text[:, :2], -text[:, 2:]), 0).T)
        return self._count(i, np.zeros((len(boxes), 2)), boxes, away + _CLEARLY)

    def _count(self, i: int, ends: Floats, boxes: Floats, room: Floats) -> NDArray[np.int64]:
        """Return how many marks of others come nearer than ``room`` px (boxes) to the text of each box."""
        text = boxes - _BESIDE
        towards = self._marks - self._pixels[i]
        farthest = np.abs(text).max() + room.max() + np.abs(ends).max()
        near = (np.abs(towards) <= farthest).all(axis=1) & (self._owners != i)
        counted: NDArray[np.int64] = _come_near(text, towards[near] - ends[:, None], room, self._larger).sum(axis=1)
        return counted


def _along(places: Sequence[Place]) -> Floats:
    """Return points along the thread of each place, the end last, in px from its mark: (places, points, 2)."""
    ends = np.array([place.thread or (0.0, 0.0) for place in places])
    points: Floats = ends[:, None] * np.array([0.4, 0.7, 1.0])[:, None]
    return points


def _boxes(label: str, size: float, away: float, places: Sequence[Place]) -> Floats:
    """Return (left, low, right, high) in px of a label, and what it keeps free, from its point or the end of its thread:
    (places, 4)."""
    lines = label.split("\n")
    half = np.array([max(text_width(line, size) for line in lines) / 2, size * (0.62 + 0.65 * (len(lines) - 1))])
    centres = np.array([SIDES[place.side] for place in places]) * (half + away)
    return np.concatenate([centres - half, centres + half], axis=-1) + _BESIDE


def _meets(boxes: Floats, points: Floats, larger: float) -> NDArray[np.bool_]:
    """Return which boxes (…, 4: left, low, right, high) a point (…, 2) enters on its way out to ``larger`` times as far.

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
    within = np.where((low < 0) & (high > 0), -np.inf, np.inf)
    return np.where(still, within, np.minimum(one, other)), np.where(still, np.inf, np.maximum(one, other))


def _come_near(boxes: Floats, points: Floats, room: Floats, larger: float) -> NDArray[np.bool_]:
    """Return which points (boxes, points, 2) come nearer than ``room`` px (boxes) to a box (boxes, 4) on their way out."""
    wide = boxes + _OUTWARD * room[:, None] * _ONE_WAY[:, None]
    one_way, other_way = _meets(wide[:, :, None], points, larger)
    met: NDArray[np.bool_] = one_way | other_way
    x, y = points[..., 0], points[..., 1]
    squared, most = np.maximum(x * x + y * y, 1e-12), (room * room)[:, None]
    for across, up in _CORNERS:
        to_x, to_y = boxes[:, across, None], boxes[:, up, None]
        times = np.clip((x * to_x + y * to_y) / squared, 1.0, larger)
        met |= (x * times - to_x) ** 2 + (y * times - to_y) ** 2 < most
    return met
