"""The typeset numbers are those of the computation."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from nlpcore import attention
from pages.transformers.attention import formulas

TEXT = "the cat sat on the mat"


def _numbers(latex: str) -> list[float]:
    return [float(value) for value in re.findall(r"-?\d+\.\d+", latex)]


def test_the_weight_follows_from_the_score_on_the_screen(bert: Any) -> None:
    reading = attention.read_attention(bert, TEXT)
    _, latex = formulas.weight(reading.vectors, 1, 2, query=3, key=4)
    score, scaled, exponent, total, weight = _numbers(latex)
    assert scaled == pytest.approx(score / reading.vectors.q.shape[-1] ** 0.5, abs=0.01) and exponent == scaled
    assert weight == pytest.approx(np.exp(scaled) / total, abs=0.01)
    assert weight == pytest.approx(reading.maps.weights[1, 2, 3, 4], abs=0.005)


def test_the_mean_and_the_rollout_end_in_what_the_figure_shows(bert: Any) -> None:
    maps = attention.attention_maps(bert, TEXT)
    assert _numbers(formulas.average(maps, 1, 3, 4)[1])[-1] == pytest.approx(
        attention.average_heads(maps).weights[1, 0, 3, 4], abs=0.005
    )
    for layer in range(maps.layers):
        arrives, stays, total = _numbers(formulas.rollout(maps, layer, 3, 4)[1])
        assert total == pytest.approx(attention.rollout(maps).weights[layer, 0, 3, 4], abs=0.005)
        assert arrives + stays == pytest.approx(total, abs=0.011)
