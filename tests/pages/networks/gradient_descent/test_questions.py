"""What is asked, worked out another way: how walks end, updates of an epoch, a gradient on paper, a path that is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import BatchSampler

from app.questions import Question, Said
from nlpcore.networks import by_hand, fit_line, walk
from pages.networks.gradient_descent import questions
from pages.networks.gradient_descent.charts import loss_said
from pages.networks.gradient_descent.view_surface import ORDERS, UNLABELLED
from tests.networks.test_optimizers import FORMULAS
from tests.pages.asking import in_every_language

ID = "gradient-descent"


def key(question: Question) -> str:
    assert isinstance(question.answer, Said)
    return question.answer.key


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ({"rate": 0.09}, "arrives"),
        ({"rate": 0.11}, "away"),
        ({"rate": 5.0}, "away"),
        ({"rate": 0.002}, "moving"),
        ({"name": "two_valleys", "x": 2.0, "rate": 0.1}, "caught"),
        ({"name": "saddle", "x": 1.5, "y": 0.0, "rate": 0.1}, "caught"),
        ({"name": "bowl", "rate": 0.3, "x": 1.0}, "arrives"),
    ],
)
def test_how_a_walk_ends_is_how_torch_s_ends(asked: dict[str, Any], right: str) -> None:
    trace = walk(**asked)
    question = questions.fate(trace)
    assert question is not None and key(question) == f"fate.{right}"
    weights = torch.tensor([asked.get("x", -2.0), asked.get("y", 1.0)], dtype=torch.float64, requires_grad=True)
    first = FORMULAS[trace.name](*weights).item()
    for _ in range(40):
        weights.grad = None
        loss = FORMULAS[trace.name](*weights)
        loss.backward()
        assert weights.grad is not None
        weights = (weights - asked["rate"] * weights.grad).detach().requires_grad_()
    last = FORMULAS[trace.name](*weights).item()
    near = np.linalg.norm(trace.lowest - weights.detach().numpy(), axis=1).min() < 0.1
    assert (not last <= first) == (right == "away") and near == (right == "arrives")
    texts = in_every_language(ID, question)
    assert f"{questions.FIRST_STEPS} of 40" in texts[0] and "below 0.06" in texts[0]
    if right in ("arrives", "caught"):
        end = torch.tensor(trace.descent.points[-2:])
        assert f"last step {loss_said((end[1] - end[0]).norm().item())} long" in texts[-1].replace("step was", "step")
        assert (trace.descent.gradients[-1] ** 2).sum() < 0.06**2


def test_on_the_ridge_the_answer_speaks_of_the_ridge_and_in_a_valley_of_the_valley() -> None:
    ridge, valley = (
        questions.fate(walk(name, rate=0.1, x=2.0, y=y)) for name, y in (("saddle", 0.0), ("two_valleys", 1.0))
    )
    assert ridge is not None and valley is not None
    assert (ridge.because, valley.because) == ("fate.because_ridge", "fate.because_caught")
    assert "off the ridge" in in_every_language(ID, ridge)[-1]


def test_nothing_is_asked_of_a_walk_that_does_not_move_or_is_all_in_sight() -> None:
    assert questions.fate(walk(rate=0.0)) is None
    assert questions.fate(walk("saddle", x=0.0, y=0.0)) is None
    assert questions.fate(walk(steps=5)) is None and questions.fate(walk(steps=6)) is not None
    assert questions.fate(walk(steps=0)) is None


@pytest.mark.parametrize("size", [1, 10, 32, 100, 300, 1000])
def test_an_epoch_has_as_many_updates_as_torch_makes_batches(size: int) -> None:
    question = questions.epoch(fit_line(size, steps=1))
    updates = len(BatchSampler(range(1000), size, drop_last=False))
    answer = question.answer
    assert isinstance(answer, Said)
    assert answer == (Said("epoch.one") if updates == 1 else Said("epoch.updates", {"n": updates}))
    assert len(question.options) == 4
    texts = in_every_language(ID, question)
    assert f"makes {updates:,}." in texts[-1]


@given(
    example=st.sampled_from(["paper", "mazur", "random"]),
    hidden=st.sampled_from(["sigmoid", "tanh"]),
    seed=st.integers(1, 50),
)
def test_the_gradient_asked_for_is_what_moving_the_weight_says(example, hidden, seed) -> None:
    trace = by_hand(example, (0.5, -1.5), (1.0, 0.0), 0.1, hidden, seed)
    question = questions.edge(trace)
    assert question is not None
    answer = question.answer
    assert isinstance(answer, Said)
    value = float(str(answer.values["n"]).replace("−", "-"))
    assert value == pytest.approx(trace.measured[1][0, 0], rel=6e-3, abs=1e-6)
    others = [str(each.values["n"]) for each in question.options if isinstance(each, Said)]
    assert len(set(others)) == len(others) >= 2
    ordered = [float(each.replace("−", "-")) for each in others]
    assert ordered == sorted(ordered)


def test_of_a_dead_neuron_the_gradient_is_0() -> None:
    trace = by_hand("dead")
    question = questions.edge(trace)
    assert question is not None and question.because == "edge.because_dead"
    answer = question.answer
    assert isinstance(answer, Said) and answer.values["n"] == "0"
    assert trace.measured[0][1, 0] == pytest.approx(0, abs=1e-9)
    assert trace.stages[questions.asked_at(trace)].kind == "error"
    assert "w₃" in in_every_language(ID, question)[0]


def test_on_paper_the_answer_is_minus_a_half() -> None:
    question = questions.edge(by_hand())
    assert question is not None
    texts = in_every_language(ID, question)
    assert "w₅" in texts[0] and "−1 × 0.5 = −0.5" in texts[-1]
    assert texts[1 + question.right] == "−0.5"


def test_a_network_that_sees_only_zeros_offers_too_little_to_ask() -> None:
    trace = by_hand("random", (0.0, 0.0), (0.0,), 0.1, "tanh", 1)
    question = questions.edge(trace)
    assert question is None or len(question.options) >= 2


@pytest.mark.parametrize("order", ORDERS)
def test_the_path_whose_rate_is_too_high_is_the_one_that_leaves(order: tuple[int, ...]) -> None:
    walks = [walk("ravine", rate=UNLABELLED[which], steps=60) for which in order]
    question = questions.reading(walks)
    # on this surface what is beyond 2 / 20 climbs
    assert question.right == order.index(next(n for n, rate in enumerate(UNLABELLED) if rate > 2 / 20))
    assert {trace.fate for trace in walks} == {"away", "arrives", "moving"}
    texts = in_every_language(ID, question)
    assert "0.104" in texts[-1] and "0.004" in texts[-1]
