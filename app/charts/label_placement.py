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
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.charts.label_geometry import OUTWARD, Mask, come_near, meets
from nlpcore.arrays import Floats, Integers

Rows = Integers  # which points
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
_BESIDE = 3.0 * np.array([-1.0, 0.0, 1.0, 0.0])  # px beside a label that no other label enters
_CLEARLY = 2.0  # px that another mark is farther from a label than its own
_LONG = (22.0, 30.0, 40.0, 52.0, 66.0, 82.0, 100.0)  # px: how long a thread between a label and its mark may be
_TURNS = 16  # directions that a thread may have
_AT_ONCE = 200_000  # pairs of labels and marks that are compared at once


def text_width(text: str, size: float) -> float:
    """Return about how many pixels ``text`` is wide at font size ``size``: wide characters a whole em, others 0.56."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in text)


def room_for(text: str, size: float) -> float:
    """Return pixels that ``text`` surely finds room in at font size ``size``, bold too: capitals and m, w are wider."""
    return size * sum(_most_width(c) for c in text)


@lru_cache(maxsize=4096)
def _most_width(character: str) -> float:
    """Return the width in em that a character of a bold sans serif has at most; of Ⅷ or ½ that of all that it stands for."""
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF" or character in "WM@%—…":
        return 1.0
    parts = character if character.isascii() else unicodedata.normalize("NFKD", character)
    if len(parts) > 1:
        return sum(_most_width(part) for part in parts)
    if not character.isascii():
        if unicodedata.category(character)[0] == "S" or unicodedata.category(character) == "No" or character in "‰‱":
            return 1.3
        if unicodedata.category(character)[0] == "P":
            return 0.64
        narrow = "Ͱ" <= character < "԰" or "\u0590" <= character < "\u0700"  # Greek, Cyrillic, Hebrew, Arabic
        return 0.85 if narrow and not character.isupper() else 1.0
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


def boxes_of(labels: Sequence[str], places: Sequence[Place], size: float, marks: Sequence[float]) -> Floats:
    """Return (left, low, right, high) in px of labels, and what they keep free, from what they are tied to: (labels, 4).

    That is the point of each, or the end of its thread. ``marks``: px around each point of which its label is kept clear.
    """
    away = [1.0 if place.thread else mark / 0.8 + 1 for place, mark in zip(places, marks, strict=True)]
    alone = [_boxes([label], size, [px], [place])[0, 0] for label, px, place in zip(labels, away, places, strict=True)]
    return np.array(alone).reshape(-1, 4)


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
        crowd.take(i, place, _boxes([labels[i]], size, [crowd.away(i, place)], [place])[0, 0])
    sides = _Sides(crowd, given.order, [labels[i] for i in given.order], size)
    found: dict[int, Place] = {}
    for i in given.order:
        best = sides.best(i, rather.get(i)) or (_rather(crowd, i, labels[i], size) if i in given.must else None)
        if best is not None:
            found[i] = best[0]
            sides.lose(crowd.take(i, *best))
    return found


def _rather(crowd: _Crowd, i: int, label: str, size: float) -> tuple[Place, Floats] | None:
    """Return the end of the shortest thread where a label is clear of all marks; else the side where it covers fewest, if need
    be one on other labels or lines: there it is whole at least."""
    for threads in (_THREADS[at : at + _TURNS] for at in range(0, len(_THREADS), _TURNS)):  # of one length
        owners = np.full(len(threads), i)
        boxes = _boxes([label], size, [crowd.away(i, threads[0])], threads)[0]
        room = np.flatnonzero(crowd.free(owners, threads, boxes))
        if len(room):
            covers_there = crowd.covers(owners[room], [threads[at] for at in room], boxes[room], _CLEARLY)
            if len(clear := room[covers_there == 0]):
                return threads[at := int(clear[0])], boxes[at]
    owners = np.full(len(_SIDES), i)
    boxes = _boxes([label], size, [crowd.away(i)], _SIDES)[0]
    free, whole = crowd.free(owners, _SIDES, boxes), crowd.whole(owners, _SIDES, boxes)
    covers, nears = crowd.covers(owners, _SIDES, boxes), crowd.nears(owners, boxes)
    sides = np.flatnonzero(free if free.any() else whole).tolist()
    best = min(sides, key=lambda side: (covers[side], nears[side]), default=None)
    return None if best is None else (_SIDES[best], boxes[best])


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is drawn around the marks: labels, and marks as such.

    Attributes:
        at: px of the points that labels are tied to, (labels, 2).
        taken: their boxes from there, and what they keep free: left, low, right, high, (labels, 4).
        marks: px of the marks, (marks, 2).
        owners: the points whose marks they are, (marks,); those along a thread are their point's.
    """

    at: Floats
    taken: Floats
    marks: Floats
    owners: Rows

    def __add__(self, other: _Drawn) -> _Drawn:
        return _Drawn(
            np.concatenate([self.at, other.at]),
            np.concatenate([self.taken, other.taken]),
            np.concatenate([self.marks, other.marks]),
            np.concatenate([self.owners, other.owners]),
        )


