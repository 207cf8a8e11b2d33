"""A small network on points: epochs a second beside scikit-learn's, and what a frame of its border takes."""

from __future__ import annotations

import time
import warnings

from sklearn.neural_network import MLPClassifier

from nlpcore.networks import draw_points, fit_points
from nlpcore.networks.fitting import How
from nlpcore.networks.overfitting import PointFitting
from pages.networks.overfitting.charts import region
from tests.bench.report import Benchmark, Row, spread

ROUNDS, EPOCHS = 7, 300


def ours(count: int) -> float:
    """Return the seconds of an epoch, both losses measured after each."""
    training = PointFitting(("moons", count, 0.3, 0.5, 1), How())
    begun = time.perf_counter()
    for _ in range(EPOCHS):
        training.step()
    return (time.perf_counter() - begun) / EPOCHS


def scikit_learn(count: int) -> float:
    """Return the seconds of an epoch of the same network, both losses measured after each likewise."""
    sets = draw_points(count=count)
    network = MLPClassifier((40,), activation="tanh", alpha=0.0, batch_size=10, learning_rate_init=0.03)
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(EPOCHS):
            network.partial_fit(sets.training.inputs, sets.training.classes, classes=[0, 1])
            network.predict_proba(sets.training.inputs)
            network.predict_proba(sets.validation.inputs)
    return (time.perf_counter() - begun) / EPOCHS


def frame() -> float:
    """Return the seconds in which the paths of one frame are computed."""
    fit = fit_points(EPOCHS).shown
    begun = time.perf_counter()
    for epoch in range(0, EPOCHS, 10):
        region(fit, epoch)
    return (time.perf_counter() - begun) / (EPOCHS / 10)


def measure() -> list[Row]:
    rows: list[Row] = []
    for count in (40, 400):
        one, other = [], []
        for _ in range(ROUNDS):
            one.append(ours(count))
            other.append(scikit_learn(count))
        name = f"an epoch on {count} points, 40 hidden units, batches of 10, ms"
        rows.append({"what": name, "here": spread(one, 1000, 2), "scikit-learn": spread(other, 1000, 2)})
    rows.append({"what": "the paths of one frame of the border, ms", "here": spread([frame() for _ in range(ROUNDS)], 1000, 2),
                 "scikit-learn": ""})  # fmt: skip
    return rows


BENCHMARK = Benchmark(
    "small-networks",
    "A small network on points",
    f"What the lesson on overfitting trains, {EPOCHS} epochs, both losses measured after each; median (smallest–largest) of "
    f"{ROUNDS} rounds, in turn with scikit-learn's MLPClassifier. The goal is 5 ms an epoch at most, 200 a second. The lesson "
    "plays 20 frames a second of 10 epochs or more; Chromium without a GPU took 17 to 48 ms to redraw border and both curves "
    "of each of 31 frames, of which 50 are allowed.",
    measure,
    "Measured while others used the machine. 400 points in batches of 10 are 40 updates an epoch; a pass that keeps its "
    "gradient alone, and no other value, takes about half as long as one that keeps all.",
)
