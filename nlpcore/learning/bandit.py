"""A two-armed bandit: no label says which arm is right, only a reward for the one that was pulled (reinforcement learning)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlpcore.arrays import Floats, Integers
from nlpcore.models.serving import served

EPSILONS = (0.0, 0.1, 0.3, 1.0)
MOST_PULLS = 500
RUNS = 2000  # of which the mean regret is taken


@dataclass(frozen=True, slots=True, eq=False)
class Pulls:
    """One run of ε-greedy.

    Attributes:
        chances: (2,), of a reward of 1 from each arm; the learner is not told.
        epsilon: the share of pulls that go to an arm drawn by lot.
        arms: (pulls,), 0 or 1.
        explored: (pulls,), whether the arm was drawn by lot.
        rewards: (pulls,), 0 or 1.
        counts: (pulls + 1, 2), how often each arm was pulled before each pull, and at the end.
        estimates: (pulls + 1, 2), the mean reward of each arm up to then; 0 where it was not pulled.
        regret: (pulls,), summed up: how much less was to be expected from the arms that were pulled than from the better one.
    """

    chances: Floats
    epsilon: float
    arms: Integers
    explored: NDArray[np.bool_]
    rewards: Integers
    counts: Integers
    estimates: Floats
    regret: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Regrets:
    """The mean regret of many runs.

    Attributes:
        chances: (2,), as in :class:`Pulls`.
        epsilons: several shares of exploring.
        mean: (epsilons, pulls), over 2,000 runs.
        stuck: (epsilons,), share of the runs in which the worse arm has the higher estimate at the end.
        margin: (epsilons,), half of the 95 % interval of the mean at the last pull: 1.96 deviations / √2,000.
    """

    chances: Floats
    epsilons: tuple[float, ...]
    mean: Floats
    stuck: Floats
    margin: Floats


@served
def pull(a: float = 0.4, b: float = 0.6, epsilon: float = 0.1, pulls: int = 200, luck: int = 1) -> Pulls:
    """Pull arms with the chances ``a`` and ``b`` (0 to 1) ``pulls`` times (at most 500) by ε-greedy; ``luck`` is the seed."""
    chances = np.array([a, b])
    steps = [(arm[0], lot[0], won[0], *counts[:, 0], *sums[:, 0]) for arm, lot, won, counts, sums in
             _steps(chances, epsilon, pulls, 1, luck)]  # fmt: skip
    arms, lots, wins, *rest = (np.array(column) for column in zip(*steps, strict=True))
    counts = np.vstack([np.zeros((1, 2), dtype=np.int64), np.column_stack(rest[:2])])
    estimates = np.vstack([np.zeros((1, 2)), np.column_stack(rest[2:])]) / np.maximum(counts, 1)
    regret = np.cumsum(chances.max() - chances[arms])
    return Pulls(chances, epsilon, arms, lots, wins.astype(np.int64), counts, estimates, regret)


@served
def mean_regret(a: float = 0.4, b: float = 0.6, pulls: int = 200) -> Regrets:
    """Return the mean regret of 2,000 runs with each of four shares of exploring: 0, 0.1, 0.3, 1."""
    chances = np.array([a, b])
    lost, worse = chances.max() - chances, int(chances.argmin())
    means, stuck, margins = list[Floats](), list[float](), list[float]()
    for epsilon in EPSILONS:
        regret, curve = np.zeros(RUNS), list[float]()
        for arm, _, _, counts, sums in _steps(chances, epsilon, pulls, RUNS, 0):  # noqa: B007 - the last ones count
            regret += lost[arm]
            curve.append(float(regret.mean()))
        ends = sums / np.maximum(counts, 1)
        means.append(np.array(curve))
        margins.append(1.96 * float(regret.std(ddof=1)) / float(np.sqrt(RUNS)))
        stuck.append(float((ends[worse] > ends[1 - worse]).mean()) if a != b else 0.0)
    return Regrets(chances, EPSILONS, np.array(means), np.array(stuck), np.array(margins))


def _steps(
    chances: Floats, epsilon: float, pulls: int, runs: int, seed: int
) -> Iterator[tuple[Any, Any, Any, Any, Any]]:
    """Yield for each pull of several runs the arm (runs,), whether it was drawn by lot, whether it won, and after it how often
    each arm was pulled and has won: (2, runs), which go on changing.

    ε-greedy: with probability ε an arm by lot, else the one with the higher mean, of equal ones by lot.
    """
    rng, every = np.random.default_rng(seed), np.arange(runs)
    counts, sums = np.zeros((2, runs), dtype=np.int64), np.zeros((2, runs))
    for _ in range(max(1, min(pulls, MOST_PULLS))):
        explored, lot = rng.random(runs) < epsilon, rng.integers(0, 2, runs)
        means = sums / np.maximum(counts, 1)
        arm = np.where(explored | (means[0] == means[1]), lot, means[1] > means[0]).astype(np.int64)
        won = rng.random(runs) < chances[arm]
        counts[arm, every] += 1
        sums[arm, every] += won
        yield arm, explored, won, counts, sums
