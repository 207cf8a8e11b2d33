"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

import re
from random import Random

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.bench.acting import Think, check, sentence
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e import references
from tests.e2e.acting import acting, type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("probability",), lambda data: (t["x"] for t in data if t["type"] == "bar"))


def in_a_browser(page: Page, url: str) -> None:
    """A click on a word masks it: the eight likeliest words are those of the softmax in transformers."""
    visit(page, f"{url}/masked-language-model?lang=en")
    type_into(page, words("masked-language-model")("controls.text"), "She went to the bank to get some money.")
    with acting(page):
        page.get_by_role("button", name="money", exact=True).click()
    check_fill(page, references.likeliest("She went to the bank to get some [MASK].", 8))

    visit(page, f"{url}/masked-language-model?lang=zh")  # a Chinese text is read by the Chinese model
    check_fill(page, references.likeliest("法国的首都是[MASK]黎。", 8, "bert-mini-zh"))
    type_into(page, words("masked-language-model", "zh")("controls.text"), "我昨天去医院看病。")
    with acting(page):
        page.get_by_role("button", name="病", exact=True).click()
    check_fill(page, references.likeliest("我昨天去医院看[MASK]。", 8, "bert-mini-zh"))


def check_fill(page: Page, expected: list[tuple[str, float]]) -> None:
    """The bars are the expected words with their probabilities, the likeliest first."""
    bars = [t for t in figures(page)["fill"] if t["type"] == "bar"]
    listed = sorted(
        ((t["customdata"][i][0], x) for t in bars for i, x in enumerate(numbers(t["x"]))), key=lambda b: -b[1]
    )
    assert [word for word, _ in listed[: len(expected)]] == [word for word, _ in expected]
    assert [p for _, p in listed[: len(expected)]] == pytest.approx([p for _, p in expected], rel=1e-3)


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type a sentence, mask a word, then two, ask for more candidates."""
    words = sentence(rng)
    await tab.set("text", " ".join(words))
    await think()
    places = rng.sample(range(len(words)), 2)
    for masked in (places[:1], places):
        await tab.set("masked", [tab.options("masked")[place] for place in masked])
        _check_fill(tab, words, masked)
        await think()
    await tab.set("k", 15)
    _check_fill(tab, words, places, 15)
    await think()


def _check_fill(tab: Tab, words: list[str], masked: list[int], k: int | None = None) -> None:
    """Everything but the masks stays as typed; candidates have probabilities that sum to less than 1."""
    line = next((m.body for m in tab.elements("markdown") if m.body.startswith("Filled in:")), "")
    # A mask may be filled with a mark, which stands at the word before it.
    plain = re.sub(r":\w+-background\[\*\*(.*?)\*\*\]", r" \1 ", line.removeprefix("Filled in:")).split()
    check(len(plain) == len(words), f"{len(plain)} words filled in for {len(words)}: {line}")
    kept = [place for place in range(len(words)) if place not in masked]
    check(all(plain[place] == words[place] for place in kept), f"words that were not masked have changed: {line}")
    bars = [trace for trace in tab.figure("fill")["data"] if trace["type"] == "bar"]
    values = np.concatenate([numbers(bar["x"]).astype(float) for bar in bars])
    check(bool(len(values) and (values >= 0).all() and (values <= 1).all()), "a probability is not between 0 and 1")
    if k is not None:
        check(len(values) >= k * len(masked), f"{len(values)} candidates for {len(masked)} masks of {k}")
