"""What the remarks on the examples claim, worked out of the models: each number, and what is said around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from app.lessons import lesson
from app.text import probability, signed
from app.words import LANGUAGES, Words
from nlpcore.language_models import fill_mask
from nlpcore.language_models.comparison import FillComparison, compare_fills
from nlpcore.language_models.fill_mask import Candidate, FillMask
from nlpcore.language_models.mask_attention import attention_change
from nlpcore.models import load
from pages.transformers.masked_language_model.shared import between_commas
from tests.pages import notes

pytestmark = pytest.mark.models
ID = "masked-language-model"
MODELS = {"en": "minilm-l6-mlm", "zh": "bert-mini-zh"}
PRESETS = list(Words(lesson(ID).words, "en").node("presets"))


def state(preset: str, language: str) -> Mapping[str, Any]:
    found = notes.preset(ID, preset, language)
    assert found["model"] == MODELS[language]
    return found


def filled(
    language: str, text: str, words: tuple[int, ...], order: str = "together", guesses: tuple[str, ...] = ()
) -> FillMask:
    return fill_mask(load(MODELS[language]), text, 5, words=words, order=order, guesses=guesses)


def shown(preset: str, language: str, order: str = "together") -> FillMask:
    found = state(preset, language)
    return filled(language, found["text"], tuple(found["masked"]), order, between_commas(found["guess"]))


class Pair:
    """Two sentences compared: each word's probability in both, and the difference."""

    def __init__(self, preset: str, language: str, **changed: str) -> None:
        found = {**state(preset, language), **changed}
        watched = between_commas(found["watched"])
        self.trace: FillComparison = compare_fills(
            load(MODELS[language]), found["first"], found["second"], watched=watched
        )
        assert not watched or (self.trace.asked and len(self.trace.words) == len(watched))  # each one is known

    def of(self, word: str) -> int:
        return self.trace.words.index(word)

    def difference(self, word: str) -> str:
        return signed(self.trace.difference[self.of(word)])

    def p(self, word: str, second: bool = False) -> str:
        of = self.trace.second_log_probability if second else self.trace.first_log_probability
        return probability(float(np.exp(of[self.of(word)])))

    def place(self, word: str, second: bool = False) -> int:
        return int((self.trace.second_rank if second else self.trace.first_rank)[self.of(word)])


def original(trace: FillMask) -> Candidate:
    found = trace.fills[0].original
    assert found
    return found


def knowledge(language: str) -> list[str]:
    here = original(shown("knowledge", language))
    assert here.rank == 1
    if language == "en":
        other = filled("en", "The capital of Turkey is Ankara.", (5,)).fills[0]
        assert other.original and other.answer.token == "istanbul" and other.original.rank == 2
        return [probability(other.answer.probability), probability(other.original.probability)]
    alone = original(filled("zh", state("knowledge", "zh")["text"], (6, 7)))
    assert here.token == alone.token == "巴"
    assert alone.rank > 100, "what the note sends the learner to see"
    return ["1", probability(here.probability)]


def grammar(language: str) -> list[str]:
    if language == "en":
        trace, other = (
            shown("grammar", "en"),
            filled("en", "The key to the cabinet are on the table.", (5,), guesses=("is",)),
        )
        told = [original(trace), *trace.fills[0].guesses, original(other), *other.fills[0].guesses]
        assert [c.token for c in told] == ["are", "is", "are", "is"]
        return [probability(c.probability) for c in told]
    pair = Pair("grammar", "zh")
    assert pair.place("本") == pair.place("辆", second=True) == 1
    other = Pair("grammar", "zh", first="他有一[MASK]鱼。", second="他有一[MASK]衣服。", watched="个，条，件")
    assert other.place("个") == other.place("个", second=True) == 1
    return [pair.p("本"), pair.p("辆", second=True), "1"]


def sentiment(language: str) -> list[str]:
    pair = Pair("sentiment", language)
    if language == "en":
        assert pair.place("great") == pair.place("terrible", second=True) == 1 and pair.place("terrible") == 2
        return [pair.difference(word) for word in ("wonderful", "terrible", "awful")]
    return [f"{np.abs(pair.trace.difference).max():.2f}"]


