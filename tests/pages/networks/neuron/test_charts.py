"""The lesson's figures: what they draw is what the traces hold."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.networks import fire
from nlpcore.networks.relu_sum import bent, on_curve
from nlpcore.networks.scores import weighed
from pages.networks.neuron import charts
from pages.networks.neuron import charts_words as more
from pages.networks.neuron.numbers import digits_of, of_output, short, weight
from pages.networks.neuron.questions import hotter
from pages.networks.neuron.shared import ACTIVATIONS
from tests.networks.test_activations import TORCH
from tests.pages.networks.neuron.test_questions import judgement


@pytest.fixture(params=LANGUAGES)
def w(request: pytest.FixtureRequest) -> Words:
    return Words(lesson("neuron").words, request.param)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_point_lies_on_torch_s_curve_at_the_end_of_the_bars(w: Words, activation: str) -> None:
    trace = fire((3, 2), (1.2, -0.9), 0.5, activation)  # type: ignore[arg-type]
    figure = charts.neuron(trace, w, False, 8.0).checked()
    curve = next(d for d in figure.data if d.name == w(f"activations.{activation}"))
    np.testing.assert_allclose(curve.y, TORCH[activation](torch.tensor(np.array(curve.x))).numpy(), atol=1e-12)
    (point,) = (d for d in figure.data if d.type == "scatter" and d.mode == "markers")
    bars = next(d for d in figure.data if d.type == "bar")
    ends = [base + length for base, length in zip(bars.base, bars.x, strict=True)]
    assert list(bars.base) == pytest.approx([0, *ends[:-1]]) and ends[-1] == pytest.approx(point.x[0])
    assert point.x[0] == pytest.approx(1.2 * 3 - 0.9 * 2 + 0.5)
    assert point.y[0] == pytest.approx(TORCH[activation](torch.tensor(point.x[0])).item())
    assert list(figure.layout.yaxis2.ticktext) == ["w₁·x₁ = +3.6", "w₂·x₂ = −1.8", "b = +0.5"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_slope_and_flat_part_come_with_the_answer_alone(w: Words, activation: str) -> None:
    trace = fire((3, 2), (1.2, -0.9), 0.5, activation)  # type: ignore[arg-type]
    names = {w("chart.slope"), w("chart.flat")}
    assert not names & {d.name for d in charts.neuron(trace, w, False, 8.0).checked().data}
    drawn = {d.name: d for d in charts.neuron(trace, w, True, 8.0, "tanh").checked().data}
    z = torch.tensor(np.array(drawn[w("chart.slope")].x), requires_grad=True)
    TORCH[activation](z).sum().backward()
    assert z.grad is not None
    away = np.abs(z.detach().numpy()) > 1e-9
    np.testing.assert_allclose(np.array(drawn[w("chart.slope")].y)[away], z.grad.numpy()[away], atol=1e-12)
    assert (w("chart.flat") in drawn) == (activation != "leaky_relu")
    if activation != "leaky_relu":
        flat = np.isfinite(np.array(drawn[w("chart.flat")].y, dtype=float))
        assert (flat == (z.grad.numpy() < 0.01))[away].all() and flat.any()
    assert w("activations.tanh") in drawn
    assert "slope" not in charts.neuron_rows(trace, False, 8.0)[0]
    assert charts.neuron_rows(trace, True, 8.0)[-1] == {
        "what": "this neuron", "z": trace.total, "a": trace.output, "slope": trace.slope
    }  # fmt: skip


def test_everything_drawn_lies_between_the_ends_of_the_axis(w: Words) -> None:
    for inputs, weights, bias in (((9, 9), (3.0, 3.0), 10.0), ((9, 9), (3.0, -3.0), 0.0), ((0, 0), (1.0, 1.0), -10.0)):
        trace = fire(inputs, weights, bias)
        low, high = charts.neuron(trace, w, True, 8.0).checked().layout.xaxis.range
        places = [0.0, *(begin + length for begin, length in charts.parts(trace))]
        assert low < min(places) and max(places) < high and high >= 8


def test_all_activations_at_one_sum(w: Words) -> None:
    rows = {row["activation"]: row for row in charts.every_row(-2.0, ACTIVATIONS)}
    figure = charts.every(-2.0, w, ACTIVATIONS).checked()
    for place, name in enumerate(ACTIVATIONS):
        z = torch.tensor(-2.0, dtype=torch.float64, requires_grad=True)
        a = TORCH[name](z)
        a.backward()
        assert z.grad is not None
        assert (rows[name]["a"], rows[name]["slope"]) == pytest.approx((a.item(), z.grad.item()))
        assert [d.x[place] for d in figure.data] == pytest.approx([a.item(), z.grad.item()])


def test_scores_have_bars_and_at_twice_the_temperature_marks(w: Words) -> None:
    trace = weighed(("a<b", "猫"), np.array([2.0, 1.0]), 0.5)
    figure = charts.scores(trace, w).checked()
    bars, texts = figure.data
    assert list(texts.text) == ["0.88", "0.12"] and list(figure.layout.yaxis.ticktext) == ["a&lt;b  2", "猫  1"]
    assert bars.x == pytest.approx(torch.tensor([4.0, 2.0]).softmax(0).numpy(), abs=1e-6)
    told = charts.scores(trace, w, hotter(trace)).checked()
    assert list(next(d for d in told.data if d.type == "scatter" and d.mode == "text").text) == [
        "0.88 → 0.73",
        "0.12 → 0.27",
    ]
    marks = next(d for d in told.data if d.type == "scatter" and d.mode == "markers")
    assert marks.x == pytest.approx(torch.tensor([2.0, 1.0]).softmax(0).numpy(), abs=1e-6)
    rows = charts.score_rows(trace, hotter(trace))
    assert [row["probability_at_twice"] for row in rows] == pytest.approx(list(marks.x))
    assert "probability_at_twice" not in charts.score_rows(trace)[0]
    assert [(row["name"], row["score"], row["exponential"]) for row in rows] == [
        ("a<b", 2, 1),
        ("猫", 1, pytest.approx(np.exp(-2))),
    ]


def test_words_are_hidden_until_they_are_told(w: Words) -> None:
    trace = judgement([0.5, -1.0, 2.0])
    hidden, told = (more.words(trace, w, seen).checked() for seen in (False, True))
    assert set(hidden.layout.yaxis.ticktext) == {"?"} and {row["word"] for row in more.word_rows(trace, False)} == {"?"}
    assert list(told.layout.yaxis.ticktext) == ["word2", "word0 *", "word1"]
    ends = {row: 0.5 + x for bar in told.data for row, x in zip(bar.y, bar.x, strict=True)}
    expected = torch.tensor([2.0, 0.5, -1.0], dtype=torch.float64).sigmoid().tolist()
    assert [ends[row] for row in range(3)] == pytest.approx(expected)
    assert [row["probability_pleasant"] for row in more.word_rows(trace, True)] == pytest.approx(expected)
    assert [bar.name for bar in told.data] == [w("chart.pleasant"), w("chart.unpleasant")]


def test_weights_and_errors_are_drawn_as_they_are(w: Words) -> None:
    neuron = judgement([1.0, 2.0]).neuron
    assert list(more.weights(neuron, w).checked().data[0].y) == [1, 1]
    figure = more.needed(w).checked()
    rows = more.needed_rows()
    for line, name in zip(figure.data, more.CURVES, strict=True):
        assert list(line.y) == [row["largest_error"] for row in rows if row["curve"] == name]
        assert list(line.x) == list(more.UNITS)


def test_curve_rows_are_the_curve_and_the_sum() -> None:
    trace = bent(on_curve("wave", 6), "wave")
    for row in more.curve_rows(trace):
        assert row["curve"] == pytest.approx(np.sin(np.pi * row["x"] / 3), abs=1e-9)
        assert row["error"] == pytest.approx(abs(row["curve"] - row["sum"]))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.8808, "0.88"), (0.9998, "0.9998"), (0.997, "0.997"), (1.0, "1.00"), (0.0, "0.00"), (-0.9985, "−0.999"), (0.0456, "0.046"),
     (2e-4, "2.0×10⁻⁴"), (0.0047, "0.0047"), (12.5, "12.50"), (-3.0, "−3.00")],
)  # fmt: skip
def test_outputs_have_the_digits_that_tell_them_from_0_and_1(value: float, shown: str) -> None:
    assert of_output(value) == shown
    assert 2 <= digits_of(value) <= 4


def test_numbers_of_any_size_are_short() -> None:
    given = (0.0, 0.3679, 2.718, 1234.5, 2e43, float("inf"), float("nan"), 1e-9, -0.0012, 999.996)
    assert [short(value) for value in given] == [
        "0.00", "0.37", "2.72", "1,234", "2.0×10⁴³", "∞", "NaN", "1.0×10⁻⁹", "−1.2×10⁻³", "1,000"
    ]  # fmt: skip
    assert [weight(value) for value in (2.0, -1.5, 0.25, 0.1 + 0.2, -0.04)] == ["2.0", "−1.5", "0.25", "0.3", "−0.04"]
