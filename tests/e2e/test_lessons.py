"""Every lesson in a real browser, driven from the table of lessons."""

from __future__ import annotations

import csv
import io
import itertools
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.lessons import LESSONS
from app.words import Words
from tests.e2e.browser import PHONE, controls, figures, numbers, problems, settle

IDS = [lesson.id for lesson in LESSONS]
FIGURE = ".js-plotly-plot"


def open_lesson(page: Page, url: str, lesson_id: str, query: str = "lang=en") -> None:
    """Open a lesson in the state that shows its figure."""
    showcase = next(lesson for lesson in LESSONS if lesson.id == lesson_id).showcase
    page.goto(f"{url}/{lesson_id}?{query}&{showcase}")
    settle(page)


def words(lesson_id: str, language: str) -> Words:
    return Words(next(lesson for lesson in LESSONS if lesson.id == lesson_id).words, language)


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


def see_answers(page: Page) -> None:
    """Have every prediction's answer shown: what a learner has guessed belongs to the visit, not to a link."""
    page.wait_for_selector(".st-key-panel", timeout=120_000)
    settle(page)
    buttons = page.get_by_role("button", name="Show without guessing", exact=True)
    while buttons.count():
        buttons.first.click()
        settle(page)


def change_much(page: Page, tree: Words) -> str:
    """Take the second preset, then change whatever else can be: panel, sliders, toggles. Return the preset's id."""
    preset = list(tree.node("presets"))[1]
    page.locator(".st-key-preset [role=radio]", has_text=tree(f"presets.{preset}.label")).click()
    settle(page)
    page.locator(".st-key-panel [role=radio]").last.click()
    settle(page)
    main = page.locator("[data-testid=stMain]")
    for slider in main.get_by_role("slider").all():
        if slider.is_enabled():
            slider.press("ArrowLeft" if slider.input_value() == slider.get_attribute("max") else "ArrowRight")
            settle(page)
    for toggle in main.get_by_role("switch").all()[1:]:  # the first is lecture mode
        if toggle.is_visible():
            toggle.press("Space")
            settle(page)
    see_answers(page)
    page.wait_for_timeout(1000)  # the address is written after the run
    return preset


def screen(page: Page) -> dict[str, Any]:
    """Return everything that a link has to bring back: the values of all controls, and the data of all figures."""
    return {"controls": controls(page), "figures": figures(page)}


def lacking(page: Page, wanted: dict[str, Any], seconds: float = 60) -> list[Any]:
    """Return what of a screen the page still does not show after a while: controls, names of figures."""
    end = time.monotonic() + seconds
    while (now := screen(page)) != wanted and time.monotonic() < end:
        page.wait_for_timeout(500)
    pairs = itertools.zip_longest(now["controls"], wanted["controls"])
    names = now["figures"].keys() | wanted["figures"].keys()
    return [
        *(f"{got} instead of {want}" for got, want in pairs if got != want),
        *(name for name in sorted(names) if now["figures"].get(name) != wanted["figures"].get(name)),
    ]


@pytest.mark.parametrize("lesson_id", IDS)
def test_a_link_and_the_back_button_bring_the_same_screen(page: Page, app_url: str, lesson_id: str) -> None:
    seen, tree = problems(page), words(lesson_id, "en")
    page.goto(f"{app_url}/?lang=en")
    settle(page)
    page.locator("[data-testid=stSidebarNav]").get_by_text(tree("title"), exact=True).click()
    expect(page.locator("h1")).to_have_text(tree("title"))
    settle(page)
    untouched = screen(page)
    preset = change_much(page, tree)
    link, here = page.url, screen(page)
    assert f"preset={preset}" in link
    assert here["controls"] != untouched["controls"]
    assert here["figures"]

    other = page.context.new_page()
    other.goto(link)
    see_answers(other)
    assert lacking(other, here) == []
    other.close()

    # Changes of controls are no steps of their own: back leads to the page before, and forward to where one was.
    page.go_back()
    expect(page.locator("h1")).to_have_text("How machines read")
    settle(page)
    page.go_forward()
    expect(page.locator("h1")).to_have_text(tree("title"))
    settle(page)
    assert lacking(page, here) == []
    assert seen == []


