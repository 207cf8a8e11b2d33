"""A phone's columns are narrow: the labels that are drawn stand clear of each other, and what is asked about has its own."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import acting, visit

LONG = (
    "The big trophy that my old uncle won in the spring of that year doesn't fit in the brown suitcase because it is "
    "too small."
)
PHONE = {"width": 390, "height": 844}
# The left edges of the labels in sight, from left to right, and what those in bold say.
LABELS = """figure => {
  const seen = [...document.querySelectorAll(`.st-key-figure_${figure} g.xtick`)].filter(one => one.getClientRects().length);
  const bold = seen.filter(one => one.querySelector("tspan")).map(one => one.textContent);
  return [seen.map(one => one.getBoundingClientRect().left).sort((a, b) => a - b), bold];
}"""


@pytest.mark.parametrize(
    ("lesson", "figure", "bold"),
    [("attention", "map", {"[CLS]", "trophy", "suitcase", "it", "small"}), ("lstm-gates", "reading", set[str]())],
)
def test_labels_of_a_long_text_stand_clear(page: Page, app_url: str, lesson: str, figure: str, bold: set[str]) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/{lesson}?lang=en&text={quote(LONG)}")
    page.locator(f".st-key-figure_{figure} g.xtick").first.wait_for(state="attached")
    lefts, named = page.evaluate(LABELS, figure)
    assert len(lefts) >= 6 and bold <= set(named) and len(named) <= 6
    # two that are asked about may stand side by side
    close = [(a, b) for a, b in pairwise(lefts) if b - a < 9]
    assert len(close) <= max(0, len(named) - 1) // 2, lefts


ASKING = (
    "embedding-map",
    "analogies",
    "lstm-gates",
    "attention",
    "masked-language-model",
    "bio-tagging?preset=capitals",
)
# Top and bottom of the box in which a question is asked and answered, and of what is seen of its figure above it.
TOGETHER = """() => {
  const held = [...document.querySelectorAll("[class*=st-key-question_]")].map(one => one.parentElement)
    .filter(one => getComputedStyle(one).position === "sticky");
  if (held.length !== 1) { throw new Error(`${held.length} questions at the foot of the screen`); }
  const box = held[0].getBoundingClientRect();
  const figure = document.querySelector(".st-key-stage .st-key-figure").getBoundingClientRect();
  return [box.top, box.bottom, Math.max(figure.top, 0), Math.min(figure.bottom, box.top)];
}"""


@pytest.mark.parametrize("address", ASKING)
def test_question_and_figure_are_seen_together(page: Page, app_url: str, address: str) -> None:
    """Wherever the figure has been scrolled to; the reason too, once it is answered."""
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/{address}{'&' if '?' in address else '?'}lang=en")
    for told in (False, True):
        if told:
            with acting(page):
                page.locator("[class*=st-key-question_] [class*=st-key-_show_] button").first.click()
        for place in ("start", "center"):
            page.locator(".st-key-stage .st-key-figure").evaluate(f"one => one.scrollIntoView({{block: '{place}'}})")
            top, bottom, first, last = page.evaluate(TOGETHER)
            assert 0 < top < bottom <= PHONE["height"] + 1, (told, place, top, bottom)
            # a third of the screen; scrolled to its top, more
            assert last - first >= PHONE["height"] * (0.4 if place == "start" else 0.3), (told, place, first, last)


def test_chinese_is_never_slanted(page: Page, app_url: str) -> None:
    """Chinese has no italics: what is emphasised is drawn with the font's own italics or as it is."""
    visit(page, f"{app_url}/analogies?lang=en&preset=guowang")
    chinese = [text for text in page.locator("em").all_inner_texts() if any("\u4e00" <= c <= "\u9fff" for c in text)]
    assert chinese
    made = page.locator("em").evaluate_all("all => all.map(one => getComputedStyle(one).fontSynthesisStyle)")
    assert set(made) == {"none"}
