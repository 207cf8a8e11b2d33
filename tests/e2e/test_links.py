"""Links, the back button and the language in a real browser, for some lessons of each commit.

What a link holds is the same code for all lessons and is tried for all of them without a browser in
``tests/pages/test_links.py``; here it is the address bar and the history, of lessons drawn anew for every commit.
"""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.lessons import LESSONS, lesson
from app.words import LOCALES, Words
from tests.e2e.acting import PATIENCE, words
from tests.e2e.browser import acting, controls, figures, problems, settle, visit
from tests.sample import sample

ROTATING = sample([item.id for item in LESSONS], 3, "links in a browser")


def see_answers(page: Page) -> None:
    """Have every prediction's answer shown: what a learner has guessed belongs to the visit, not to a link."""
    buttons = page.get_by_role("button", name="Show without guessing", exact=True)
    while buttons.count():
        with acting(page):
            buttons.first.click()


def change_much(page: Page, tree: Words) -> None:
    """Take the second preset, then change whatever else can be: panel, sliders, toggles."""
    preset = list(tree.node("presets"))[1]
    with acting(page):
        page.locator(".st-key-preset [role=radio]", has_text=tree(f"presets.{preset}.label")).click()
    # A slider that makes an example what it is ends it, so that its name does not stay.
    page.wait_for_url(lambda url: f"preset={preset}" in url, wait_until="commit")
    last = page.locator(".st-key-panel [role=radio]").last
    with acting(page):
        last.click()
    main = page.locator("[data-testid=stMain]")
    for slider in main.get_by_role("slider").all():
        if slider.is_enabled():
            with acting(page):
                slider.press("ArrowLeft" if slider.input_value() == slider.get_attribute("max") else "ArrowRight")
    for toggle in main.get_by_role("switch").all()[1:]:  # the first is lecture mode
        if toggle.is_visible():
            with acting(page):
                toggle.press("Space")
    see_answers(page)


def screen(page: Page) -> dict[str, Any]:
    """Return everything that a link has to bring back: the values of all controls, and the data of all figures."""
    return {"controls": controls(page), "figures": figures(page)}


def lacking(page: Page, wanted: dict[str, Any]) -> list[Any]:
    """Return what of a screen the page does not show: controls, names of figures."""
    now = screen(page)
    pairs = itertools.zip_longest(now["controls"], wanted["controls"])
    names = now["figures"].keys() | wanted["figures"].keys()
    return [
        *(f"{got} instead of {want}" for got, want in pairs if got != want),
        *(name for name in sorted(names) if now["figures"].get(name) != wanted["figures"].get(name)),
    ]


@pytest.mark.parametrize("lesson_id", ROTATING)
def test_a_link_and_the_back_button_bring_the_same_screen(page: Page, app_url: str, lesson_id: str) -> None:
    seen, tree = problems(page), words(lesson_id)
    visit(page, f"{app_url}/?lang=en")
    with acting(page):
        page.locator("[data-testid=stSidebarNav]").get_by_text(tree("title"), exact=True).click()
    expect(page.locator("h1")).to_have_text(tree("title"))
    untouched = screen(page)
    change_much(page, tree)
    link, here = page.url, screen(page)
    assert here["controls"] != untouched["controls"]
    assert here["figures"]

    other = page.context.new_page()
    visit(other, link)
    see_answers(other)
    assert lacking(other, here) == []
    other.close()

    # Changes of controls are no steps of their own: back leads to the page before, and forward to where one was.
    with acting(page):
        page.go_back()
    expect(page.locator("h1")).to_have_text(Words(LOCALES / "shell.yaml", "en")("app.title"))
    with acting(page):
        page.go_forward()
    expect(page.locator("h1")).to_have_text(tree("title"))
    assert lacking(page, here) == []
    assert seen == []


