"""The numbers under each formula, worked out again by torch and in loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.formulas import faults
from nlpcore.networks import fire
from nlpcore.networks.relu_sum import bent, on_curve
from nlpcore.networks.scores import weighed
from nlpcore.words.word_neuron import WordJudgement, WordNeuron
from pages.networks.neuron import formulas
from pages.networks.neuron.shared import ACTIVATIONS
from tests.networks.test_activations import TORCH
from tests.pages.typeset import numbers_shown

TENTHS = st.integers(-30, 30).map(lambda n: n / 10)
HALVES = st.integers(-20, 20).map(lambda n: n / 2)
COUNTS = st.integers(0, 9)


def about(value: float) -> object:
    """As many digits as an output is shown with."""
    return pytest.approx(value, rel=0.06, abs=0.0051 if abs(value) >= 0.0995 else 1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(x1=COUNTS, x2=COUNTS, w1=TENTHS, w2=TENTHS, b=HALVES)
def test_sum_output_and_slope_hold_for_all_that_the_dials_can_say(
    activation: str, x1: int, x2: int, w1: float, w2: float, b: float
) -> None:
    trace = fire((x1, x2), (w1, w2), b, activation)  # type: ignore[arg-type]
    for formula in (formulas.total(trace), formulas.output(trace), formulas.slope(trace)):
        assert faults(formula) == []
    z = torch.tensor(w1 * x1 + w2 * x2 + b, dtype=torch.float64, requires_grad=True)
    a = TORCH[activation](z)
    a.backward()
    assert numbers_shown(formulas.total(trace))[-1] == pytest.approx(z.item(), abs=0.051)
    assert numbers_shown(formulas.output(trace))[-1] == about(a.item())
    if abs(z.item()) > 1e-9 and z.grad is not None:
        assert numbers_shown(formulas.slope(trace))[-1] == about(z.grad.item())


def test_the_sum_is_written_as_weights_times_inputs_and_bias() -> None:
    trace = fire((3, 1), (1.0, -1.5), 0.5)
    assert numbers_shown(formulas.total(trace)) == pytest.approx([1.0, 3, -1.5, 1, 0.5, 2.0])
    assert [round(n, 2) for n in numbers_shown(formulas.output(trace))] == [1, 1, -2.0, 0.88]


@given(scores=st.lists(st.integers(-50, 50).map(lambda n: n / 10), min_size=2, max_size=8), t=st.integers(1, 50))
def test_softmax_of_the_largest_score(scores: list[float], t: int) -> None:
    trace = weighed(tuple("abcdefgh"[: len(scores)]), np.array(scores), t / 10)
    formula = formulas.softmax(trace)
    assert faults(formula) == []
    wanted = (torch.tensor(scores, dtype=torch.float64) / (t / 10)).softmax(0).max().item()
    assert numbers_shown(formula)[-1] == about(wanted)


@given(heights=st.lists(st.integers(-30, 30).map(lambda n: n / 20), min_size=3, max_size=13))
def test_the_height_of_a_sum_of_relus_is_that_of_the_line(heights: list[float]) -> None:
    trace = bent(heights)
    formula = formulas.height(trace, 2.5)
    assert faults(formula) == []
    assert numbers_shown(formula)[-1] == pytest.approx(float(np.interp(2.5, trace.knots, heights)), abs=0.0051)


def test_only_units_left_of_the_place_take_part() -> None:
    trace = bent(on_curve("wave", 6))
    shown = formulas.height(trace, 2.5).lines[0].steps[0]
    assert shown.value == pytest.approx(math.sin(math.pi * 2 / 3) / 2, abs=1e-9)  # half way down from 2 to 3


def test_the_terms_of_a_word_that_are_written_and_the_rest_come_to_its_sum() -> None:
    weights, vector, bias = np.array([0.5, 5.63, -1.5, 2.0]), np.array([1.0, 0.51, -0.9, -3.0]), 0.25
    z = float(weights @ vector + bias)
    neuron = WordNeuron(weights, bias, ("war",), np.array([False]), np.array([0.1]), 1, 0.2, 1.0)
    trace = WordJudgement(
        neuron, ("war",), vector[None], np.array([z]), 1 / (1 + np.exp(-np.array([z]))), np.array([False]), ()
    )
    written = formulas.word(trace, 0)[0].lines[0].latex()
    said = formulas.word_values(trace, 0)
    assert r"2.00 \cdot (-3.00) + 5.63 \cdot 0.51 + \dots" in written
    rest = float(str(said["rest"]).replace("−", "-"))
    assert -6.0 + 2.87 + rest == pytest.approx(z, abs=0.006) and (said["shown"], said["left"]) == (2, 2)
