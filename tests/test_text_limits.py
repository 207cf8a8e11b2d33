"""How much of a text is read, and beside which letters a joiner stays."""

from __future__ import annotations

import string
import unicodedata

import pytest

from nlpcore.errors import LearnerError
from nlpcore.text import Word, clean

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
