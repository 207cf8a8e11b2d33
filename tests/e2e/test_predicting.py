"""A prediction with the keyboard alone: chosen, committed, revealed, and hidden in the figure until then."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Page, expect

from app.words import LOCALES, Words
from tests.drawn import numbers
from tests.e2e.acting import see_answers, settings, words
from tests.e2e.browser import acting, figures, visit
from tests.e2e.looking import tab_to


def test_a_prediction_is_made_with_the_keyboard(page: Page, app_url: str) -> None:
    shell, w = Words(LOCALES / "shell.yaml", "en"), words("attention")
    visit(page, f"{app_url}/attention?lang=en")
    hidden = numbers(figures(page)["map"][0]["z"])
    assert np.isnan(hidden).any(axis=1).sum() == 1, "one row is kept back until the learner has guessed"
    # predict: the second of the options
    tab_to(page, "e.type === 'radio'")
    with acting(page):
        page.keyboard.press("Space")
    with acting(page):
        page.keyboard.press("ArrowDown")
    options = page.locator("[data-testid=stRadio] label:has(input)")
    guess = options.nth(1).inner_text()
    expect(options.nth(1).locator("input")).to_be_checked()
    # commit
    tab_to(page, f"e.tagName === 'BUTTON' && e.innerText.trim() === '{shell('predict.commit')}'")
    with acting(page):
        page.keyboard.press("Enter")
    # reveal
    answer = page.locator("[data-testid=stAlert]").first
    expect(answer).to_be_visible()
    weights = numbers(figures(page)["map"][0]["z"])
    row = int(np.isnan(hidden).any(axis=1).argmax())
    assert np.isfinite(weights).all()
    tokens = page.evaluate(
        "() => document.querySelector('.st-key-figure_map .js-plotly-plot')._fullLayout.xaxis.ticktext"
        + ".map(name => name.replace(/<.?b>/g, ''))"
    )
    right = f"“{tokens[int(weights[row].argmax())]}”"
    verdict = "right" if guess == right else "wrong"
    assert shell(f"predict.{verdict}", guess=guess, answer=right) in answer.inner_text()
    expect(page.get_by_text(w("formula.hidden_until_guess"))).to_have_count(0)

    # and on: the arrow keys move a slider
    page.evaluate("() => document.activeElement.blur()")
    tab_to(page, f"e.tagName === 'BUTTON' && e.innerText.includes('{shell('settings')}')")
    page.keyboard.press("Enter")
    tab_to(page, f"e.type === 'range' && e.getAttribute('aria-label') === '{w('controls.layer')}'")
    with acting(page):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('layer=5')")
    assert not np.array_equal(numbers(figures(page)["map"][0]["z"]), weights)


def test_an_option_that_was_not_committed_to_stays_chosen(page: Page, app_url: str) -> None:
    """In another language, and after a visit to another lesson; and so does what was answered in the check."""
    visit(page, f"{app_url}/attention?lang=en&panel=check")
    guess, checked = (
        page.locator("[data-testid=stRadio]").first,
        page.locator(".st-key-panel_body [data-testid=stRadio]"),
    )
    for question in (guess, checked.first):
        with acting(page):
            question.locator("label:has(input)").nth(1).click()
    for language in ("中文", "English"):
        with acting(page):
            page.get_by_text(language, exact=True).click()
        for question in (guess, checked.first):
            expect(question.locator("input").nth(1)).to_be_checked()
    sidebar = page.locator("[data-testid=stSidebarNav]")
    for lesson_id in ("analogies", "attention"):
        with acting(page):
            sidebar.get_by_text(words(lesson_id)("title"), exact=True).click()
        expect(page.locator("h1")).to_have_text(words(lesson_id)("title"))
    for question in (guess, checked.first):
        expect(question.locator("input").nth(1)).to_be_checked()
    with acting(page):
        page.get_by_role("button", name="Commit", exact=True).click()
    expect(page.locator("[data-testid=stAlert]").first).to_be_visible()


def test_who_commits_at_once_is_heard(page: Page, app_url: str) -> None:
    """The button opens when the page has heard of the choice: a click before that is made then."""
    visit(page, f"{app_url}/neuron?lang=en")
    places = [
        page.locator(f'[class*="st-key-{what}_"] {kind}').first.bounding_box()
        for what, kind in (("_guess", "label:has(input)"), ("_go", "button"))
    ]
    for place in places:
        assert place
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    expect(page.locator('[class*="st-key-question_told_"]')).to_be_visible(timeout=30_000)


def test_opening_the_settings_changes_nothing_of_an_example(page: Page, app_url: str) -> None:
    """Not after its question was answered either: the menu's controls are made when it is opened for the first time."""
    w = words("attention")
    visit(page, f"{app_url}/attention?lang=en")
    with acting(page):
        page.get_by_role("radio", name=w("presets.previous.label"), exact=True).click()
    see_answers(page)
    before = page.url
    with settings(page):
        layer = page.locator(f"[data-testid=stPopoverBody] input[type=range][aria-label='{w('controls.layer')}']")
        expect(layer).to_have_value(re.search(r"[?&]layer=(\d+)", before)[1])  # type: ignore[index]
    with acting(page):
        page.locator(".st-key-panel button[role=radio]").last.click()
    expect(page).to_have_url(re.compile("panel="))
    assert {part for part in page.url.split("&") if "panel=" not in part} == set(before.split("&"))


def test_a_menu_that_was_open_once_does_not_take_back_what_an_example_sets(page: Page, app_url: str) -> None:
    """The browser keeps the values of the controls that it has shown, and tells them with everything that a learner does."""
    w = words("embedding-map")
    visit(page, f"{app_url}/embedding-map?lang=en")
    with settings(page):
        pass
    with acting(page):
        page.get_by_role("radio", name=w("presets.chain.label"), exact=True).click()
    options = page.locator('[class*="st-key-question_open_"] label:has(input)')
    for option in range(2):  # the second time it was told once already
        with acting(page):
            options.nth(option).click()
        expect(page).to_have_url(re.compile(r"[?&]perplexity=2(&|$)"))
        expect(options.nth(option).locator("input")).to_be_checked()
    with settings(page):
        slider = page.locator(f"[data-testid=stPopoverBody] input[aria-label='{w('controls.perplexity')}']")
        expect(slider).to_have_value("2")
        with acting(page):
            slider.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]perplexity=3(&|$)"))
