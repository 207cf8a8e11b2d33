"""A whole lesson with the keyboard: every control is reached by Tab, and a prediction is made, committed and revealed."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect

from app.lessons import lesson
from app.words import LOCALES, Words
from tests.e2e.browser import figures, numbers, settle

# A radio group and a set of exclusive buttons are one stop each; what is behind a closed menu is none.
MARK = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const groupsOf = "[role=radiogroup], [data-testid=stButtonGroup]:has([aria-pressed])";
  const stops = [...main.querySelectorAll("input, textarea, [role=slider], button:not([tabindex='-1'])")].filter((e) =>
    !e.disabled && e.checkVisibility({ visibilityProperty: true }) && !e.closest(`.modebar, ${groupsOf}`));
  const groups = [...main.querySelectorAll(groupsOf)].filter((e) => e.checkVisibility());
  [...stops, ...groups].forEach((e, n) => { e.dataset.stop = n; });
  return stops.length + groups.length;
}"""
FOCUSED = "() => document.activeElement?.closest('[data-stop]')?.dataset.stop ?? null"


def tab_to(page: Page, wanted: str, most: int = 150) -> None:
    """Press Tab until the focus is on what ``wanted`` (JavaScript on the element ``e``) describes."""
    for _ in range(most):
        if page.evaluate(f"() => {{ const e = document.activeElement; return !!({wanted}); }}"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {wanted}")


def test_every_control_is_reached_and_a_prediction_is_made(page: Page, app_url: str) -> None:
    shell, w = Words(LOCALES / "shell.yaml", "en"), Words(lesson("attention").words, "en")
    page.goto(f"{app_url}/attention?lang=en")
    settle(page)
    count = page.evaluate(MARK)
    reached: set[int] = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        if (stop := page.evaluate(FOCUSED)) is not None:
            reached.add(int(stop))
        if len(reached) == count:
            break
    missed = page.evaluate(
        "(reached) => [...document.querySelectorAll('[data-stop]')].filter((e) => !reached.includes(+e.dataset.stop))"
        ".map((e) => e.outerHTML.slice(0, 200))",
        sorted(reached),
    )
    assert missed == []

    # predict: the second of the options
    hidden = numbers(figures(page)["map"][0]["z"])
    assert np.isnan(hidden).any(axis=1).sum() == 1, "one row is kept back until the learner has guessed"
    page.evaluate("() => document.activeElement.blur()")
    tab_to(page, "e.type === 'radio'")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    settle(page)
    options = page.locator("[data-testid=stRadio] label:has(input)")
    guess = options.nth(1).inner_text()
    expect(options.nth(1).locator("input")).to_be_checked()
    # commit
    tab_to(page, f"e.tagName === 'BUTTON' && e.innerText.trim() === '{shell('predict.commit')}'")
    page.keyboard.press("Enter")
    settle(page)
    # reveal
    answer = page.locator("[data-testid=stAlert]").first
    expect(answer).to_be_visible()
    weights = numbers(figures(page)["map"][0]["z"])
    row = int(np.isnan(hidden).any(axis=1).argmax())
    assert np.isfinite(weights).all()
    tokens = page.evaluate(
        "() => document.querySelector('.st-key-figure_map .js-plotly-plot')._fullLayout.xaxis.ticktext"
    )
    right = tokens[int(weights[row].argmax())]
    verdict = "right" if guess.split(" (")[0] == right else "wrong"
    assert shell(f"predict.{verdict}", guess=guess, answer=right) in answer.inner_text()
    expect(page.get_by_text(w("formula.hidden_until_guess"))).to_have_count(0)

    # and on: the arrow keys move a slider
    page.evaluate("() => document.activeElement.blur()")
    tab_to(page, f"e.type === 'range' && e.getAttribute('aria-label') === '{w('controls.layer')}'")
    page.keyboard.press("ArrowRight")
    settle(page)
    page.wait_for_function("() => location.search.includes('layer=5')")
    assert not np.array_equal(numbers(figures(page)["map"][0]["z"]), weights)
