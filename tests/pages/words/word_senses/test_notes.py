"""What the remarks on the examples claim is what models and scikit-learn give: each number, and what is said around it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples, silhouette_score

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.language_models.seen import Seen, see_itself
from nlpcore.tagging import tag_chinese
from nlpcore.words.senses import Senses, compare_senses
from nlpcore.words.sentence_vectors import sentence_words
from tests.pages import notes

pytestmark = pytest.mark.models
ID = "word-senses"


def said(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


class Example:
    """An example's points, and its silhouettes by scikit-learn."""

    def __init__(self, preset: str, language: str) -> None:
        state = notes.preset(ID, preset, language)
        self.trace: Senses = compare_senses(state["model"], state["word"], state["text"])
        points, senses = self.trace.points, self.trace.senses
        self.curve = [float(silhouette_score(layer, senses, metric="cosine")) for layer in points]
        self.best = int(np.argmax(self.curve))
        self.each = silhouette_samples(points[self.best], senses, metric="cosine")


def two(language: str) -> list[str]:
    it = Example("two", language)
    last = it.trace.layers
    if language == "en":
        assert it.best == 5 and int(np.argmin(it.each)) == 3 and "fished" in it.trace.sentences[3]
        assert all(value > 0 for n, value in enumerate(it.each) if n != 3)
        return [said(it.curve[0]), said(it.curve[1]), "1", "5", said(it.curve[5]), str(last), said(it.curve[-1]), "4",
                said(it.each[3])]  # fmt: skip
    assert it.best == 2 and it.each.min() > 0 and int(np.argmin(it.each)) == 5
    return [
        "0",
        said(it.curve[0]),
        "2",
        said(it.curve[2]),
        str(last),
        said(it.curve[-1]),
        "8",
        "0",
        "6",
        said(it.each[5]),
    ]


def several(language: str) -> list[str]:
    it = Example("several", language)
    assert len(it.trace.told) == 3
    if language == "en":
        assert it.best == 5 and it.curve[6] == pytest.approx(it.curve[5] / 2, rel=0.1)
        return ["0", said(it.curve[0]), said(it.curve[5]), "5", said(it.curve[6]), "6"]
    assert it.best == 2 and sorted(np.argsort(it.each)[:3].tolist())[-2:] == [6, 8]
    return ["0", said(it.curve[0]), "2", said(it.curve[2]), "7", "9", said(it.each[6]), said(it.each[8])]


def place(language: str) -> list[str]:
    it = Example("place", language)
    assert it.best == 0
    np.testing.assert_allclose(it.trace.cosines[0][:3, :3], 1, atol=1e-6)
    begin = {"en": "A bat", "zh": "杜鹃"}[language]
    assert all(sentence.startswith(begin) for sentence in it.trace.sentences[:3])
    return [said(it.curve[0]), "0", "1", "2", "3", "1"]


def arbitrary(language: str) -> list[str]:
    it = Example("arbitrary", language)
    first, second = it.trace.told
    assert list(it.trace.senses) == [first, second] * 3
    return [str(it.best), said(it.curve[it.best])]


def sentence(preset: str, language: str) -> tuple[list[str], int]:
    state = notes.preset(ID, preset, language)
    if language == "en":
        return list(sentence_words(state["sentence"])), state["at"]
    found = [each.text for each in tag_chinese("lac-zh", state["sentence"]).segments]
    return [word for word in found if word.isalnum()], state["at"]


def after(language: str) -> list[str]:
    words, at = sentence("after", language)
    assert words[at] == {"en": "bank", "zh": "苹果"}[language] and at < len(words) - 1
    return [str(at + 1), str(len(words))]


def before(language: str) -> list[str]:
    words, at = sentence("before", language)
    assert (words[0], words[at]) == {"en": ("rivers", "bank"), "zh": ("果园", "苹果")}[language]
    assert at == len(words) - 1
    return []


def seen(preset: str, language: str) -> Seen:
    state = notes.preset(ID, preset, language)
    return see_itself(state["model"], state["sentence"])


def copy(language: str) -> list[str]:
    it = seen("copy", language)
    count = len(it.tokens)
    assert it.seen_right == count
    token, guess = {"en": ("bank", "library"), "zh": ("苹", "如")}[language]
    assert it.hidden_first[it.tokens.index(token)] == guess
    return [str(count), str(count), str(it.hidden_right)] if language == "en" else [str(count), str(it.hidden_right)]


def doubt(language: str) -> list[str]:
    it = seen("doubt", language)
    token, guess = {"en": ("ideas", "leaves"), "zh": ("蓝", "快")}[language]
    assert it.seen_first[it.tokens.index(token)] == guess
    return [str(it.seen_right), str(len(it.tokens))]


CLAIMS: dict[str, Callable[[str], list[str]]] = {
    "two": two, "several": several, "place": place, "arbitrary": arbitrary, "after": after, "before": before,
    "copy": copy, "doubt": doubt,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("preset", CLAIMS)
def test_every_number_of_a_remark_is_what_comes_out(preset: str, language: str) -> None:
    notes.check(ID, preset, CLAIMS[preset](language), (language,))


def test_every_example_has_its_claims() -> None:
    assert set(CLAIMS) == set(Words(lesson(ID).words, "en").node("presets"))


def test_position_is_gone_where_the_sentences_are_turned_around() -> None:
    turned = (
        "animal: Out of the cave flew a bat.\nanimal: Upside down a bat sleeps.\nanimal: A bat eats insects.\n"
        "club: His bat broke.\nclub: She hit the ball with a bat.\nclub: We made a bat of wood."
    )
    assert compare_senses("minilm-l6", "bat", turned).by_layer[0] < 0.1


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_to_be_got_wrong_is_so(language: str) -> None:
    it = seen("copy", language)
    assert it.seen_right == len(it.tokens)
    assert seen("doubt", language).seen_right < len(seen("doubt", language).tokens)
    for preset in ("two", "several"):
        example = Example(preset, language)
        assert 0 < example.best < example.trace.layers, "a layer in between"
        if (preset, language) != ("several", "zh"):  # of which it is only said that the last is no better
            assert example.curve[example.best] - example.curve[-1] > 0.03


def test_the_curve_of_the_check_is_read_rightly() -> None:
    item = Words(lesson(ID).words, "en").node("check")[1]
    curve = [
        float(part.replace("−", "-")) for part in item["question"]["en"].split(": ")[1].split(". In")[0].split(", ")
    ]
    assert item["options"][item["right"]]["en"] == f"Layer {int(np.argmax(curve))}" and len(curve) == 5
