"""How much of a text is read, and beside which letters a joiner stays."""

from __future__ import annotations

import string
import unicodedata

import pytest

from nlpcore.errors import LearnerError
from nlpcore.text import (
    Word,
    clean,
    is_han,
    language_notes,
    mostly_chinese,
    shortened,
    the_first,
    without_line_break_tags,
    without_special_tokens,
)
from nlpcore.word_lists import split_list

# A letter of each script in which letters join or form conjuncts (Unicode Standard, chapters 9, 12, 13, 16 and 17).
LETTERS = [
    "ARABIC LETTER BEH", "SYRIAC LETTER BETH", "MANDAIC LETTER AB", "NKO LETTER BA", "MONGOLIAN LETTER BA",
    "ADLAM SMALL LETTER BA", "HANIFI ROHINGYA LETTER BA", "DEVANAGARI LETTER KA", "BENGALI LETTER KA",
    "GURMUKHI LETTER KA", "GUJARATI LETTER KA", "ORIYA LETTER KA", "TAMIL LETTER KA", "TELUGU LETTER KA",
    "KANNADA LETTER KA", "MALAYALAM LETTER KA", "SINHALA LETTER ALPAPRAANA KAYANNA", "KHMER LETTER KA",
    "MYANMAR LETTER KA", "TIBETAN LETTER KA", "JAVANESE LETTER KA", "BALINESE LETTER KA", "NEWA LETTER KA",
]  # fmt: skip
OTHERS = [*string.ascii_letters, *string.digits, *"猫あア한Бγאก.,!}{=\\"]


@pytest.mark.parametrize("name", LETTERS)
def test_a_joiner_stays_after_a_letter_that_it_shapes(name: str) -> None:
    letter = unicodedata.lookup(name)
    for text in (f"{letter}\u200d{letter}", f"{letter}\u200c{letter}"):
        assert clean(text).text == text and not clean(text).notes
    assert clean(f"{letter}\u200ca").text == f"{letter}a"
    assert clean(f"a\u200d{letter}").text == f"a{letter}"


@pytest.mark.parametrize("letter", OTHERS)
def test_a_joiner_goes_after_every_other_letter(letter: str) -> None:
    assert clean(f"{letter}\u200d{letter}").text == clean(f"{letter}\u200c{letter}").text == letter * 2


@pytest.mark.parametrize("limit", [3, 10])
def test_four_times_as_much_is_looked_at_as_is_kept(limit: int) -> None:
    """So a text of which much is removed still fills the limit, and a book is not read in full."""
    invisible = "\u200b" * (4 * limit - 1)
    found = clean(f"{invisible}abc", limit)
    assert found.text == "a"
    counts = {note.code: dict(note.params) for note in found.notes}
    assert counts == {
        "removed_invisible": {"count": 4 * limit - 1}, "cut_characters": {"kept": 1, "given": 4 * limit + 2},
    }  # fmt: skip
    with pytest.raises(LearnerError, match="empty_text"):
        clean(f"{invisible}\u200babc", limit)


def test_a_text_as_long_as_the_limit_is_whole_and_one_longer_is_cut() -> None:
    assert not clean("a" * 4000).notes and clean("a" * 4000).text == "a" * 4000
    (note,) = clean("a" * 4001).notes
    assert (note.code, dict(note.params)) == ("cut_characters", {"kept": 4000, "given": 4001})
    assert clean("abcd efgh", 5).text == "abcd"
    (note,) = clean("ab" + " " * 38, 10).notes or [None]
    assert note is None, "what is white space only is not said to be cut"


def test_a_word_is_counted_once_where_nobody_counted() -> None:
    assert (Word("a", 0, 1).occurrence, Word("a", 0, 1).occurrences) == (1, 1)


@pytest.mark.parametrize(
    ("text", "chinese", "said"),
    [
        # Chinese characters, words in Latin letters, words in others: of as many of each the text is Chinese.
        ("猫 a", True, "text_is_chinese"), ("猫 a b", False, ""), ("猫狗 a", True, "text_is_chinese"),
        ("猫 ж", True, "text_is_chinese"), ("猫 ж ж", False, "text_in_other_language"), ("a ж", False, ""),
        ("a ж ж", False, "text_in_other_language"), ("a 猫 ж", False, ""), ("12 !?", False, ""),
        ("猫の", False, "text_in_other_language"), ("猫ア a a a", False, ""),
    ],
)  # fmt: skip
def test_which_script_most_words_are_in(text: str, chinese: bool, said: str) -> None:
    assert mostly_chinese(text) is chinese
    found = language_notes(text, ("en",), "the model")
    assert [note.code for note in found] == ([said] if said else [])
    assert all(dict(note.params) == {"model": "the model"} for note in found)


