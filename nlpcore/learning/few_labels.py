"""Learning with few labels: in self-training a classifier labels what it is sure of, and learns from that (Yarowsky 1995)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nlpcore.arrays import Floats, Integers
from nlpcore.learning.points import Data, Points, points
from nlpcore.learning.three_ways import Borders, fit_borders
from nlpcore.models.serving import served

MOST_ROUNDS = 20
UNKNOWN = -1
WIDTH = 0.3  # deviations: how far an example reaches
STRENGTH = 10.0  # C of scikit-learn: the inverse of how strongly large weights are held down


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """How near a place is to each of the points: exp(−d² / 2w²), d in deviations, w = 0.3.

    Logistic regression on these numbers has borders that bend, and is sure near its examples alone.

    Attributes:
        mean, deviation: (2,), of the points.
        centres: (n, 2), the points, scaled.
    """

    mean: Floats
    deviation: Floats
    centres: Floats

    def at(self, places: Floats) -> Floats:
        """Return the nearness of places (m, 2) to each point: (m, n), 0 to 1."""
        scaled = (places - self.mean) / self.deviation
        squared = ((scaled[:, None] - self.centres[None]) ** 2).sum(axis=2)
        return np.asarray(np.exp(-squared / (2 * WIDTH**2)))


def reach_of(of: Points) -> Reach:
    """Return the reach of all points, labelled or not: where they lie is known without any label."""
    mean, deviation = of.places.mean(axis=0), of.places.std(axis=0)
    return Reach(mean, deviation, (of.places - mean) / deviation)


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """One round of self-training.

    Attributes:
        labels: (n,), the class of each point that was learnt from, told or given by the classifier; −1 where none is known.
        borders: what was learnt from these, over the nearness to each point; see :class:`Reach`.
        new: (n,), the label that each point gets after this round; −1 for none.
        accuracy: share of all points on the side of their true class.
    """

    labels: Integers
    borders: Borders
    new: Integers
    accuracy: float


@dataclass(frozen=True, slots=True, eq=False)
class SelfTraining:
    """Self-training from the first round, which is learning with the told labels alone, to the last.

    Attributes:
        points: with their true classes, which are used to count alone.
        reach: what the classifier sees of a place.
        told: (n,), the labels that were not taken away; −1 elsewhere.
        threshold: a label is given where the largest probability is above it.
        rounds: at least one; the last one gives no label.
        full: the accuracy of learning with every label.
    """

    points: Points
    reach: Reach
    told: Integers
    threshold: float
    rounds: tuple[Round, ...]
    full: float

    def probabilities(self, round_number: int, places: Floats) -> Floats:
        """Return what the classifier of a round (from 0) says of places (m, 2): (m, classes), rows sum to 1."""
        return self.rounds[round_number].borders.probabilities(self.reach.at(places))

    def wrong(self, round_number: int) -> int:
        """Return how many labels that the classifier gave before this round (from 0) are not the true ones."""
        labels = self.rounds[round_number].labels
        return int(((labels != UNKNOWN) & (labels != self.points.classes)).sum())


@served
def self_train(data: Data = "flowers", left: int = 2, chosen: int = 1, threshold: float = 0.75) -> SelfTraining:
    """Leave ``left`` labels (at least 1) of each class of the points ``data``, drawn by the seed ``chosen``, and train.

    A class with fewer points keeps all its labels. Raises ValueError for other points.
    """
    of = points(data)
    rng = np.random.default_rng(chosen)
    told = np.full(len(of.classes), UNKNOWN, dtype=np.int64)
    for label in range(of.count):
        rows = np.flatnonzero(of.classes == label)
        told[rng.permutation(rows)[: max(1, left)]] = label
    return trained(of, told, threshold)


def trained(of: Points, told: Integers, threshold: float) -> SelfTraining:
    """Return self-training from the labels ``told`` (n,), −1 for none, until no point is sure enough or none is left."""
    labels, rounds, reach = told.copy(), list[Round](), reach_of(of)
    near = reach.at(of.places)
    while True:
        known = labels != UNKNOWN
        borders = fit_borders(near[known], labels[known], of.count, STRENGTH)
        probabilities = borders.probabilities(near)
        sure = ~known & (probabilities.max(axis=1) > threshold)
        if len(rounds) + 1 == MOST_ROUNDS:
            sure[:] = False
        new = np.where(sure, probabilities.argmax(axis=1), UNKNOWN).astype(np.int64)
        rounds.append(Round(labels, borders, new, _accuracy(of, probabilities)))
        if not sure.any():
            break
        labels = np.where(sure, new, labels)
    full = fit_borders(near, of.classes, of.count, STRENGTH).probabilities(near)
    return SelfTraining(of, reach, told, threshold, tuple(rounds), _accuracy(of, full))


def _accuracy(of: Points, probabilities: Floats) -> float:
    return float((probabilities.argmax(axis=1) == of.classes).mean())
