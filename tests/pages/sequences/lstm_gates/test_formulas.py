"""The LSTM's formula beside PyTorch's own cell: names, places and digits."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formulas import Applied, Number, Product, Sum, faults
from nlpcore.recurrent import LSTMTrace, trace_lstm
from pages.sequences.lstm_gates import formulas
from pages.sequences.lstm_gates.charts import COLOUR
from tests.pages.sequences.lstm_gates.readings import random_layer, random_trace

SQUASH = {"i": r"\sigma", "f": r"\sigma", "g": r"\tanh", "o": r"\sigma"}


def by_torch(layer: torch.nn.LSTM, inputs: Any, step: int, unit: int) -> dict[str, float]:
    """One unit's numbers at one step from torch's own layer: states by running it, gates by its weights."""
    x = torch.from_numpy(inputs)
    h = c = torch.zeros(layer.hidden_size, dtype=torch.float64)
    with torch.no_grad():
        if step:
            _, (last_h, last_c) = layer(x[None, :step])
            h, c = last_h[0, 0], last_c[0, 0]
        _, (next_h, next_c) = layer(x[None, : step + 1])
        blocks = (layer.weight_ih_l0 @ x[step] + layer.bias_ih_l0, layer.weight_hh_l0 @ h + layer.bias_hh_l0)
    found = {"c_before": c[unit], "c": next_c[0, 0, unit], "h": next_h[0, 0, unit]}
    for name, of_x, of_h in zip("ifgo", *(block.chunk(4) for block in blocks), strict=True):
        squash = torch.tanh if name == "g" else torch.sigmoid
        found |= {f"{name}_x": of_x[unit], f"{name}_h": of_h[unit], name: squash(of_x[unit] + of_h[unit])}
    return {name: float(value) for name, value in found.items()}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_every_number_is_torchs_own_at_its_place(seed: int) -> None:
    rng = np.random.default_rng(seed)
    layer, inputs = random_layer(rng), rng.normal(scale=2, size=(int(rng.integers(1, 7)), 4))
    step, unit = int(rng.integers(len(inputs))), int(rng.integers(layer.hidden_size))
    formula = formulas.step_of(trace_lstm(layer, inputs), step, unit)
    expected = by_torch(layer, inputs, step, unit)
    assert faults(formula) == []
    lines = {line.left: line for line in formula.lines}
    assert list(lines) == [rf"\textcolor{{{COLOUR[name]}}}{{{name}}}" for name in "ifgoch"]
    for name, line in zip("ifgoch", formula.lines, strict=True):
        result = line.steps[-1]
        assert isinstance(result, Number) and result.colour == COLOUR[name] and result.digits == 3
        assert result.value == pytest.approx(expected[name], abs=1e-9)
        if name in SQUASH:
            squashed = line.steps[0]
            assert isinstance(squashed, Applied) and squashed.function == SQUASH[name]
            assert isinstance(squashed.of, Sum)
            parts = [term.value for term in squashed.of.terms]
            assert parts == pytest.approx([expected[f"{name}_x"], expected[f"{name}_h"]], abs=1e-9)
    cell, hidden = (lines[rf"\textcolor{{{COLOUR[name]}}}{{{name}}}"].steps[0] for name in "ch")
    assert isinstance(cell, Sum) and isinstance(hidden, Product)
    factors = [factor for product in cell.terms if isinstance(product, Product) for factor in product.factors]
    assert [(f.value, f.colour) for f in factors if isinstance(f, Number)] == [
        (pytest.approx(expected[key], abs=1e-9), COLOUR[key[0]]) for key in ("f", "c_before", "i", "g")
    ]
    out, squashed_cell = hidden.factors
    assert out.value == pytest.approx(expected["o"], abs=1e-9)
    assert isinstance(squashed_cell, Applied) and squashed_cell.of.value == pytest.approx(expected["c"], abs=1e-9)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_the_digits_in_the_latex_are_the_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    trace = random_trace(rng, 3)
    latex = formulas.step_of(trace, 2, 0).numbers_latex()
    rows = re.sub(r"\\textcolor\{#\w+\}", "", latex).removeprefix(r"\small\begin{aligned}").split(r"\\")
    assert [re.findall(r"[a-z]", row)[0] for row in rows if not row.strip().startswith("&")] == list("ifgoch")
    found = [[float(n) for n in re.findall(r"\d+\.\d{3,}", row)] for row in rows]
    expected = [
        [trace.from_input[2, block, 0], trace.from_hidden[2, block, 0], getattr(trace, name)[2, 0]]
        for block, name in enumerate("ifgo")
    ]
    expected.append([trace.f[2, 0], trace.c[1, 0], trace.i[2, 0], trace.g[2, 0]])
    expected += [[trace.c[2, 0]], [trace.o[2, 0], trace.c[2, 0], trace.h[2, 0]]]
    assert [len(row) for row in found] == [len(row) for row in expected]
    for shown, exact in zip(found, expected, strict=True):
        assert shown == pytest.approx(np.abs(exact), abs=5.001e-4)


def swapped(trace: LSTMTrace, one: str, other: str) -> LSTMTrace:
    return dataclasses.replace(trace, **{one: getattr(trace, other), other: getattr(trace, one)})


@pytest.mark.parametrize("pair", ["go", "io", "fo", "if", "ig", "ch", "oh"])
def test_two_numbers_that_change_places_do_not_go_unnoticed(pair: str) -> None:
    trace = random_trace(np.random.default_rng(5), 4, hidden=3)
    assert faults(formulas.step_of(trace, 2, 1)) == []
    assert faults(formulas.step_of(swapped(trace, *pair), 2, 1))


def test_another_step_or_unit_is_another_formula() -> None:
    trace = random_trace(np.random.default_rng(5), 4, hidden=3)
    written = {formulas.step_of(trace, step, unit).numbers_latex() for step in range(4) for unit in range(3)}
    assert len(written) == 12


def test_symbols_are_coloured_and_the_size_is_the_pages() -> None:
    formula = formulas.step_of(random_trace(np.random.default_rng(0), 1), 0, 0)
    for name, colour in COLOUR.items():
        assert rf"\textcolor{{{colour}}}{{{name}}}" in formula.symbols_latex()
    for latex in (formula.symbols_latex, formula.numbers_latex):
        assert latex().replace("{}", "").startswith(r"\small\begin{aligned}") and latex().count("{") == latex().count(
            "}"
        )
    assert formula.symbols_latex(True).startswith(r"\begin{aligned}")  # its subscripts are no larger than a hall needs
    assert formula.numbers_latex(True) == formula.numbers_latex(), (
        "who has no subscripts leaves room for the longest line"
    )
    plain = re.sub(r"\\textcolor\{#\w+\}\{(\w)\}", r"\1", formula.symbols_latex(True))
    for name, squash in SQUASH.items():  # each has weights and a bias of its own
        assert rf"{name}_t &= {squash}(W_{{{name}}}x_t + U_{{{name}}}h_{{t-1}} + b_{{{name}}})" in plain
    assert r"c_t &= f_t \odot c_{t-1} + i_t \odot g_t" in plain and r"h_t &= o_t \odot \tanh(c_t)" in plain


def test_a_negative_factor_stands_in_brackets_in_its_colour() -> None:
    trace = random_trace(np.random.default_rng(5), 6, hidden=6)
    places = np.argwhere(trace.g < -0.001)
    assert len(places)
    for step, unit in places:
        latex = formulas.step_of(trace, int(step), int(unit)).numbers_latex()
        factor = re.search(rf"\\cdot \\textcolor\{{{COLOUR['g']}\}}\{{\((-[\d.]+)\)\}}", latex)
        assert factor and float(factor.group(1)) == pytest.approx(trace.g[step, unit], abs=0.00051)
