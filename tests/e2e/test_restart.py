"""A server that is started again in the middle of a visit: no text goes to another lesson, and every lesson has its own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.acting import PATIENCE, acting
from tests.e2e.browser import free_port, serve, visit

pytestmark = [pytest.mark.browser, pytest.mark.models]
TEXTS = {
    "attention": "The robot saw a dog.",
    "lstm-gates": "An awful film.",
    "masked-language-model": "Ana lives in [MASK].",
}
ANEW = "() => document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'"


def field(page: Page):  # type: ignore[no-untyped-def]
    return page.locator("[data-testid=stMain] :is(textarea, input[type=text])").first


def go(page: Page, lesson: str) -> None:
    """Choose a lesson. The runs of a new session are counted anew: what is waited for is what they show."""
    page.locator(f"[data-testid=stSidebarNav] a[href$='/{lesson}']").click()
    expect(page).to_have_url(re.compile(rf"/{lesson}(\?|$)"), timeout=PATIENCE)


def test_every_lesson_has_what_it_had(page: Page) -> None:
    port, (first, *others) = free_port(), TEXTS
    with serve(port) as url:
        visit(page, f"{url}/{first}?lang=en")
        for lesson in (first, *others):
            if lesson != first:
                with acting(page):
                    go(page, lesson)
            with acting(page):
                field(page).fill(TEXTS[lesson])
                field(page).blur()
    page.wait_for_function(f"() => !({ANEW})()", timeout=PATIENCE)
    with serve(port):
        page.wait_for_function(ANEW, timeout=PATIENCE)
        for lesson in (*TEXTS, first):
            go(page, lesson)
            expect(field(page)).to_have_value(TEXTS[lesson], timeout=PATIENCE)
        visit(page, f"http://localhost:{port}/{others[0]}?lang=en")  # loaded anew: its address has no text
        expect(field(page)).not_to_have_value(TEXTS[others[0]], timeout=PATIENCE)
        go(page, first)
        expect(field(page)).to_have_value(TEXTS[first], timeout=PATIENCE)
