"""Nothing that a learner types runs, loads or links in a real browser: each kind of place where it is shown is tried once.

Text reaches the screen in seven ways: as Markdown, as HTML of our own, in a figure, in a formula, in a list to choose from, in
code, and in a frame. Each is proven with one screen that has it, and with the worst text, behind an entity too. Beside that
every lesson's first field takes the worst text. What the pages make of each naughty string in Python is tried without a
browser in ``tests/hostile/test_strings.py``.
"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from app.lessons import LESSONS, lesson
from app.words import LANGUAGES
from tests.e2e.browser import acting, foreign_requests, new_tab, visit
from tests.hostile.naughty import active_strings, batches
from tests.sample import SEED, sample, visited

WORST = (
    "<img src=x onerror=alert(1)> <svg onload=alert(1)> <script>alert(1)</script> [x](javascript:alert(1)) "
    "![x](http://127.0.0.2:9/x.png) <a href='javascript:alert(1)'>x</a> [y](http://127.0.0.2:9/y) "
    "'\"><iframe src=javascript:alert(1)> $\\href{javascript:alert(1)}{x}$ </style></script><script>alert(1)</script> "
    "<a href='http://127.0.0.2:9/z'>z</a> <b onmouseover=alert(1)>b</b> {{constructor.constructor('alert(1)')()}}"
)

# A script that ran would call one of these; every frame has its own, and tells at once: it may be replaced before it is asked.
WATCH = """for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
  window[name] = (...given) => window.tellOfACall(name, ...given.map(String)).then(() => { window.told = true; });
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


# What a text behind an entity becomes where somebody decodes it: markup again.
ENTITIES = (
    "&lt;img src=x onerror=alert(1)&gt; &#60;script&#62;alert(1)&#60;/script&#62; &amp;lt;svg onload=alert(1)&amp;gt;"
)
# Where a typed text is shown: (lesson, query, field, what must hold part of it so that the place is really tried).
SINKS = {
    "Markdown": ("analogies", {"panel": "neighbours"}, "a", "[data-testid=stMarkdown]"),
    "HTML": ("bio-tagging", {"view": "own"}, "text", "[data-testid=stHtml] mark, [data-testid=stHtml]"),
    "a figure": ("bio-tagging", {"view": "own"}, "text", ".js-plotly-plot text"),
    "a formula": ("masked-language-model", {}, "text", ".katex"),
    "a list": ("bio-tagging", {"view": "own"}, "text", ".st-key-piece input"),
    "code": ("attention", {"panel": "code"}, "text", "[data-testid=stCode]"),
    "a frame": ("attention", {"panel": "head_view"}, "text", "iframe"),
}


class Watched:
    """A tab that is watched for what must not happen in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.dialogs, self.calls = page, list[str](), list[tuple[str, ...]]()
        page.expose_binding("tellOfACall", lambda _source, *call: self.calls.append(call))
        page.add_init_script(WATCH)
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.foreign = foreign_requests(page, url)
        self.before: set[str] = set()

    def open(self, address: str) -> None:
        self.dialogs.clear()
        self.calls.clear()
        self.foreign.clear()
        visit(self.page, address)
        self.before = set(self.page.evaluate(LOOK))

    def type(self, name: str, text: str) -> None:
        field = self.page.locator(f".st-key-{name} :is(input, textarea)").first
        with acting(self.page):
            field.fill(text)
            field.press("Control+Enter")

    def assert_inert(self, about: object) -> None:
        page = self.page
        assert set(page.evaluate(LOOK)) - self.before == set(), about
        assert self.calls == [] and self.dialogs == [], about
        assert self.foreign == [], about
        assert page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0, about
        assert page.locator("[data-testid=stMain] h1").inner_text().strip(), about


@pytest.fixture(scope="session")
def watched(browser: Browser, app_url: str) -> Watched:
    """A tab of its own: the watch stays in it, and nothing that is typed lasts longer than a visit."""
    return Watched(new_tab(browser), app_url)


def test_a_script_would_be_noticed(watched: Watched, app_url: str) -> None:
    """The watch itself: a page into which the markup is written as it stands gives all of it away."""
    page, foreign = watched.page, watched.foreign
    foreign.clear()
    page.goto(f"{app_url}/_stcore/health")
    page.evaluate("(html) => { document.body.innerHTML = `<div data-testid=stMain>${html}</div>`; }", WORST)
    page.wait_for_function("() => window.told")
    assert {call[0] for call in watched.calls} == {"alert"}, "an onerror handler ran unnoticed"
    with page.expect_event("frameattached"):
        page.evaluate("() => { document.body.innerHTML = `<iframe srcdoc='<script>confirm(1)</script>'></iframe>`; }")
    page.frames[-1].wait_for_load_state()
    page.locator("iframe").evaluate("(frame) => frame.remove()")
    assert ("confirm", "1") in watched.calls, "what ran in a frame that is gone is unnoticed"
    page.evaluate("(html) => { document.body.innerHTML = `<div data-testid=stMain>${html}</div>`; }", WORST)
    found = page.evaluate(LOOK)
    assert any("javascript:" in item for item in found) and any("away:" in item for item in found)
    with page.expect_request("http://127.0.0.2:9/x.png"):
        page.evaluate("() => { const i = new Image(); i.src = 'http://127.0.0.2:9/x.png'; }")
    assert foreign
    page.goto("about:blank")  # nothing of this page calls while the next one is watched


@pytest.mark.parametrize("sink", SINKS)
def test_what_is_typed_is_inert_wherever_it_is_shown(watched: Watched, app_url: str, sink: str) -> None:
    lesson_id, query, name, place = SINKS[sink]
    watched.open(f"{app_url}/{lesson_id}?{urlencode({**query, 'lang': 'en'})}")
    for text in (WORST, ENTITIES, *sample(batches(active_strings(), 600), 2, sink)):
        watched.type(name, f"[MASK] {text}" if sink == "a formula" else text)
        watched.assert_inert((sink, text[:80]))
        watched.page.locator(place).first.wait_for(state="attached")  # a figure is drawn after its page


@pytest.mark.parametrize("lesson_id", visited([item.id for item in LESSONS]))
def test_every_lesson_takes_the_worst_text(watched: Watched, app_url: str, lesson_id: str) -> None:
    watched.open(f"{app_url}/{lesson_id}?lang={LANGUAGES[SEED % 2]}&{lesson(lesson_id).showcase}")
    name = watched.page.evaluate(
        """() => [...document.querySelectorAll(".st-key-controls :is(.stTextInput, .stTextArea)")].map((e) =>
          e.closest("[class*=st-key-]").className.match(/st-key-([\\w-]+)/)[1])[0] ?? null"""
    )
    if name:  # a lesson may begin without a field
        watched.type(name, WORST)
        watched.assert_inert(lesson_id)
