"""What goes through the clipboard: a text is pasted by the keys, longer than a field reads, and much longer; a link is copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.words import LOCALES, Words
from tests.e2e.acting import PATIENCE, words
from tests.e2e.browser import acting, problems, visit

SHELL = Words(LOCALES / "shell.yaml", "en")


def paste(page: Page, name: str, text: str) -> None:
    """Put ``text`` in the place of what a field holds."""
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    field = page.get_by_role("textbox", name=name, exact=True)
    field.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+V")
    expect(field).to_have_value(text, timeout=PATIENCE)
    with acting(page):
        page.keyboard.press("Control+Enter" if field.evaluate("(it) => it.tagName") == "TEXTAREA" else "Enter")


@pytest.mark.parametrize(
    ("lesson_id", "query", "limit", "kept"),
    [("attention", "lang=en", 4_000, 3_999), ("bio-tagging", "lang=en&view=own", 20_000, 19_999)],
)
def test_a_long_paste_is_told_and_kept(
    page: Page, app_url: str, lesson_id: str, query: str, limit: int, kept: int
) -> None:
    seen, w = problems(page), words(lesson_id)
    label = w("controls.text") if w.has("controls.text") else SHELL("text")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=app_url)
    visit(page, f"{app_url}/{lesson_id}?{query}")
    for count in (10_000, 250_000):
        text = " ".join(["word"] * count)
        paste(page, label, text)
        said = SHELL("text_cut", given=f"{len(text):,}", limit=f"{limit:,}", kept=f"{kept:,}")
        expect(page.get_by_text(said)).to_be_visible()
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
    with acting(page):  # nor is it lost when something else is changed
        page.locator(".st-key-panel [role=radio]").last.click()
    expect(page.get_by_role("textbox", name=label, exact=True)).to_have_value(text)
    paste(page, label, "Ana lives in Paris.")
    expect(page.get_by_text(said)).to_have_count(0)
    assert seen == []


@pytest.mark.parametrize("secure", [True, False], ids=["clipboard", "without https"])
def test_the_button_copies_the_link_to_the_screen(page: Page, app_url: str, secure: bool) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=app_url)
    if not secure:
        page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no https'))")
    visit(page, f"{app_url}/bio-tagging?lang=en&view=own&text=Mary")
    page.get_by_role("button", name=SHELL("link.copy"), exact=True).click()
    expect(page.get_by_role("button", name=SHELL("link.copied"), exact=True)).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == page.url
    expect(page.get_by_role("button", name=SHELL("link.copy"), exact=True)).to_be_visible()
