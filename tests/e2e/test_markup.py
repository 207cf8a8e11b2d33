"""Nothing that a learner types runs, loads or links in a real browser: markup and script through every text field.

Each field takes a text of the worst, one of every kind that ever ran somewhere, and a share of the naughty strings with
markup or script, many to a text, since a run of a page takes a second here; the fields of a lesson take all of them
together, or where it has few fields, one text for each. What the pages make of each string in Python is tried without a
browser in ``tests/hostile/test_strings.py``.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from app.lessons import LESSONS
from app.words import LANGUAGES
from tests.e2e.browser import foreign_requests, settle
from tests.hostile.naughty import active_strings, batches
from tests.hostile.pages import screens

IDS = [lesson.id for lesson in LESSONS]
TYPED = 3500  # characters: what the shortest field takes of a text is 4,000
WORST = (
    "<img src=x onerror=alert(1)> <svg onload=alert(1)> <script>alert(1)</script> [x](javascript:alert(1)) "
    "![x](http://127.0.0.2:9/x.png) <a href='javascript:alert(1)'>x</a> [y](http://127.0.0.2:9/y) "
    "'\"><iframe src=javascript:alert(1)> $\\href{javascript:alert(1)}{x}$ </style></script><script>alert(1)</script> "
    "<a href='http://127.0.0.2:9/z'>z</a> <b onmouseover=alert(1)>b</b> {{constructor.constructor('alert(1)')()}}"
)

# A script that ran would call one of these; every frame has its own.
WATCH = """window.__ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
  window[name] = (...given) => window.__ran.push([name, ...given]);
}"""

# What stands in the page that could run or lead away, beside Streamlit's own scripts in the head.
LOOK = """() => [...document.querySelectorAll("[data-testid=stMain] *")].flatMap((e) => {
  const out = [];
  if (["SCRIPT", "OBJECT", "EMBED", "FORM", "BASE", "META"].includes(e.tagName.toUpperCase())) { out.push(`<${e.tagName}>`); }
  for (const { name, value } of e.attributes) {
    if (name.startsWith("on")) { out.push(`${e.tagName} ${name}=${value}`); }
    if (/^(xlink:)?href$|^src$|^action$|^formaction$/.test(name)) {
      if (/^\\s*(javascript|vbscript|data:text)/i.test(value)) { out.push(`${e.tagName} ${name}=${value}`); }
      else if (/^[a-z]*:?\\/\\//i.test(value) && !value.startsWith(location.origin)) { out.push(`away: ${value}`); }
    }
  }
  return out;
})"""


def ran(page: Page) -> list[Any]:
    """Return what scripts called, in every frame of the page."""
    return [call for frame in page.frames for call in frame.evaluate("() => window.__ran || []")]


def places(lesson_id: str) -> list[tuple[dict[str, str], str]]:
    """Return each field once for every view that has it, and where only a panel has it, there: (query, field)."""
    found = [
        (dict(screen.query), name)
        for screen in screens(lesson_id)[1:]
        for name in screen.fields
        if "panel" not in screen.query
    ]
    known = {name for _, name in found}
    for screen in screens(lesson_id):
        for name in screen.fields:
            if name not in known:
                known.add(name)
                found.append((dict(screen.query), name))
    return found


def test_a_script_would_be_noticed(page: Page, app_url: str) -> None:
    """The watch itself: a page into which the markup is written as it stands gives all of it away."""
    page.add_init_script(WATCH)
    foreign = foreign_requests(page, app_url)
    page.goto(f"{app_url}/_stcore/health")
    page.evaluate("(html) => { document.body.innerHTML = `<div data-testid=stMain>${html}</div>`; }", WORST)
    page.wait_for_timeout(500)
    assert ran(page), "an onerror handler ran unnoticed"
    found = page.evaluate(LOOK)
    assert any("javascript:" in item for item in found) and any("away:" in item for item in found)
    page.evaluate("() => { const i = new Image(); i.src = 'http://127.0.0.2:9/x.png'; }")
    page.wait_for_timeout(500)
    assert foreign


@pytest.mark.parametrize("lesson_id", IDS)
def test_nothing_typed_runs_loads_or_links(page: Page, app_url: str, lesson_id: str) -> None:
    page.add_init_script(WATCH)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    foreign = foreign_requests(page, app_url)
    naughty, there = batches(active_strings(), TYPED), places(lesson_id)
    for turn, (query, name) in enumerate(there):
        page.goto(f"{app_url}/{lesson_id}?{urlencode({**query, 'lang': LANGUAGES[turn % 2]})}")
        settle(page)
        before = set(page.evaluate(LOOK))
        for text in (WORST, *(naughty[turn :: len(there)] or naughty[turn % len(naughty) :][:1])):
            field = page.locator(f".st-key-{name} :is(input, textarea)").first
            field.fill(text)
            field.press("Control+Enter")
            settle(page)
            about = (query, name, text[:80])
            assert ran(page) == [] and dialogs == [], about
            assert set(page.evaluate(LOOK)) - before == set(), about
            assert foreign == [], about
            assert page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0, about
            assert page.locator("[data-testid=stMain] h1").inner_text().strip(), about
