"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

from random import Random

import numpy as np
from playwright.sync_api import Page

from tests.bench.acting import OBJECTS, SUBJECTS, Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e import references
from tests.e2e.acting import see_answers, type_into, words
from tests.e2e.browser import Drawn, figures, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("one_hot",), lambda data: (t["z"] for t in data if t["type"] == "heatmap"))


def in_a_browser(page: Page, url: str) -> None:
    """Own words: a diagonal of ones, and once it is predicted gensim's cosines; sentences by scikit-learn's bags."""
    visit(page, f"{url}/one-hot?lang=en")
    w, mine = words("one-hot"), ["tea", "coffee", "bread", "river"]
    type_into(page, w("controls.text"), " ".join(mine))
    np.testing.assert_array_equal(numbers(figures(page)["one_hot"][0]["z"]), np.eye(4))
    see_answers(page)
    drawn = numbers(figures(page)["cosines"][0]["z"])
    for row, word in enumerate(mine):
        for other, cosine in references.nearest_among(mine, word, 3):
            np.testing.assert_allclose(drawn[row, mine.index(other)], cosine, atol=2e-3)

    visit(page, f"{url}/one-hot?lang=en&view=sentences")
    type_into(page, w("controls.third"), "The doctor helped the doctor")
    see_answers(page)
    first, third = figures(page)["nearness"][0], figures(page)["nearness"][1]
    bags = [float(numbers(each["x"])[0]) for each in (first, third)]
    # the doctor helped the patient: 2 1 1 1; a physician …: nothing of it; the doctor helped the doctor: 2 2 1
    np.testing.assert_allclose(bags, [0, (2 * 2 + 1 * 2 + 1 * 1) / (7 * 9) ** 0.5], atol=1e-6)


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Type other words, answer the question, look at sizes, compare sentences."""
    for _ in range(2):
        mine = rng.sample([*SUBJECTS, *OBJECTS], 5)
        await tab.set("text", " ".join(mine))
        table = numbers(tab.figure("one_hot")["data"][0]["z"])
        check(bool((table == np.eye(5)).all()), f"the one-hot vectors of five words are {table}")
        await think()
    await tab.click("_show_one-hot.nearest")
    cosines = numbers(tab.figure("cosines")["data"][0]["z"])
    check(bool(np.allclose(np.diag(cosines), 1) and np.allclose(cosines, cosines.T)), "no table of cosines")
    await think()
    await tab.choose("view", 3)
    shared = rng.choice(OBJECTS)
    await tab.set("third", f"a {shared}")
    counts = numbers(tab.figure("counts")["data"][0]["z"])
    check(counts.shape[0] == 3 and counts[2].sum() == 2, f"two words are counted as {counts[2]}")
    await think()
