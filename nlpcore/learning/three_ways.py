"""The same points learnt in three ways: a number is asked for (regression), a name (classification), or nothing (clustering)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nlpcore.arrays import Floats, Integers, softmax
from nlpcore.learning.points import Data, Points, agreement, points
from nlpcore.models.serving import served
from nlpcore.networks.batches import least_squares

MOST_GROUPS = 6
MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A line through the points: y = slope · x + intercept, with the least sum of squared errors.

    Attributes:
        points: what it was fitted to.
        slope, intercept: of the line.
        x: of a new point.
        answer: what the line says for its y: a number.
        error: root of the mean squared error over the points, in the unit of y.
        explained: R², the share of the variance of y that the line takes away, 0 to 1.
    """

    points: Points
    slope: float
    intercept: float
    x: float
    answer: float
    error: float
    explained: float


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """A classifier with straight borders: softmax of W · (x, y) + b, trained with cross-entropy (logistic regression).

    Attributes:
        weights: (classes, 2), or one for each number that is known of a place.
        bias: (classes,).
    """

    weights: Floats
    bias: Floats

    def scores(self, places: Floats) -> Floats:
        """Return z of places (m, 2): (m, classes)."""
        return places @ self.weights.T + self.bias

    def probabilities(self, places: Floats) -> Floats:
        """Return the probability of each class at places (m, 2): (m, classes), rows sum to 1."""
        return softmax(self.scores(places))


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """Borders between the classes of the points.

    Attributes:
        points: what they were learnt from.
        borders: the classifier.
        place: (2,), a new point.
        scores: (classes,), z of it.
        probabilities: (classes,), softmax of these.
        answer: the likeliest class: a name.
        accuracy: share of the points on the side of their own class.
    """

    points: Points
    borders: Borders
    place: Floats
    scores: Floats
    probabilities: Floats
    answer: int
    accuracy: float


@dataclass(frozen=True, slots=True, eq=False)
class Clustering:
    """k-means (Lloyd 1982): each point goes to the nearest centre, each centre to the mean of its points, until nothing changes.

    Attributes:
        points: their classes are not looked at.
        centres: (rounds + 1, k, 2), before each round, and at the end.
        groups: (rounds, n), the nearest centre of each point in that round.
        losses: (rounds,), sum of the squared distances of the points to the centre that they went to.
        agrees: share of the points whose group at the end is that of their class; see :func:`~.points.agreement`.
    """

    points: Points
    centres: Floats
    groups: Integers
    losses: Floats
    agrees: float

    @property
    def k(self) -> int:
        """How many groups there are."""
        return int(self.centres.shape[1])


@served
def regress(data: Data = "flowers", x: float = 4.0) -> Regression:
    """Fit a line to the points ``data`` by least squares and read it at ``x``. Raises ValueError for other points."""
    of = points(data)
    xs, ys = of.places[:, 0], of.places[:, 1]
    slope, intercept = (float(each) for each in least_squares(xs, ys))
    errors = ys - (slope * xs + intercept)
    explained = 1 - float((errors**2).sum() / ((ys - ys.mean()) ** 2).sum())
    return Regression(of, slope, intercept, x, slope * x + intercept, float(np.sqrt((errors**2).mean())), explained)


@served
def classify(data: Data = "flowers", x: float = 4.0, y: float = 1.3) -> Classification:
    """Learn the classes of the points ``data`` and name that of (x, y). Raises ValueError for other points."""
    of = points(data)
    borders = fit_borders(of.places, of.classes, of.count)
    place = np.array([x, y])
    scores = borders.scores(place[None])[0]
    probabilities = softmax(scores)
    right = borders.scores(of.places).argmax(axis=1) == of.classes
    return Classification(of, borders, place, scores, probabilities, int(scores.argmax()), float(right.mean()))


def fit_borders(places: Floats, classes: Integers, count: int, strength: float = 1.0) -> Borders:
    """Return logistic regression by scikit-learn on places (n, d) with at least two of ``count`` classes; ``strength``: its C.

    A class of which there is no example has a score of −1,000 everywhere.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=strength, max_iter=1000).fit(places, classes)
    weights, bias = np.zeros((count, places.shape[1])), np.full(count, -1000.0)
    if len(fitted.classes_) == 2:  # one score, of the second: the first has 0
        weights[fitted.classes_[1]], bias[fitted.classes_] = fitted.coef_[0], [0.0, fitted.intercept_[0]]
    else:
        weights[fitted.classes_], bias[fitted.classes_] = fitted.coef_, fitted.intercept_
    return Borders(weights, bias)


@served
def cluster(data: Data = "flowers", k: int = 3, start: int = 1) -> Clustering:
    """Group the points ``data`` by k-means from ``k`` (1 to 6) of them, drawn by the seed ``start``.

    A centre to which no point goes stays where it is. Raises ValueError for other points.
    """
    of = points(data)
    return kmeans(of, starts(of, max(1, min(k, MOST_GROUPS)), start))


def starts(of: Points, k: int, seed: int) -> Floats:
    """Return ``k`` different places (k, 2) of the points, drawn by ``seed``."""
    places = np.unique(of.places, axis=0)
    return places[np.random.default_rng(seed).choice(len(places), k, replace=False)]


def kmeans(of: Points, centres: Floats) -> Clustering:
    """Return k-means from these centres (k, 2); of two that are equally near the first one counts."""
    path, groups, losses = [centres], list[Integers](), list[float]()
    while len(groups) < MOST_ROUNDS:
        squared = ((of.places[:, None] - path[-1][None]) ** 2).sum(axis=2)
        nearest = squared.argmin(axis=1).astype(np.int64)
        groups.append(nearest)
        losses.append(float(squared.min(axis=1).sum()))
        if len(groups) > 1 and (groups[-2] == nearest).all():
            break
        moved = path[-1].copy()
        for group in np.unique(nearest):
            moved[group] = of.places[nearest == group].mean(axis=0)
        path.append(moved)
    agrees = agreement(groups[-1], of.classes)
    if len(path) == len(groups):
        path.append(path[-1])
    return Clustering(of, np.array(path), np.array(groups), np.array(losses), agrees)
