"""Two vectors and everything that is said of a pair: dot product, lengths, angle, cosine, distance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arrays import Floats


@dataclass(frozen=True, slots=True)
class Pair:
    """Two vectors compared.

    Attributes:
        a, b: their numbers.
        products: a_i · b_i, whose sum is the dot product.
        dot: a · b = Σ a_i b_i.
        length_a, length_b: |a| = √(a · a), the Euclidean norm.
        cosine: a · b / (|a| |b|), −1 to 1; None where one of the two has the length 0.
        angle: between them, 0 to 180 degrees; None likewise.
        distance: |a − b|.
    """

    a: tuple[float, ...]
    b: tuple[float, ...]
    products: tuple[float, ...]
    dot: float
    length_a: float
    length_b: float
    cosine: float | None
    angle: float | None
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class Stretched:
    """What becomes of the numbers of a pair when the second vector is made longer or shorter.

    Attributes:
        factors: (n,), by which it is multiplied, 0 or more.
        dots, lengths, distances: (n,), of a and the stretched b; ``lengths`` of b alone.
        cosines: (n,); NaN where a or b has the length 0.
    """

    factors: Floats
    dots: Floats
    lengths: Floats
    cosines: Floats
    distances: Floats


def compare(a: Sequence[float], b: Sequence[float]) -> Pair:
    """Return two vectors compared. ValueError where they have not as many numbers, or one that is not finite."""
    if len(a) != len(b) or not len(a):
        raise ValueError(f"{len(a)} numbers cannot be compared with {len(b)}")
    if not all(map(math.isfinite, (*a, *b))):
        raise ValueError("a vector has finite numbers")
    one, other = (tuple(map(float, vector)) for vector in (a, b))
    products = tuple(x * y for x, y in zip(one, other, strict=True))
    lengths = math.hypot(*one), math.hypot(*other)
    dot = math.fsum(products)
    cosine = None if 0 in lengths else max(-1.0, min(dot / lengths[0] / lengths[1], 1.0))
    angle = None if cosine is None else math.degrees(math.acos(cosine))
    return Pair(one, other, products, dot, *lengths, cosine, angle, math.dist(one, other))


def stretched(a: Sequence[float], b: Sequence[float], factors: ArrayLike) -> Stretched:
    """Return the pair's numbers with b multiplied by each of ``factors`` (n,). ValueError for a factor below 0; else as
    :func:`compare`."""
    by = np.asarray(factors, dtype=np.float64)
    if (by < 0).any():
        raise ValueError("a factor is 0 or more: a negative one turns the vector around")
    pairs = [compare(a, tuple(factor * number for number in b)) for factor in by.tolist()]
    cosines = [math.nan if pair.cosine is None else pair.cosine for pair in pairs]
    columns = (
        [pair.dot for pair in pairs],
        [pair.length_b for pair in pairs],
        cosines,
        [pair.distance for pair in pairs],
    )
    return Stretched(by, *(np.array(column, dtype=np.float64) for column in columns))
