"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random

import numpy as np
from playwright.sync_api import Page
from sklearn.metrics import silhouette_score
from sklearn.metrics.pairwise import cosine_similarity

from tests.bench.acting import OBJECTS, SUBJECTS, Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e import references
from tests.e2e.acting import see_answers, type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("x", "y"), lambda data: (numbers(t[axis]) for t in data for axis in "xy"))
MINE = (
    ("fire", "She lit a match in the dark."),
    ("fire", "The match went out in the wind."),
    ("game", "They lost the last match."),
    ("game", "The match was seen on television."),
)


def in_a_browser(page: Page, url: str) -> None:
    """Own sentences: cosines and silhouettes are those of transformers and scikit-learn; nothing hidden is copied."""
    visit(page, f"{url}/word-senses?lang=en")
    w = words("word-senses")
    type_into(page, w("controls.word"), "match")
    type_into(page, w("controls.text"), "\n".join(f"{sense}: {sentence}" for sense, sentence in MINE))
    layers = references.states_of_a_word([sentence for _, sentence in MINE], "match")
    drawn = numbers(figures(page)["cosines"][0]["z"])
    np.testing.assert_allclose(drawn, cosine_similarity(layers[-1]), atol=1e-3)
    see_answers(page)
    senses = [sense for sense, _ in MINE]
    expected = [silhouette_score(points, senses, metric="cosine") for points in layers]
    np.testing.assert_allclose(numbers(figures(page)["curve"][0]["y"]), expected, atol=1e-3)

    visit(page, f"{url}/word-senses?lang=en&view=itself")
    type_into(page, w("controls.sentence"), "The capital of France is Paris.")
    hidden = numbers(figures(page)["bars"][0]["y"])
    [(paris, probability)] = references.likeliest("The capital of France is [MASK].", 1)
    assert paris == "paris"
    np.testing.assert_allclose(hidden[5], probability, atol=1e-3)


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type own sentences, predict, look at the masks, see a sentence copied."""
    subjects = rng.sample(SUBJECTS, 4)
    lines = [f"{'a' if n < 2 else 'b'}: The {each} saw the bank." for n, each in enumerate(subjects)]
    await tab.set("text", "\n".join(lines))
    table = numbers(tab.figure("cosines")["data"][0]["z"])
    check(table.shape == (4, 4) and bool(np.allclose(np.diag(table), 1)), f"no table of cosines: {table}")
    await think()
    await tab.click("_show_word-senses.layer")
    check(len(numbers(tab.figure("curve")["data"][0]["y"])) == 7, "not a silhouette for each layer")
    await think()
    await tab.choose("view", 1)
    await tab.set("sentence", f"The {rng.choice(OBJECTS)} fell.")
    check(len(tab.figure("masks")["data"]) == 6, "there are not three masks")
    await think()
    await tab.choose("view", 2)
    check(len(numbers(tab.figure("bars")["data"][0]["y"])) == 4, "not a bar for each token")
    await think()
