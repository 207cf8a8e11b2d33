"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random

from playwright.sync_api import Page, expect

from tests.bench.acting import Think, check, sentence
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e.acting import acting, type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("row",), lambda data: (t["y"] for t in data if t["type"] == "scatter"))


def in_a_browser(page: Page, url: str) -> None:
    """A cell is the sum of 1 over the distances; a training that was asked for is as long as it was asked to be."""
    visit(page, f"{url}/glove?lang=en&one=a&other=c")
    type_into(page, words("glove")("controls.text"), "a b c. c b a.")
    with acting(page):
        page.get_by_role("button", name="Show without guessing").click()
    cells = numbers(next(t for t in figures(page)["matrix"] if t["type"] == "heatmap")["z"])
    assert sorted(cells.ravel().tolist()) == [0, 0, 0, 1, 1, 2, 2, 2, 2]
    visit(page, f"{url}/glove?lang=en&view=learn")
    with acting(page):
        page.get_by_role("button", name="Show without guessing").click()
    with acting(page):
        page.get_by_role("button", name="+20", exact=True).click()
    expect(page.get_by_text("after 20 steps")).to_be_visible()


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type a sentence, widen the window, look at what is learnt and at ratios."""
    await tab.set("text", " ".join(sentence(rng)))
    await think()
    await tab.set("window", rng.randint(3, 9))
    check(bool(tab.figure("matrix")["data"]), "no matrix is drawn")
    await think()
    for view in (1, 2):
        await tab.choose("view", view)
        await think()
    check(bool(tab.figure("paper")["data"]), "no table of the paper is drawn")
