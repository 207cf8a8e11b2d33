"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random

from playwright.sync_api import Page

from tests.bench.acting import Think, check, sentence
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e.acting import type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("length",), lambda data: (t["y"] for t in data))


def in_a_browser(page: Page, url: str) -> None:
    """FILL IN: what a learner does, and an independent computation or a fact that says what must come of it."""
    visit(page, f"{url}/kinds-of-learning?lang=en")
    type_into(page, words("kinds-of-learning")("controls.text"), "a bc def")
    assert numbers(figures(page)["lengths"][0]["y"]).tolist() == [1, 2, 3]


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """FILL IN: what a learner of a full class does; about five interactions."""
    for _ in range(5):
        typed = sentence(rng)
        await tab.set("text", " ".join(typed))
        lengths = numbers(tab.figure("lengths")["data"][0]["y"]).tolist()
        check(lengths == [len(word) for word in typed], f"{lengths} for {typed}")
        await think()
