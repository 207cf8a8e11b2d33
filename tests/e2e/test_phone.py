"""A phone's columns are narrow: the labels that are drawn stand clear of each other, and what is asked about has its own."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import visit

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
