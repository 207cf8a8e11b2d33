"""A lecture without the mouse: examples, answers, lessons, and what a hall sees on demand, by keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.lessons import LESSONS
from app.words import LANGUAGES, LOCALES, Words
from tests.e2e.acting import PATIENCE, words
from tests.e2e.browser import DESKTOP, acting, settle, visit
from tests.sample import sample

SHELL = Words(LOCALES / "shell.yaml", "en")
LEADS_ON = ".st-key-_hall_then"  # what leads from a reason to the next question
LAST_OF_A_REASON = "> .stElementContainer:last-child p >> nth=-1"
_QUESTIONS = """() => [...document.querySelectorAll('[class*="st-key-question_"], .st-key-_hall_then')]
  .map((it) => it.className.match(/st-key-(question_\\w+|_hall_then)/)[1]).join()"""


def reveal(page: Page) -> None:
    """Press the key that reveals or leads on, and wait until another question or reason is there: a run may still be on its
    way from before."""
    before = page.evaluate(_QUESTIONS)
    with acting(page):
        page.keyboard.press("r")
    page.wait_for_function(f"(before) => ({_QUESTIONS})() !== before", arg=before, timeout=PATIENCE)
    settle(page)


def test_keys_lead_through_a_lecture(page: Page, app_url: str) -> None:
    w, presets = words("attention"), list(words("attention").node("presets"))
    visit(page, f"{app_url}/attention?lang=en&lecture=true")
    for key, part in (
        ("s", "hall_settings"),
        ("n", "hall_remark"),
        ("l", "hall_lessons"),
        ("h", "hall_keys"),
        ("i", "idea"),
    ):
        box = page.locator(f".st-key-{part}")
        expect(box).to_be_hidden()
        page.keyboard.press(key)
        expect(box).to_be_visible()
        page.keyboard.press(key)
        expect(box).to_be_hidden()
    with acting(page):
        page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile(rf"[?&]preset={presets[1]}(&|$)"), timeout=PATIENCE)  # it opened with the first
    question = page.get_by_role("button", name=SHELL("predict.show"))
    expect(question).to_be_visible()
    with acting(page):
        page.keyboard.press("r")
    expect(question).to_have_count(0)
    page.keyboard.press("n")
    said = w(f"presets.{presets[1]}.note").replace("*", "").split(",")[0][:30]
    expect(page.locator(".st-key-hall_remark")).to_contain_text(said)
    for _ in range(3):  # faster than a page is drawn: none is lost
        page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile(rf"[?&]preset={presets[4]}(&|$)"), timeout=PATIENCE)
    place = [each.id for each in LESSONS].index("attention")
    page.keyboard.press("Shift+PageUp")
    expect(page.locator("h1")).to_have_text(words(LESSONS[place - 1].id)("title"), timeout=PATIENCE)
    expect(page).to_have_url(re.compile("lecture=true"), timeout=PATIENCE)


def test_the_legend_names_no_key_that_does_nothing(page: Page, app_url: str) -> None:
    """Where a lecturer tags a sentence nothing waits to be revealed; heads have arrows, and nothing that plays."""
    for address, named, silent in (
        ("bio-tagging?lang=en", "SH", "RP←"),
        ("bio-tagging?lang=en&preset=capitals", "RN", "P←"),
        ("attention?lang=en", "R←↑", "P"),
    ):
        visit(page, f"{app_url}/{address}&lecture=true")
        page.keyboard.press("h")
        keys = page.locator(".st-key-hall_keys strong").all_inner_texts()
        keys = " ".join(keys).split()
        assert set(named) <= set(keys) and not set(silent) & set(keys), (address, keys)


def test_lessons_that_are_passed_at_four_presses_a_second_all_count(page: Page, app_url: str) -> None:
    """Also those pressed while one lesson is gone and the next one is not there yet."""
    visit(page, f"{app_url}/{LESSONS[0].id}?lang=en&lecture=true")
    for _ in LESSONS[1:]:
        page.keyboard.press("Shift+PageDown")
        page.wait_for_timeout(250)  # the pace of a lecturer's hand
    expect(page.locator("h1")).to_have_text(words(LESSONS[-1].id)("title"), timeout=PATIENCE)


def test_arrow_keys_walk_through_layers_and_heads_and_none_is_lost(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/attention?lang=en&lecture=true&layer=1&head=1")
    for key in (
        "ArrowDown",
        "ArrowRight",
        "ArrowDown",
        "ArrowRight",
        "ArrowRight",
        "ArrowDown",
        "ArrowUp",
        "ArrowRight",
    ):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"[?&]layer=3(&|$)"), timeout=PATIENCE)
    expect(page).to_have_url(re.compile(r"[?&]head=5(&|$)"), timeout=PATIENCE)


def test_steps_that_are_pressed_fast_all_count(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/lstm-gates?lang=en&lecture=true&step=1&text=one+two+three+four+five+six+seven+eight")
    while page.locator(f'[class*="st-key-question_open_"], {LEADS_ON}').count():  # what is asked holds the steps back
        reveal(page)
    begun = int(page.locator("input[type=range]").input_value())  # revealing led to the step that was asked about
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"[?&]step={begun + 3}(&|$)"), timeout=PATIENCE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hall_sees_how_to_commit_to_a_guess_about_each_example(page: Page, app_url: str, language: str) -> None:
    """The gates' column is the fullest: a formula of seven lines stands above the question. What to look for is under them."""
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
    for preset in words("lstm-gates").node("presets"):
        visit(page, f"{app_url}/lstm-gates?lang={language}&preset={preset}&lecture=true")
        commit = page.get_by_role("button", name=Words(LOCALES / "shell.yaml", language)("predict.commit"), exact=True)
        expect(commit, preset).to_be_in_viewport(ratio=1)
        told = page.locator(".st-key-figure p", has_text=Words(LOCALES / "shell.yaml", language)("look_for"))
        expect(told, preset).to_be_in_viewport(ratio=1)
        reveal(page)
        if page.locator(LEADS_ON).count():  # a second question: asked once the reason was read
            reveal(page)
            expect(commit, preset).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("preset", ["but", "halves"])
