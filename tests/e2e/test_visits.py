"""Each lesson is visited once in each language, and everything that holds for every lesson is looked at there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.lessons import LESSONS, lesson
from app.words import LANGUAGES, LOCALES, Words
from tests.e2e import looking
from tests.e2e.accessibility import grave_findings
from tests.e2e.browser import DESKTOP, LAPTOPS, PHONE, acting, foreign_requests, problems, visit
from tests.e2e.taking_away import check_what_is_taken_away
from tests.e2e.text_on_screen import cut_text, overlapping_text
from tests.sample import sample, visited

IDS = visited([item.id for item in LESSONS])
VISITS = list(itertools.product(IDS, LANGUAGES))


@dataclass
class Visit:
    """A page that was opened once, and what it has asked for and complained of so far."""

    page: Page
    address: str
    foreign: list[str]
    problems: list[str]

    def theme(self, name: str) -> None:
        """Have the browser ask for the light or the dark theme; Streamlit follows at once."""
        self.page.emulate_media(color_scheme=name)  # type: ignore[arg-type]
        self.page.wait_for_function(
            "(name) => getComputedStyle(document.querySelector('.stApp')).colorScheme === name", arg=name
        )
        self.page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))")

    def grave(self, part: str | None = None, in_the_dark: bool = True) -> list[str]:
        """Return what axe finds in the light theme, and in the dark one of what a theme changes: the contrast."""
        found = [f"light: {line}" for line in grave_findings(self.page, part)]
        if not in_the_dark:
            return found
        self.theme("dark")
        found += [f"dark: {line}" for line in grave_findings(self.page, part, ("color-contrast",))]
        self.theme("light")
        return found

    def resize(self, size: dict[str, int]) -> None:
        """Give the window another size and wait until every figure has it."""
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        self.page.wait_for_function(
            """() => [...document.querySelectorAll(".js-plotly-plot")].every((plot) =>
              Math.abs(plot.clientWidth - plot._fullLayout.width) <= 1)"""
        )


@pytest.fixture
def opened(page: Page, app_url: str, request: pytest.FixtureRequest) -> Visit:
    path, language = request.param
    page.emulate_media(reduced_motion="reduce")
    showcase = "" if path == "home" else lesson(path).showcase
    address = f"{app_url}/{'' if path == 'home' else path}?lang={language}&{showcase}"
    found = Visit(page, address, foreign_requests(page, app_url), problems(page))
    visit(page, address)
    return found


def check_the_page_as_it_opens(opened: Visit, title: str, subtests: Any) -> None:
    page = opened.page
    with subtests.test("opens complete"):
        expect(page.locator("h1")).to_have_text(title)
        assert looking.broken(page) == []
    with subtests.test("no text is cut or lies on other text"):
        assert cut_text(page) == []
        assert overlapping_text(page) == []
    with subtests.test("axe finds nothing grave"):
        assert opened.grave() == []


def check_a_lesson_as_it_opens(opened: Visit, title: str, subtests: Any) -> None:
    page = opened.page
    check_the_page_as_it_opens(opened, title, subtests)
    with subtests.test("the main figure is there, above the fold, and described"):
        assert looking.empty_figures(page) == []
        assert looking.low_figure(page) == []
        assert looking.bars_on_figures(page) == []
    for size in LAPTOPS:
        with subtests.test("on a laptop", **size):
            opened.resize(size)
            assert looking.on_a_laptop(page) == []
            assert cut_text(page) == []
    with subtests.test("on a phone"):
        opened.resize(PHONE)
        assert looking.on_a_phone(page) == []
    opened.resize(DESKTOP)


@pytest.mark.parametrize("opened", [("home", language) for language in LANGUAGES], ids="-".join, indirect=True)
def test_home(opened: Visit, subtests: Any) -> None:
    language = "zh" if "lang=zh" in opened.address else "en"
    check_the_page_as_it_opens(opened, Words(LOCALES / "shell.yaml", language)("app.title"), subtests)
    assert opened.foreign == []
    assert opened.problems == []


@pytest.mark.parametrize("opened", [(path, "en") for path in IDS], ids="-".join, indirect=True)
def test_in_english(opened: Visit, subtests: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Everything; what is drawn by the same code in Chinese differs in its words only."""
    page, it = opened.page, lesson(request.node.callspec.params["opened"][0])
    check_a_lesson_as_it_opens(opened, Words(it.words, "en")("title"), subtests)
    with subtests.test("the first figure can be taken away"):
        check_what_is_taken_away(page, it.part("learner").DRAWN, tmp_path)
    with subtests.test("every control is reached by Tab"):
        assert looking.out_of_reach(page) == []
    with subtests.test("examples fit every screen"):
        assert look_at_examples(opened) == []
    with subtests.test("every view and panel is sound too"):
        opened.resize(LAPTOPS[0])
        assert look_at_every_view_and_panel(opened) == []
    check_in_a_hall(opened, subtests)


