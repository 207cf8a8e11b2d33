"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

import math
import re
from random import Random

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from tests.bench.acting import Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e.acting import PATIENCE, acting, see_answers, type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn: of the curve.
DRAWN: Drawn = (("a",), lambda data: (t["y"] for t in data if t.get("name") == "sigmoid"))

HAPPY, SAD = ["wedding", "music", "chocolate", "flower", "kitten"], ["war", "funeral", "cancer", "bomb", "corpse"]


def in_a_browser(page: Page, url: str) -> None:
    """Turn a dial by the keyboard: the point is torch's. Then softmax of scores that overflow, and words of one's own."""
    w = words("neuron")
    visit(page, f"{url}/neuron?lang=en&activation=tanh&x1=2&x2=0&w1=0.5&b=-0.5")
    bias = page.locator(f"input[type=range][aria-label='{w('controls.b')}']")
    bias.focus()
    with acting(page):
        bias.press("ArrowRight")
    (point,) = (t for t in figures(page)["neuron"] if t.get("mode") == "markers")
    z = torch.nn.functional.linear(torch.tensor([2.0, 0.0]), torch.tensor([0.5, -1.5]), torch.tensor(0.0))
    assert (point["x"][0], point["y"][0]) == pytest.approx((z.item(), torch.tanh(z).item()), abs=1e-6)

    visit(page, f"{url}/neuron?lang=en&view=softmax")
    type_into(page, w("controls.scores"), "a 2000, b 1999, c 1998")
    bars = numbers(figures(page)["scores"][0]["x"])
    np.testing.assert_allclose(bars, torch.tensor([2.0, 1.0, 0.0]).softmax(0).numpy(), atol=1e-6)

    visit(page, f"{url}/neuron?lang=en&view=words")
    type_into(page, w("controls.words"), "corpse, flower")
    see_answers(page)
    sides = {t["name"]: t for t in figures(page)["words"] if t["type"] == "bar"}
    assert numbers(sides[w("chart.pleasant")]["x"])[0] > 0 > numbers(sides[w("chart.unpleasant")]["x"])[0]

    bend_by_keys(page, url)


def bend_by_keys(page: Page, url: str) -> None:
    """Lift two handles of the level line: the largest error is that of numpy's line, in the figure and below it."""
    visit(page, f"{url}/neuron?lang=en&view=curve")
    see_answers(page)
    for name, key in (("h1", "Shift+ArrowUp"), ("h4", "ArrowDown")):
        handle = page.locator(f'.handle[data-name="{name}"]')
        handle.focus()
        with acting(page):
            handle.press(key)
    x = np.arange(0, 301) / 50
    line = np.interp(x, range(7), [0, 0.5, 0, 0, -0.05, 0, 0])
    largest = f"{np.abs(line - np.sin(np.pi * x / 3)).max():.2f}"
    expect(page.get_by_text(f"Largest error from 0 to 6: {largest};")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".hand text.said")).to_contain_text(largest)
    expect(page).to_have_url(re.compile(r"[?&]h1y=0\.5(&|$)"), timeout=PATIENCE)


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Turn the dials of a neuron, then have one read words."""
    w1, w2, b = (round(rng.uniform(-2, 2), 1) for _ in range(3))
    for name, value in (("w1", w1), ("w2", w2), ("b", round(2 * b) / 2)):
        await tab.set(name, value)
        await think()
    z = 3 * w1 + w2 + round(2 * b) / 2
    (point,) = (t for t in tab.figure("neuron")["data"] if t.get("mode") == "markers")
    at, height = (float(numbers(point[axis])[0]) for axis in "xy")
    check(abs(at - z) < 1e-4, f"z = {at}, not {z}")
    check(abs(height - 1 / (1 + math.exp(-z))) < 1e-4, f"a = {height} for z = {z}")
    await think()
    await tab.choose("view", 2)
    await tab.set("words", f"{rng.choice(HAPPY)}, {rng.choice(SAD)}")
    bars = [t for t in tab.figure("words")["data"] if t["type"] == "bar"]
    ends = sorted(float(numbers(bar["x"])[0]) for bar in bars)
    check(len(ends) == 2 and ends[0] < 0 < ends[1], f"bars to {ends} for a happy and a sad word")
    await think()
