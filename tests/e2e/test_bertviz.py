"""BertViz's two views inside the attention lesson: drawn without a foreign request, alive under the pointer."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import references
from tests.e2e.browser import foreign_requests, problems, visit
from tests.e2e.taking_away import SVG, check_paper, download

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


def strengths(drawing: Element) -> list[float]:
    """Return how strong each line of a picture is, the strongest first."""
    return sorted((float(line.get("stroke-opacity", 1)) for line in drawing.iter(f"{SVG}line")), reverse=True)


def seen_of(weights: Any, heads: int = 1) -> list[float]:
    """Return how strong BertViz draws weights of ``heads`` heads at once, as far as a screen can show it."""
    drawn = np.rint(np.ravel(weights) * 255) / 255 / heads
    return sorted(drawn[drawn >= 1 / 256].tolist(), reverse=True)


def test_the_head_view_can_be_taken_away_as_it_stands(page: Page, app_url: str, tmp_path: Path) -> None:
    """Another layer, a second head and one token's lines, held by a click: out of a dark page onto white."""
    tokens, maps = references.attentions(TEXT)
    page.emulate_media(color_scheme="dark")
    visit(page, f"{app_url}/attention?lang=en&panel=head_view&layer=4&head=2")
    inside = page.frame_locator(".st-key-panel_body iframe")
    inside.locator("#layer").select_option("5")
    inside.locator("svg > g:last-of-type rect").nth(0).click()
    inside.locator("#left text", has_text="trophy").first.click()
    page.locator("h1").hover()
    png, svg = (download(page, kind, tmp_path, ".st-key-panel_body") for kind in ("png", "svg"))
    drawing, texts = check_paper(png, svg, page)
    row = tokens.index("trophy")
    assert strengths(drawing) == pytest.approx(seen_of(maps[4, :2, row], 2), abs=1e-6)
    assert texts[: 2 * len(tokens)] == [*tokens, *tokens]
    assert "Layer 5 · Heads 1, 2" in " ".join(texts)
    fills = {text.get("fill") for text in list(drawing.iter(f"{SVG}text"))[: 2 * len(tokens)]}
    assert fills == {"rgb(22, 32, 43)"}, "ink, whatever the theme"


def test_the_model_view_can_be_taken_away_without_what_is_asked(page: Page, app_url: str, tmp_path: Path) -> None:
    """The row that the learner is asked about is in no picture; the head that was opened is."""
    tokens, maps = references.attentions(TEXT)
    visit(page, f"{app_url}/attention?lang=en&panel=model_view&layer=4&head=2")
    inside = page.frame_locator(".st-key-panel_body iframe")
    inside.locator("svg .attn_background + g ~ rect").first.scroll_into_view_if_needed()
    inside.locator("svg .attn_background + g ~ rect").first.click()
    expect(inside.locator("svg text.detail").first).to_be_attached()
    png, svg = (download(page, kind, tmp_path, ".st-key-panel_body") for kind in ("png", "svg"))
    drawing, texts = check_paper(png, svg, page)
    told = maps.copy()
    told[3, 1, tokens.index("it")] = 0
    assert strengths(drawing) == pytest.approx(seen_of([*told.ravel(), *told[0, 0].ravel()]), abs=1e-6)
    assert "Layer 1, head 1" in texts
