"""Where things stand: on a phone the figure begins on the first screen, on a projector it fits with its formula."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from app.lessons import LESSONS, Lesson
from app.words import LANGUAGES
from tests.e2e.browser import DESKTOP, PHONE, settle

FIGURES = ".st-key-stage .js-plotly-plot"
ALL = [pytest.param(lesson, language, id=f"{lesson.id}-{language}") for lesson in LESSONS for language in LANGUAGES]
THEMES_GREY = "rgb(128, 132, 149)"  # how Streamlit writes what has no colour of its own in a figure


def open_lesson(page: Page, url: str, lesson: Lesson, query: str, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(f"{url}/{lesson.id}?{query}&{lesson.showcase}")
    settle(page)
    page.wait_for_selector(FIGURES, timeout=60_000)
    page.wait_for_timeout(800)


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    """Return left, top, right, bottom (px of the first screen) and what is cut off at the side, of all that is seen."""
    found: list[dict[str, float]] = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map((e) => {
          const r = e.getBoundingClientRect();
          return {left: r.left, top: r.top, right: r.right, bottom: r.bottom, cut: e.scrollWidth - e.clientWidth}; })""",
        selector,
    )
    assert found, f"nothing is seen of {selector}"
    return found


@pytest.mark.parametrize(("lesson", "language"), ALL)
def test_phone_shows_the_figure_on_its_first_screen(page: Page, app_url: str, lesson: Lesson, language: str) -> None:
    open_lesson(page, app_url, lesson, f"lang={language}", PHONE)
    figure = boxes(page, FIGURES)[0]
    settings = boxes(page, ".st-key-settings > *")
    tools = boxes(page, ".st-key-tools > *")
    text = boxes(page, ".st-key-controls input")
    panels = boxes(page, ".st-key-below")[0]
    (main,) = boxes(page, "[data-testid=stMain]")
    assert text[0]["bottom"] < figure["top"] < 600
    assert figure["bottom"] < settings[0]["top"]
    assert settings[-1]["bottom"] < panels["top"]
    assert max(tool["top"] for tool in tools) < min(tool["bottom"] for tool in tools), "the header's tools are two rows"
    assert max(tool["right"] for tool in tools) <= PHONE["width"]
    assert main["cut"] <= 1, "the page scrolls sideways"


@pytest.mark.parametrize(("lesson", "language"), ALL)
def test_projector_shows_figure_and_formula_at_once(page: Page, app_url: str, lesson: Lesson, language: str) -> None:
    open_lesson(page, app_url, lesson, f"lang={language}&lecture=true", DESKTOP)
    for figure in boxes(page, FIGURES):
        assert figure["bottom"] <= DESKTOP["height"]
    formulas = boxes(page, ".st-key-formulas .katex-display")
    for formula in formulas:
        assert formula["bottom"] <= DESKTOP["height"]
        assert formula["cut"] <= 1, "the formula is cut off at the side"
    pale = page.evaluate(
        """(grey) => [...document.querySelectorAll('.js-plotly-plot text')]
          .filter((e) => getComputedStyle(e).fill === grey).map((e) => e.textContent)""",
        THEMES_GREY,
    )
    assert not pale, "text in the grey of Streamlit's theme"
