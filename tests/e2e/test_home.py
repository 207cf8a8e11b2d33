"""The home page: the path of the course, there at once."""

from __future__ import annotations

import subprocess
import sys

from playwright.sync_api import Page, expect

from app.lessons import LESSONS
from app.words import LOCALES, Words
from tests.e2e.browser import DESKTOP, LAPTOPS, PHONE, ROOT, acting, foreign_requests, visit
from tests.e2e.looking import boxes, off_the_side


def test_shows_and_opens_every_lesson(page: Page, app_url: str) -> None:
    foreign = foreign_requests(page, app_url)
    visit(page, f"{app_url}/?lang=en")
    main = page.locator("[data-testid=stMain]")
    for lesson in LESSONS:
        expect(main.get_by_text(Words(lesson.words, "en")("promise").split(".")[0]).first).to_be_visible()
    for lesson in LESSONS:
        picture = main.locator(f".st-key-card_{lesson.id} svg[role=img]")
        expect(picture).to_be_visible()
        assert picture.locator("text, rect, circle").count() > 5 and picture.locator("marker").count() == 1
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box
    with acting(page):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # the picture is part of the link
    expect(page.locator("h1")).to_have_text(Words(lesson.words, "en")("title"))
    assert foreign == []


def test_as_many_cards_a_row_as_leave_their_text_readable(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/?lang=en")
    for size, row in ((DESKTOP, 3), (LAPTOPS[0], 2), (PHONE, 1)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        tops = [box["top"] for box in boxes(page, "[class*=st-key-card_]")]
        assert tops.count(tops[0]) == row and len(set(tops)) == -(-len(LESSONS) // row)
        heights = {round(box["bottom"] - box["top"]) for box in boxes(page, "[class*=st-key-card_]")[:row]}
        assert len(heights) == 1 and off_the_side(page) == []
        headings = [box["top"] for box in boxes(page, "[class*=st-key-card_] a")[:row]]
        assert max(headings) - min(headings) <= 1, "they stand in one line"
        parts = ("a p", "[data-testid=stMarkdown] p")
        large, usual = (
            page.locator(f"[class*=st-key-card_] {part}").last.evaluate(
                "it => parseFloat(getComputedStyle(it).fontSize)"
            )
            for part in parts
        )
        assert large >= usual, "a heading is smaller than its text"


def test_an_idea_is_open_at_first_and_folded_from_then_on_and_a_hall_has_it_by_a_key(browser, app_url: str) -> None:
    page = browser.new_context(viewport=DESKTOP, locale="en-GB").new_page()
    idea, address = page.locator(".st-key-idea details"), f"{app_url}/{LESSONS[0].id}?lang=en"
    visit(page, address)
    expect(idea).to_have_attribute("open", "")
    expect(page.locator(".st-key-idea svg")).to_be_visible()
    visit(page, address)
    expect(idea).not_to_have_attribute("open", "")
    visit(page, f"{address}&lecture=true")
    expect(idea).to_be_hidden()
    page.keyboard.press("i")
    expect(page.locator(".st-key-idea svg")).to_be_visible()
    page.keyboard.press("i")
    expect(idea).to_be_hidden()
    page.context.close()


def test_the_home_page_knows_what_was_visited_and_predicted(page: Page, app_url: str) -> None:
    """In this browser alone: it is read where it was written."""
    shell, attention = Words(LOCALES / "shell.yaml", "en"), next(each for each in LESSONS if each.id == "attention")
    visit(page, f"{app_url}/attention?lang=en")
    with acting(page):
        page.locator("[data-testid=stRadio] label:has(input)").first.click()
    with acting(page):
        page.get_by_role("button", name=shell("predict.commit")).click()
    right = page.locator("[data-testid=stAlertContentSuccess]").count()
    visit(page, f"{app_url}/?lang=en")
    card = page.locator(f".st-key-card_{attention.id}")
    score = shell("course.score", right=right, asked=1)
    expect(card.get_by_text(f"✓ {shell('course.visited')} · {score}")).to_be_visible()
    expect(page.get_by_text(f"✓ {shell('course.visited')}")).to_have_count(1)


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
