"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random

from playwright.sync_api import Page, expect

from tests.bench.acting import Think, check, sentence
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e.acting import acting, type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("centre_place",), lambda data: (t["x"] for t in data if t.get("mode") == "text"))


def in_a_browser(page: Page, url: str) -> None:
    """The window has the words beside its middle; a training that was asked for is as long as it was asked to be."""
    visit(page, f"{url}/word2vec?lang=en&step=2")
    type_into(page, words("word2vec")("controls.text"), "one two three four five")
    texts = [text for trace in figures(page)["window"] for text in trace.get("text") or ()]
    assert sorted(texts) == sorted(["one", "two", "three", "four", "five"])
    expect(page.get_by_text("(three → one), (three → two), (three → four), (three → five)")).to_be_visible()
    visit(page, f"{url}/word2vec?lang=en&view=step")
    with acting(page):
        page.get_by_role("button", name="Show without guessing").click()
    with acting(page):
        page.get_by_role("button", name="+20").click()
    assert len(numbers(figures(page)["loss"][0]["y"])) == 20
    visit(page, f"{url}/word2vec?lang=en&view=text&atleast=2")
    mine = "曹操 大怒".encode("gb18030")
    with acting(page):
        _give(page, "mine.txt", ("one fish two fish red fish blue fish. " * 30).encode("utf-16"))
    expect(page.get_by_text("Words in this text: 240, different ones: 5;")).to_be_visible()
    with acting(page):
        _give(page, "picture.png", b"\x89PNG\0\0")
    expect(page.get_by_text("This is no plain text")).to_be_visible()
    with acting(page):
        _give(page, "mine.txt", mine * 30)
    expect(page.get_by_text(", a small network, has cut")).to_be_visible()


def _give(page: Page, name: str, content: bytes) -> None:
    """Give the page a file, as who presses the button and chooses one."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Your own text").click()
    chooser.value.set_files({"name": name, "mimeType": "text/plain", "buffer": content})


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type a sentence, move the window, train a small network."""
    typed = sentence(rng)
    await tab.set("text", " ".join(typed))
    await think()
    await tab.set("step", min(2, len(typed)))
    await think()
    await tab.choose("view", 1)
    check(bool(tab.figure("matrices")["data"]), "no matrices are drawn")
    await think()
