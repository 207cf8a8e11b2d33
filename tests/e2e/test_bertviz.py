"""BertViz's two views inside the attention lesson: drawn without a foreign request, alive under the pointer."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import references
from tests.e2e.browser import foreign_requests, problems, visit

TEXT = "The trophy doesn't fit in the suitcase because it is too big."

# how strong each line is as it is seen: 0 where it is hidden
STRENGTHS = """lines => lines.map((line) => {
  const style = getComputedStyle(line);
  return style.visibility === "visible" ? style.strokeOpacity * style.opacity * getComputedStyle(line.parentElement).opacity : 0;
})"""


@pytest.mark.parametrize("view", ["head", "model"])
def test_the_views_are_drawn_and_follow_the_pointer(page: Page, app_url: str, view: str) -> None:
    foreign, seen = foreign_requests(page, app_url), problems(page)
    visit(page, f"{app_url}/attention?lang=en&panel={view}_view")
    inside = page.frame_locator(".st-key-panel_body iframe")
    lines = inside.locator("svg line")
    expect(lines.first).to_be_attached(timeout=60_000)
    tokens, maps = references.attentions(TEXT)
    layers, heads = maps.shape[:2]
    assert lines.count() == (heads if view == "head" else layers * heads) * len(tokens) ** 2

    if view == "model":  # a click on a thumbnail opens the head in large, and only there a token can be pointed at
        inside.locator("svg rect").first.scroll_into_view_if_needed()
        inside.locator("svg .attn_background + g ~ rect").first.click()
        expect(inside.locator("svg text.detail").first).to_be_attached()
    before = lines.evaluate_all(STRENGTHS)
    inside.locator("#left text, .detail text.token", has_text="trophy").first.hover(force=True)
    for _ in range(100):  # until the lines of the other tokens have faded
        during = lines.evaluate_all(STRENGTHS)
        if 0 < np.count_nonzero(during) < np.count_nonzero(before):
            break
        page.evaluate("() => new Promise(requestAnimationFrame)")
    else:
        raise AssertionError("only the lines of one token stay under the pointer")
    assert foreign == []
    assert seen == []
