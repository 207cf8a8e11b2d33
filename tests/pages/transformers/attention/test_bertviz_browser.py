"""The BertViz page in a real browser that has no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.charts import style
from pages.transformers.attention import bertviz_page

pytestmark = pytest.mark.browser

LABELS = {name: name for name in ("layer", "layers", "head", "heads", "attention", "all", "aa", "bb", "ab", "ba")}
TOKENS = ["[CLS]", "the", "</script><img src=x onerror=alert(1)>", "猫", "[SEP]", "it", "[SEP]"]


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[tuple[Any, list[str], list[str]]]:
    """A page without network, with lists of what it asked for and of what went wrong in it."""
    page = browser.new_context(offline=True).new_page()
    requests: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page, requests, problems
    page.context.close()


def _open(page: Any, folder: Path, view: str, segments: list[int], dark: bool = False, zoom: float = 1.0) -> np.ndarray:
    raw = np.random.default_rng(1).random((2, 3, 7, 7)) ** 3
    weights = raw / raw.sum(-1, keepdims=True)
    file = folder / "page.html"
    text = bertviz_page.page(view, weights, TOKENS, segments, LABELS, layer=1, dark=dark, zoom=zoom)
    file.write_text(text, encoding="utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector("svg line", state="attached")
    return weights


@pytest.mark.parametrize("view", ["head", "model"])
def test_a_hall_reads_every_token(opened: tuple[Any, list[str], list[str]], tmp_path: Path, view: str) -> None:
    """At 1,840 px, which a projector leaves for the frame: letters of 22 px, nothing below its height or off its side."""
    page, _, problems = opened
    page.set_viewport_size({"width": 1840, "height": bertviz_page.height(view, 7, 2, 3, style.LECTURE_FACTOR)})
    _open(page, tmp_path, view, [0] * 7, zoom=style.LECTURE_FACTOR)
    if view == "model":
        page.locator("svg .attn_background, svg rect").first.click(force=True)
    sizes = page.eval_on_selector_all(
        "svg text", "all => all.map(e => parseFloat(getComputedStyle(e).fontSize) * e.currentCSSZoom)"
    )
    assert sizes and min(sizes) >= 22 and problems == []
    over = page.evaluate(
        "() => { const e = document.documentElement; return [e.scrollWidth - innerWidth, e.scrollHeight - innerHeight]; }"
    )
    assert max(over) <= 0


@pytest.mark.parametrize(("view", "lines"), [("head", 3 * 49), ("model", 6 * 49)])
def test_every_weight_is_a_line_and_nothing_is_requested(
    opened: tuple[Any, list[str], list[str]], tmp_path: Path, view: str, lines: int
) -> None:
    page, requests, problems = opened
    _open(page, tmp_path, view, [0] * 7)
    assert page.locator("svg line").count() == lines
    assert [url for url in requests if not url.startswith("file:")] == [] and problems == []


def test_the_lines_are_as_strong_as_the_weights(opened: tuple[Any, list[str], list[str]], tmp_path: Path) -> None:
    page, _, _ = opened
    weights = _open(page, tmp_path, "model", [0] * 7)
    drawn = page.eval_on_selector_all("svg line", "lines => lines.map(l => +l.getAttribute('stroke-opacity'))")
    np.testing.assert_allclose(np.reshape(drawn, weights.shape), weights, atol=0.5 / 255 + 1e-9)


def test_the_head_view_opens_with_the_chosen_layer_and_changes_it(
    opened: tuple[Any, list[str], list[str]], tmp_path: Path
) -> None:
    page, _, problems = opened
    weights = _open(page, tmp_path, "head", [0] * 7)
    read = "lines => +lines[0].getAttribute('stroke-opacity')"
    assert page.locator("#layer").input_value() == "2"
    assert page.eval_on_selector_all("svg line", read) * 3 == pytest.approx(weights[1, 0, 0, 0], abs=0.003)
    page.locator("#layer").select_option("1")
    assert page.eval_on_selector_all("svg line", read) * 3 == pytest.approx(weights[0, 0, 0, 0], abs=0.003)
    assert problems == []


def test_two_texts_can_be_looked_at_one_to_the_other(opened: tuple[Any, list[str], list[str]], tmp_path: Path) -> None:
    page, _, problems = opened
    _open(page, tmp_path, "head", [0, 0, 0, 0, 0, 1, 1])
    page.locator("#filter").select_option("3")
    assert page.locator("svg line").count() == 3 * 5 * 2 and problems == []


def test_clicking_a_head_in_the_model_view_opens_it(opened: tuple[Any, list[str], list[str]], tmp_path: Path) -> None:
    page, _, problems = opened
    _open(page, tmp_path, "model", [0] * 7)
    page.locator("svg .attn_background + g ~ rect").first.click()
    page.wait_for_selector("svg text.detail")
    assert "layer 1, head 1" in page.locator("svg text.detail").first.text_content() and problems == []


@pytest.mark.parametrize("word", ["incomprehensibilities", "词" * 12, "WWWWWWWWWWWW"])
def test_a_long_token_is_not_cut(opened: tuple[Any, list[str], list[str]], tmp_path: Path, word: str) -> None:
    page, _, _ = opened
    file = tmp_path / "page.html"
    file.write_text(bertviz_page.page("head", np.full((1, 1, 2, 2), 0.5), [word, "a"], [0, 0], LABELS), "utf-8")
    page.goto(file.as_uri())
    box = page.locator("#left text").first.bounding_box()
    assert box["width"] > 90 and box["x"] >= 0


def strong(page: Any) -> list[tuple[int, int]]:
    """Which (query, key) have a line that is seen."""
    return page.eval_on_selector_all(
        "svg #attention line",
        """lines => lines.filter(l => getComputedStyle(l).visibility === "visible" && l.getAttribute("stroke-opacity") > 0)
          .map(l => [+l.getAttribute("left-token-index"), +l.getAttribute("right-token-index")])""",
    )


def test_a_click_holds_the_lines_of_a_token_until_the_next(
    opened: tuple[Any, list[str], list[str]], tmp_path: Path
) -> None:
    """The pointer may leave for the menu meanwhile, over other tokens; layers and heads can be chosen."""
    page, _, problems = opened
    _open(page, tmp_path, "head", [0] * 7)
    left, away = page.locator("#left text"), page.locator("#right text").nth(5)
    left.nth(3).hover()
    assert {query for query, _ in strong(page)} == {3}
    away.hover()
    assert {key for _, key in strong(page)} == {5}, "nothing is held without a click"
    left.nth(3).click()
    away.hover()
    assert {query for query, _ in strong(page)} == {3}
    page.locator("svg > g:last-of-type rect").first.click()
    away.hover()
    assert {query for query, _ in strong(page)} == {3} and "2, 3" in page.evaluate("() => window.chosen()[1]")
    away.click()
    left.nth(1).hover()
    assert {key for _, key in strong(page)} == {5}, "another click holds another token"
    away.click()
    left.nth(1).hover()
    assert {query for query, _ in strong(page)} == {1}, "a second click lets go"
    left.nth(2).click()
    page.mouse.move(600, 5)
    page.locator("#layer").select_option("1")
    assert len({query for query, _ in strong(page)}) == 7, "another layer is drawn whole"
    assert problems == []


def test_the_page_tells_what_is_chosen_in_it(opened: tuple[Any, list[str], list[str]], tmp_path: Path) -> None:
    page, _, _ = opened
    _open(page, tmp_path, "head", [0, 0, 0, 0, 0, 1, 1])
    assert page.evaluate("() => window.chosen()") == ["layer 2", "heads 1–3", "attention all"]
    page.locator("svg > g:last-of-type rect").nth(1).dblclick()
    page.locator("#filter").select_option("3")
    assert page.evaluate("() => window.chosen()") == ["layer 2", "heads 2", "attention ab"]
    _open(page, tmp_path, "model", [0] * 7)
    assert page.evaluate("() => window.chosen()") == []
    page.locator("svg .attn_background + g ~ rect").first.click()
    assert page.evaluate("() => window.chosen()") == ["layer 1, head 1"]


@pytest.mark.parametrize(("dark", "light_text"), [(False, False), (True, True)])
def test_text_can_be_read_on_both_backgrounds(
    opened: tuple[Any, list[str], list[str]], tmp_path: Path, dark: bool, light_text: bool
) -> None:
    page, _, _ = opened
    _open(page, tmp_path, "head", [0] * 7, dark)
    fill = page.eval_on_selector("svg text", "text => getComputedStyle(text).fill")
    assert (int(fill[4:].split(",")[0]) > 128) == light_text


@pytest.mark.parametrize(
    ("width", "zoom", "least"), [(1460, 1.0, 0.7), (900, 1.0, 0.95), (1840, style.LECTURE_FACTOR, 0.9)]
)
def test_the_head_view_uses_the_width_that_there_is(
    opened: tuple[Any, list[str], list[str]], tmp_path: Path, width: int, zoom: float, least: float
) -> None:
    page, _, problems = opened
    page.set_viewport_size({"width": width, "height": 800})
    _open(page, tmp_path, "head", [0] * 7, zoom=zoom)
    right = page.eval_on_selector_all(
        "#right .background", "all => Math.max(...all.map(e => e.getBoundingClientRect().right))"
    )
    assert least * width <= right <= width and problems == []
    lines = page.eval_on_selector_all("svg line", "all => all.map(e => [+e.getAttribute('x1'), +e.getAttribute('x2')])")
    assert len({tuple(ends) for ends in lines}) == 1 and lines[0][1] - lines[0][0] <= 900


def test_on_a_phone_the_columns_stand_as_near_as_bertviz_has_them(
    opened: tuple[Any, list[str], list[str]], tmp_path: Path
) -> None:
    page, _, _ = opened
    page.set_viewport_size({"width": 358, "height": 800})
    _open(page, tmp_path, "head", [0] * 7)
    lines = page.eval_on_selector_all("svg line", "all => all.map(e => e.getAttribute('x2') - e.getAttribute('x1'))")
    assert set(lines) == {115}
