"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.bench.acting import Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e import references
from tests.e2e.acting import PATIENCE, type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("cosine",), lambda data: (t["x"] for t in data))


# For each pair of these countries GloVe 6B 50d finds the capital.
CAPITALS = {
    "france": "paris", "russia": "moscow", "poland": "warsaw", "cuba": "havana", "egypt": "cairo", "iran": "tehran",
}  # fmt: skip


def in_a_browser(page: Page, url: str) -> None:
    """Berlin is to Germany as Paris is to France, and the ten candidates are those of a sum in NumPy."""
    visit(page, f"{url}/analogies?lang=en")
    w = words("analogies")
    for name, word in {"a": "berlin", "b": "germany", "c": "france", "expected": "paris"}.items():
        type_into(page, w(f"controls.{name}"), word)
    expect(page.locator(".st-key-figure_answers .ytick", has_text="paris").first).to_be_visible(timeout=PATIENCE)
    names = (w("chart.answer"), w("chart.expected"))
    bars = [
        pair
        for t in figures(page)["answers"]
        if t["name"] in names
        for pair in zip(t["y"], numbers(t["x"]), strict=True)
    ]
    listed = sorted(((label.split()[0], cosine) for label, cosine in bars), key=lambda bar: -bar[1])
    expected = references.analogy("berlin", "germany", "france", 10)
    assert expected[0][0] == "paris"
    assert [word for word, _ in listed] == [word for word, _ in expected]
    assert [cosine for _, cosine in listed] == pytest.approx([cosine for _, cosine in expected], abs=1e-4)


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type the capital of another country into the sum, look at its terms, switch the trick off."""
    for _ in range(2):
        known, asked = rng.sample(sorted(CAPITALS), 2)
        for key, word in zip(
            ("a", "b", "c", "expected"), (CAPITALS[known], known, asked, CAPITALS[asked]), strict=True
        ):
            await tab.set(key, word)
            await think()
        bars = [trace for trace in tab.figure("answers")["data"] if trace["type"] == "bar"]
        words = [str(word) for bar in bars for word in numbers(bar["y"])]
        check(len(words) in (10, 11), f"{len(words)} answers, not ten and perhaps the hoped-for word")
        first = _highest(bars)
        check(first == CAPITALS[asked], f"{CAPITALS[known]} - {known} + {asked} gave {first}")
        check("place\u00a01" in tab.text(), "the verdict does not say that the capital comes first")
    await tab.choose("panel", rng.choice((0, 1, 2)))
    await think()
    await tab.set("strike", False)
    await think()
    check(not tab.has("_show_analogies.nearest"), "with the trick off there is nothing to predict")


def _highest(bars: list[dict[str, Any]]) -> str:
    """Return the word of the longest bar."""
    pairs = [(float(x), str(y)) for bar in bars for x, y in zip(numbers(bar["x"]), numbers(bar["y"]), strict=True)]
    return max(pairs)[1].split("\u00a0")[0].split("  ")[0]
