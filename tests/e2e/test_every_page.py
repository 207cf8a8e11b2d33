"""Every page in both languages, each opened once: complete, without errors and foreign requests, accessible, readable."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from app.lessons import LESSONS, lesson
from app.words import LANGUAGES, LOCALES, Words
from tests.e2e.accessibility import grave_findings
from tests.e2e.browser import DESKTOP, foreign_requests, problems, settle
from tests.e2e.text_on_screen import cut_text, overlapping_text

FIGURE = ".js-plotly-plot"
PAGES = list(itertools.product(["home", *(item.id for item in LESSONS)], LANGUAGES))


@dataclass
class Opened:
    """A page as it was first opened, and what it has asked for and complained of so far."""

    page: Page
    path: str
    language: str
    foreign: list[str]
    problems: list[str]

    @property
    def is_home(self) -> bool:
        return self.path == "home"

    @property
    def title(self) -> str:
        if self.is_home:
            return Words(LOCALES / "shell.yaml", self.language)("app.title")
        return Words(lesson(self.path).words, self.language)("title")

    def theme(self, name: str) -> None:
        """Have the browser ask for the light or the dark theme; Streamlit follows at once."""
        self.page.emulate_media(color_scheme=name)  # type: ignore[arg-type]
        self.page.wait_for_function(
            "(name) => getComputedStyle(document.querySelector('.stApp')).colorScheme === name", arg=name
        )
        self.page.wait_for_timeout(300)


@pytest.fixture(scope="module", params=PAGES, ids=lambda pair: "-".join(pair))
def opened(request: pytest.FixtureRequest, browser: Browser, app_url: str) -> Iterator[Opened]:
    path, language = request.param
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    found = Opened(page, path, language, foreign_requests(page, app_url), problems(page))
    showcase = "" if path == "home" else lesson(path).showcase
    page.goto(f"{app_url}/{'' if path == 'home' else path}?lang={language}&{showcase}")
    settle(page)
    yield found
    context.close()


def test_opens_complete_and_alone(opened: Opened) -> None:
    page = opened.page
    expect(page.locator("h1")).to_have_text(opened.title)
    if not opened.is_home:
        page.wait_for_selector(FIGURE, timeout=60_000)
        marks = page.locator(f"{FIGURE} .main-svg :is(path, image, rect.bg, text)").count()
        assert marks > 20, "the main figure has no marks"
    assert page.locator("[data-testid=stException]").count() == 0
    assert opened.foreign == []
    assert opened.problems == []


def test_no_text_is_cut_or_lies_on_other_text(opened: Opened) -> None:
    assert cut_text(opened.page) == []
    assert overlapping_text(opened.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_grave(opened: Opened, theme: str) -> None:
    opened.theme(theme)
    assert grave_findings(opened.page) == []


def test_every_view_and_panel_is_sound_too(opened: Opened) -> None:
    """In English, in both themes; what is drawn by the same code in Chinese differs in its words only."""
    if opened.is_home or opened.language != "en":
        return
    for where, part in ((".st-key-view", "[data-testid=stMain]"), (".st-key-panel", ".st-key-panel_body")):
        for button in opened.page.locator(f"{where} button[role=radio]").all()[::-1]:
            name = button.inner_text()
            button.click()
            expect(button).to_be_checked()
            settle(opened.page)
            assert opened.page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0, (
                name
            )
            assert cut_text(opened.page) == [], name
            for theme in ("dark", "light"):
                opened.theme(theme)
                assert grave_findings(opened.page, part) == [], (name, theme)
    assert opened.foreign == []
    assert opened.problems == []