@pytest.mark.parametrize(
    ("text", "languages", "said"),
    [
        ("a 猫", ("zh",), ""), ("a b 猫", ("zh",), "text_is_not_chinese"), ("a", ("zh", "en"), ""),
        ("猫", ("en", "zh"), ""), ("猫", ("de",), "text_is_chinese"), ("a", ("de",), ""),
    ],
)  # fmt: skip
def test_what_a_model_did_not_learn_is_said(text: str, languages: tuple[str, ...], said: str) -> None:
    assert [note.code for note in language_notes(text, languages, "m")] == ([said] if said else [])


@pytest.mark.parametrize("marks", [1, 7, 8, 9, 30])
def test_a_letter_keeps_eight_marks(marks: int) -> None:
    """U+035C has no composed form with any letter, so that each mark stays a character of its own."""
    assert clean("q" + "\u035c" * marks + "z").text == "q" + "\u035c" * min(marks, 8) + "z"
    assert clean(("q" + "\u035c" * 8) * 3).text == ("q" + "\u035c" * 8) * 3, "each letter is counted anew"


@pytest.mark.parametrize("token", ["[CLS]", "<s>", "</s>", "<|endoftext|>"])
def test_a_special_token_that_was_typed_is_read_as_text(token: str) -> None:
    found = without_special_tokens(f"a {token}{token} b", ["[CLS]", "<s>", "</s>", "<|endoftext|>", token, "<>"])
    assert found.text == f"a {token[0]} {token[1:-1]} {token[-1]}{token[0]} {token[1:-1]} {token[-1]} b"
    assert [(note.code, dict(note.params)) for note in found.notes] == [("special_as_text", {"tokens": token})]
    assert without_special_tokens("a <> b", ["<>"]).text == "a <> b", "two characters are too common to be one"
    both = without_special_tokens("<s> [CLS]", ["[CLS]", "<s>"])
    assert dict(both.notes[0].params) == {"tokens": "[CLS] <s>"}


@pytest.mark.parametrize("between", list(',;:，；、。：|/\\()[]{}（）【】［］「」『』《》〈〉"“”„«»＂!?！？+=…·'))
def test_each_sign_stands_between_words_of_a_list(between: str) -> None:
    assert split_list(f"tea{between}milk") == ("tea", "milk")
    assert split_list(f"{between}tea{between}{between}") == ("tea",)


@pytest.mark.parametrize("around", list("'‘’‚‹›`.*•–—-_#"))
def test_each_sign_is_taken_off_the_ends_and_stays_inside(around: str) -> None:
    assert split_list(f"{around}tea{around}{around} a{around}b") == ("tea", f"a{around}b")
    assert split_list(around * 3) == ()
    assert split_list(f"x,{around}tea", {f"{around}tea"}) == ("x", f"{around}tea"), "what is known stays whole"


@pytest.mark.parametrize("letter", list("ABXYZabxyz0159éß"))
def test_no_letter_stands_between_words(letter: str) -> None:
    assert split_list(f"tea{letter}milk {letter}tea{letter}") == (f"tea{letter}milk", f"{letter}tea{letter}")


@pytest.mark.parametrize("tag", ["<br />", "<br>", "<BR/>", "< br / >", "<Br\t/>"])
def test_a_line_break_tag_is_a_blank(tag: str) -> None:
    assert without_line_break_tags(f"a{tag}b{tag}") == "a b "
    assert without_line_break_tags("a<b>b</b><brr>") == "a<b>b</b><brr>"


@pytest.mark.parametrize(
    "end", ["\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\n"]
)
def test_every_end_of_a_line_is_one(end: str) -> None:
    assert clean(f"a \t{end}{end} b", lines=True).text == "a\n\n b"
    assert clean(f"a{end}b").text == "a b"
    assert clean("a\x1fb", lines=True).text == "a b", "a unit separator is white space and ends no line"


@pytest.mark.parametrize(("most", "shown"), [(5, "abcd…"), (6, "abcdef"), (7, "abcdef"), (1, "…")])
def test_a_name_is_cut_to_a_length_with_its_mark(most: int, shown: str) -> None:
    assert shortened("abcdef", most) == shown and len(shown) <= most
    assert the_first(["abcdef", "b"], 2, most) == f"{shown}, b"
    assert the_first(["b"] * 3, 2) == "b, b …" and the_first(["b"] * 2, 2) == "b, b" and the_first([], 2) == ""


@pytest.mark.parametrize("character", ["\u3400", "\u9fff", "\uf900", "\ufaff", "\U00020000", "\U0003134f"])
def test_the_first_and_last_of_each_block_are_chinese(character: str) -> None:
    assert is_han(character)


@pytest.mark.parametrize("character", ["\u33ff", "\ua000", "\uf8ff", "\ufb00", "\U0001ffff", "\U00031350"])
def test_beside_the_blocks_nothing_is_chinese(character: str) -> None:
    assert not is_han(character)
