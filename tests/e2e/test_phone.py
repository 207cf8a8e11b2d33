"""A phone is narrow and low: the labels that are drawn stand clear of each other, and a question leaves room for its figure."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from app.words import LANGUAGES, LOCALES, Words
from tests.e2e.accessibility import grave_findings
from tests.e2e.acting import see_answers
from tests.e2e.browser import DESKTOP, LAPTOPS, PHONE, acting, visit
from tests.e2e.looking import off_the_side

LONG = (
    "The big trophy that my old uncle won in the spring of that year doesn't fit in the brown suitcase because it is "
    "too small."
)
# The left edges of the labels in sight, from left to right, and what those in bold say.
LABELS = """figure => {
  const seen = [...document.querySelectorAll(`.st-key-figure_${figure} g.xtick`)].filter(one => one.getClientRects().length);
  const bold = seen.filter(one => one.querySelector("tspan")).map(one => one.textContent);
  return [seen.map(one => one.getBoundingClientRect().left).sort((a, b) => a - b), bold];
}"""


@pytest.mark.parametrize(
    ("lesson", "figure", "bold"),
    [("attention", "map", {"[CLS]", "trophy", "suitcase", "it", "small"}), ("lstm-gates", "reading", set[str]())],
)
def test_labels_of_a_long_text_stand_clear(page: Page, app_url: str, lesson: str, figure: str, bold: set[str]) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/{lesson}?lang=en&text={quote(LONG)}")
    page.locator(f".st-key-figure_{figure} g.xtick").first.wait_for(state="attached")
    lefts, named = page.evaluate(LABELS, figure)
    assert len(lefts) >= 6 and bold <= set(named) and len(named) <= 6
    # two that are asked about may stand side by side
    close = [(a, b) for a, b in pairwise(lefts) if b - a < 9]
    assert len(close) <= max(0, len(named) - 1) // 2, lefts


def test_names_of_columns_side_by_side_that_are_asked_about_do_not_lie_on_each_other(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/attention?lang=en&preset=bytes")
    page.locator(".st-key-figure_map g.xtick").first.wait_for(state="attached")
    boxes = page.locator(".st-key-figure_map g.xtick:has(tspan) text").evaluate_all(
        "all => all.map(one => [one.getBoundingClientRect(), parseFloat(getComputedStyle(one).fontSize)])"
        ".map(([box, size]) => [(box.left + box.right) / 2, size]).sort((a, b) => a[0] - b[0])"
    )
    assert any(b[0] - a[0] < 12 for a, b in pairwise(boxes)), "this text has two such columns"
    # A Chinese character is as wide as its size, and seven eighths of that are ink.
    assert all(b[0] - a[0] >= 0.875 * max(a[1], b[1]) for a, b in pairwise(boxes)), boxes


ASKING = (
    "one-hot",
    "glove",
    "fasttext",
    "embedding-map",
    "analogies",
    "word-senses",
    "neuron",
    "gradient-descent",
    "overfitting",
    "architectures",
    "kinds-of-learning",
    "lstm-gates",
    "attention",
    "masked-language-model",
    "bio-tagging?preset=capitals",
)
BAR = "button.fold:visible"
ONE_LINE = 52  # px: a finger's breadth, and no second line of text
# Top and bottom of the box in which a question is asked or its answer told, and of what is seen of its figure above all boxes.
TOGETHER = """() => {
  const held = [...document.querySelectorAll("[class*=st-key-question_]")].map(one => one.parentElement)
    .filter(one => getComputedStyle(one).position === "sticky");
  const own = held.filter(one => one.querySelector(".fold")?.checkVisibility());
  if (own.length !== 1) { throw new Error(`${own.length} questions at the foot of the screen`); }
  const box = own[0].getBoundingClientRect();
  const figure = document.querySelector(".st-key-stage .st-key-figure").getBoundingClientRect();
  const highest = Math.min(...held.map(one => one.getBoundingClientRect().top));
  return [box.top, box.bottom, Math.max(figure.top, 0), Math.min(figure.bottom, highest)];
}"""


def check_that_it_leaves_room(page: Page, opened: bool) -> None:
    """Wherever the figure has been scrolled to the question is at the foot of the screen, one line or at most half of it."""
    for place in ("start", "center"):
        page.locator(".st-key-stage .st-key-figure").evaluate(f"one => one.scrollIntoView({{block: '{place}'}})")
        top, bottom, first, last = page.evaluate(TOGETHER)
        high = bottom - top
        assert 0 < top < bottom <= PHONE["height"] + 1, (place, top, bottom)
        assert 150 < high <= PHONE["height"] / 2 + 1 if opened else 40 <= high <= ONE_LINE, (place, top, bottom)
        least = (0.4 if place == "start" else 0.25) if opened else (0.8 if place == "start" else 0.45)
        seen = page.locator(".st-key-stage .st-key-figure").evaluate("one => one.getBoundingClientRect().height")
        assert last - first >= min(PHONE["height"] * least, seen * 0.9), (place, first, last)


@pytest.mark.parametrize("address", ASKING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_one_line_that_a_tap_opens_in_sight_of_its_figure(
    page: Page, app_url: str, address: str, language: str
) -> None:
    shell = Words(LOCALES / "shell.yaml", language)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/{address}{'&' if '?' in address else '?'}lang={language}")
    bar, options = page.locator(BAR), page.locator('[class*="st-key-_guess_"]').first
    expect(bar).to_have_attribute("aria-expanded", "false")
    asks = page.locator('[class*="st-key-question_open_"] p').first.text_content() or ""
    assert asks.startswith(shell("predict.label")[:-1])
    expect(bar).to_have_accessible_name(" ".join(asks.split()))
    expect(options).to_be_hidden()
    check_that_it_leaves_room(page, opened=False)
    bar.click()
    expect(bar).to_have_attribute("aria-expanded", "true")
    expect(options).to_be_visible()
    check_that_it_leaves_room(page, opened=True)
    bar.click()
    expect(options).to_be_hidden()

    bar.press("Enter")
    with acting(page):
        page.locator("[class*=st-key-_show_] button:visible").click()
    expect(bar).to_be_focused()  # what is read out next
    expect(bar).to_have_attribute("aria-expanded", "false")
    told = page.locator('[class*="st-key-question_told_"]')
    if page.locator('[class*="st-key-question_open_"]').count() == 0:
        answer = (told.last.locator("[data-testid=stAlert] p").text_content() or "").strip()
        expect(bar).to_have_accessible_name(answer)
    else:  # the next question waits: the answer is the line above it
        page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 0)")
        expect(told.locator("summary")).to_be_in_viewport()
    check_that_it_leaves_room(page, opened=False)
    bar.click()
    check_that_it_leaves_room(page, opened=True)


def test_whether_a_guess_was_right_stands_in_the_line_and_the_reason_behind_it(page: Page, app_url: str) -> None:
    shell = Words(LOCALES / "shell.yaml", "en")
    for option, verdict in (("king", "right"), ("woman", "not_so")):
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        visit(page, f"{app_url}/analogies?lang=en")
        assert grave_findings(page, ".st-key-aside") == []
        page.locator(BAR).click()
        assert grave_findings(page, ".st-key-aside") == []
        with acting(page):
            page.locator('[class*="st-key-_guess_"]').get_by_text(option, exact=True).click()
        with acting(page):
            page.get_by_role("button", name=shell("predict.commit"), exact=True).click()
        expect(page.locator(BAR)).to_have_text(shell(f"predict.{verdict}", answer="king"))
        assert grave_findings(page, ".st-key-aside") == []
        reason = page.get_by_text(re.compile("is one of the words you put in, and of all words it stays the nearest"))
        expect(reason).to_be_hidden()
        page.locator(BAR).click()
        expect(reason).to_be_in_viewport()


def test_a_question_about_something_else_is_folded(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/masked-language-model?lang=en")
    bar = page.locator(BAR)
    bar.click()
    before = bar.get_attribute("aria-label") or ""
    with acting(page):
        page.locator(".st-key-preset [role=radio]").nth(1).click()
    expect(bar).not_to_have_accessible_name(before)
    expect(bar).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize(
    ("lesson", "chosen"),
    [("analogies", "king"), ("analogies", "luoma"), ("bio-tagging", "rain"), ("lstm-gates", "dots"), ("embedding-map", "chain")],
)  # fmt: skip
def test_the_chosen_example_is_in_sight_when_the_page_opens(page: Page, app_url: str, lesson: str, chosen: str) -> None:
    """It stands in a row that is swiped: where a learner has swiped to, the row stays. Which part of a page is there first is
    another one each time: three are opened."""
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    row = page.locator(".st-key-preset [role=radiogroup]")
    for _ in range(3):
        page.goto("about:blank")
        visit(page, f"{app_url}/{lesson}?lang=en&preset={chosen}")
        chip, whole = row.locator("[aria-checked=true]").bounding_box(), row.bounding_box()
        assert chip and whole
        assert whole["x"] - 1 <= chip["x"] and chip["x"] + chip["width"] <= whole["x"] + whole["width"] - 20
    row.evaluate("row => { row.scrollLeft = 100; }")
    see_answers(page)
    assert row.evaluate("row => row.scrollLeft") == 100


def test_many_examples_are_in_one_row_on_a_laptop_and_the_chosen_one_in_sight(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": LAPTOPS[0]["width"], "height": LAPTOPS[0]["height"]})
    visit(page, f"{app_url}/attention?lang=en&preset=characters")
    row = page.locator(".st-key-preset [role=radiogroup]")
    tops = row.locator("[role=radio]").evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
    )
    assert len(tops) > 10 and len(set(tops)) == 1
    chip, whole = row.locator("[aria-checked=true]").bounding_box(), row.bounding_box()
    assert chip and whole
    assert whole["x"] - 1 <= chip["x"] and chip["x"] + chip["width"] <= whole["x"] + whole["width"] - 20


def test_the_player_s_line_opens_the_question_that_it_waits_for(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/lstm-gates?lang=en")
    page.get_by_role("button", name="predict first: “but”").click()
    expect(page.locator('[class*="st-key-_guess_"]').get_by_role("radio").first).to_be_focused()


def test_a_laptop_and_a_hall_have_no_line_and_the_whole_question(page: Page, app_url: str) -> None:
    for size, more in ((LAPTOPS[0], ""), (DESKTOP, "&lecture=true"), (PHONE, "&lecture=true")):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        visit(page, f"{app_url}/analogies?lang=en{more}")
        expect(page.locator('[class*="st-key-_guess_"]')).to_be_visible()
        expect(page.locator(BAR)).to_have_count(0)


def test_chinese_is_never_slanted(page: Page, app_url: str) -> None:
    """Chinese has no italics: what is emphasised is drawn with the font's own italics or as it is."""
    visit(page, f"{app_url}/analogies?lang=en&preset=guowang")
    chinese = [text for text in page.locator("em").all_inner_texts() if any("\u4e00" <= c <= "\u9fff" for c in text)]
    assert chinese
    made = page.locator("em").evaluate_all("all => all.map(one => getComputedStyle(one).fontSynthesisStyle)")
    assert set(made) == {"none"}


