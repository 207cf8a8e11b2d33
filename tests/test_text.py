"""A learner's text before anything reads it: what is taken away, and what stays."""

from __future__ import annotations

import unicodedata

import pytest

from nlpcore.errors import LearnerError
from nlpcore.text import clean, listed, shortened

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