def bias(language: str) -> list[str]:
    pair = Pair("bias", language)
    words = ("engineer", "lawyer", "nurse", "model") if language == "en" else ("律", "厨", "导", "老")
    return [pair.difference(word) for word in words]


def prior(language: str) -> list[str]:
    pair = Pair("prior", language)
    nurse = "[MASK] is a nurse." if language == "en" else "[MASK]是一名护士。"
    other = Pair("prior", language, first=nurse)
    he, she = ("he", "she") if language == "en" else ("他", "她")
    return [p.difference(word) for p in (pair, other) for word in (he, she)]


def negation(language: str) -> list[str]:
    pair = Pair("negation", language)
    if language == "en":
        assert pair.place("man") == pair.place("man", second=True) == 1
        rise = pair.trace.first_rank - pair.trace.second_rank
        assert pair.trace.words[int(rise.argmax())] == pair.trace.words[int(pair.trace.difference.argmin())] == "robin"
        return [str(pair.place(word, second)) for word in ("bird", "robin") for second in (False, True)]
    assert pair.place("错", second=True) == 1 and float(pair.p("错")) < 0.05
    return [pair.p("错", second=True)]


def twins(language: str) -> list[str]:
    left, right = (fill.answer for fill in shown("twins", language).fills)
    one, two = shown("twins", language, "certain_first").fills
    if language == "en":
        assert (left.token, right.token, one.answer.token, two.answer.token) == ("the", "york", "the", "hospital")
        assert (one.step, two.step) == (1, 2)
        return [probability(one.answer.probability), probability(two.answer.probability)]
    assert (left.token, right.token, one.answer.token, two.answer.token) == ("经", "加", "经", "济")
    assert (one.step, two.step) == (1, 2)
    return ["1", probability(two.answer.probability)]


def training(language: str) -> list[str]:
    assert (state("training", language)["rate"], state("training", language)["split"]) == (15, "80-10-10")
    return ["1,000" if language == "en" else "1000"]


def attention(language: str) -> list[str]:
    found = state("attention", language)
    trace = attention_change(load(MODELS[language]), found["text"], words=tuple(found["masked"]))
    change, tokens = trace.change(None), list(trace.tokens)
    (masked,) = trace.masked
    cls = tokens.index("[CLS]")
    if language == "en":
        assert np.abs(change).sum(axis=1).argmax() == masked and change[masked].argmin() == cls
        assert [tokens[k] for k in np.argsort(-change[masked])[:3]] == ["her", "in", "put"]
        away = np.delete(change[:, masked], masked)
        assert tokens[int(away.argmin())] == "put", "the tokens before the mask keep their places"
        assert (away < 0).sum() == len(away) - 1, "nearly all the others"
        return [f"{-change[masked, cls]:.2f}", f"{-away.min():.2f}"]
    beside, stop = tokens.index("经"), tokens.index("。")
    assert masked == tokens.index("济") and np.abs(change).argmax() == beside * len(tokens) + cls
    told = [signed(change[masked, cls]), signed(change[masked, beside])]
    return [*told, f"{-change[beside, cls]:.2f}", f"{change[beside, stop]:.2f}"]


WORKED_OUT: dict[str, Callable[[str], list[str]]] = {
    "knowledge": knowledge, "grammar": grammar, "sentiment": sentiment, "bias": bias, "prior": prior,
    "negation": negation, "twins": twins, "training": training, "attention": attention,
}  # fmt: skip


@cache
def worked_out(preset: str, language: str) -> list[str]:
    return WORKED_OUT[preset](language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_number_of_a_remark_is_the_models(preset: str, language: str) -> None:
    notes.check(ID, preset, worked_out(preset, language), [language])


def test_every_chinese_preset_has_no_word_that_the_model_does_not_know() -> None:
    for preset in PRESETS:
        found = state(preset, "zh")
        texts = [found["first"], found["second"]] if found["view"] == "compare" else [found["text"]]
        tokenizer = load(found["model"]).tokenizer
        assert all(tokenizer.unk_token_id not in tokenizer(text)["input_ids"] for text in texts)
