"""The typeset numbers are those of the computation, each in its place; torch and loops work them out again."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.formulas import faults
from nlpcore import attention
from nlpcore.attention import AttentionMaps, HeadVectors
from pages.transformers.attention import formulas
from tests.pages.transformers.attention.made_up import maps_of, vectors_of
from tests.pages.typeset import numbers_shown

TEXT = "the cat sat on the mat"
SEEDS = st.integers(0, 10**6)


def check_weight(vectors: HeadVectors, layer: int, head: int, query: int, key: int) -> None:
    """Compare the formula with torch's softmax over the same queries and keys."""
    formula = formulas.weight(vectors, layer, head, query, key)
    assert faults(formula) == []
    q = torch.tensor(vectors.q[layer, head, query], dtype=torch.float64)
    group = vectors.q.shape[1] // vectors.k.shape[1]
    k = torch.tensor(vectors.k[layer, head // group], dtype=torch.float64)
    k = k[: query + 1] if vectors.causal else k
    scores = k @ q
    scaled = scores / math.sqrt(len(q))
    total, weight = scaled.exp().sum().item(), scaled.softmax(0)[key].item()
    score, width, once, again, below, result = numbers_shown(formula)
    assert score == pytest.approx(scores[key].item(), abs=0.0051)
    assert width == len(q)
    assert once == again == pytest.approx(scaled[key].item(), abs=0.0051)
    # The trace is in single precision: its scores, and so the sum of their exponentials, have an error of their own
    half, error = (0.0051 if total < 1000 else 0.51), 2e-6 * total
    assert below == pytest.approx(total, abs=half + error, rel=0.0 if total < 1e5 else 0.06)
    assert result == pytest.approx(weight, abs=0.0051)


@given(seed=SEEDS, causal=st.booleans(), spread=st.sampled_from([0.5, 1, 2, 3]), data=st.data())
def test_a_weight_is_the_share_of_its_score_in_the_softmax(
    seed: int, causal: bool, spread: float, data: st.DataObject
) -> None:
    vectors = vectors_of("abcde", causal=causal, seed=seed, spread=spread)
    query = data.draw(st.integers(0, 4))
    key = data.draw(st.integers(0, query if causal else 4))
    check_weight(vectors, data.draw(st.integers(0, 1)), data.draw(st.integers(0, 3)), query, key)


def test_a_sum_that_is_next_to_nothing_is_not_written_as_nothing() -> None:
    """exp(-16.33) is the whole sum of a token that sees itself alone: nothing can be divided by 0.00."""
    vectors = vectors_of("abcde", causal=True, seed=3, spread=3)
    check_weight(vectors, 0, 3, 0, 0)
    below = numbers_shown(formulas.weight(vectors, 0, 3, 0, 0))[-2]
    assert 0 < below < 1e-6


@given(seed=SEEDS, causal=st.booleans(), data=st.data())
def test_the_weighted_sum_of_values_is_torchs(seed: int, causal: bool, data: st.DataObject) -> None:
    vectors = vectors_of("abcde", causal=causal, seed=seed)
    layer, head, query = data.draw(st.integers(0, 1)), data.draw(st.integers(0, 3)), data.draw(st.integers(0, 4))
    q, k, v = (torch.tensor(x[layer]) for x in (vectors.q, vectors.k, vectors.v))
    out = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=True)[head, query]
    formula = formulas.output(vectors, layer, head, query)
    assert faults(formula) == []
    place = int(out.abs().argmax())
    assert f"o_{{i,{place + 1}}}" in formula.numbers_latex()
    shown = numbers_shown(formula)
    assert shown[-1] == pytest.approx(float(out[place]), abs=0.0051)
    weights = (q[head] @ k[head // 2].T / math.sqrt(8))[query]
    weights = (weights[: query + 1] if causal else weights).softmax(0).tolist()
    parts = [weight * float(v[head // 2, j, place]) for j, weight in enumerate(weights)]
    first = max(range(len(parts)), key=lambda j: abs(parts[j]))
    assert shown[:2] == pytest.approx([weights[first], float(v[head // 2, first, place])], abs=0.0051)


@pytest.mark.parametrize("spread", [1, 3, 4, 6])
def test_a_sum_of_any_size_fits_on_the_line(spread: float) -> None:
    for seed in range(20):
        for key in range(5):
            check_weight(vectors_of("abcde", seed=seed, spread=spread), 1, 3, 2, key)


@given(seed=SEEDS, heads=st.integers(1, 6), layer=st.integers(0, 1), query=st.integers(0, 3), key=st.integers(0, 3))
def test_the_mean_has_its_first_heads_written_out(seed: int, heads: int, layer: int, query: int, key: int) -> None:
    maps = maps_of("abcd", heads=heads, seed=seed)
    formula = formulas.average(maps, layer, query, key)
    assert faults(formula) == []
    weights = [float(maps.weights[layer, head, query, key]) for head in range(heads)]
    *terms, count, mean = numbers_shown(formula)
    assert terms == pytest.approx(weights[:3], abs=0.0051) and count == heads
    assert mean == pytest.approx(sum(weights) / heads, abs=0.0051)
    assert rf"}}{{{heads}}}" in formula.lines[0].steps[0].latex(), "a number of heads has no digits after the point"


def reached(maps: AttentionMaps, layer: int, query: int, key: int) -> float:
    """Rollout as it is defined, down to the input, one number at a time: R_0 = I."""
    if layer < 0:
        return float(query == key)
    return math.fsum(half(maps, layer, query, key))


def half(maps: AttentionMaps, layer: int, query: int, key: int) -> tuple[float, float]:
    """What attention brings in a layer, and what the residual connection keeps."""
    brought = [
        float(maps.weights[layer, :, query, middle].mean()) * reached(maps, layer - 1, middle, key)
        for middle in range(len(maps.tokens))
    ]
    return 0.5 * math.fsum(brought), 0.5 * reached(maps, layer - 1, query, key)


@given(seed=SEEDS, causal=st.booleans(), data=st.data())
def test_the_halves_of_rollout_are_attention_and_what_stays(seed: int, causal: bool, data: st.DataObject) -> None:
    maps = maps_of("abcd", layers=3, causal=causal, seed=seed)
    layer, query, key = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))
    formula = formulas.rollout(maps, layer, query, key)
    assert faults(formula) == []
    brings, stays = half(maps, layer, query, key)
    assert numbers_shown(formula) == pytest.approx([brings, stays, brings + stays], abs=0.0051)
    assert formula.lines[0].left == f"R_{{{layer + 1}}}[i,j]"
    assert formula.symbols_latex().index(r"\bar{A}_\ell") < formula.symbols_latex().index(r"\tfrac12 I")


@pytest.mark.parametrize("kind", ["bert", "gpt2", "llama"])
def test_they_end_in_the_weights_of_the_network(stand_ins: dict[str, Any], kind: str) -> None:
    reading = attention.read_attention(stand_ins[kind], TEXT)
    maps = reading.maps
    average, rollout = attention.average_heads(maps).weights, attention.rollout(maps).weights
    for layer in range(maps.layers):
        for head in range(maps.heads):
            formula = formulas.weight(reading.vectors, layer, head, 3, 2)
            assert faults(formula) == []
            assert numbers_shown(formula)[-1] == pytest.approx(maps.weights[layer, head, 3, 2], abs=0.0051)
        for formula, shown in ((formulas.average, average), (formulas.rollout, rollout)):
            made = formula(maps, layer, 3, 2)
            assert faults(made) == []
            assert numbers_shown(made)[-1] == pytest.approx(shown[layer, 0, 3, 2], abs=0.0051)


def test_on_a_projector_the_equations_stand_one_under_the_other() -> None:
    formula = formulas.weight(vectors_of("abc"), 0, 0, 1, 2)
    for latex in (formula.symbols_latex, formula.numbers_latex):
        assert (
            r"\qquad" in latex() and r"\qquad" not in latex(True) and len(re.findall(r"\\\\\[\dex\]", latex(True))) == 1
        )
    assert np.isfinite(numbers_shown(formula)).all()