@pytest.mark.parametrize("lesson_id", IDS)
def test_a_link_copied_after_a_language_switch_brings_the_same_screen(page: Page, app_url: str, lesson_id: str) -> None:
    open_lesson(page, app_url, lesson_id, "lang=en")  # what a lesson begins with may differ between the languages
    page.get_by_text("中文", exact=True).click()
    expect(page.locator("h1")).to_have_text(words(lesson_id, "zh")("title"))
    settle(page)
    page.wait_for_timeout(1000)  # the address is written after the run
    other, here = page.context.new_page(), screen(page)
    other.goto(page.url)
    settle(other)
    assert here["figures"] and lacking(other, here) == []
    other.close()


@pytest.mark.parametrize("lesson_id", IDS)
def test_state_survives_the_language_switch_and_a_visit_elsewhere(page: Page, app_url: str, lesson_id: str) -> None:
    open_lesson(page, app_url, lesson_id, "lang=en&panel=sources")
    page.get_by_text("中文", exact=True).click()
    expect(page.locator("h1")).to_have_text(words(lesson_id, "zh")("title"))
    settle(page)
    assert "panel=sources" in page.url
    before = screen(page)

    page.locator("[data-testid=stSidebarNav] a").first.click()
    expect(page.locator("h1")).to_have_text("机器如何阅读")
    settle(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text(words(lesson_id, "zh")("title"))
    settle(page)
    page.wait_for_url(re.compile("panel=sources"), wait_until="commit")
    assert lacking(page, before) == []


# Lesson -> the columns of the CSV of its first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: dict[str, tuple[tuple[str, ...], Callable[[list[dict[str, Any]]], Iterable[Any]]]] = {
    "embedding-map": (("x", "y"), lambda data: (t[axis] for t in data if t.get("hovertext") for axis in "xy")),
    "analogies": (("cosine",), lambda data: (t["x"] for t in data)),
    "lstm-gates": (tuple("ifgoch"), lambda data: (t["z"] for t in data if t["type"] == "heatmap")),
    "attention": (("weight",), lambda data: (t["z"] for t in data if t["type"] == "heatmap")),
    "masked-language-model": (("probability",), lambda data: (t["x"] for t in data if t["type"] == "bar")),
    "bio-tagging": (  # the cells are drawn in per cent
        ("O", *(f"{part}-{kind}" for kind in ("PER", "ORG", "LOC", "MISC") for part in "BI")),
        lambda data: (numbers(t["z"]) / 100 for t in data if t["type"] == "heatmap"),
    ),
}


@pytest.mark.parametrize("lesson_id", IDS)
def test_figure_can_be_taken_away(page: Page, app_url: str, lesson_id: str, tmp_path: Path) -> None:
    open_lesson(page, app_url, lesson_id, "lang=en")
    page.wait_for_selector(FIGURE, timeout=60_000)
    plot = page.locator(FIGURE).first
    size = plot.evaluate("(plot) => [plot.clientWidth, plot.clientHeight]")
    labels = {label for label in plot.locator(":is(.xtick, .ytick) text").all_text_contents() if label.strip()}
    data = next(iter(figures(page).values()))
    contents = take_away(page, tmp_path)

    with Image.open(io.BytesIO(contents["PNG picture"])) as picture:
        assert picture.format == "PNG"
        assert picture.size == (3 * size[0], 3 * size[1])
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 50, "the picture is empty"

    drawing = ElementTree.fromstring(contents["SVG drawing"])
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert (float(drawing.attrib["width"]), float(drawing.attrib["height"])) == (size[0], size[1])
    written = {"".join(text.itertext()) for text in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert labels <= written

    rows = list(csv.DictReader(io.StringIO(contents["CSV data"].decode("utf-8-sig"))))
    assert len(rows) > 2
    assert all(None not in row and None not in row.values() for row in rows), "a row is longer or shorter than the head"
    columns, drawn = DRAWN[lesson_id]
    given = np.unique([float(row[column]) for row in rows for column in columns if row[column]])
    shown = np.concatenate([numbers(values).ravel() for values in drawn(data)])
    shown = shown[np.isfinite(shown)]
    assert len(shown) > 2
    nearest = given[np.abs(given[None] - shown[:, None]).argmin(axis=1)]
    np.testing.assert_allclose(nearest, shown, atol=1e-5)


def take_away(page: Page, folder: Path) -> dict[str, bytes]:
    """Return what the menu under the first figure gives away, by the button's name."""
    contents: dict[str, bytes] = {}
    for label in ("PNG picture", "SVG drawing", "CSV data"):
        page.get_by_role("button", name="Take it away").first.click()
        with page.expect_download(timeout=30_000) as download:
            page.get_by_role("button", name=label).first.click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        contents[label] = path.read_bytes()
        page.keyboard.press("Escape")
        page.wait_for_timeout(400)
    return contents


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
