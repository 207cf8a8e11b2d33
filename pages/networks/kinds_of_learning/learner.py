"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random

import numpy as np
from playwright.sync_api import Page, expect
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris

from nlpcore.models import load
from tests.bench.acting import OBJECTS, SUBJECTS, Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e.acting import PATIENCE, see_answers, type_into, words
from tests.e2e.browser import Drawn, acting, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("x", "y"), lambda data: (t[axis] for t in data if t.get("mode") == "markers" for axis in "xy"))
ID = "kinds-of-learning"


def in_a_browser(page: Page, url: str) -> None:
    """Groups by the end of the player are scikit-learn's; a sentence's words have as many tags; its tokens as many scores."""
    w = words(ID)
    visit(page, f"{url}/{ID}?lang=en&goal=clustering&start=3")
    see_answers(page)
    drawn = next(t for t in figures(page)["points"] if t.get("name") == w("chart.centres"))
    centres = np.column_stack([numbers(drawn["x"]), numbers(drawn["y"])])
    petals = load_iris().data[:, 2:4]
    reference = KMeans(3, init=centres, n_init=1, max_iter=1).fit(petals)
    np.testing.assert_allclose(centres, reference.cluster_centers_, atol=1e-4)  # they stand still there too

    visit(page, f"{url}/{ID}?lang=en&view=tasks")
    typed = "Anna likes the new bridge in Prague."
    type_into(page, w("controls.text"), typed)
    see_answers(page)
    tokens = len(load("smollm2-135m").tokenizer(typed)["input_ids"])
    expect(page.get_by_role("cell", name=f"{49152 * tokens:,}", exact=True)).to_be_visible(timeout=PATIENCE)

    visit(page, f"{url}/{ID}?lang=en&view=labels&kind=reward&epsilon=0.5")
    slider = page.locator(f"input[type=range][aria-label='{w('controls.epsilon')}']")
    slider.focus()
    with acting(page):
        slider.press("Home")
    lines = [numbers(t["y"]) for t in figures(page)["reward"] if t.get("name") == w("chart.estimate", arm=w("arm.1"))]
    assert lines[0][-1] > 0.5  # with this luck the better arm wins first


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Move the new point, look at groups, then at a sentence of one's own."""
    for _ in range(2):
        x = rng.randrange(10, 70) / 10
        await tab.set("x", x)
        await think()
    await tab.click(f"_show_{ID}.line")
    answer = next(t for t in tab.figure("points")["data"] if t.get("mode") == "markers+text")
    petals = load_iris().data[:, 2:4]
    slope, intercept = np.polyfit(petals[:, 0], petals[:, 1], 1)
    check(abs(float(numbers(answer["y"])[0]) - (slope * x + intercept)) < 1e-4, f"another answer at {x}")
    await think()
    await tab.choose("goal", 2)
    await tab.set("start", rng.randrange(1, 20))
    await think()
    await tab.choose("view", 1)
    await tab.set("text", f"{rng.choice(SUBJECTS)} saw the {rng.choice(OBJECTS)}")
    shares = np.sum([numbers(t["x"]) for t in tab.figure("tasks")["data"]], axis=0)
    check(bool(np.allclose(shares, 1, atol=1e-4)), f"softmaxes of {shares}")
    await think()