@pytest.mark.parametrize("lesson_id", ROTATING)
def test_a_screen_survives_the_language_a_link_and_a_visit_elsewhere(page: Page, app_url: str, lesson_id: str) -> None:
    visit(page, f"{app_url}/{lesson_id}?lang=en&panel=sources&{lesson(lesson_id).showcase}")
    with acting(page):
        page.get_by_text("中文", exact=True).click()
    expect(page.locator("h1")).to_have_text(words(lesson_id, "zh")("title"))
    assert "panel=sources" in page.url
    before = screen(page)
    assert before["figures"]

    other = page.context.new_page()  # what a lesson begins with may differ between the languages
    visit(other, page.url)
    assert lacking(other, before) == []
    other.close()

    with acting(page):
        page.locator("[data-testid=stSidebarNav] a").first.click()
    expect(page.locator("h1")).to_have_text(Words(LOCALES / "shell.yaml", "zh")("app.title"))
    with acting(page):
        page.go_back()
    expect(page.locator("h1")).to_have_text(words(lesson_id, "zh")("title"))
    page.wait_for_url(lambda url: "panel=sources" in url, wait_until="commit")
    assert lacking(page, before) == []


def write(page: Page, text: str) -> None:
    """Type a text of one's own into the first field of the page, or take another preset where it has none."""
    field = page.locator("[data-testid=stMain] :is([data-testid=stTextInput] input, textarea)").first
    if field.count() and field.is_visible():
        with acting(page):
            field.fill(text)
            field.press("Control+Enter" if field.evaluate("(it) => it.tagName") == "TEXTAREA" else "Enter")
    else:
        with acting(page):
            page.locator(".st-key-preset [role=radio]").nth(len(text) % 3).click()


def go_to(page: Page, lesson_id: str) -> None:
    with acting(page):
        page.locator("[data-testid=stSidebarNav]").get_by_text(words(lesson_id)("title"), exact=True).click()
    expect(page.locator("h1")).to_have_text(words(lesson_id)("title"))


def test_back_and_forward_keep_what_was_typed(page: Page, app_url: str) -> None:
    """The lessons name their fields alike: what stands in one must not be taken for another's, nor be lost by it."""
    first, second, third = sample([item.id for item in LESSONS], 3, "walk in a browser")[:3]
    visit(page, f"{app_url}/{first}?lang=en")
    screens = []
    for lesson_id, text in ((first, "Ana lives in Rome"), (second, "Ben & Eve like 100% tea"), (third, "king")):
        if lesson_id != first:
            go_to(page, lesson_id)
        write(page, text)
        see_answers(page)
        screens.append((page.url, screen(page)))
    for move, place in (("back", 1), ("back", 0), ("forward", 1), ("forward", 2), ("back", 1)):
        with acting(page):
            page.go_back() if move == "back" else page.go_forward()
        url, here = screens[place]
        page.wait_for_url(url, wait_until="commit")
        assert lacking(page, here) == [], (move, url)
    other = page.context.new_page()
    visit(other, page.url)
    see_answers(other)
    assert lacking(other, screens[1][1]) == []
    other.close()


@pytest.mark.parametrize("lesson_id", ROTATING)
def test_nonsense_in_a_link_does_no_harm(page: Page, app_url: str, lesson_id: str) -> None:
    page.goto(
        f"{app_url}/{lesson_id}?lang=en&step=999&layer=-4&model=none&panel=<b>&preset=x&k=1e9&text=%00%F0%9F%98%80"
    )
    settle(page)
    assert page.locator("[data-testid=stException]").count() == 0
    expect(page.locator("h1")).to_have_text(words(lesson_id)("title"))


def test_a_page_loaded_anew_while_it_trains_goes_on(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/word2vec?lang=en&view=text&size=100&epochs=20")
    page.locator(".st-key-_train_all button").first.click()
    page.wait_for_url(lambda url: "steps=" in url, wait_until="commit")
    assert page.locator(".st-key-_pause button").first.is_visible(), "it still trains"
    steps = parse_qs(urlsplit(page.url).query)["steps"]
    page.reload()
    expect(page.locator(".st-key-_pause button").first).to_be_visible(timeout=PATIENCE)
    assert parse_qs(urlsplit(page.url).query)["steps"] == steps
    page.locator(".st-key-_pause button").first.click()
    expect(page.locator(".st-key-_train_all button").first).to_be_enabled(timeout=PATIENCE)
