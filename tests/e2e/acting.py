"""Hands for the tests in the browser: fields, lists and sliders by the names that a learner reads, each act to its end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from app.lessons import lesson
from app.words import LOCALES, Words
from tests.e2e.browser import acting

__all__ = ["PATIENCE", "acting", "choose", "see_answers", "settings", "slide", "type_into", "words"]
PATIENCE = 60_000  # ms: two cores that also run the server are slow at times


def words(lesson_id: str, language: str = "en") -> Words:
    return Words(lesson(lesson_id).words, language)


@contextlib.contextmanager
def settings(page: Page) -> Iterator[None]:
    """Have the menu of the seldom changed controls open."""
    body = page.locator("[data-testid=stPopoverBody]")
    with acting(page):  # the server is told that it is open, and that it is closed
        page.locator(".st-key-tools [data-testid=stPopover] button").click()
        expect(body).to_be_visible()
    yield
    with acting(page):
        page.keyboard.press("Escape")
        expect(body).to_have_count(0)


def see_answers(page: Page, language: str = "en") -> None:
    """Have every question on the page answered without a guess, also one that is asked after another."""
    button = page.get_by_role("button", name=Words(LOCALES / "shell.yaml", language)("predict.show"), exact=True)
    line = page.locator('.fold[aria-expanded="false"]:visible')  # a phone's, with a question behind it
    while button.count() or page.locator('[class*="st-key-question_open_"]').filter(has=line).count():
        if not button.count():
            line.click()
        with acting(page):
            button.first.click()


def type_into(page: Page, name: str, text: str) -> None:
    """Type a text into the field of this name, and wait for what comes of it."""
    field = page.get_by_role("textbox", name=name, exact=True)
    if field.input_value() != text:
        with acting(page):
            field.fill(text)
            field.press("Control+Enter" if field.evaluate("(it) => it.tagName") == "TEXTAREA" else "Enter")


def choose(page: Page, name: str, option: str) -> None:
    """Choose an option of a select box by typing it."""
    box = page.get_by_role("combobox", name=name, exact=True)
    box.click()
    box.fill(option)
    with acting(page):
        page.get_by_role("option", name=option).first.click()


def slide(page: Page, name: str, value: int) -> None:
    """Move a slider with the arrow keys."""
    slider = page.locator(f"input[type=range][aria-label='{name}']")
    slider.focus()
    while (here := int(slider.input_value())) != value:
        with acting(page):
            slider.press("ArrowRight" if here < value else "ArrowLeft")
