"""What the lesson says beside its examples: borders, ends of numbers, and the answers of its check, worked out by torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.networks.relu_sum import errors
from pages.networks.neuron.numbers import missing, of_output, tiny
from tests.networks.test_activations import TORCH


@pytest.fixture(params=LANGUAGES)
def w(request: pytest.FixtureRequest) -> Words:
    return Words(lesson("neuron").words, request.param)


def slopes(name: str, z: np.ndarray) -> np.ndarray:
    at = torch.tensor(z, requires_grad=True)
    TORCH[name](at).sum().backward()
    assert at.grad is not None
    return at.grad.numpy()


def test_where_each_curve_goes_flat(w: Words) -> None:
    z = np.linspace(-10, 10, 200_001)
    assert slopes("sigmoid", z).max() == pytest.approx(0.25) and slopes("tanh", z).max() == pytest.approx(1)
    elu, tanh = (z[slopes(name, z) < 0.01] for name in ("elu", "tanh"))
    assert f"{elu.max():.1f}".replace("-", "−") == "−4.6" and "−4.6" in w("slope.why.elu.flat")
    assert f"{tanh[tanh > 0].min():.0f}" == "3" and "3" in w("slope.why.tanh.flat")
    sigmoid = z[slopes("sigmoid", z) < 0.01]
    assert sigmoid[sigmoid > 0].min() > tanh[tanh > 0].min(), "tanh is flat sooner"
    assert slopes("leaky_relu", z).min() == pytest.approx(0.01)


def test_where_the_machine_s_numbers_end(w: Words) -> None:
    largest, least = np.finfo(np.float64).max, np.nextafter(0, 1)
    assert (f"{largest:.1e}", f"{least:.1e}") == ("1.8e+308", "4.9e-324")
    assert "1.8×10³⁰⁸" in w("steps.fails") and "4.9×10⁻³²⁴" in w("steps.fails")


@pytest.mark.parametrize(
    ("activation", "z", "end"), [("sigmoid", 17.5, "1"), ("tanh", 6.0, "1"), ("tanh", -30.0, "−1")]
)
def test_an_output_that_is_rounded_to_its_end_says_what_is_missing(activation: str, z: float, end: str) -> None:
    """By torch, from the other side: 1 − σ(z) is σ(−z), and 1 − tanh(|z|) is 2 σ(−2|z|)."""
    at = torch.tensor(z, dtype=torch.float64)
    left = torch.sigmoid(-at) if activation == "sigmoid" else 2 * torch.sigmoid(-2 * at.abs())
    assert missing(activation, z) == (end, tiny(left.item()))  # type: ignore[arg-type]


def test_an_output_whose_digits_show_that_it_is_no_end_needs_no_remark() -> None:
    assert missing("sigmoid", 8.5) is None and missing("relu", 0.0) is None and missing("sigmoid", -800.0) is None
    assert of_output(1 / (1 + np.exp(-8.5))) == "0.9998" and missing("sigmoid", 800.0) is not None


def test_a_curve_without_gaps_is_met_four_times_nearer_and_a_jump_is_not() -> None:
    for curve in ("wave", "hump", "zipf"):
        few, more = errors(curve, (32, 64))  # type: ignore[arg-type]
        assert 3 < few / more < 5
    assert errors("jump", (2, 64)).min() > 0.45


def test_the_answers_of_the_check(w: Words) -> None:
    by_hand, probability, dies, shifted = w.resolve(w.node("check"))
    z = torch.nn.functional.linear(torch.tensor([2.0, 1.0]), torch.tensor([1.0, -3.0]), torch.tensor(0.5))
    assert float(by_hand["options"][by_hand["right"]]) == torch.relu(z).item() and "−0.5" in by_hand["because"]
    ends = torch.tensor([-50.0, 50.0])
    names = {"ReLU": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "ELU": "elu"}
    inside = [
        option
        for option in probability["options"]
        if (lambda a: a.min() >= 0 and a.max() <= 1)(TORCH[names[option]](ends))
    ]
    assert inside == [probability["options"][probability["right"]]]
    assert dies["right"] == 2 and (slopes("sigmoid", np.array([-9.0, 9.0])) < 0.01).all()
    torch.testing.assert_close(
        *(torch.tensor(each, dtype=torch.float64).softmax(0) for each in ([3.0, 1.0], [1003.0, 1001.0]))
    )
    assert shifted["right"] == 0
