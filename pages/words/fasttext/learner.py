"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random

from gensim.models.fasttext import ft_ngram_hashes
from playwright.sync_api import Page, expect

from tests.bench.acting import Think, check, sentence
from tests.bench.protocol import Tab
from tests.e2e.acting import acting, type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the texts that are drawn.
DRAWN: Drawn = (("bucket",), lambda data: (buckets(trace) for trace in data if trace.get("mode") == "text"))


def buckets(trace: dict) -> list[int]:  # type: ignore[type-arg]
    """Return the numbers of buckets that a trace of texts writes."""
    return [int(text.replace(",", "")) for text in trace["text"] if text.replace(",", "").isdecimal()]


def in_a_browser(page: Page, url: str) -> None:
    """A word's n-grams lie in gensim's buckets; once it is asked, an unknown word has no vector by Word2Vec."""
    visit(page, f"{url}/fasttext?lang=en")
    type_into(page, words("fasttext")("controls.word"), "cat")
    with acting(page):
        page.get_by_role("button", name="Show without guessing").click()
    drawn = [number for trace in figures(page)["ngrams"] if trace.get("mode") == "text" for number in buckets(trace)]
    assert sorted(drawn) == sorted(ft_ngram_hashes("cat", 3, 6, 20_000))
    visit(page, f"{url}/fasttext?lang=en&view=unknown&unknown=goverment")
    with acting(page):
        page.get_by_role("button", name="Show without guessing").click()
    expect(page.get_by_text("Word2Vec has no vector for it")).to_be_visible()


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type words, and look which share n-grams."""
    for _ in range(3):
        word = sentence(rng)[0]
        await tab.set("word", word)
        check(bool(tab.figure("ngrams")["data"]), f"no n-grams of {word} are drawn")
        await think()
    await tab.choose("view", 3)
    await tab.set("words", " ".join(sentence(rng)[:4]))
    await think()