@pytest.mark.parametrize("opened", [(path, "zh") for path in IDS], ids="-".join, indirect=True)
def test_in_chinese(opened: Visit, subtests: Any, request: pytest.FixtureRequest) -> None:
    it = lesson(request.node.callspec.params["opened"][0])
    check_a_lesson_as_it_opens(opened, Words(it.words, "zh")("title"), subtests)
    with subtests.test("examples fit every screen"):
        assert look_at_examples(opened) == []
    check_in_a_hall(opened, subtests)


def look_at_every_view_and_panel(opened: Visit) -> list[str]:
    """Click each view and each panel, the first one last; return what is wrong with it. A share is seen in the dark."""
    found: list[str] = []
    path = opened.address.partition("?")[0].rpartition("/")[2]
    for where, part in ((".st-key-view", "[data-testid=stMain]"), (".st-key-panel", ".st-key-panel_body")):
        buttons = opened.page.locator(f"{where} button[role=radio]").all()[::-1]  # which panels there are is the view's
        dark = sample(range(len(buttons)), 2, f"in the dark {path} {where}")
        for number, button in enumerate(buttons):
            name = button.inner_text()
            if button.get_attribute("aria-checked") != "true":
                with acting(opened.page):
                    button.click()
            expect(button).to_be_checked()
            wrong = [
                *looking.broken(opened.page),
                *cut_text(opened.page),
                *looking.off_the_side(opened.page),
                *opened.grave(part, number in dark),
            ]
            found += [f"{name}: {line}" for line in wrong]
    return found


def examples(opened: Visit, count: int) -> Iterator[str]:
    """Click a share of the lesson's examples and say which one the page shows: each brings texts of its own length."""
    buttons = opened.page.locator(".st-key-preset button[role=radio]").all()
    for button in sample(buttons, count, f"examples {opened.address.partition('?')[2]} {len(buttons)}"):
        with acting(opened.page):
            button.press("Enter")  # the row may still move under a pointer
        yield button.inner_text()


def look_at_examples(opened: Visit) -> list[str]:
    """Return what is wrong with a share of the examples on laptops and a phone."""
    found: list[str] = []
    for name in examples(opened, 2):
        for size in LAPTOPS:
            opened.resize(size)
            figures = opened.page.locator(looking.FIRST_FIGURE).count()  # a sentence to be tagged by hand is none
            wrong = looking.low_on_a_laptop(opened.page, looking.HIGHEST_WITH_AN_EXAMPLE) if figures else []
            wrong += looking.off_the_side(opened.page)
            found += [f"{name} at {size['width']}: {line}" for line in [*wrong, *cut_text(opened.page)]]
        opened.resize(PHONE)
        found += [f"{name} on a phone: {line}" for line in looking.off_the_side(opened.page)]
        opened.resize(DESKTOP)
        found += [f"{name}: {line}" for line in looking.broken(opened.page)]
    return found


def look_at_examples_in_a_hall(opened: Visit) -> list[str]:
    """Return what is wrong with a share of the examples on a projector, before their questions are answered and after."""
    found: list[str] = []
    for name in examples(opened, 2):
        found += [f"{name}: {line}" for line in looking.on_a_projector(opened.page)]
        while opened.page.locator("[class*=st-key-_guess_]").count():
            with acting(opened.page):
                opened.page.keyboard.press("r")
        wrong = [*looking.on_a_projector(opened.page), *looking.text_on_text(opened.page)]
        found += [f"{name}, answered: {line}" for line in wrong]
    return found


def check_in_a_hall(opened: Visit, subtests: Any) -> None:
    """The same address on a projector; and what has gone wrong since the page was opened."""
    page = opened.page
    with subtests.test("on a projector"):
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # nobody looks at the page that is left
        visit(page, f"{opened.address}&lecture=true")
        assert looking.on_a_projector(page) == []
        if not page.locator(looking.FORMULAS).count():  # it comes with the answer
            with acting(page):
                page.keyboard.press("r")
            assert looking.on_a_projector(page) == []
            expect(page.locator(looking.FORMULAS).first).to_be_visible()
        assert look_at_examples_in_a_hall(opened) == []
    with subtests.test("alone and without complaints"):
        assert opened.foreign == []
        assert opened.problems == []


@pytest.mark.parametrize("lesson_id", IDS)
def test_what_a_learner_does_comes_out_right(page: Page, app_url: str, lesson_id: str) -> None:
    seen = problems(page)
    lesson(lesson_id).part("learner").in_a_browser(page, app_url)
    assert looking.broken(page) == []
    assert seen == []
