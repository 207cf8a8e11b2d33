"""What the remarks on the examples claim is what vectors and vectorizers give: each number, and what is said around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.test.utils import datapath
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.tagging import tag_chinese
from nlpcore.words import WordVectors
from nlpcore.words.sentence_vectors import of_sentences, sentence_words
from tests.pages import notes

pytestmark = pytest.mark.models
ID = "one-hot"
PRESETS = list(Words(lesson(ID).words, "en").node("presets"))


@pytest.fixture(scope="module")
def tables(glove: WordVectors, chinese: WordVectors) -> dict[str, WordVectors]:
    return {"en": glove, "zh": chinese}


class Listed:
    """The words of an example and their cosines, worked out by scikit-learn."""

    def __init__(self, preset: str, language: str, tables: Mapping[str, WordVectors]) -> None:
        self.words = notes.preset(ID, preset, language)["text"].split()
        self.table = cosine_similarity(np.stack([tables[language][word] for word in self.words]))

    def order(self) -> list[str]:
        """Return the others, the nearest to the first word first."""
        return [self.words[i] for i in np.argsort(-self.table[0]) if i]

    def said(self, one: int, other: int) -> str:
        return f"{self.table[one, other]:.2f}"

    def farthest(self) -> str:
        return self.said(0, self.words.index(self.order()[-1]))


def three_ways(preset: str, language: str, tables: Mapping[str, WordVectors]) -> list[list[str]]:
    """Return by way (bag, TF-IDF, mean) the cosines of the first sentence with the second and the third."""
    state = notes.preset(ID, preset, language)
    texts = [state[name] for name in ("first", "second", "third")]
    if language == "zh":
        told = [[one.text for one in tag_chinese("lac-zh", text).segments] for text in texts]
    else:
        told = [text.lower().split() for text in texts]
    means = np.stack([np.mean([tables[language][word] for word in words], axis=0) for words in told])
    counted = [each(analyzer=list).fit_transform(told) for each in (CountVectorizer, TfidfVectorizer)]
    return [[f"{cosine:.2f}" for cosine in cosine_similarity(each)[0, 1:]] for each in (*counted, means)]


def royal(language: str, tables: Mapping[str, WordVectors]) -> list[str]:
    example = Listed("royal", language, tables)
    king, queen, man, woman, apple, banana = range(6)
    assert example.order()[0] == example.words[queen]
    between = example.table - 2 * np.eye(6)
    assert between.max() == pytest.approx(example.table[man, woman])
    zero, pairs = "0", str(6 * 5 // 2)
    return [example.said(king, queen), example.said(man, woman), example.said(apple, banana), pairs, zero]


def opposites(language: str, tables: Mapping[str, WordVectors]) -> list[str]:
    example = Listed("opposites", language, tables)
    assert example.order()[0] == {"en": "cold", "zh": "冷"}[language]
    if language == "en":
        assert example.order()[1] == "warm" and example.order()[-1] == "boiling"
        return [example.said(0, 1), example.said(0, 2), example.farthest()]
    assert example.order()[-1] == "温暖"
    return [example.said(0, 1), example.farthest()]


def spelling(language: str, tables: Mapping[str, WordVectors]) -> list[str]:
    example = Listed("spelling", language, tables)
    assert (example.order()[0], example.order()[-1]) == {"en": ("microsoft", "apples"), "zh": ("微软", "苹果树")}[
        language
    ]
    return [example.farthest(), example.said(0, example.words.index(example.order()[0])), "0"]


def a_whole_language(_: str, __: Mapping[str, WordVectors]) -> list[str]:
    size = 50_000
    ten_gigabytes, megabytes = 4 * size * size / 1e9, 4 * size * 300 / 1e6
    return [f"{size * size:,}", f"{size:,}", "0", "300", f"{megabytes:.1f}", f"{ten_gigabytes:.1f}"]


def right_angle(language: str, _: Mapping[str, WordVectors]) -> list[str]:
    state = notes.preset(ID, "right_angle", language)
    a, b = [state["ax"], state["ay"]], [state["bx"], state["by"]]
    assert np.dot(a, b) == 0
    return ["0", *(f"{value:.0f}" for value in (*a, *b))]


def longer(language: str, _: Mapping[str, WordVectors]) -> list[str]:
    state = notes.preset(ID, "longer", language)
    a, b = np.array([state["ax"], state["ay"]]), np.array([state["bx"], state["by"]])
    times = np.linalg.norm(a) / np.linalg.norm(b)
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    angle = np.degrees(np.arccos(min(cosine, 1)))
    return [f"{times:.0f}", f"{cosine:.2f}", f"{angle:.0f}", f"{np.linalg.norm(a - b):.2f}", f"{a @ b:.2f}"]


def doctor(language: str, tables: Mapping[str, WordVectors]) -> list[str]:
    bag, tfidf, mean = three_ways("doctor", language, tables)
    assert bag[0] == tfidf[0] == "0.00" and mean[0] > mean[1]
    return ["0.00", bag[1], tfidf[1], *mean]


def order(language: str, tables: Mapping[str, WordVectors]) -> list[str]:
    bag, tfidf, mean = three_ways("order", language, tables)
    assert bag[0] == tfidf[0] == mean[0] == "1.00"
    if language == "en":
        assert bag[1] == tfidf[1] == "0.00"
        return ["1.00", "0.00", mean[1]]
    return ["1.00", bag[1], tfidf[1], mean[1]]


CLAIMS: dict[str, Callable[[str, Mapping[str, WordVectors]], list[str]]] = {
    "royal": royal, "opposites": opposites, "spelling": spelling, "language": a_whole_language,
    "right_angle": right_angle, "longer": longer, "doctor": doctor, "order": order,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_number_of_a_remark_is_what_comes_out(preset: str, language: str, tables: dict[str, WordVectors]) -> None:
    notes.check(ID, preset, CLAIMS[preset](language, tables), (language,))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_to_be_got_wrong_is_so(language: str, tables: dict[str, WordVectors]) -> None:
    """Opposites are near; two words for one thing are as far apart as any, one-hot."""
    pairs = {"en": (("hot", "cold"), ("good", "bad")), "zh": (("热", "冷"), ("好", "坏"))}[language]
    for one, other in pairs:
        cosines = tables[language].cosines(one)
        nearer = int((cosines > cosines[tables[language].row(other)]).sum())
        assert nearer < len(cosines) / 1000, (one, other)


def test_the_sums_of_the_check_are_right() -> None:
    items: list[dict[str, Any]] = Words(lesson(ID).words, "en").node("check")
    texts = [item["options"][item["right"]]["en"] for item in items]
    assert int(texts[1].replace(",", "")) == 50_000 * 50_000
    assert float(texts[2]) == pytest.approx(np.dot([3, 4], [4, 3]) / 25)
    assert "10,000 · 300 = 3,000,000" in Words(lesson(ID).words, "en")("layer.sum")


def test_the_mean_of_any_two_sentences_is_as_near_as_is_said(glove: WordVectors) -> None:
    """The first sentences of 200 texts from news that gensim brings: Lee, Pincombe & Welsh 2005."""
    lines = Path(datapath("lee_background.cor")).read_text("utf-8").splitlines()[:200]
    trace = of_sentences(glove, [sentence_words(line.split(". ")[0]) for line in lines])
    pairs = trace.cosines[2][np.triu_indices(len(lines), 1)]
    said = f"the median over {len(pairs):,} pairs of sentences from news is {np.median(pairs):.2f}."
    [truth] = [
        item["truth"]["en"] for item in Words(lesson(ID).words, "en").node("misconceptions") if "19,9" in str(item)
    ]
    assert truth.endswith(said)