class _Crowd:
    """What is drawn: marks, rings, lines, and the labels that have their places, with their threads.

    Places are asked about together: ``owners`` (k,) are the points that labels belong to, ``boxes`` (k, 4) what they cover.
    """

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
        self._avoid = avoid
        self.drawn = _Drawn(np.empty((0, 2)), np.empty((0, 4)), pixels, np.arange(len(pixels)))

    def away(self, i: int, place: Place | None = None) -> float:
        """Return px between a label and its point, as Plotly has it for a marker, or the end of its thread."""
        return 1.0 if place and place.thread else self._rings[i] + 2 if i in self._rings else self._mark / 0.8 + 1

    def take(self, i: int, place: Place, box: Floats) -> _Drawn:
        """Give a place to the label of a point, and return what is drawn there; ``box``: in px from the end of its thread."""
        thread = self._pixels[i] + _along([place])[0]
        marks = thread if place.thread else np.empty((0, 2))
        new = _Drawn(thread[-1:], box[None], marks, np.full(len(marks), i))
        self.drawn += new
        return new

    def on_marks(self, owners: Rows, boxes: Floats) -> Mask:
        """Return which labels (k, sides, 4: boxes of each side) are on a mark on the smallest screen already: (k, sides)."""
        left, low, right, high = np.moveaxis(boxes - _BESIDE, -1, 0)[..., None]
        x, y = (self.drawn.marks - self._pixels[owners][:, None]).transpose(2, 0, 1)[:, :, None]
        on: Mask = ((left < x) & (x < right) & (low < y) & (y < high)).any(axis=-1)
        return on

    def whole(self, owners: Rows, places: Sequence[Place], boxes: Floats) -> Mask:
        """Return which labels no screen's edge cuts."""
        ends = self._pixels[owners] + _along(places)[:, -1]
        at = boxes + np.tile(ends, 2)
        aside = np.tile((np.array(self._spread) - 1) * ends, 2)
        inside: Mask = np.logical_and.reduce(np.maximum(np.abs(at), np.abs(at + aside)) <= self._reach + 1e-6, axis=1)
        return inside

    def free(self, owners: Rows, places: Sequence[Place], boxes: Floats) -> Mask:
        """Return which labels are whole and on no other label, thread, line or ring."""
        here, threads = self._pixels[owners], _along(places)
        ends = here + threads[:, -1]
        inside: Mask = self.whole(owners, places, boxes) & ~self.on_labels(ends, boxes, self.drawn)
        text = boxes - _BESIDE
        if len(self._avoid):
            inside &= ~meets(text[:, None], self._avoid - ends[:, None], self._larger).any(axis=1)
        threaded = np.array([place.thread is not None for place in places], dtype=bool)
        if threaded.any():
            way = (here[:, None] + threads)[:, :, None] - self.drawn.at
            under = meets(self.drawn.taken, way, self._larger)  # a thread under a label
            inside &= ~(under.any(axis=(1, 2)) & threaded)
        around = boxes[:, None] + OUTWARD * self._radii[:, None]
        on_ring = meets(around, self._pixels[self._ringed] - ends[:, None], self._larger)
        covered: Mask = (on_ring & (self._ringed != owners[:, None])).any(axis=1)
        return inside & ~covered

    def on_labels(self, ends: Floats, boxes: Floats, others: _Drawn) -> Mask:
        """Return which labels, tied to ``ends`` (k, 2), are on one of the ``others``."""
        between = boxes[:, None] - others.taken[:, [2, 3, 0, 1]]
        met: Mask = np.logical_or.reduce(meets(between, others.at - ends[:, None], self._larger), axis=1)
        return met

    def covers(self, owners: Rows, places: Sequence[Place], boxes: Floats, room: float = 0.0) -> Rows:
        """Return how many marks each label would cover, or come nearer than ``room`` px to."""
        return self._count(owners, _along(places)[:, -1], boxes, np.full(len(boxes), self._mark + room), self.drawn)

    def nears(self, owners: Rows, boxes: Floats, others: _Drawn | None = None) -> Rows:
        """Return for how many marks other than its own each label beside its mark may be taken; of ``others``, if given."""
        text = boxes - _BESIDE
        away = np.hypot(*np.maximum(np.maximum(text[:, :2], -text[:, 2:]), 0).T)
        return self._count(owners, np.zeros((len(boxes), 2)), boxes, away + _CLEARLY, others or self.drawn)

    def spoils(self, new: _Drawn, owners: Rows, boxes: Floats) -> Mask:
        """Return which labels beside their marks are no longer read as theirs, or lie on others, with ``new`` drawn."""
        spoilt = self.on_labels(self._pixels[owners], boxes, new)
        return spoilt | (self.nears(owners, boxes, new) > 0) if len(new.marks) else spoilt

    def _count(self, owners: Rows, ends: Floats, boxes: Floats, room: Floats, others: _Drawn) -> Rows:
        """Return how many marks of others come nearer than ``room`` px (k,) to the text of each box."""
        text = boxes - _BESIDE
        towards = others.marks - (self._pixels[owners] + ends)[:, None]
        farthest = (np.abs(text).max(axis=1) + room)[:, None]
        near = (np.abs(towards[..., 0]) <= farthest) & (np.abs(towards[..., 1]) <= farthest)
        label, mark = np.nonzero(near & (others.owners != owners[:, None]))  # few of all pairs
        met = come_near(text[label], towards[label, mark], room[label], self._larger)
        return np.bincount(label[met], minlength=len(boxes))


