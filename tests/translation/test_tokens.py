"""The translators' tokens: characters of Chinese, pieces of words, and Chinese text put together again."""

from __future__ import annotations

from typing import Any

import pytest

from nlpcore.translation.pieces import BEGIN, END, MARKS, PAD, UNKNOWN, detokenized, trained_tokenizer

CHINESE = ["我喜欢喝茶。", "汤姆在2023年喝了3杯coffee！", "我喜欢猫。", "汤姆喝coffee。"]


@pytest.fixture(scope="module")
def chinese() -> Any:
    return trained_tokenizer(CHINESE, 200, min_frequency=1)


def test_the_marks_stand_in_front(chinese: Any) -> None:
    assert [chinese.token_to_id(mark) for mark in MARKS] == [PAD, UNKNOWN, BEGIN, END] == [0, 1, 2, 3]


def test_every_chinese_character_is_a_piece_of_its_own(chinese: Any) -> None:
    assert chinese.encode("我喜欢喝茶。").tokens == ["我", "喜", "欢", "喝", "茶", "。"]
    pieces = [piece.removeprefix("##") for piece in chinese.get_vocab() if piece not in MARKS]
    han = [piece for piece in pieces if any("一" <= character <= "鿿" for character in piece)]
    assert han
    assert all(len(piece) == 1 for piece in han)
    assert chinese.encode("我龘茶").ids[1] == UNKNOWN


def test_there_are_no_more_pieces_than_asked_for_and_rare_ones_are_left_out() -> None:
    words = ["kitten kitten kitten sitting"] * 3
    assert trained_tokenizer(words, 20, min_frequency=1).get_vocab_size() == 20
    assert "k" in trained_tokenizer(words, 300).get_vocab()
    small = trained_tokenizer(["abcabc abcabc"], 300, min_frequency=3).get_vocab()
    large = trained_tokenizer(["abcabc abcabc"], 300, min_frequency=2).get_vocab()
    assert "abcabc" in large
    assert "abcabc" not in small


def test_english_is_cut_into_pieces_in_lower_case() -> None:
    tokenizer = trained_tokenizer(["The cats sat.", "The cat's mat"] * 3, 60)
    found = tokenizer.encode("The Cat sat.")
    assert "".join(piece.removeprefix("##") for piece in found.tokens) == "thecatsat."
    assert found.tokens[0] == "the"
    assert found.offsets[-1] == (11, 12)


@pytest.mark.parametrize("text", [*CHINESE, "汤姆说：“tom likes tea”。", "他有10 000元", "a b", "我"])
def test_text_comes_back_from_its_pieces(text: str) -> None:
    tokenizer = trained_tokenizer([*CHINESE, text], 300, min_frequency=1)
    pieces = [tokenizer.id_to_token(i) for i in (BEGIN, *tokenizer.encode(text).ids, END, PAD)]
    assert detokenized(pieces) == text


def test_pieces_are_joined_and_marks_left_out() -> None:
    assert detokenized(["<s>", "汤", "姆", "喝", "co", "##ff", "##ee", "and", "tea", "。", "<unk>", "</s>"]) == (
        "汤姆喝coffee and tea。"
    )
    assert detokenized(["##ee", "茶"]) == "##ee茶"  # a piece that continues nothing stands as it is
    assert detokenized([]) == ""