# Each number on a cell: what it says, its box, and the width of a column; the box that the frames of the chosen cell leave free.
ON_CELLS = """figure => {
  const plot = document.querySelector(`.st-key-figure_${figure} .js-plotly-plot`), axis = plot._fullLayout.xaxis;
  const numbers = [...plot.querySelectorAll(".textpoint text")].map(one => [one.textContent, one.getBoundingClientRect()]);
  const frames = [...plot.querySelectorAll(".shapelayer path")].map(one =>
    [one.getBoundingClientRect(), parseFloat(getComputedStyle(one).strokeWidth)]);
  return { column: axis._length / (axis.range[1] - axis.range[0]), frames: frames.map(([box, line]) =>
      [box.left + line / 2, box.right - line / 2, box.top, box.bottom]),
    numbers: numbers.map(([text, box]) => [text, box.left, box.right, (box.top + box.bottom) / 2]) };
}"""


@pytest.mark.parametrize(
    ("address", "figure"),
    [("preset=ferry", "grid"), ("view=own", "grid"), ("preset=teams&teams-done=true", "grid"),
     ("preset=rain&panel=transitions", "transitions")],
)  # fmt: skip
def test_numbers_stay_within_their_cells_and_the_frame(page: Page, app_url: str, address: str, figure: str) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/bio-tagging?lang=en&{address}")
    found = page.evaluate(ON_CELLS, figure)
    assert len(found["numbers"]) > 20 and any(len(text) == 3 for text, *_ in found["numbers"])
    wide = {text for text, left, right, _ in found["numbers"] if right - left > found["column"] + 0.5}
    assert wide == set()
    for left, right, top, bottom in found["frames"][-2:]:  # of the chosen cell, a dark one on a white one
        (inside,) = (box for box in found["numbers"] if top < box[3] < bottom and left < (box[1] + box[2]) / 2 < right)
        assert left - 0.5 < inside[1] and inside[2] < right + 0.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_and_the_frame_of_its_tag_stand_apart(page: Page, app_url: str, language: str) -> None:
    """The three ways to repair a sequence, with the one as it was written, are as wide as a phone."""
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/bio-tagging?lang={language}&preset=three")
    see_answers(page, language)
    table = page.locator(".tag-table")
    assert table.evaluate("one => one.scrollWidth - one.clientWidth") <= 1
    gaps = table.evaluate("""table => [...table.querySelectorAll("span[style*=outline]")].map(tag => {
      const out = getComputedStyle(tag), row = tag.closest("[role=row]"), name = row.querySelector("[dir=auto]");
      return tag.getBoundingClientRect().left - parseFloat(out.outlineWidth) - parseFloat(out.outlineOffset)
        - name.getBoundingClientRect().right; })""")
    assert len(gaps) == 3 and min(gaps) >= 2, gaps


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_formula_of_a_weighted_sum_has_room(page: Page, app_url: str, language: str) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit(page, f"{app_url}/attention?lang={language}&panel=values")
    see_answers(page, language)
    expect(page.locator(".st-key-panel_body .katex-display")).to_have_count(2)
    assert off_the_side(page) == []
