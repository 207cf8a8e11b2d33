"""Every lesson in a real browser, driven from the table of lessons."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.lessons import LESSONS
from app.shell.words import LANGUAGES, Words
from tests.e2e.browser import PHONE, foreign_requests, settle

IDS = [lesson.id for lesson in LESSONS]
FIGURE = ".js-plotly-plot"


def open_lesson(page: Page, url: str, lesson_id: str, query: str = "lang=en") -> None:
    """Open a lesson in the state that shows its figure."""
    showcase = next(lesson for lesson in LESSONS if lesson.id == lesson_id).showcase
    page.goto(f"{url}/{lesson_id}?{query}&{showcase}")
    settle(page)


def words(lesson_id: str, language: str) -> Words:
    return Words(next(lesson for lesson in LESSONS if lesson.id == lesson_id).words, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson_id", IDS)
def test_opens_complete_and_alone(page: Page, app_url: str, lesson_id: str, language: str) -> None:
    foreign = foreign_requests(page, app_url)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    open_lesson(page, app_url, lesson_id, f"lang={language}")

    expect(page.locator("h1")).to_have_text(words(lesson_id, language)("title"))
    page.wait_for_selector(FIGURE, timeout=60_000)
    assert page.locator("[data-testid=stException]").count() == 0
    marks = page.locator(f"{FIGURE} .main-svg :is(path, image, rect.bg, text)").count()
    assert marks > 20, "the main figure has no marks"
    assert foreign == []
    assert errors == []


@pytest.mark.parametrize("lesson_id", IDS)
def test_main_figure_stands_above_the_fold(page: Page, app_url: str, lesson_id: str) -> None:
    open_lesson(page, app_url, lesson_id)
    page.wait_for_selector(FIGURE, timeout=60_000)
    box = page.locator(FIGURE).first.bounding_box()
    assert box is not None
    assert box["y"] < 640, "the main figure begins below the fold"
    assert box["width"] > 300


@pytest.mark.parametrize("lesson_id", IDS)
def test_phone_does_not_scroll_sideways(page: Page, app_url: str, lesson_id: str) -> None:
    page.set_viewport_size(PHONE)
    open_lesson(page, app_url, lesson_id, "lang=zh")
    page.wait_for_selector(FIGURE, timeout=60_000)
    overflow = page.evaluate(
        "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"
    )
    assert overflow <= 1


@pytest.mark.parametrize("lesson_id", IDS)
def test_preset_makes_a_link_that_opens_the_same_screen(page: Page, app_url: str, lesson_id: str) -> None:
    open_lesson(page, app_url, lesson_id, "lang=en")
    tree = words(lesson_id, "en")
    preset = list(tree.node("presets"))[1]
    page.get_by_role("button", name=tree(f"presets.{preset}.label"), exact=True).or_(
        page.get_by_role("radio", name=tree(f"presets.{preset}.label"), exact=True)
    ).first.click()
    settle(page)
    page.wait_for_timeout(1500)
    link = page.url
    assert f"preset={preset}" in link

    controls = "[data-testid=stMain] input[type=text], [data-testid=stMain] textarea"
    before = [field.input_value() for field in page.locator(controls).all()]
    other = page.context.new_page()
    other.goto(link)
    settle(other)
    assert [field.input_value() for field in other.locator(controls).all()] == before
    other.close()


@pytest.mark.parametrize("lesson_id", IDS)
def test_state_survives_the_language_switch_and_a_visit_elsewhere(page: Page, app_url: str, lesson_id: str) -> None:
    open_lesson(page, app_url, lesson_id, "lang=en&panel=sources")
    page.get_by_text("中文", exact=True).click()
    settle(page)
    expect(page.locator("h1")).to_have_text(words(lesson_id, "zh")("title"))
    assert "panel=sources" in page.url

    page.locator("[data-testid=stSidebarNav] a").first.click()
    settle(page)
    page.go_back()
    settle(page)
    expect(page.locator("h1")).to_have_text(words(lesson_id, "zh")("title"))
    page.wait_for_timeout(800)
    assert "panel=sources" in page.url


@pytest.mark.parametrize("lesson_id", IDS)
def test_figure_can_be_taken_away(page: Page, app_url: str, lesson_id: str, tmp_path: Path) -> None:
    open_lesson(page, app_url, lesson_id, "lang=en")
    page.wait_for_selector(FIGURE, timeout=60_000)
    menu = page.get_by_role("button", name="Take it away").first
    contents: dict[str, bytes] = {}
    for label in ("PNG picture", "SVG drawing", "CSV data"):
        menu.click()
        with page.expect_download(timeout=30_000) as download:
            page.get_by_role("button", name=label).first.click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        contents[label] = path.read_bytes()
        page.keyboard.press("Escape")
        page.wait_for_timeout(400)
    assert contents["PNG picture"].startswith(b"\x89PNG")
    assert b"<svg" in contents["SVG drawing"][:200]
    rows = list(csv.reader(io.StringIO(contents["CSV data"].decode("utf-8-sig"))))
    assert len(rows) > 2
    assert all(len(row) == len(rows[0]) for row in rows)


@pytest.mark.parametrize("lesson_id", IDS)
def test_lecture_mode_is_readable_from_the_last_row(page: Page, app_url: str, lesson_id: str) -> None:
    open_lesson(page, app_url, lesson_id, "lecture=true&lang=zh")
    page.wait_for_selector(FIGURE, timeout=60_000)
    sizes = page.evaluate(
        """() => { const out = [];
          const walk = document.createTreeWalker(document.querySelector('[data-testid=stMain]'), NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) { const e = walk.currentNode.parentElement; const r = e.getBoundingClientRect();
            const seen = e.checkVisibility({opacityProperty: true, visibilityProperty: true});
            if (seen && walk.currentNode.textContent.replace(/\u200b/g, '').trim() && r.width > 1 && r.height > 1
                && !e.closest('.katex-mathml, .msupsub .msupsub, [data-testid=stIconMaterial], .modebar, style, script'))
              out.push([parseFloat(getComputedStyle(e).fontSize), walk.currentNode.textContent.trim().slice(0, 40)]); }
          return out; }"""
    )
    small = sorted({(size, text) for size, text in sizes if size < 20})
    assert not small, f"text under 20 px: {small[:8]}"


def test_unknown_control_values_in_a_link_do_no_harm(page: Page, app_url: str) -> None:
    for lesson_id in IDS:
        open_lesson(
            page, app_url, lesson_id, "step=999&layer=-4&model=none&panel=<b>&preset=x&k=1e9&text=%00%F0%9F%98%80"
        )
        assert page.locator("[data-testid=stException]").count() == 0
        assert re.search(r"\S", page.locator("h1").inner_text())