def test_a_click_leads_a_hall_to_the_reason_as_the_key_does(page: Page, app_url: str, preset: str) -> None:
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
    visit(page, f"{app_url}/lstm-gates?lang=en&preset={preset}&lecture=true")
    begun = words("lstm-gates").node(f"presets.{preset}.state")["step"]
    with acting(page):
        page.get_by_role("button", name=SHELL("predict.show")).click()
    expect(page).to_have_url(re.compile(rf"[?&]step={begun + 1}(&|$)"), timeout=PATIENCE)
    reason = page.locator(".st-key-question_told_turn p").filter(has_text="A word acts through the gates")
    expect(reason).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hall_has_answer_and_reason_on_its_screen(page: Page, app_url: str, language: str) -> None:
    """Under a formula that has two lines by then; the longest reasons are those of the gates, and of masks in English."""
    told = page.locator('[class*="st-key-question_told_"]:not(:has([data-testid=stExpander]))')
    asked = [*(("analogies", preset) for preset in ("king", "guowang")), ("bio-tagging", "ferry")]
    asked += [("masked-language-model", preset) for preset in ("grammar", "twins", "training", "prior")]
    asked += [("one-hot", preset) for preset in ("longer", "doctor")]
    for lesson_id in ("lstm-gates", "attention"):
        asked += [(lesson_id, preset) for preset in sample(list(words(lesson_id).node("presets")), 4, lesson_id)]
    for lesson_id, preset in asked:
        visit(page, f"{app_url}/{lesson_id}?lang={language}&preset={preset}&lecture=true")
        while (waits := page.locator('[class*="st-key-question_open_"]')).count() or page.locator(LEADS_ON).count():
            if waits.count():
                expect(waits.get_by_role("button").last, f"{lesson_id} {preset}").to_be_in_viewport(ratio=1)
            reveal(page)
            if waits.count():
                continue
            last = told.first  # an earlier one about the same step stands below
            again = last.get_by_role("button", name=Words(LOCALES / "shell.yaml", language)("predict.again"))
            for part in (last.get_by_test_id("stAlert"), last.locator(LAST_OF_A_REASON), again):
                expect(part, f"{lesson_id} {preset}").to_be_in_viewport(ratio=1)
        assert told.count(), (lesson_id, preset)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hall_sees_where_the_word_hoped_for_comes(page: Page, app_url: str, language: str) -> None:
    """Under the figures, before the answer and after it; the last example has one bar more, and in English the longest legend.

    How parallel the steps are, and once there is an answer what to look for, comes at a key, and whole.
    """
    table, notes = page.locator(".st-key-figure table"), page.locator('[class*="st-key-hall_note_"]')
    for preset in ("king", "luoma"):
        visit(page, f"{app_url}/analogies?lang={language}&preset={preset}&lecture=true")
        for count in (1, 2):
            expect(table, preset).to_be_in_viewport(ratio=1)
            expect(notes).to_have_count(count)
            expect(notes.filter(visible=True)).to_have_count(0)
            page.keyboard.press("n")
            for note in notes.all():
                expect(note, preset).to_be_in_viewport(ratio=0.999)
            page.keyboard.press("n")
            if count == 1:
                reveal(page)


