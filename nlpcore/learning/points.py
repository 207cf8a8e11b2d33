"""Points in a plane that can be learnt from in several ways: two numbers each, and a class that may be told or kept back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, Integers
from nlpcore.networks.batches import word_counts

Data = Literal["flowers", "words", "stripes", "rings"]
WORDS = 150  # the most frequent ones


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points with their classes.

    Attributes:
        data: which they are.
        places: (n, 2), the two numbers x and y of each.
        classes: (n,), the class of each, from 0.
        count: how many classes there are.
        names: of the points, empty where they have none.
    """

    data: Data
    places: Floats
    classes: Integers
    count: int
    names: tuple[str, ...] = ()


@lru_cache(maxsize=8)
def points(data: Data) -> Points:
    """Return the points of one name. Raises ValueError for another name.

    ``flowers``: length and width in cm of a petal of 150 irises of three species (Anderson 1935; Fisher 1936).
    ``words``: ln of how often a word occurs in 300 news texts (Lee et al. 2005), and its letters; class 1 is a stop word of
    scikit-learn's list. ``stripes``, ``rings``: made for this, two classes each.
    """
    check_option("data", data, Data)
    makers: dict[str, Callable[[], tuple[Floats, Integers, tuple[str, ...]]]]
    makers = {"flowers": _flowers, "words": _words, "stripes": _stripes, "rings": _rings}
    places, classes, names = makers[data]()
    for array in (places, classes):
        array.flags.writeable = False
    return Points(data, places, classes, int(classes.max()) + 1, names)


def agreement(groups: Integers, classes: Integers) -> float:
    """Return the share of points (n,) in the group that stands for their class, groups given to classes as well as can be.

    Each class has one group at most (Kuhn 1955), so that many small groups do not count as success.
    """
    counts = np.zeros((int(groups.max()) + 1, int(classes.max()) + 1), dtype=np.int64)
    np.add.at(counts, (groups, classes), 1)
    rows, columns = linear_sum_assignment(-counts)
    return float(counts[rows, columns].sum()) / len(groups)


def _flowers() -> tuple[Floats, Integers, tuple[str, ...]]:
    from sklearn.datasets import load_iris

    iris = load_iris()
    return np.array(iris.data[:, 2:], dtype=np.float64), np.array(iris.target, dtype=np.int64), ()


def _words() -> tuple[Floats, Integers, tuple[str, ...]]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    words, counts = word_counts()
    words = words[:WORDS]
    places = np.column_stack([np.log(counts[:WORDS]), [len(word) for word in words]])
    return places, np.array([word in ENGLISH_STOP_WORDS for word in words], dtype=np.int64), words


def _stripes() -> tuple[Floats, Integers, tuple[str, ...]]:
    """Two long stripes above each other, 60 points each."""
    rng, count = np.random.default_rng(3), 60
    x = rng.uniform(0, 10, 2 * count)
    classes = np.repeat([0, 1], count)
    y = 2.0 + 0.25 * x + 1.8 * classes + rng.normal(0, 0.25, 2 * count)
    return np.column_stack([x, y]), classes.astype(np.int64), ()


def _rings() -> tuple[Floats, Integers, tuple[str, ...]]:
    """A ring of 80 points around a heap of 40."""
    rng, inner, outer = np.random.default_rng(4), 40, 80
    turns = rng.uniform(0, 2 * np.pi, inner + outer)
    far = np.concatenate([np.abs(rng.normal(0, 0.6, inner)), rng.normal(3.0, 0.25, outer)])
    places = np.column_stack([5 + far * np.cos(turns), 5 + far * np.sin(turns)])
    return places, np.repeat([0, 1], [inner, outer]).astype(np.int64), ()
