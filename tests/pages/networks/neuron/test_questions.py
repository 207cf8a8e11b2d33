"""What the lesson asks, each answer worked out another way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.questions import Said
from nlpcore.networks import fire
from nlpcore.networks.relu_sum import bent, on_curve
from nlpcore.networks.scores import weighed
from nlpcore.words.word_neuron import WordJudgement, WordNeuron
from pages.networks.neuron import questions
from pages.networks.neuron.shared import ACTIVATIONS
from tests.networks.test_activations import TORCH
from tests.pages.asking import in_every_language

ID = "neuron"


@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(total=st.integers(-120, 120).map(lambda n: n / 10))
def test_how_much_of_an_error_comes_back(activation: str, total: float) -> None:
    """By finite differences of torch's function, and not by the slope that the library has."""
    if abs(total) < 1e-6:
        return
    trace = fire((1.0,), (total,), 0.0, activation)  # type: ignore[arg-type]
    high, low = (TORCH[activation](torch.tensor(total + h, dtype=torch.float64)).item() for h in (1e-5, -1e-5))
    passed = (high - low) / 2e-5
    question = questions.gradient(trace)
    if min(abs(passed - border) for border in (0.5, 0.01)) > 1e-6 or activation == "leaky_relu":
        assert question.right == (0 if passed > 0.4999 else 1 if passed > 0.00999 else 2)
    texts = in_every_language(ID, question)
    assert f"{total:.1f}".replace("-", "−") in texts[-1]


WHY = {
    "sigmoid": ("flat", "bent", "bent", "bent", "flat"),
    "tanh": ("flat", "bent", "bent", "bent", "flat"),
    "relu": ("flat", "flat", "flat", "steep", "steep"),
    "leaky_relu": ("bent", "bent", "bent", "steep", "steep"),
    "elu": ("flat", "bent", "bent", "steep", "steep"),
}


@pytest.mark.parametrize("activation", WHY)
def test_the_reason_speaks_of_the_part_of_the_curve_where_the_sum_is(activation: str) -> None:
    for total, part in zip((-9.0, -1.0, 0.0, 0.5, 9.0), WHY[activation], strict=True):
        why = questions.gradient(fire((1.0,), (total,), 0.0, activation)).values["why"]  # type: ignore[arg-type]
        assert why == Said(f"slope.why.{activation}.{part}")


def test_it_is_asked_anew_only_where_the_answer_is_another() -> None:
    near = [questions.gradient(fire((1.0,), (z,))).subject for z in (0.0, 0.4, 2.0)]
    assert near[0] == near[1] == near[2] != questions.gradient(fire((1.0,), (9.0,))).subject
    assert near[0] != questions.gradient(fire((1.0,), (0.4,), 0.0, "tanh")).subject


@given(scores=st.lists(st.integers(-40, 40).map(lambda n: n / 10), min_size=2, max_size=8), t=st.integers(1, 40))
def test_what_a_higher_temperature_does_to_the_second(scores: list[float], t: int) -> None:
    trace = weighed(tuple("abcdefgh"[: len(scores)]), np.array(scores), t / 10)
    place = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[1]
    before, after = (
        (torch.tensor(scores, dtype=torch.float64) / heat).softmax(0)[place].item() for heat in (t / 10, t / 5)
    )
    question = questions.temperature(trace)
    if min(abs(after / before - border) for border in (0.9, 1.1)) > 1e-9:
        assert question.right == (0 if after / before > 1.1 else 1 if after / before < 0.9 else 2)
    assert trace.names[place] in in_every_language(ID, question)[0]


def judgement(sums: list[float]) -> WordJudgement:
    words, n = tuple(f"word{i}" for i in range(len(sums))), len(sums)
    neuron = WordNeuron(np.ones(2), 0.0, ("word0",), np.array([True]), np.array([0.9]), 1, 0.2, 1.0)
    z = np.array(sums)
    return WordJudgement(neuron, words, np.ones((n, 2)), z, 1 / (1 + np.exp(-z)), np.arange(n) == 0, ())


@given(sums=st.lists(st.floats(-5, 5), min_size=2, max_size=12, unique=True))
def test_the_most_pleasant_is_the_one_with_the_largest_sum(sums: list[float]) -> None:
    question = questions.most_pleasant(judgement(sums), "m")
    assert question is not None
    assert question.answer == f"word{max(range(len(sums)), key=sums.__getitem__)}"
    assert len(question.options) == min(4, len(sums))
    in_every_language(ID, question)


def test_nothing_is_asked_where_there_is_nothing_to_choose_from() -> None:
    assert questions.most_pleasant(judgement([1.0]), "m") is None
    assert questions.most_pleasant(judgement([1.0, 1.0, 0.0]), "m") is None
    known = judgement([2.0, 1.0])
    assert questions.most_pleasant(known, "a") != questions.most_pleasant(replace(known, words=("x", "y")), "a")


@pytest.mark.parametrize("curve", ["wave", "hump", "zipf", "jump"])
@pytest.mark.parametrize("units", [3, 6, 12])
def test_what_twice_as_many_relus_do(curve: str, units: int) -> None:
    """Whatever the learner has bent: the line through points of the curve is asked about, by numpy's interpolation."""
    from nlpcore.networks.relu_sum import curve_at

    x = np.arange(0, 301) / 50
    target = curve_at(curve, x)  # type: ignore[arg-type]
    one, other = (
        np.abs(np.interp(x, knots := np.linspace(0, 6, n + 1), curve_at(curve, knots)) - target).max()  # type: ignore[arg-type]
        for n in (units, 2 * units)
    )
    share = other / one
    for heights in (on_curve(curve, units), np.zeros(units + 1)):  # type: ignore[arg-type]
        question = questions.twice(bent(heights, curve), 0.05)  # type: ignore[arg-type]
        assert question.right == (0 if share < 0.35 else 1 if share < 0.75 else 2)
        assert str(2 * units) in in_every_language(ID, question)[-1]
