"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random

import numpy as np
from playwright.sync_api import Page, expect

from tests.bench.acting import Think, check, sentence
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e import references
from tests.e2e.acting import PATIENCE, choose, settings, slide, words
from tests.e2e.browser import Drawn, figures, on_screen, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("weight",), lambda data: (t["z"] for t in data if t["type"] == "heatmap"))


def in_a_browser(page: Page, url: str) -> None:
    """Another layer, head and query: the heatmap is transformers' own, and so is the number under the pointer."""
    text = "The trophy doesn't fit in the suitcase because it is too big."
    visit(page, f"{url}/attention?lang=en")
    w = words("attention")
    tokens, expected = references.attentions(text)
    query = tokens.index("suitcase")
    with settings(page):
        slide(page, w("controls.layer"), 2)
        slide(page, w("controls.head"), 7)
        choose(page, w("controls.query"), f"{query} · suitcase")
    page.wait_for_function("() => location.search.includes('layer=2') && location.search.includes('head=7')")
    drawn = figures(page)["map"]
    np.testing.assert_allclose(numbers(drawn[0]["z"]), expected[1, 6], atol=2e-6)
    np.testing.assert_allclose(numbers(drawn[1]["y"]), expected[1, 6, query], atol=2e-6)
    key = int(expected[1, 6, query].argmax())
    page.mouse.move(*on_screen(page, "map", key, query))
    label = page.locator(".st-key-figure_map .hoverlayer")
    expect(label).to_contain_text(f"suitcase → {tokens[key]}: {expected[1, 6, query, key]:.2f}", timeout=PATIENCE)


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type a sentence, move layer and head, average and roll out, answer the question."""
    words = sentence(rng)
    await tab.set("text", " ".join(words))
    await think()
    for key, most in (("layer", 6), ("head", 12), ("head", 12)):
        await tab.set(key, rng.randrange(1, most + 1))
        _check_rows(tab, len(words) + 2)
        await think()
    await tab.choose("view", rng.choice((1, 2)))
    _check_rows(tab, len(words) + 2)
    await think()
    await tab.click("_show_attention.peak")
    check(not tab.has("_show_attention.peak"), "the answer to the prediction is not shown")
    await think()


def _check_rows(tab: Tab, count: int) -> None:
    """The map has one row and one column for each token, and every row is a distribution."""
    heat = next(trace for trace in tab.figure("map")["data"] if trace["type"] == "heatmap")
    weights = numbers(heat["z"]).astype(float)
    check(weights.shape == (count, count), f"{weights.shape} weights for {count} tokens")
    whole = weights[np.isfinite(weights).all(axis=1)]  # the row that is asked about may be blank
    check(len(whole) >= count - 1, "more than one row is blank")
    check(bool(np.abs(whole.sum(axis=1) - 1).max() < 0.02), "a row of weights does not sum to 1")