class _Sides:
    """All sides of the marks whose labels have no place yet, and on which of them a label is read as the name of its mark.

    They are looked at together, those that a label loses as others take their places too: a map has hundreds of marks with
    eight sides each, and NumPy takes longer to be called than to compare them.
    """

    def __init__(self, crowd: _Crowd, order: Sequence[int], labels: Sequence[str], size: float) -> None:
        self._crowd, owners = crowd, np.array(order, dtype=np.int64)
        boxes = _boxes(labels, size, [crowd.away(i) for i in order], _SIDES)
        clear = _in_parts(
            lambda part: ~crowd.on_marks(owners[part], boxes[part]), len(owners), 8 * len(crowd.drawn.marks)
        )
        row, self._side = np.nonzero(clear.reshape(-1, len(_SIDES)))
        self._owners, self._boxes = owners[row], boxes[row, self._side]
        self._keep(crowd.free(self._owners, [_SIDES[side] for side in self._side], self._boxes))
        nears = _in_parts(
            lambda part: crowd.nears(self._owners[part], self._boxes[part]), len(self._owners), len(crowd.drawn.marks)
        )
        self._keep(nears == 0)

    def _keep(self, good: Mask) -> None:
        self._owners, self._side, self._boxes = self._owners[good], self._side[good], self._boxes[good]

    def best(self, i: int, rather: str | None) -> tuple[Place, Floats] | None:
        """Return the first side that is left to the label of a point, with its box; None where it is on no side."""
        left = np.flatnonzero(self._owners == i).tolist()
        best = min(left, key=lambda at: (_SIDES[self._side[at]].side != rather, self._side[at]), default=None)
        return None if best is None else (_SIDES[self._side[best]], self._boxes[best])

    def lose(self, new: _Drawn) -> None:
        """Leave out the sides that what has been drawn since takes away."""
        self._keep(~self._crowd.spoils(new, self._owners, self._boxes))


def _in_parts(look: Callable[[slice], NDArray[Any]], count: int, each: int) -> NDArray[Any]:
    """Return what ``look`` finds for ``count`` labels, so many at once that ``each`` comparisons of them stay in the cache."""
    step = max(1, _AT_ONCE // max(each, 1))
    return np.concatenate([look(slice(at, at + step)) for at in range(0, max(count, 1), step)])


def _along(places: Sequence[Place]) -> Floats:
    """Return points along the thread of each place, the end last, in px from its mark: (places, points, 2)."""
    ends = np.array([place.thread or (0.0, 0.0) for place in places]).reshape(-1, 1, 2)
    points: Floats = ends * np.array([0.4, 0.7, 1.0])[:, None]
    return points


def _boxes(labels: Sequence[str], size: float, away: Sequence[float], places: Sequence[Place]) -> Floats:
    """Return (left, low, right, high) in px of labels, and what they keep free, from their points or the ends of threads:
    (labels, places, 4); ``away``: px between each and what it is tied to."""
    halves = np.array([_half(label.split("\n"), size) for label in labels]).reshape(-1, 1, 2)
    centres = np.array([SIDES[place.side] for place in places]) * (halves + np.array(away).reshape(-1, 1, 1))
    return np.concatenate([centres - halves, centres + halves], axis=-1) + _BESIDE


def _half(lines: Sequence[str], size: float) -> tuple[float, float]:
    """Return half the width and half the height of a label in px."""
    return max(text_width(line, size) for line in lines) / 2, size * (0.62 + 0.65 * (len(lines) - 1))
