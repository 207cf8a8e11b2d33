"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

import re
from random import Random
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.bench.acting import OBJECTS, Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e import references
from tests.e2e.acting import PATIENCE, see_answers, words
from tests.e2e.browser import Drawn, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (tuple("ifgoch"), lambda data: (t["z"] for t in data if t["type"] == "heatmap"))


FEELINGS = ["boring", "brilliant", "dull", "moving", "slow", "funny", "weak", "strong", "bad", "good"]


def in_a_browser(page: Page, url: str) -> None:
    """With the keyboard alone, from the first word to the last: each probability is that of torch.nn.LSTM."""
    tokens = ["the", "plot", "was", "dull", "but", "the", "acting", "was", "superb"]
    visit(page, f"{url}/lstm-gates?lang=en&step=3&text={quote(' '.join(tokens))}")
    w, expected = words("lstm-gates"), references.positive_after_each(tokens)
    assert max(expected) - min(expected) > 0.2, "the example is to move it"
    see_answers(page)  # the player stops at each question
    page.keyboard.press("Home")
    for n, (token, probability) in enumerate(zip(tokens, expected, strict=True)):
        if n:
            page.keyboard.press("ArrowRight")
        expect(page.get_by_text(f"Step {n + 1} of {len(tokens)}")).to_be_visible(timeout=PATIENCE)
        text = w("now.first" if n == 0 else "now.later", token=token, after=f"{probability:.2f}", before="…")
        beginning = text.replace("*", "").split("(before")[0].strip()
        expect(page.get_by_text(beginning).first).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile(rf"[?&]step={len(tokens)}(&|$)"), timeout=PATIENCE)


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type a review, step through it by button and by slider, choose a gate."""
    words = ["the", rng.choice(OBJECTS), "was", rng.choice(FEELINGS), "but", "the", rng.choice(OBJECTS), "was",
             rng.choice(FEELINGS)]  # fmt: skip
    await tab.set("text", " ".join(words))
    await think()
    for question in ("turn", "kept"):  # the player stops at each of them
        await tab.click(f"_show_lstm-gates.{question}")
        await think()
    for _ in range(3):
        step, count = _step(tab)
        check(count == len(words), f"{count} tokens for {len(words)} words")
        check(f"**{words[step - 1]}**" in _caption(tab), f"step {step} does not name {words[step - 1]}")
        forward = step < count
        await tab.click("_step_chevron_right" if forward else "_step_first_page")
        check(_step(tab)[0] == (step + 1 if forward else 1), "the step did not move")
        await think()
    target = rng.randrange(1, len(words) + 1)
    await tab.set("step", target)
    check(f"**{words[target - 1]}**" in _caption(tab), f"step {target} does not name {words[target - 1]}")
    await think()
    await tab.choose("quantity", rng.randrange(1, 7))
    maps = [trace for trace in tab.figure("reading")["data"] if trace["type"] == "heatmap"]
    check(len(maps) == 1, f"{len(maps)} heatmaps where one quantity was chosen")
    values = numbers(maps[0]["z"])
    check(values.shape[1] == len(words), f"the heatmap has {values.shape[1]} columns for {len(words)} words")
    await think()


def _caption(tab: Tab) -> str:
    found = [m.body for m in tab.elements("markdown") if m.body.startswith("Step **")]
    check(len(found) == 1, "the player has no caption")
    return str(found[0])


def _step(tab: Tab) -> tuple[int, int]:
    found = re.match(r"Step \*\*(\d+)\*\* of (\d+)", _caption(tab))
    check(found is not None, "the player does not say which step it shows")
    assert found is not None
    return int(found[1]), int(found[2])
