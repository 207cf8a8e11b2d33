"""Toy sets whose shape is known, to learn what t-SNE shows and what it makes up.

After Wattenberg, Viégas & Johnson 2016, "How to Use t-SNE Effectively" (https://doi.org/10.23915/distill.00002).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from nlpcore.arrays import Floats, Integers
from nlpcore.models.serving import served
from nlpcore.words.projection import (
    FEWEST,
    MOST,
    MapSettings,
    Method,
    Projection,
    Start,
    lay_out,
    principal_components,
)
from nlpcore.words.projection_quality import nearest_neighbours


@dataclass(frozen=True, slots=True)
class ToySet:
    """Points of a known shape.

    Attributes:
        name: which set.
        points: (n, d), d = 2 but for "noise" (10).
        groups: (n,) from 0; the cluster of each point, or, in a chain, which tenth of it the point lies in.
        truth: (n, 2) ``points``, or their first two principal components where they have more dimensions.
    """

    name: str
    points: Floats
    groups: Integers
    truth: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ToyMap:
    """A toy set and its map.

    Attributes:
        toy: the points.
        projection: where they lie in the map.
    """

    toy: ToySet
    projection: Projection


def toy_set(name: str, count: int = 200, seed: int = 0) -> ToySet:
    """Return ``count`` points of the toy set ``name`` (see :data:`TOY_SETS`). ValueError where there is no such set."""
    if name not in TOY_SETS:
        raise ValueError(f"a toy set is one of {', '.join(TOY_SETS)}, not {name!r}")
    count = max(FEWEST, min(int(count), MOST))
    points, groups = TOY_SETS[name](count, np.random.default_rng(seed))
    truth = points if points.shape[1] == 2 else principal_components(points)[0]
    return ToySet(name, points, groups, truth)


@served
def map_toy(
    name: str,
    count: int = 200,
    method: Method = "tsne",
    perplexity: float = 30.0,
    early_exaggeration: float = 4.0,
    start: Start = "pca",
    seed: int = 0,
) -> ToyMap:
    """Return a toy set and its map. The points themselves do not depend on ``seed``: only the map does."""
    toy = toy_set(name, count)
    return ToyMap(toy, lay_out(toy.points, MapSettings(method, perplexity, early_exaggeration, start, seed)))


def spreads(points: Floats, groups: Integers) -> Floats:
    """Return (groups,) the root mean square distance of each group's points from the group's centre."""
    return np.array(
        [
            np.sqrt(((points[groups == g] - points[groups == g].mean(axis=0)) ** 2).sum(axis=1).mean())
            for g in range(int(groups.max()) + 1)
        ]
    )


def gaps(points: Floats, groups: Integers) -> Floats:
    """Return (groups, groups) the distances between the groups' centres."""
    centres = np.array([points[groups == g].mean(axis=0) for g in range(int(groups.max()) + 1)])
    return np.asarray(np.linalg.norm(centres[:, None] - centres[None], axis=2))


def pieces(points: Floats, factor: float = 4.0) -> int:
    """Return in how many pieces a chain lies: 1, and one more for each step longer than ``factor`` times the median."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return 1 + int((steps > factor * np.median(steps)).sum())


def islands(points: Floats, factor: float = 5.0, share: float = 0.02) -> int:
    """Return in how many islands points (n, 2) lie: groups of ``share`` of all, and at least 3, with a wide sea between.

    Two points are on one island where a chain of points leads from one to the other, with no step longer than ``factor``
    times the median distance of a point to its nearest (single linkage; Gower & Ross 1969).
    """
    step = factor * float(np.median(nearest_neighbours(points, 1)[1]))
    pairs = cKDTree(points).query_pairs(step, output_type="ndarray")
    joined = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    _, labels = connected_components(joined, directed=False)
    return int((np.bincount(labels) >= max(3, round(share * len(points)))).sum())


Made = tuple[Floats, Integers]


def _clusters(count: int, rng: np.random.Generator, centres: list[tuple[float, float]], spread: list[float]) -> Made:
    groups = np.sort(np.arange(count) % len(centres))
    points = np.array(centres)[groups] + rng.normal(size=(count, 2)) * np.array(spread)[groups, None]
    return points, groups


def _two(count: int, rng: np.random.Generator) -> Made:
    return _clusters(count, rng, [(0, 0), (10, 0)], [1, 1])


def _unequal(count: int, rng: np.random.Generator) -> Made:
    return _clusters(count, rng, [(0, 0), (40, 0)], [1, 10])


def _distances(count: int, rng: np.random.Generator) -> Made:
    return _clusters(count, rng, [(0, 0), (10, 0), (50, 0)], [1, 1, 1])


def _noise(count: int, rng: np.random.Generator) -> Made:
    return rng.normal(size=(count, 10)), np.zeros(count, dtype=np.int64)


def _chain(count: int, rng: np.random.Generator) -> Made:
    """Points one after the other on a spiral (Archimedes'), at equal steps but for a little noise."""
    turn = np.sqrt(np.linspace(0.04, 1, count)) * 4 * np.pi
    line = np.column_stack([turn * np.cos(turn), turn * np.sin(turn)])
    step = np.median(np.linalg.norm(np.diff(line, axis=0), axis=1))
    return line + rng.normal(size=line.shape) * 0.3 * step, np.arange(count) * 10 // count


TOY_SETS: Mapping[str, Callable[[int, np.random.Generator], Made]] = MappingProxyType(
    {"two": _two, "unequal": _unequal, "distances": _distances, "noise": _noise, "chain": _chain}
)
