"""ε-greedy, replayed pull by pull, and its mean regret beside what can be worked out."""

from __future__ import annotations

import numpy as np
import pytest

from nlpcore.learning.bandit import mean_regret, pull


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("luck", [1, 5])
def test_each_pull_goes_to_the_arm_that_looks_better_unless_it_explores(epsilon: float, luck: int) -> None:
    trace = pull(0.3, 0.7, epsilon, 150, luck)
    won: list[list[int]] = [[], []]
    for t, (arm, reward) in enumerate(zip(trace.arms.tolist(), trace.rewards.tolist(), strict=True)):
        means = [float(np.mean(each)) if each else 0.0 for each in won]
        np.testing.assert_allclose(trace.estimates[t], means)
        assert trace.counts[t].tolist() == [len(each) for each in won]
        if not trace.explored[t] and means[0] != means[1]:
            assert arm == int(np.argmax(means))
        won[arm].append(reward)
    assert trace.counts[-1].tolist() == [len(each) for each in won]
    np.testing.assert_allclose(trace.regret, np.cumsum([0.4 if arm == 0 else 0.0 for arm in trace.arms]))
    assert trace.explored.mean() == pytest.approx(epsilon, abs=0.1)


def test_rewards_come_as_often_as_the_chances_say() -> None:
    trace = pull(0.2, 0.9, 1.0, 500, 3)
    for arm, chance in ((0, 0.2), (1, 0.9)):
        assert trace.rewards[trace.arms == arm].mean() == pytest.approx(chance, abs=0.08)
    sure = pull(0.0, 1.0, 1.0, 60, 3)
    assert (sure.rewards == sure.arms).all() and len(pull(pulls=9_999).arms) == 500 and len(pull(pulls=0).arms) == 1


def test_the_regret_of_a_lottery_is_half_the_difference_for_each_pull() -> None:
    regrets = mean_regret(0.4, 0.6, 200)
    assert regrets.epsilons == (0.0, 0.1, 0.3, 1.0) and regrets.mean.shape == (4, 200)
    assert abs(regrets.mean[3, -1] - 200 * 0.2 / 2) < 3 * regrets.margin[3] / 1.96
    assert (np.diff(regrets.mean, axis=1) >= 0).all()
    assert regrets.stuck[0] > 0.3 > 0.1 > regrets.stuck[1] > regrets.stuck[3]
    assert (mean_regret(0.5, 0.5).mean == 0).all() and (mean_regret(0.5, 0.5).stuck == 0).all()
    swapped = mean_regret(0.6, 0.4, 200)
    np.testing.assert_allclose(swapped.mean[:, -1], regrets.mean[:, -1], atol=4)


def test_many_runs_are_runs_of_one() -> None:
    """Their mean is that of single runs, within what 200 of these may differ."""
    single = np.array([pull(0.4, 0.6, 0.1, 100, luck).regret[-1] for luck in range(1, 201)])
    many = mean_regret(0.4, 0.6, 100).mean[1, -1]
    assert abs(single.mean() - many) < 4 * single.std() / np.sqrt(200)
