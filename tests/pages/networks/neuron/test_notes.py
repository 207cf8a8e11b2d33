"""What the remarks on the examples claim, worked out by torch and by the vectors: each number, and what is said around it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch

from app.lessons import lesson
from app.text import number
from app.words import LANGUAGES, Words
from nlpcore.words.word_neuron import judge
from pages.networks.neuron.numbers import of_output
from tests.networks.test_activations import TORCH
from tests.pages import notes

pytestmark = pytest.mark.models
ID = "neuron"
PRESETS = list(Words(lesson(ID).words, "en").node("presets"))


def neuron(name: str, language: str) -> tuple[float, float, float]:
    """Return sum, output and slope of an example, by torch."""
    at = notes.preset(ID, name, language)
    z = torch.tensor(at["w1"] * at["x1"] + at["w2"] * at["x2"] + at["b"], dtype=torch.float64, requires_grad=True)
    a = TORCH[at["activation"]](z)
    a.backward()
    assert z.grad is not None
    return z.item(), a.item(), z.grad.item()


def review(language: str) -> list[str]:
    z, a, slope = neuron("review", language)
    by_hand = 1 / (1 + math.exp(-z))
    assert a == pytest.approx(by_hand)
    assert z == 2 and "e⁻²" in notes.note(ID, "review", language)
    return [f"{z:.1f}", "1", "1", f"{by_hand:.2f}", f"{slope:.2f}", "1"]


def sure(language: str) -> list[str]:
    _, a, slope = neuron("sure", language)
    return ["0", f"{a:.4f}", f"{slope:.4f}", f"{a - 0:.4f}"]  # the gradient of the cross-entropy by z, where y is 0


def dead(language: str) -> list[str]:
    at = notes.preset(ID, "dead", language)
    sums = [at["w1"] * x1 + at["w2"] * x2 + at["b"] for x1 in range(10) for x2 in range(10)]
    assert max(sums) < 0
    return ["0.5", "9", "6", number(max(sums), ".1f"), "0", "0"]


def elu(language: str) -> list[str]:
    z, _, slope = neuron("elu", language)
    leak = TORCH["leaky_relu"](torch.tensor(-1.0)).item()
    assert slope < -leak
    return [number(z, ".1f"), f"{slope:.4f}", f"{-leak:.2f}"]


def overflow(language: str) -> list[str]:
    with pytest.raises(OverflowError):
        math.exp(1000)
    high, low = (
        torch.tensor(each, dtype=torch.float64).softmax(0) for each in ((1000.0, 1001.0, 1002.0), (0.0, 1.0, 2.0))
    )
    torch.testing.assert_close(high, low)
    assert "e¹⁰⁰⁰" in notes.note(ID, "overflow", language)
    return ["0", "1", "2"]


def flowers(language: str) -> list[str]:
    at = notes.preset(ID, "flowers", language)
    trace = judge(at["model"], at["words"])
    assert not trace.learned.any()
    return FLOWERS[language](dict(zip(trace.words, trace.probabilities.tolist(), strict=True)))


def flowers_en(p: Mapping[str, float]) -> list[str]:
    flowers, pests = (
        [p[name] for name in ("rose", "tulip", "orchid")],
        [p[name] for name in ("mosquito", "cockroach", "wasp")],
    )
    assert p["spider"] < min(*flowers, p["butterfly"]) and max(pests) < 0.5
    return [f"{min(flowers):.2f}", f"{p['butterfly']:.2f}", f"{p['spider']:.2f}"]


def flowers_zh(p: Mapping[str, float]) -> list[str]:
    flowers, pests = (
        [p[name] for name in ("玫瑰", "牡丹", "荷花")],
        [p[name] for name in ("蜘蛛", "蚊子", "蟑螂", "苍蝇")],
    )
    assert max(pests) == p["蜘蛛"] < 0.5
    return [f"{math.floor(100 * min(flowers)) / 100:.2f}", of_output(p["蝴蝶"]), f"{max(pests):.2f}"]


FLOWERS: Mapping[str, Callable[[Mapping[str, float]], list[str]]] = {"en": flowers_en, "zh": flowers_zh}


def bend(language: str) -> list[str]:
    at = notes.preset(ID, "bend", language)
    assert at["units"] == 6 and sum(name.startswith("h") for name in at) == 7
    return []


def jump(language: str) -> list[str]:
    at = notes.preset(ID, "jump", language)
    heights = [at[f"h{n}y"] for n in range(13)]
    x = np.arange(0, 301) / 50
    errors = np.abs(np.interp(x, np.linspace(0, 6, 13), heights) - (x >= 3))
    twice = np.abs(np.interp(x, np.linspace(0, 6, 25), np.linspace(0, 6, 25) >= 3) - (x >= 3))
    assert at["units"] == 12 and x[errors.argmax()] < 3 and twice.max() > 0.9
    return ["3", f"{errors.max():.2f}"]


CLAIMS: Mapping[str, Any] = {
    "review": review, "sure": sure, "dead": dead, "elu": elu, "overflow": overflow,
    "flowers": flowers, "bend": bend, "jump": jump,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PRESETS)
def test_the_numbers_of_a_remark_are_those_of_the_example(name: str, language: str) -> None:
    notes.check(ID, name, CLAIMS[name](language), (language,))
