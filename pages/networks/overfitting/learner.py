"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

import warnings
from random import Random
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect
from sklearn.neural_network import MLPClassifier

from nlpcore.networks import draw_points
from tests.bench.acting import Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e.acting import words
from tests.e2e.browser import Drawn, acting, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (
    ("x1", "x2"),
    lambda data: (t[axis] for t in data if t["mode"] == "markers" and t.get("xaxis") == "x" for axis in "xy"),
)
ID = "overfitting"


def in_a_browser(page: Page, url: str) -> None:
    """A network of the learner's own settings is trained: its losses end about where scikit-learn's do; it is played from
    the start to the end. Then a lecturer hides a control."""
    visit(page, f"{url}/{ID}?lang=en&hidden=20&count=200&rate=0.01&epochs=60")
    with acting(page):
        page.get_by_role("button", name="Train to epoch 60").click()
    curves = [numbers(t["y"]) for t in figures(page)["plane"] if t.get("xaxis") == "x2"]
    assert [len(each) for each in curves] == [61, 61]
    ends = np.array([_by_scikit_learn(seed) for seed in range(4)])
    for own, (low, high) in zip(curves, zip(ends.min(axis=0), ends.max(axis=0), strict=True), strict=True):
        assert low - 0.05 < own[-1] < high + 0.05, (own[-1], low, high)
    page.locator(".st-key-figure_plane .updatemenu-button").first.click()
    expect(page.locator(".st-key-figure_plane").get_by_text("epoch 60", exact=True)).to_be_visible()
    label = words(ID)("controls.hidden")
    expect(page.get_by_label(label, exact=True)).to_be_visible()
    visit(page, f"{url}/{ID}?lang=en&hidden=20&hide=hidden")
    expect(page.get_by_label(label, exact=True)).to_have_count(0)


def _by_scikit_learn(seed: int) -> tuple[float, float]:
    """Return both losses of scikit-learn's network on the same points, from other first weights."""
    sets = draw_points(count=200)
    network = MLPClassifier((20,), activation="tanh", alpha=0.0, batch_size=10, learning_rate_init=0.01, max_iter=60,
                            n_iter_no_change=1000, random_state=seed)  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.fit(sets.training.inputs, sets.training.classes)

    def loss(points: Any) -> float:
        chance = network.predict_proba(points.inputs)[np.arange(len(points.classes)), points.classes]
        return float(-np.log(chance).mean())

    return loss(sets.training), loss(sets.validation)


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Answer, change the network, train it, look at the messages."""
    await tab.click(f"_show_{ID}.fate")
    await think()
    await tab.set("hidden", rng.randrange(2, 60))
    await think()
    await tab.set("epochs", 50)
    await tab.click("_anew")
    await tab.click("_train_all")
    curves = [numbers(t["y"]) for t in tab.figure("plane")["data"] if t.get("xaxis") == "x2"]
    check(len(curves) == 2 and len(curves[0]) == 51, f"curves of {[len(each) for each in curves]}")
    check(bool(np.isfinite(curves[0]).all()), "a loss is no number")
    await think()
    await tab.choose("view", 1)
    check(bool(tab.figure("words")["data"]), "no words are drawn")
    await think()
