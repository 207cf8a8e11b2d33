"""Splitting a text into words that can be clicked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.language_models.words import pieces_under, split_words, with_masks


@pytest.mark.parametrize(
    "text, words",
    [
        ("The cat sat.", ["The", "cat", "sat", "."]),
        ("I don't know, it's [MASK]!", ["I", "don't", "know", ",", "it's", "[MASK]", "!"]),
        ("well-known 3.5 %", ["well", "-", "known", "3", ".", "5", "%"]),
        ("今天天气好 ok", ["今", "天", "天", "气", "好", "ok"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("नमस्ते", ["नमस्ते"]),
        ("👩‍🚀 👍🏽 é", ["👩‍🚀", "👍🏽", "é"]),
        ("'quoted'", ["'", "quoted", "'"]),
        ("I'm", ["I'm"]),
        ("dogs' o’b", ["dogs", "'", "o’b"]),
        ("a'[MASK]'b", ["a", "'", "[MASK]", "'", "b"]),
        ("a_1 7th 3'4", ["a_1", "7th", "3'4"]),
        ("<script>", ["<", "script", ">"]),
        ("a[MASK]b", ["a", "[MASK]", "b"]),
        ("", []),
    ],
)
def test_words_of_many_scripts(text: str, words: list[str]) -> None:
    assert [word.text for word in split_words(text)] == words


def test_repeated_words_are_told_apart() -> None:
    the = [word for word in split_words("The man saw the dog") if word.text.lower() == "the"]
    assert [(word.start, word.occurrence, word.occurrences) for word in the] == [(0, 1, 2), (12, 2, 2)]


def test_masks_in_any_writing() -> None:
    assert with_masks("a [mask] b [ Mask ] c [MASK]") == "a [MASK] b [MASK] c [MASK]"
    assert with_masks("a [mask]", "<mask>") == "a <mask>"


@pytest.mark.parametrize(
    "typed",
    ["[MASK]", "【MASK】", "【mask】", "［MASK］", "［ＭＡＳＫ］", "<mask>", "<MASK>", "＜mask＞", "{mask}", "{ MASK }",
     "｛mask｝", "___", "______", "＿＿", "＿＿＿", "〔MASK〕", "＜ｍａｓｋ＞", "｛ｍａｓｋ｝", "【Ｍａｓｋ】", "<ＭＡＳＫ＞",
     "（　　）", "（ ）", "（）", "【  】", "〔〕", r"\_\_\_", "_ _ _", "_ _ _ _"],
)  # fmt: skip
def test_masks_as_people_write_them(typed: str) -> None:
    assert with_masks(f"Paris is the {typed} of France.") == "Paris is the [MASK] of France."
    assert with_masks(f"北京是{typed}的首都。") == "北京是[MASK]的首都。"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Paris is the capital of___.", "Paris is the capital of [MASK]."),
        ("___is the capital of France.", "[MASK] is the capital of France."),
        ("I like___very much.", "I like [MASK] very much."),
        (r"I like\_\_\_very much.", "I like [MASK] very much."),
        ("She said “hello____”, didn't____?", "She said “hello [MASK]”, didn't [MASK]?"),
        ("Of___ and____ more", "Of [MASK] and [MASK] more"),
        ("北京是( )的首都，(   )是日本的。", "北京是[MASK]的首都，[MASK]是日本的。"),
        ("我在Google___工作", "我在Google [MASK]工作"),
    ],
)
def test_a_gap_at_a_word_is_parted_from_it(typed: str, read: str) -> None:
    assert with_masks(typed) == read


@pytest.mark.parametrize(
    "text",
    ["snake___case", "see my_snake___case here", "call f(a___b) now", "the ___init___ of it", "costs 5___ or ___5", "x.y___ z",
     "f( ) and ()", "[ ] to do", "a _ _ b", "C:\\___x"],
)  # fmt: skip
def test_a_name_a_call_and_a_box_are_no_mask(text: str) -> None:
    assert with_masks(text) == text


@pytest.mark.parametrize(
    "text", ["a__b", "snake___case", "__init__", "x _ y", "x __ y", "(mask)", "<masks>", "a mask", "5___"]
)
def test_what_is_no_mask_stays(text: str) -> None:
    assert with_masks(text) == text
    assert [word.text for word in split_words("a <mask> b", "<mask>")] == ["a", "<mask>", "b"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_every_visible_character_is_in_exactly_one_word(text: str) -> None:
    words = split_words(text)
    covered = [i for word in words for i in range(word.start, word.end)]
    assert covered == sorted(set(covered))
    assert all(character.isspace() for i, character in enumerate(text) if i not in set(covered))
    assert all(word.text == text[word.start : word.end] for word in words)


def test_pieces_under_a_word() -> None:
    offsets = [(0, 0), (0, 3), (4, 8), (8, 11), (0, 0)]
    words = split_words("The unhappy")
    assert [pieces_under(word, offsets) for word in words] == [(1,), (2, 3)]
