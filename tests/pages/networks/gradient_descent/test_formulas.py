"""Each formula with the numbers of its step, worked out again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.digits import finer
from app.formulas import Formula, Number, faults
from nlpcore.networks import by_hand, fit_line, walk
from pages.networks.gradient_descent import formulas, formulas_hand
from pages.networks.gradient_descent.charts_hand import place_of
from tests.pages.formula_numbers import numbers_of

RATES = st.sampled_from([0.001, 0.02, 0.09, 0.11, 1 / 3, 5.0, 1e6])


@given(
    name=st.sampled_from(["bowl", "ravine", "two_valleys", "saddle"]),
    method=st.sampled_from(["sgd", "momentum", "adam"]),
    rate=RATES,
    start=st.tuples(st.floats(-2.5, 2.5), st.floats(-2.5, 2.5)),
    step=st.integers(0, 30),
)
def test_the_numbers_of_a_step_give_where_it_leads(name, method, rate, start, step) -> None:
    trace = walk(name, method, rate, 0.9, *start, steps=40)
    step = min(step, len(trace.descent.gradients) - 1)
    if step < 0:
        return
    formula = formulas.step_of(trace, step)
    assert faults(formula) == []
    results = [line.result for line in formula.lines]
    after = trace.descent.points[step + 1]
    assert results[-1] in after and (method == "adam" or set(after) <= set(results))


def test_a_plain_step_shows_weight_rate_and_gradient() -> None:
    formula = formulas.step_of(walk("ravine", rate=0.09), 0)
    assert [numbers_of(line) for line in formula.lines] == [
        pytest.approx([-2, 0.09, -2, -1.82]), pytest.approx([1, 0.09, 20, -0.8])
    ]  # fmt: skip
    assert formula.lines[0].latex() == r"w_1 = -2.00 - 0.09 \cdot (-2.00) = -1.82"


def test_momentum_begins_with_no_velocity_and_keeps_a_share_of_it() -> None:
    trace = walk("ravine", "momentum", 0.02, 0.7)
    first, second = (formulas.step_of(trace, step).lines[2] for step in (0, 1))
    assert numbers_of(first) == pytest.approx([0.7, 0, 20, 20])
    assert numbers_of(second) == pytest.approx([0.7, 20, 20 * trace.descent.points[1, 1], trace.descent.firsts[1, 1]])


def test_adam_s_first_step_is_as_long_as_the_rate() -> None:
    formula = formulas.step_of(walk("ravine", "adam", 0.1), 0)
    assert [line.left for line in formula.lines][:4] == ["m", "v", r"\hat{m}", r"\hat{v}"]
    g = 20.0
    assert [line.result for line in formula.lines[:4]] in (
        pytest.approx([0.1 * g, 0.001 * g**2, g, g**2]), pytest.approx([-0.2, 0.004, -2, 4])
    )  # fmt: skip
    before = numbers_of(formula.lines[-1])[0]
    assert abs(formula.lines[-1].result - before) == pytest.approx(0.1, rel=1e-6)


def test_a_hall_sees_as_much_of_a_step_as_its_column_has_room_for() -> None:
    adam, momentum = walk("ravine", "adam", 0.1), walk("ravine", "momentum", 0.03, 0.7)
    whole, short = (formulas.step_of(adam, 3, each) for each in (False, True))
    assert len(whole.lines) == 5 and [line.left for line in short.lines] == [line.left for line in whole.lines[2:]]
    assert short.aligned and "10^{-8}" in whole.lines[-1].latex() and "10^{-8}" not in short.lines[-1].latex()
    assert faults(short) == [] and isinstance(short.symbols, str)
    slow = walk("bowl", "adam", 0.1)
    late = next(at for at in range(40) if np.sqrt(slow.descent.seconds[at] / (1 - 0.999 ** (at + 1))).max() < 0.9)
    assert "10^{-8}" not in formulas.step_of(slow, late, True).lines[-1].latex(), "ε is small beside a root below 1 too"
    moved = np.abs(momentum.descent.points[4] - momentum.descent.points[3])
    both = formulas.step_of(momentum, 3, True)
    (velocity, weight) = both.lines
    assert len(both.symbols) == 1 and len(formulas.step_of(momentum, 3).symbols) == 2
    assert weight.left == ("w_1", "w_2")[moved.argmax()] and weight.result == momentum.descent.points[4][moved.argmax()]
    assert velocity.left == weight.left.replace("w", "v") and len(formulas.step_of(momentum, 3).lines) == 4
    one = formulas.batch_gradient(fit_line(10, 0.05, steps=2), 0, True).lines[0].latex()
    assert one.count(r"\cdot") == 1 and r"\dots" in one


def test_what_is_added_stands_in_brackets_where_it_is_negative() -> None:
    velocity = formulas.step_of(walk("ravine", "momentum", 0.03, 0.7), 1).lines[0]
    assert "+ (-1.94)" in velocity.latex()


def test_digits_are_those_that_a_number_needs() -> None:
    said = [formulas.decimals(each).latex() for each in (0.09, 1.0, 0.125, 0.0, -0.5, 1e6, 1234.5)]
    assert said == ["0.09", "1", "0.125", "0", "-0.5", "1{,}000{,}000", "1{,}234.5"]
    assert formulas.decimals(1 / 3).scientific and formulas.decimals(1e-9).scientific
    assert formulas.digits_of(123456.0).scientific and formulas.digits_of(0.00005).scientific
    assert formulas.digits_of(0.0) == Number(0.0, 3)
    sizes = (12345.6, 123.4, 1.5, 0.25, 0.005, 0.0005)
    assert [formulas.digits_of(each).digits for each in sizes] == [0, 1, 2, 3, 4, 5]


def test_a_chosen_number_has_no_more_digits_than_it_was_given() -> None:
    """However many its line needs: a learning rate is 0.09 and not 0.0900."""
    rate = formulas.decimals(0.09)
    assert rate.shown == (0.09, 0.09) and finer(rate, 4).latex() == "0.09"
    assert formulas_hand.given(0.5).latex() == "0.5" and formulas_hand.given(0.1 + 0.2).latex() == "0.3"
    assert formulas_hand.given(0.59326999).latex() == "0.593"


@pytest.mark.parametrize("size", [1, 2, 10, 1000])
@pytest.mark.parametrize("method", ["sgd", "momentum"])
def test_the_gradient_of_a_batch_is_the_mean_over_its_words(size: int, method: str) -> None:
    trace = fit_line(size, 0.05, method, steps=12, seed=4)  # type: ignore[arg-type]
    for step in (0, 11):
        formula = formulas.batch_gradient(trace, step)
        assert faults(formula) == []
        slope, intercept = trace.descent.points[step]
        of = trace.batches[step]
        wanted = ((slope * trace.inputs[of] + intercept - trace.lengths[of]) * trace.inputs[of]).mean()
        assert formula.lines[0].result == pytest.approx(wanted)
        assert len(formula.lines) == (2 if method == "sgd" else 1)
        if method == "sgd":
            assert formula.lines[1].result == pytest.approx(slope - 0.05 * wanted)
    assert (r"\dots" in formulas.batch_gradient(trace, 0).lines[0].latex()) == (size > 2)


@given(
    example=st.sampled_from(["paper", "mazur", "dead", "random"]),
    hidden=st.sampled_from(["relu", "sigmoid", "tanh"]),
    x=st.tuples(st.floats(-5, 5).map(lambda v: round(v, 2)), st.floats(-5, 5).map(lambda v: round(v, 2))),
    rate=RATES,
    seed=st.integers(1, 30),
)
def test_every_step_of_the_calculation_is_right(example, hidden, x, rate, seed) -> None:
    trace = by_hand(example, x, (1.0, 0.25), rate, hidden, seed)
    for at, stage in enumerate(trace.stages):
        formula = formulas_hand.formula_of(trace, at)
        assert (formula is None) == (stage.kind == "inputs")
        if formula is None:
            continue
        assert faults(formula) == []
        result = formula.lines[-1].result
        if stage.kind == "loss":
            assert result == trace.network.loss
        elif stage.kind == "update":
            moved, bias = (line.result for line in formula.lines)
            assert any(np.isclose(moved, layer.weights).any() for layer in trace.after)
            assert any(np.isclose(bias, layer.bias).any() for layer in trace.after)
        else:
            part = trace.network.layers[stage.layer]
            wanted = {
                "forward": part.outputs[0, stage.neuron],
                "error": part.by_sums[0, stage.neuron],
                "weights": part.by_bias[stage.neuron],
            }[stage.kind]
            assert result == pytest.approx(wanted)
            if stage.kind == "weights":
                results = [line.result for line in formula.lines[:-1]]
                assert results == pytest.approx(part.by_weights[stage.neuron].tolist())


def formula_at(kind: str, layer: int, neuron: int) -> Formula:
    trace = by_hand("mazur", (0.05, 0.1), (0.01, 0.99), 0.5, "sigmoid")
    found = formulas_hand.formula_of(trace, place_of(trace, kind, layer, neuron))
    assert found is not None
    return found


def test_the_chain_rule_at_a_hidden_neuron_adds_up_what_comes_back_from_both_outputs() -> None:
    """Mazur: ∂E/∂h₁ = 0.055399425 − 0.019049119 = 0.036350306, times h₁ (1 − h₁)."""
    came, delta = formula_at("error", 0, 0).lines
    assert came.result == pytest.approx(0.036350306, abs=1e-8) and len(came.steps[0].terms) == 2  # type: ignore[attr-defined]
    back, turned = delta.steps[0].factors  # type: ignore[attr-defined]
    assert back.value == came.result and turned.value == pytest.approx(0.241300709, abs=1e-8)
    assert formula_at("weights", 0, 0).lines[0].result == pytest.approx(0.000438568, abs=1e-8)


def test_names_are_those_of_the_graph() -> None:
    assert [line.left for line in formula_at("weights", 1, 1).lines] == [
        r"\partial L / \partial w_7", r"\partial L / \partial w_8", r"\partial L / \partial b"
    ]  # fmt: skip
    assert formula_at("forward", 0, 1).symbols[0] == "z = w_3 x_1 + w_4 x_2 + b"
    assert r"\delta_{o_1} w_5 + \delta_{o_2} w_7" in formula_at("error", 0, 0).symbols[0]
