"""The keys of the step player: they step after a click on a preset, and keep their own meaning where they have one."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from app.lessons import lesson
from app.words import Words
from tests.e2e.browser import acting, run_of, settle, visit

WORDS = Words(lesson("lstm-gates").words, "en")


PATIENCE = 30_000  # ms: a step runs on the server, which other tests keep busy


def stands_at(page: Page, step: int) -> None:
    expect(page.get_by_text(re.compile(rf"^Step {step} of \d+ ·"))).to_be_visible(timeout=PATIENCE)
    settle(page)  # while the rest of the page is still drawn, a key may find its button gone for a moment


def open_at(page: Page, url: str, step: int) -> None:
    visit(page, f"{url}/lstm-gates?lang=en&step={step}")
    stands_at(page, step)


def test_keys_step_after_a_click_on_a_preset_and_on_a_switch(page: Page, app_url: str) -> None:
    open_at(page, app_url, 5)
    with acting(page):
        page.get_by_role("radio", name=WORDS("presets.halves.label")).click()
    page.keyboard.press("Home")
    stands_at(page, 1)
    for key, step in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        page.keyboard.press(key)
        stands_at(page, step)
    with acting(page):
        page.get_by_text(WORDS("controls.ahead"), exact=True).click()
    page.keyboard.press("ArrowRight")
    stands_at(page, 3)
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Forward")).to_be_disabled(timeout=PATIENCE)
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=PATIENCE)


def test_clicks_that_come_fast_all_count(page: Page, app_url: str) -> None:
    """As many as were made, and no more: Streamlit tells of one of those that wait for a run."""
    open_at(page, app_url, 1)
    for icon, times, step in (("chevron_right", 5, 6), ("chevron_left", 3, 3)):
        place = page.locator(f".st-key-_step_{icon} button:visible").bounding_box()
        assert place
        for _ in range(times):
            page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
            page.wait_for_timeout(60)
        stands_at(page, step)


def test_arrow_keys_keep_their_own_meaning_in_fields_groups_and_sliders(page: Page, app_url: str) -> None:
    open_at(page, app_url, 5)
    page.get_by_role("textbox", name=WORDS("controls.text")).click()
    for key in ("Home", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)

    group = page.locator(".st-key-order").get_by_role("radio")
    group.first.focus()
    page.keyboard.press("ArrowRight")
    expect(group.nth(1)).to_be_focused()
    with acting(page):
        page.keyboard.press("Space")  # chosen by the keyboard: the focus stays where it is
    expect(group.nth(1)).to_be_focused()
    stands_at(page, 5)

    page.locator(".st-key-step").get_by_role("slider").focus()
    before = run_of(page)
    with acting(page):
        page.keyboard.press("ArrowRight")
    stands_at(page, 6)  # once, not once by the slider and once by the button
    assert run_of(page) == before + 1


def test_the_player_s_line_leads_to_the_question_that_it_waits_for(page: Page, app_url: str) -> None:
    """The second question of the long wait stands under the first one's line, off a low window."""
    page.set_viewport_size({"width": 1366, "height": 440})
    visit(page, f"{app_url}/lstm-gates?lang=en&preset=dots")
    with acting(page):
        page.get_by_role("button", name="Show without guessing").click()
    stands_at(page, 3)
    page.mouse.wheel(0, -5000)
    options = page.locator('[class*="st-key-_guess_"]')
    expect(options).not_to_be_in_viewport(timeout=PATIENCE)
    page.get_by_role("button", name="predict first: f at “great”").click()
    expect(options).to_be_in_viewport(timeout=PATIENCE)
    expect(options.get_by_role("radio").first).to_be_focused()
