"""Which models a lesson offers: those of the kinds that it asks for."""

from __future__ import annotations

from typing import get_args

import pytest

from app.lessons import LESSONS, Lesson, lesson
from nlpcore.models.catalogue import Kind, catalogue

TABLES = ["glove-6b-50d", "words-zh-64d"]
OFFERED = {
    "embedding-map": TABLES,
    "analogies": TABLES,
    "lstm-gates": ["lstm-imdb", "lstm-chars"],
    "attention": [
        "minilm-l6", "smollm2-135m", "minilm-l6-mlm", "bert-mini-zh", "minilm-l6-imdb", "minilm-l6-nli", "minilm-l6-qa",
        "bert-base-uncased", "bert-base-chinese", "distilbert-base-uncased", "gpt2",
    ],
    "masked-language-model": [
        "minilm-l6-mlm", "bert-mini-zh", "bert-base-uncased", "bert-base-chinese", "distilbert-base-uncased",
    ],
    "bio-tagging": ["lac-zh", "minilm-l6-ner", "bert-base-ner"],
}  # fmt: skip


@pytest.mark.parametrize("lesson_id", OFFERED)
def test_a_lesson_offers(lesson_id: str) -> None:
    assert [found.id for found in lesson(lesson_id).models] == OFFERED[lesson_id]


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.id)
def test_every_lesson_that_needs_a_model_has_one_that_needs_no_hub(each: Lesson) -> None:
    assert set(each.kinds) <= set(get_args(Kind))
    for kind in each.kinds:
        assert any(not found.needs_hub for found in catalogue().values() if found.kind == kind), kind
