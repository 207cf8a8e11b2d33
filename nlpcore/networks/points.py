"""Points of two classes in a plane, drawn by a rule that is known: so is what the best possible answer would lose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, Integers
from nlpcore.models.serving import served

Shape = Literal["moons", "rings", "corners", "spirals", "coin"]
HELD_BACK = 400  # points on which nothing is trained
MOST_POINTS = 500
REACH = 2.5  # of the picture, to each side of 0
_PLACES = 120  # on each class' curve
_LEAST_NOISE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of two classes.

    Attributes:
        inputs: (n, 2), their places.
        classes: (n,), 0 or 1.
        floor: the mean loss, −ln p(class | place), of who knows the rule by which they were drawn; over these points.
    """

    inputs: Floats
    classes: Integers
    floor: float


@dataclass(frozen=True, slots=True, eq=False)
class TwoSets:
    """Points of one rule in two sets.

    Attributes:
        training: from these a network learns.
        validation: these it never learns from: ``HELD_BACK`` of them.
        of_one_class: whether all the training points are of one class.
    """

    training: Points
    validation: Points
    of_one_class: bool


@served
def draw_points(
    shape: Shape = "moons", count: int = 40, noise: float = 0.3, share: float = 0.5, seed: int = 1
) -> TwoSets:
    """Draw ``count`` training points (1 to 500) and the points that are held back.

    Args:
        shape: "moons" two sickles, "rings" one round the other, "corners" equal signs against unequal ones, "spirals", and
            "coin": the place says nothing of the class.
        noise: the standard deviation by which points lie off their curve, in both directions; at least 0.05.
        share: of the points that are of class 1, 0 to 1; the same in both sets, rounded.

    Raises:
        ValueError: another shape, or a share outside 0 to 1.
    """
    check_option("shape", shape, Shape)
    if not 0 <= share <= 1:
        raise ValueError("a share is from 0 to 1")
    count = max(1, min(count, MOST_POINTS))
    noise = max(noise, _LEAST_NOISE)
    sets = [_drawn(shape, n, noise, share, (seed, which)) for which, n in enumerate((count, HELD_BACK))]
    return TwoSets(sets[0], sets[1], len(set(sets[0].classes.tolist())) == 1)


def _drawn(shape: Shape, count: int, noise: float, share: float, seed: tuple[int, int]) -> Points:
    rng = np.random.default_rng(seed)
    ones = round(share * count)
    classes = rng.permutation(np.arange(count) < ones).astype(np.int64)
    curves = _curves(shape)
    places = np.array([curves[each][rng.integers(len(curves[each]))] for each in classes.tolist()])
    inputs = places + noise * rng.standard_normal((count, 2))
    return Points(inputs, classes, floor(shape, inputs, classes, noise, share))


def floor(shape: Shape, inputs: Floats, classes: Integers, noise: float, share: float) -> float:
    """Return the mean of −ln p(class | place) by Bayes' rule, with the densities by which the points were drawn."""
    with np.errstate(divide="ignore"):
        logs = [
            np.log(part) + _log_density(inputs, curve, noise)
            for part, curve in zip((1 - share, share), _curves(shape), strict=True)
        ]
    both = np.array(logs)
    own = both[classes, np.arange(len(classes))]
    return float((np.logaddexp(both[0], both[1]) - own).mean())


def _log_density(inputs: Floats, curve: Floats, noise: float) -> Floats:
    """Return, up to what both classes have in common, the logarithm of how densely points of a curve lie: (n,)."""
    squares = ((inputs[:, None] - curve[None]) ** 2).sum(axis=2) / (2 * noise**2)
    found: Floats = np.logaddexp.reduce(-squares, axis=1) - np.log(len(curve))
    return found


@cache
def _curves(shape: Shape) -> tuple[Floats, Floats]:
    """Return the places about which the points of class 0 and of class 1 lie: (places, 2) of each."""
    turn = np.linspace(0, np.pi, _PLACES)
    if shape == "moons":
        upper = np.column_stack([np.cos(turn) - 0.5, np.sin(turn) - 0.25])
        return upper * 1.2, -upper * 1.2
    if shape == "rings":
        circle = np.column_stack([np.cos(2 * turn), np.sin(2 * turn)])
        return circle * 0.5, circle * 1.6
    if shape == "corners":
        return np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([[1.0, -1.0], [-1.0, 1.0]])
    if shape == "spirals":
        away = np.linspace(0.2, 1.9, _PLACES)
        arm = np.column_stack([away * np.cos(3 * turn), away * np.sin(3 * turn)])
        return arm, -arm
    ticks = np.linspace(-1.8, 1.8, 12)
    square = np.array([(x, y) for x in ticks for y in ticks])
    return square, square
