"""The idea of the lesson: a gap, and the three tokens that the model's own softmax puts first."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.lessons import lesson
from app.text import probability
from app.words import LANGUAGES, Words
from nlpcore.language_models import fill_mask
from pages.transformers.masked_language_model import idea
from tests.pages.transformers.masked_language_model.test_questions import probabilities_at_mask


def test_the_candidates_are_the_models_likeliest(tiny: Any) -> None:
    at = idea.gap(fill_mask(tiny, "the cat sat on the mat", 5, words=(1,)))
    row = probabilities_at_mask(tiny, "the [MASK] sat on the mat")
    top = row.topk(3)
    assert [token for token, _ in at.candidates] == tiny.tokenizer.convert_ids_to_tokens(top.indices.tolist())
    assert [p for _, p in at.candidates] == pytest.approx(top.values.tolist(), rel=1e-4)
    assert (at.before, at.after, at.vocabulary) == ("the", "sat on the mat", len(row))


@pytest.mark.parametrize("language", LANGUAGES)
def test_picture_text_and_description_hold_the_same_numbers(tiny: Any, language: str) -> None:
    at, w = (
        idea.gap(fill_mask(tiny, "the cat sat", 5, words=(1,))),
        Words(lesson("masked-language-model").words, language),
    )
    wanted = [probability(p) for _, p in at.candidates]
    alt = w("idea.alt", **at.said(w, plain=True))
    drawn = " ".join(re.findall(r">([^<]*)<", idea.sketch(at).svg(alt)))
    for text in (alt, w("idea.text", **at.said(w)), drawn):
        assert [p for p in re.findall(r"<?0\.\d+", text) if p in wanted] == wanted, text
    assert f"{at.vocabulary:,}" in w("idea.text", **at.said(w))


def test_while_the_learner_guesses_no_word_is_told(tiny: Any) -> None:
    at = idea.gap(fill_mask(tiny, "the cat sat", 5, words=(1,)), covered=True)
    assert [token for token, _ in at.candidates] == ["?"] * 3


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (("the", "un", "##known", "cat", ",", "yes"), "the unknown cat, yes"),
        (("北", "京", "是", "city", "。"), "北京是city。"),
        ((), ""),
    ],
)
def test_pieces_are_joined_as_they_are_written(tokens: tuple[str, ...], text: str) -> None:
    assert idea.joined(tokens) == text


def test_a_long_sentence_is_cut_beside_the_gap(tiny: Any) -> None:
    at = idea.gap(fill_mask(tiny, "the cat sat on the mat . " * 3 + "[MASK] " + "the dog is not a bird . " * 3, 5))
    assert at.before.startswith("…") and len(at.before) <= 24 and at.after.endswith("…") and len(at.after) <= 14
