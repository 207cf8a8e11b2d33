"""The parallelogram of an analogy, drawn in a plane that really contains it.

Three points always lie in one plane, and a − b + c lies in it too: it is a + (c − b). So the plane through a, b and c
shows the whole sum without any distortion. Other words lie off it; each is dropped onto the plane at a right angle, and
the distance that the drawing hides is kept beside it. A principal component map of the same words has no such promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nlpcore.arguments import as_words
from nlpcore.arrays import Floats, Singles
from nlpcore.words.table import VectorTable

Role = Literal["a", "b", "c", "sum", "word"]


@dataclass(frozen=True, slots=True)
class Parallelogram:
    """Corners and other words in the plane through a, b and c.

    Attributes:
        labels: the m names: the words of a, b and c (joined by " + "; "0" for an empty one), "" for the sum, words.
        roles: what each point is: "a", "b", "c", "sum" = a − b + c, or "word" for a word dropped onto the plane.
        points: (m, 2) float32, coordinates in the plane with b at (0, 0) and c on the positive first axis; one unit is
            the length of a word's vector.
        residuals: (m,) float32, at least 0: distance from the true point to the plane, 0 for the four corners.
        distances: (m,) float32, at least 0: true distance to a − b + c in all d dimensions.
        parallel: (m,) float32, −1 to 1: cosine between the steps b → a and c → point, 1 where they are parallel; 0
            where one of them has no length.
    """

    labels: tuple[str, ...]
    roles: tuple[Role, ...]
    points: Singles
    residuals: Singles
    distances: Singles
    parallel: Singles

    @property
    def drawn_distances(self) -> Singles:
        """(m,) float32: distance to a − b + c as drawn; ``distances**2 == drawn_distances**2 + residuals**2``."""
        lengths: Singles = np.linalg.norm(self.points - self.points[self.roles.index("sum")], axis=1)
        return lengths


def parallelogram(
    vectors: VectorTable,
    a: str | Sequence[str],
    b: str | Sequence[str],
    c: str | Sequence[str],
    others: str | Sequence[str] = (),
) -> Parallelogram:
    """Return the plane through a, b and c with a − b + c and ``others`` in it.

    Each corner is the sum of the unit vectors of its words; an empty one is the zero vector, the origin of the space.
    Raises LearnerError where a word is unknown.
    """
    a, b, c, others = as_words(a), as_words(b), as_words(c), as_words(others)
    corners = [_sum(vectors, words) for words in (a, b, c)]
    corners.append(corners[0] - corners[1] + corners[2])
    points = np.array([*corners, *(_sum(vectors, [word]) for word in others)], np.float64)
    origin = points[1]
    axes = _axes([points[2] - origin, points[0] - origin, *(points[4:] - origin)], vectors.dimensions)
    flat = (points - origin) @ axes.T
    residuals = np.linalg.norm(points - origin - flat @ axes, axis=1)
    roles: list[Role] = ["a", "b", "c", "sum"]
    roles += ["word"] * len(others)
    names = [" + ".join(words) or "0" for words in (a, b, c)]
    return Parallelogram(
        labels=(*names, "", *others),
        roles=tuple(roles),
        points=flat.astype(np.float32),
        residuals=residuals.astype(np.float32),
        distances=np.linalg.norm(points - points[3], axis=1).astype(np.float32),
        parallel=_cosines(points - points[2], points[0] - origin),
    )


def _cosines(steps: Floats, direction: Floats) -> Singles:
    lengths = np.linalg.norm(steps, axis=1) * np.linalg.norm(direction)
    cosines: Floats = np.divide(steps @ direction, lengths, out=np.zeros(len(steps)), where=lengths > 1e-5)
    return cosines.astype(np.float32)


def _sum(vectors: VectorTable, words: Sequence[str]) -> Singles:
    total: Singles = vectors.unit[[vectors.row(word) for word in words]].sum(axis=0)
    return total


def _axes(directions: Sequence[Floats], dimensions: int) -> Floats:
    """Return (2, d): the first two directions that differ, made orthonormal (Gram–Schmidt).

    Where a, b and c stand on one line the next word, at last any axis, gives the second direction.
    """
    axes: list[Floats] = []
    for direction in (*directions, *np.eye(dimensions)):
        rest = direction - sum((direction @ axis) * axis for axis in axes)
        length = np.linalg.norm(rest)
        if length > 1e-5:
            axes.append(rest / length)
        if len(axes) == 2:
            break
    return np.array(axes)
