"""Are small batches a cure against overfitting? Measured: ``python -m nlpcore.networks.batch_sizes`` writes batch_sizes.json.

The same noisy points and first weights are trained with batches of several sizes, for as many epochs, and for as many
updates: a batch of 1 makes 40 updates an epoch where all 40 points at once make one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from nlpcore.intervals import mean_interval
from nlpcore.networks.fitting import Fit, How
from nlpcore.networks.overfitting import PointFitting

SIZES = (1, 4, 10, 40)
POINTS = 40
EPOCHS, UPDATES = 100, 1000
SEEDS = 20
RATE = 0.3  # of plain descent
Fair = Literal["epochs", "updates"]
_KEPT = Path(__file__).with_name("batch_sizes.json")


@dataclass(frozen=True, slots=True)
class BatchSize:
    """What a size of batches has led to, over several draws of points and first weights.

    Attributes:
        fair: what is the same for all sizes: "epochs", or "updates".
        size: points in a batch.
        training: the mean training loss at the end.
        validation: the mean validation loss at the end.
        interval: the 95 % interval of that mean.
        lowest: the mean of the lowest validation loss on the way.
        difference: the mean of the validation loss at the end less that with all points in one batch, of the same draw.
        of_difference: its 95 % interval.
    """

    fair: Fair
    size: int
    training: float
    validation: float
    interval: tuple[float, float]
    lowest: float
    difference: float
    of_difference: tuple[float, float]


def ends(fair: Fair, size: int, seed: int) -> tuple[float, float, float]:
    """Return the training loss at the end, the validation loss at the end and its lowest, of one training."""
    training = PointFitting(("moons", POINTS, 0.3, 0.5, seed), How(40, "sgd", RATE, size, seed=seed))
    for _ in range(EPOCHS if fair == "epochs" else UPDATES * size // POINTS):
        training.step()
    fit: Fit = training.shown()
    return float(fit.training[-1]), float(fit.validation[-1]), float(fit.validation.min())


def compare(seeds: Sequence[int] = tuple(range(1, SEEDS + 1))) -> tuple[BatchSize, ...]:
    """Measure it with the draws of these ``seeds``, at least two."""
    found = []
    for fair in ("epochs", "updates"):
        measured = {size: np.array([ends(fair, size, seed) for seed in seeds]) for size in SIZES}  # type: ignore[arg-type]
        for size, rows in measured.items():
            apart = rows[:, 1] - measured[POINTS][:, 1]
            training, validation, lowest = (round(float(each), 4) for each in rows.mean(axis=0))
            found.append(
                BatchSize(
                    fair, size, training, validation, _rounded(mean_interval(rows[:, 1])), lowest,  # type: ignore[arg-type]
                    round(float(apart.mean()), 4), _rounded(mean_interval(apart)),
                )
            )  # fmt: skip
    return tuple(found)


def _rounded(interval: tuple[float, float]) -> tuple[float, float]:
    return round(interval[0], 4), round(interval[1], 4)


@cache
def kept() -> tuple[BatchSize, ...]:
    """Return what was measured with ``SEEDS`` draws."""
    rows = json.loads(_KEPT.read_text(encoding="utf-8"))
    return tuple(
        BatchSize(**{**row, "interval": tuple(row["interval"]), "of_difference": tuple(row["of_difference"])})
        for row in rows
    )


def write() -> None:
    """Measure it, and keep it."""
    rows = [{name: getattr(each, name) for name in BatchSize.__slots__} for each in compare()]
    _KEPT.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
    print(_KEPT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    write()
