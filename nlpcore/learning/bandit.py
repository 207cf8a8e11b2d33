"""A two-armed bandit: no label says which arm is right, only a reward for the one that was pulled (reinforcement learning)."""

from __future__ import annotations

from dataclasses import dataclass

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
    return _one(_run(a, b, epsilon, pulls, 1, luck), np.array([a, b]), epsilon)


@served
def mean_regret(a: float = 0.4, b: float = 0.6, pulls: int = 200) -> Regrets:
    """Return the mean regret of 2,000 runs with each of four shares of exploring: 0, 0.1, 0.3, 1."""
    chances = np.array([a, b])
    lost = chances.max() - chances
    means, stuck, margins = list[Floats](), list[float](), list[float]()
    for epsilon in EPSILONS:
        run = _run(a, b, epsilon, pulls, RUNS, 0)
        regret = np.cumsum(lost[run.arms], axis=1)
        means.append(regret.mean(axis=0))
        margins.append(1.96 * float(regret[:, -1].std(ddof=1)) / float(np.sqrt(RUNS)))
        ends, worse = run.estimates[:, -1], int(chances.argmin())
        stuck.append(float((ends[:, worse] > ends[:, 1 - worse]).mean()) if a != b else 0.0)
    return Regrets(chances, EPSILONS, np.array(means), np.array(stuck), np.array(margins))


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Several runs beside each other: the fields of :class:`Pulls` with the runs in front."""

    arms: Integers
    explored: NDArray[np.bool_]
    rewards: Integers
    counts: Integers
    estimates: Floats


def _run(a: float, b: float, epsilon: float, pulls: int, runs: int, seed: int) -> _Runs:
    """Run ε-greedy: with probability ε an arm by lot, else the one with the higher estimate, of equal ones by lot."""
    rng, pulls = np.random.default_rng(seed), max(1, min(pulls, MOST_PULLS))
    chances, every = np.array([a, b]), np.arange(runs)
    explored, lot = rng.random((runs, pulls)) < epsilon, rng.integers(0, 2, (runs, pulls))
    wins = rng.random((runs, pulls, 2)) < chances  # what each arm would give
    arms, rewards = np.zeros((runs, pulls), dtype=np.int64), np.zeros((runs, pulls), dtype=np.int64)
    counts, sums = np.zeros((runs, pulls + 1, 2), dtype=np.int64), np.zeros((runs, pulls + 1, 2))
    for t in range(pulls):
        estimates = sums[:, t] / np.maximum(counts[:, t], 1)
        equal = estimates[:, 0] == estimates[:, 1]
        arms[:, t] = np.where(explored[:, t] | equal, lot[:, t], estimates.argmax(axis=1))
        rewards[:, t] = wins[every, t, arms[:, t]]
        counts[:, t + 1], sums[:, t + 1] = counts[:, t], sums[:, t]
        counts[every, t + 1, arms[:, t]] += 1
        sums[every, t + 1, arms[:, t]] += rewards[:, t]
    return _Runs(arms, explored, rewards, counts, sums / np.maximum(counts, 1))


def _one(run: _Runs, chances: Floats, epsilon: float) -> Pulls:
    regret = np.cumsum(chances.max() - chances[run.arms[0]])
    return Pulls(
        chances, epsilon, run.arms[0], run.explored[0], run.rewards[0], run.counts[0], run.estimates[0], regret
    )
