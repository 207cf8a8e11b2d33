"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import torch
from playwright.sync_api import Page, expect

from tests.bench.acting import Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e.acting import PATIENCE, see_answers, words
from tests.e2e.browser import Drawn, acting, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("w1", "w2"), lambda data: (t[axis] for t in data if t.get("customdata") is not None for axis in "xy"))
ID = "gradient-descent"


def in_a_browser(page: Page, url: str) -> None:
    """A rate is typed: the path is torch's, step for step. Then a number worked out on paper is the right answer."""
    visit(page, f"{url}/{ID}?lang=en")
    field = page.get_by_label(words(ID)("controls.rate"))
    with acting(page):
        field.fill("0.05")
        field.press("Enter")
    see_answers(page)
    drawn = next(t for t in figures(page)["surface"] if t.get("customdata") is not None)
    path = np.column_stack([numbers(drawn["x"]), numbers(drawn["y"])])
    np.testing.assert_allclose(path, _by_torch(0.05, len(path) - 1), atol=1e-5)

    visit(page, f"{url}/{ID}?lang=en&preset=paper")
    # δ = o − y = (1 · 0.5 − 0.5 · 1.5 + 0.25) − 1 = −1; ∂L/∂w₅ = δ · h₁ = −1 · 0.5
    with acting(page):
        page.locator('[class*="st-key-_guess_"]').get_by_text("−0.5", exact=True).click()
    with acting(page):
        page.locator('[class*="st-key-_go_"] button').click()
    expect(page.locator('[class*="st-key-question_told_"] [data-testid=stAlertContentSuccess]')).to_be_visible(
        timeout=PATIENCE
    )


def _by_torch(rate: float, steps: int) -> np.ndarray[Any, Any]:
    """Return the path down ½ (x² + 20 y²) from (−2, 1)."""
    weights = torch.tensor([-2.0, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=rate)
    path = [weights.detach().numpy().copy()]
    for _ in range(steps):
        optimizer.zero_grad()
        ((weights[0] ** 2 + 20 * weights[1] ** 2) / 2).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        path.append(weights.detach().numpy().copy())
    return np.array(path)


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Choose a rate, see how the walk ends, step back; then the words in batches."""
    rate = rng.randrange(10, 95) / 1000
    await tab.set("rate", rate)
    await think()
    await tab.click(f"_show_{ID}.fate")
    _check_path(tab, rate, 40)
    await think()
    step = rng.randrange(10, 40)
    await tab.set("step", step)
    _check_path(tab, rate, step)
    await think()
    await tab.choose("view", 1)
    await tab.choose("size", rng.randrange(1, 4))
    await think()
    shown = next(t for t in tab.figure("fit")["data"] if t.get("customdata") is not None)
    check(len(numbers(shown["x"])) == step + 1, f"the path of the line does not end at step {step}")


def _check_path(tab: Tab, rate: float, steps: int) -> None:
    """On the ravine every step keeps 1 − η of the first weight, and 1 − 20 η of the second."""
    shown = next(t for t in tab.figure("surface")["data"] if t.get("customdata") is not None)
    path = np.column_stack([numbers(shown["x"]), numbers(shown["y"])])
    kept = np.arange(steps + 1)
    wanted = np.column_stack([-2 * (1 - rate) ** kept, (1 - 20 * rate) ** kept])
    check(path.shape == wanted.shape and bool(np.allclose(path, wanted, atol=1e-4)), f"another path at {rate}")
