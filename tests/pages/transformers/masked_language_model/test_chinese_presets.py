"""The Chinese presets of the masked language lesson show what their notes say, on the bundled model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from app.lessons import lesson
from app.words import Words
from nlpcore.language_models import fill_mask
from nlpcore.language_models.comparison import FillComparison, compare_fills
from nlpcore.models import load
from pages.transformers.masked_language_model.shared import listed

WORDS = Words(lesson("masked-language-model").words, "zh")
pytestmark = pytest.mark.models


def state(preset: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = WORDS.resolve(WORDS.node(f"presets.{preset}.state"))
    assert found["model"] == "bert-mini-zh"
    return found


def compared(preset: str) -> tuple[FillComparison, dict[str, tuple[float, float]]]:
    found = state(preset)
    trace = compare_fills(load(found["model"]), found["first"], found["second"], watched=listed(found["watched"]))
    if found["watched"]:
        assert trace.asked and len(trace.words) == len(listed(found["watched"]))  # the vocabulary knows every one
    pairs = zip(np.exp(trace.first_log_probability), np.exp(trace.second_log_probability), strict=True)
    return trace, dict(zip(trace.words, ((float(a), float(b)) for a, b in pairs), strict=True))


def test_a_neighbour_gives_the_capital_away() -> None:
    found = state("knowledge")
    fill = fill_mask(load(found["model"]), found["text"], 5, words=tuple(found["masked"])).fills[0]
    assert fill.original and (fill.original.token, fill.original.rank) == ("巴", 1)


def test_measure_words_go_with_their_nouns() -> None:
    trace, p = compared("grammar")
    assert trace.words[int(trace.first_rank.argmin())] == "本" and p["本"][0] > 0.5 > 0.01 > p["本"][1]
    assert trace.words[int(trace.second_rank.argmin())] == "辆" and p["辆"][1] > 0.5 > 0.01 > p["辆"][0]


def test_the_far_words_of_praise_and_blame_change_little() -> None:
    trace, _ = compared("sentiment")
    assert np.abs(trace.difference).max() < 0.5


def test_after_not_comes_the_character_that_makes_it_praise() -> None:
    trace, p = compared("negation")
    assert trace.second_rank[trace.words.index("错")] == 1 and p["错"][1] > 0.5 > 0.05 > p["错"][0]


def test_two_masks_fit_each_other_only_one_by_one() -> None:
    found = state("twins")
    model, text, words = load(found["model"]), found["text"], tuple(found["masked"])
    together = "".join(fill.answer.token for fill in fill_mask(model, text, 5, words=words).fills)
    one_by_one = "".join(
        fill.answer.token for fill in fill_mask(model, text, 5, words=words, order="certain_first").fills
    )
    assert together != "经济" == one_by_one


def test_every_chinese_preset_has_no_word_that_the_model_does_not_know() -> None:
    for preset in WORDS.node("presets"):
        found = state(preset)
        texts = [found["first"], found["second"]] if found["view"] == "compare" else [found["text"]]
        tokenizer = load(found["model"]).tokenizer
        assert all(tokenizer.unk_token_id not in tokenizer(text)["input_ids"] for text in texts)
