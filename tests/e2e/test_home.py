"""The home page: the path of the course, there at once."""

from __future__ import annotations

import subprocess
import sys

from playwright.sync_api import Page, expect

from app.lessons import LESSONS
from app.words import Words
from tests.e2e.browser import ROOT, acting, foreign_requests, visit


def test_shows_and_opens_every_lesson(page: Page, app_url: str) -> None:
    foreign = foreign_requests(page, app_url)
    visit(page, f"{app_url}/?lang=en")
    main = page.locator("[data-testid=stMain]")
    for lesson in LESSONS:
        expect(main.get_by_text(Words(lesson.words, "en")("promise").split(".")[0]).first).to_be_visible()
    assert main.locator("img").count() >= len(LESSONS)
    with acting(page):
        main.locator("[data-testid=stPageLink] a").first.click()
    expect(page.locator("h1")).to_have_text(Words(LESSONS[0].words, "en")("title"))
    assert foreign == []


def test_speaks_the_browsers_language(browser, app_url: str) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    visit(page, app_url)
    expect(page.locator("h1")).to_have_text("机器如何阅读")
    context.close()


def test_home_page_imports_nothing_that_computes() -> None:
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        "t = AppTest.from_file('app/main.py', default_timeout=30).run(); assert not t.exception, t.exception; "
        "print([m for m in ('torch', 'transformers', 'sklearn', 'gensim', 'openTSNE', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip().endswith("[]"), done.stdout + done.stderr