TAGGED = (
    "&teams-1=B-LOC&teams-4=B-ORG&teams-8=B-PER&teams-9=I-PER&teams-11=B-LOC"  # three of four right: F1 has numbers
)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [("teams", "en"), ("boundaries", "zh"), (f"teams{TAGGED}", "en"), (f"teams{TAGGED}", "zh")],
)
def test_a_hall_sees_all_rows_of_a_sentence_that_it_has_tagged(
    page: Page, app_url: str, sentence: str, language: str
) -> None:
    """Below three lines of marked text, and beside all scores; 15 word pieces are the most."""
    query = f"lang={language}&view=yours&sentence={sentence}&{sentence.partition('&')[0]}-done=true&lecture=true"
    visit(page, f"{app_url}/bio-tagging?{query}")
    for part in (".st-key-figure_grid .js-plotly-plot", ".st-key-more table"):
        expect(page.locator(part), part).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("preset", "first", "later"), [("capitals", 1, 0), ("ferry", 1, 1), ("changchun", 2, 3)])
def test_what_a_hall_has_no_room_for_comes_at_a_key(
    page: Page, app_url: str, preset: str, first: int, later: int, language: str
) -> None:
    """``first``, ``later``: how many notes there are at first, and once the answer is known."""
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
    visit(page, f"{app_url}/bio-tagging?lang={language}&preset={preset}&lecture=true")
    told = page.locator('[class*="st-key-hall_note_"]')
    for revealed in (False, True):
        if revealed:
            reveal(page)
        expect(told).to_have_count(later if revealed else first)
        expect(told.filter(visible=True)).to_have_count(0)
        page.keyboard.press("n")
        for note in told.all():
            expect(note, preset).to_be_in_viewport(ratio=1)
        page.keyboard.press("n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hall_sees_the_tables_of_a_map_and_what_to_look_for_at_a_key(page: Page, app_url: str, language: str) -> None:
    """The map fills the screen, its question and reason the rest. A lecturer does not scroll: neither has a part below."""
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
    for preset in words("embedding-map").node("presets"):
        visit(page, f"{app_url}/embedding-map?lang={language}&preset={preset}&lecture=true")
        reveal(page)
        for part in (".st-key-figure .js-plotly-plot", '[class*="st-key-question_told_"] p >> nth=-1'):
            expect(page.locator(part), f"{preset} {part}").to_be_in_viewport(ratio=1)
        notes = page.locator('[class*="st-key-hall_note_"]')
        expect(notes.filter(visible=True)).to_have_count(0)
        assert not page.locator(".st-key-figure table, .st-key-more table").filter(visible=True).count()
        page.keyboard.press("n")
        expect(notes.locator("table").first).to_be_visible()
        for note in notes.all():
            expect(note, preset).to_be_in_viewport(ratio=0.999)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hall_reads_what_is_said_below_the_figures_of_masks_and_heads(
    page: Page, app_url: str, language: str
) -> None:
    """What to look for and all after it; up to 15 words are compared, two masks stand beside each other, 30 layers too."""
    asked = [("masked-language-model", each) for each in ("bias", "negation", "twins", "training", "attention")]
    for lesson_id, preset in [*asked, ("attention", "induction"), ("attention", "characters")]:
        visit(page, f"{app_url}/{lesson_id}?lang={language}&preset={preset}&lecture=true")
        said = page.locator(".st-key-figure").get_by_test_id("stMarkdown")
        if lesson_id != "attention":
            expect(said.last, f"{preset}, before").to_be_in_viewport(ratio=1)
        reveal(page)
        expect(said.last, preset).to_be_in_viewport(ratio=1)


# Where the parts of a page that a hall has come for lie, and the figures as they are drawn.
_PARTS = """() => [...document.querySelectorAll(
    "h1, .st-key-controls, .st-key-more .katex-display, [class*=st-key-question_], .js-plotly-plot .main-svg:first-child")]
  .filter(part => part.checkVisibility())
  .map(part => part.getBoundingClientRect()).map(box => [box.left, box.top, box.right, box.bottom])"""
# Every figure has been drawn anew for its place.
_FILLED = """() => [...document.querySelectorAll(".stPlotlyChart")].every(place => Math.abs(
  place.getBoundingClientRect().width - parseFloat(place.querySelector(".main-svg").getAttribute("width"))) < 2)"""
PROJECTORS = ({"width": 1366, "height": 768}, {"width": 1280, "height": 800}, {"width": 1920, "height": 950})


@pytest.mark.parametrize("lesson_id", [lesson.id for lesson in LESSONS])
def test_a_projector_with_fewer_pixels_shows_the_same_as_large(page: Page, app_url: str, lesson_id: str) -> None:
    """What a hall sees on 1920 x 1080 it sees on less: nothing is cut or under the fold that is not there."""
    preset = "ferry" if lesson_id == "bio-tagging" else next(iter(words(lesson_id).node("presets")))
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
    visit(page, f"{app_url}/{lesson_id}?lang=en&preset={preset}&lecture=true")
    reveal(page)
    wanted, inside = page.evaluate(_PARTS), DESKTOP["height"]
    assert len(wanted) >= 4
    for size in PROJECTORS:
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.wait_for_function(_FILLED)
        drawn = min(size["width"] / DESKTOP["width"], size["height"] / DESKTOP["height"])
        found = page.evaluate(_PARTS)
        assert len(found) == len(wanted), size
        for (_, top, _, bottom), (left, now, right, ends) in zip(wanted, found, strict=True):
            assert left >= -1 and right <= size["width"] + 1, size
            if bottom <= inside:
                assert ends <= size["height"] + 1, (size, bottom)
            if size["width"] == 1366:  # of the same shape: the same picture
                assert (now, ends) == pytest.approx((top * drawn, bottom * drawn), abs=8)


def test_a_click_in_a_figure_that_is_drawn_smaller_hits_what_is_under_it(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    visit(page, f"{app_url}/attention?lang=en&lecture=true")
    reveal(page)
    x, y = page.evaluate(
        """([x, y]) => {
          const plot = document.querySelector(".st-key-figure_overview .js-plotly-plot");
          const { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect(), drawn = box.width / plot.offsetWidth;
          return [box.left + drawn * (xaxis._offset + xaxis.d2p(x)), box.top + drawn * (yaxis._offset + yaxis.d2p(y))]; }""",
        [9, 5],
    )
    page.mouse.move(x, y)
    with acting(page):
        page.mouse.click(x, y)
    expect(page).to_have_url(re.compile(r"[?&]layer=5(&|$)"), timeout=PATIENCE)
    expect(page).to_have_url(re.compile(r"[?&]head=9(&|$)"), timeout=PATIENCE)
