"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

import re
from random import Random

from playwright.sync_api import Page, expect

from tests.bench.acting import SUBJECTS, Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e import references
from tests.e2e.acting import PATIENCE, acting, see_answers, type_into, words
from tests.e2e.browser import Drawn, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (  # the cells are drawn in per cent
    ("O", *(f"{part}-{kind}" for kind in ("PER", "ORG", "LOC", "MISC") for part in "BI")),
    lambda data: (numbers(t["z"]) / 100 for t in data if t["type"] == "heatmap"),
)


PEOPLE = ["David", "Sarah", "Michael", "Laura", "Thomas", "Robert", "Daniel", "Peter", "Maria", "Anna"]


FAMILIES = ["Jones", "Miller", "Brown", "Smith", "Johnson", "Williams", "Davis", "Wilson"]


CITIES = ["London", "Berlin", "Moscow", "Vienna", "Chicago", "Boston", "Toronto", "Sydney", "Paris", "Tokyo"]


def in_a_browser(page: Page, url: str) -> None:
    """A sentence of one's own, in English as seqeval reads the model's tags, and in Chinese with names that anyone knows."""
    w = words("bio-tagging")
    sentence = "Angela Merkel met Tim Cook of Apple in Berlin ."
    visit(page, f"{url}/bio-tagging?lang=en&view=own")
    type_into(page, w("controls.text"), sentence)
    expect(page.locator(".st-key-stage mark", has_text="Merkel").first).to_be_visible(timeout=PATIENCE)
    assert marked(page) == references.entities(sentence.split())
    assert {("Angela Merkel", "PER"), ("Berlin", "LOC")} <= set(marked(page))

    visit(page, f"{url}/bio-tagging?lang=zh&view=chinese")
    type_into(page, words("bio-tagging", "zh")("controls.chinese"), "李明在北京大学学习数学。")
    see_answers(page, "zh")
    expect(page.locator(".st-key-stage mark", has_text="李明").first).to_be_visible(timeout=PATIENCE)
    assert {("李明", "PER"), ("北京大学", "ORG")} <= set(marked(page))

    tag_by_hand(page, url)


def tag_by_hand(page: Page, url: str) -> None:
    """A click, two more, a drag over two words, and the keys: each is in the address, and stays when it is opened anew."""
    visit(page, f"{url}/bio-tagging?lang=en&view=yours&sentence=teams")
    field = page.locator(".st-key-by_hand_teams-")
    milan, porto = field.get_by_role("button", name="Milan: ").first, field.get_by_role("button", name="Porto: ")
    for tag in ("B-ORG", "I-ORG", "O", "B-ORG"):
        field.get_by_text("organisation").click()
        with acting(page):
            milan.click()
        expect(milan).to_have_accessible_name(f"Milan: {tag}")
    field.get_by_text("person").click()
    with acting(page):
        field.get_by_role("button", name="Ana: ").hover()
        page.mouse.down()
        field.get_by_role("button", name="Pires: ").hover()
        page.mouse.up()
    porto.focus()
    with acting(page):
        page.keyboard.press("3")
    with acting(page):
        page.keyboard.press("Shift+ArrowRight")
    with acting(page):
        page.keyboard.press("o")
    page.wait_for_function("() => location.search.includes('teams-4=B-ORG')", timeout=PATIENCE)
    expected = ["B-ORG", "O", "O", "B-ORG", "O", "O", "O", "B-PER", "I-PER", "O", "O", "O"]
    for _ in range(2):
        expect(field.locator(".tag")).to_have_text(expected, timeout=PATIENCE)
        visit(page, page.url)


def marked(page: Page) -> list[tuple[str, str]]:
    """Return (text, type) of what the model has marked in the figure; what the rules found has a dashed border."""
    marks = [mark.inner_text().split("\xa0") for mark in page.locator(".st-key-stage mark:not([style*=dashed])").all()]
    return [(text, chip.split()[0]) for text, chip in marks]


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type a sentence about somebody in some town, change the decoding, tag it oneself."""
    await tab.choose("view", 1)
    await think()
    for _ in range(2):
        person, city = f"{rng.choice(PEOPLE)} {rng.choice(FAMILIES)}", rng.choice(CITIES)
        await tab.set("text", f"{person} met a {rng.choice(SUBJECTS)} in {city} .")
        page = "\n".join(html.body for html in tab.elements("html"))
        check(re.search(rf"{person}.{{0,400}}?PER", page, re.S) is not None, f"{person} is no person")
        check(re.search(rf"{city}.{{0,400}}?LOC", page, re.S) is not None, f"{city} is no place")
        check(len(tab.figure("grid")["data"]) > 0, "the grid of probabilities is empty")
        await think()
    await tab.choose("decoding", 1)
    check(tab.widget("piece").options[0] != "", "no piece can be chosen")
    await think()
