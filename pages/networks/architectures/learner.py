"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random

from playwright.sync_api import Page, expect

from tests.bench.acting import Think, check
from tests.bench.protocol import Tab
from tests.e2e.acting import PATIENCE, acting, see_answers, type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("numbers",), lambda data: (t["customdata"] for t in data if t.get("customdata") is not None))
ID = "architectures"


def in_a_browser(page: Page, url: str) -> None:
    """A layer is counted on paper; a review names its words; four phrases are learnt."""
    visit(page, f"{url}/{ID}?lang=en&shape=cnn&hidden=10&dimensions=20")
    # three words of 20 numbers under each of ten filters, and a bias each: 3 · 20 · 10 + 10
    with acting(page):
        page.locator('[class*="st-key-_guess_"]').get_by_text("610", exact=True).click()
    with acting(page):
        page.locator('[class*="st-key-_go_"] button').click()
    right = page.locator('[class*="st-key-question_told_"] [data-testid=stAlertContentSuccess]')
    expect(right).to_be_visible(timeout=PATIENCE)

    visit(page, f"{url}/{ID}?lang=en&view=cnn")
    type_into(page, words(ID)("controls.text"), "What a waste of time, a terrible film.")
    see_answers(page)
    names = [text for trace in figures(page)["sliding"] for text in trace.get("customdata") or ()]
    assert any("waste of" in name for name in names)
    assert "negative" in page.locator('[class*="st-key-question_told_"]').inner_text()

    visit(page, f"{url}/{ID}?lang=en&view=mlp")
    see_answers(page)
    for _ in range(2):
        with acting(page):
            page.get_by_role("button", name="+100").click()
    good, not_good, bad, not_bad = (
        float(text.split()[-1]) for trace in figures(page)["phrases"] for text in trace.get("text") or ()
    )
    assert min(good, not_bad) > 0.75 and max(not_good, bad) < 0.25


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Change the sizes of a network, see the answer, read a review."""
    hidden = rng.randrange(2, 400)
    await tab.set("hidden", hidden)
    await think()
    await tab.click(f"_show_{ID}.count")
    said = [text for trace in tab.figure("shapes")["data"] for text in trace.get("text") or ()]
    check(f"{5000 * hidden + hidden:,}" in said, f"{hidden} neurons have other parameters: {said}")
    await think()
    await tab.choose("view", 2)
    await think()
    await tab.set("text", rng.choice(["A superb film.", "A dull, boring film.", "I loved it."]))
    check(bool(tab.figure("sliding")["data"]), "no filter has answered")
