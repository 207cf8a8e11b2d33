"""The numbers under each formula, worked out again."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch

from app.formulas import faults
from nlpcore.learning import classify, cluster, cut_target, own_examples, pull, regress, self_train
from nlpcore.learning.last_layer import Decision
from nlpcore.learning.points import Data
from nlpcore.learning.rounding import Target
from pages.networks.kinds_of_learning import charts, formulas

ALL: tuple[Data, ...] = get_args(Data)


@pytest.mark.parametrize("data", ALL)
def test_the_line_softmax_and_the_spread(data: Data) -> None:
    for x in np.linspace(*charts.RANGES[data]["x"][:2], 9).round(1).tolist():
        formula = formulas.line(regress(data, x))
        assert faults(formula) == [] and formula.lines[0].result == pytest.approx(regress(data, x).answer)
        for y in charts.RANGES[data]["y"][:2]:
            trace = classify(data, x, y)
            formula = formulas.softmax(trace.scores, trace.probabilities, trace.answer, "a")
            assert faults(formula) == []
            wanted = torch.tensor(trace.scores).softmax(0)[trace.answer].item()
            assert formula.lines[0].result == pytest.approx(wanted)
    for k in (1, 2, 4, 6):
        groups = cluster(data, k, 2)
        for number in range(len(groups.groups)):
            formula = formulas.spread(groups, number)
            assert faults(formula) == []
            centres = groups.centres[number][groups.groups[number]]
            assert formula.lines[0].result == pytest.approx(((groups.points.places - centres) ** 2).sum())


@pytest.mark.parametrize("logits", [(0.57, -0.53), (4.0, 3.9), (6.2, -5.9), (0.0, 0.0), (-1.0, -9.5)])
def test_softmax_of_two_is_the_sigmoid_of_the_difference(logits: tuple[float, float]) -> None:
    z = torch.tensor(logits, dtype=torch.float64)
    p = z.softmax(0).numpy()
    formula = formulas.of_two(Decision("", 2, ("a", "b"), z.numpy(), p, 0.0, float(z.logsumexp(0))), "a")
    assert faults(formula) == []
    assert formula.lines[0].result == pytest.approx(torch.sigmoid(z[0] - z[1]).item())


@pytest.mark.parametrize("target", get_args(Target))
def test_rounding(target: Target) -> None:
    for classes in (2, 3, 8, 33, 64):
        trace = cut_target(target, classes)
        formula = formulas.rounding(trace)
        assert faults(formula) == []
        assert formula.lines[1].result == pytest.approx((trace.y.max() - trace.y.min()) / classes / 12**0.5)


def test_shares_examples_and_regret() -> None:
    for data in ALL:
        trace = self_train(data, 2, 3)
        for step, each in enumerate(trace.rounds):
            assert faults(formulas.accuracy(trace, step)) == []
            assert formulas.accuracy(trace, step).lines[0].result == each.accuracy
    words = own_examples(("a", "b", "c"))
    for how, count in (("next_word", 2), ("masked", 3)):
        assert faults(formulas.examples(words, how)) == []
        assert formulas.examples(words, how).lines[0].result == count
    for a, b, epsilon in ((0.4, 0.6, 0.1), (0.9, 0.05, 1.0), (0.5, 0.5, 0.0), (0.0, 1.0, 0.3)):
        run = pull(a, b, epsilon)
        formula = formulas.regret(run)
        assert faults(formula) == []
        assert formula.lines[0].result == pytest.approx(sum(max(a, b) - (a, b)[arm] for arm in run.arms))
