"""A tokenizer shared by threads answers each as if it were alone."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from nlpcore.models.tokenizers import ThreadSafeTokenizer
from tests.models.test_loading import write_tokenizer

TEXT = "the cats sat on the mat unhappiness " * 4
CALLS: list[dict[str, Any]] = [
    {"text": TEXT},
    {"text": TEXT, "truncation": True, "max_length": 7},
    {"text": TEXT, "truncation": True, "max_length": 12, "return_offsets_mapping": True},
    {"text": ["the cat", TEXT], "padding": True},
    {"text": ["the cat", "the mat sat"], "padding": "max_length", "max_length": 20},
    {"text": ["the cat", TEXT], "padding": "max_length", "truncation": True, "max_length": 9},
    {"text": "the cat", "text_pair": TEXT, "truncation": "only_second", "max_length": 10},
    {"text": ["the", "cats"], "is_split_into_words": True, "return_offsets_mapping": True},
    {"text": "the cat", "add_special_tokens": False},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(path, fast=True)
    return path


@pytest.fixture
def shared(folder: Path) -> ThreadSafeTokenizer:
    return ThreadSafeTokenizer(AutoTokenizer.from_pretrained(folder))


def answer(tokenizer: Any, number: int) -> tuple[Any, Any]:
    encoding = tokenizer(**CALLS[number % len(CALLS)])
    return dict(encoding), encoding.word_ids(0)


def test_eight_threads_with_mixed_calls_get_the_answers_of_one(folder: Path, shared: ThreadSafeTokenizer) -> None:
    alone = AutoTokenizer.from_pretrained(folder)
    expected = [answer(alone, number) for number in range(len(CALLS))]
    count = 250 * 8
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: answer(shared, number), range(count)))
    wrong = [number for number in range(count) if answers[number] != expected[number % len(CALLS)]]
    assert not wrong


def test_what_else_a_tokenizer_does(folder: Path, shared: ThreadSafeTokenizer) -> None:
    alone = AutoTokenizer.from_pretrained(folder)
    assert shared.tokenize("unhappiness") == alone.tokenize("unhappiness") == ["un", "##happi", "##ness"]
    ids = shared.encode("the cat")
    assert shared.decode(ids) == alone.decode(ids)
    assert shared.convert_ids_to_tokens(ids) == ["[CLS]", "the", "cat", "[SEP]"]
    assert shared.get_vocab() == alone.get_vocab()
    assert shared.all_special_ids == alone.all_special_ids
    assert (shared.is_fast, len(shared)) == (True, len(alone))


def test_it_cannot_be_changed_or_sent_away(shared: ThreadSafeTokenizer) -> None:
    with pytest.raises(AttributeError, match="shared tokenizer is not changed"):
        shared.padding_side = "left"
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(shared)
    with pytest.raises(AttributeError):
        _ = shared.no_such_thing
