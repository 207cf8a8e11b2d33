"""A learner's text before anything reads it: what is taken away, what stays, and the language that it is in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.text import clean, is_han, language_notes, listed, mostly_chinese, shortened

# Every character that the Unicode standard lets reorder what stands around it (UAX #9), but for the implicit marks.
REORDERING = [c for c in map(chr, range(0x110000)) if unicodedata.bidirectional(c) in
              ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")]  # fmt: skip


def test_nine_characters_reorder() -> None:
    assert len(REORDERING) == 9


@pytest.mark.parametrize("character", REORDERING, ids=lambda c: f"U+{ord(c):04X}")
def test_characters_that_reorder_are_removed_and_counted(character: str) -> None:
    """A "gnp.exe" that reads as "exe.png": what a learner sees is what the model reads."""
    cleaned = clean(f"a{character}b{character}")
    assert cleaned.text == "ab"
    assert [(note.code, note.params) for note in cleaned.notes] == [("removed_characters", {"count": 2})]


def test_joiners_and_marks_that_shape_a_script_stay() -> None:
    assert clean("👩\u200d💻 क\u094d\u200dष").text == "👩\u200d💻 क\u094d\u200dष"


@pytest.mark.parametrize("text", ["", " \n\t", "\u202e\u2066", "\x00"])
def test_nothing_left(text: str) -> None:
    with pytest.raises(LearnerError, match="empty_text"):
        clean(text)


def test_long_names_are_cut_and_many_are_counted() -> None:
    assert (shortened("a" * 24), shortened("a" * 25)) == ("a" * 24, "a" * 23 + "…")
    assert listed(["a", "b", "c"], 3) == "a, b, c"
    assert listed(["a", "b", "c"], 2, between=" ") == "a b …"


@given(st.text(max_size=300))
def test_clean_text_is_safe_for_every_tokenizer(text: str) -> None:
    try:
        cleaned = clean(text, limit=100).text
    except LearnerError as error:
        assert error.code == "empty_text"
        return
    assert 0 < len(cleaned) <= 100
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")  # no lone surrogate is left


@given(st.characters())
def test_chinese_characters_are_those_that_unicode_calls_so(character: str) -> None:
    name = unicodedata.name(character, "")
    ideograph = name.startswith(("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"))
    assert is_han(character) or not ideograph
    assert ideograph or not is_han(character) or not name  # the blocks hold places that are not given away yet


def test_the_language_of_a_text() -> None:
    assert mostly_chinese("北京是中国的首都。") and mostly_chinese("我在 Google 工作") and mostly_chinese("𠀀")
    assert not mostly_chinese("The capital is 北京.") and not mostly_chinese("") and not mostly_chinese("2026 !?")
    assert [note.code for note in language_notes("北京", ["en"], "m")] == ["text_is_chinese"]
    assert [note.code for note in language_notes("Peking", ["zh"], "m")] == ["text_is_not_chinese"]
    for text, languages in (
        ("北京", ["zh"]),
        ("Peking", ["en"]),
        ("北京", ["en", "zh"]),
        ("😀 1", ["zh"]),
        ("", ["en"]),
    ):
        assert language_notes(text, languages, "m") == ()


def test_clean_says_what_it_cut() -> None:
    cleaned = clean("word " * 10_000, limit=4000)
    assert len(cleaned.text) <= 4000
    assert [note.code for note in cleaned.notes] == ["cut_characters"]
    assert cleaned.notes[0].params["given"] == 50_000


def test_clean_keeps_scripts_and_emoji() -> None:
    for text in ("שלום עולם", "नमस्ते", "👩‍👩‍👧‍👦 family", "e\u0301té"):
        assert len(clean(text).text) >= len(text) - 1
    assert len(clean("Z" + "\u0301" * 400).text) < 20
