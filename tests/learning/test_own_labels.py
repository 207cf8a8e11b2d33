"""The examples that a text makes of itself, written out another way."""

from __future__ import annotations

import pytest

from nlpcore.errors import LearnerError
from nlpcore.learning.own_labels import own_examples

WORDS = ("the", "cat", "sat", "down")


def test_next_words_are_asked_of_those_before_and_masked_ones_of_all_others() -> None:
    trace = own_examples(WORDS)
    marks = {0: "", 1: "{}", 2: "{}?"}
    rows = trace.next_word.tolist()
    asked = [[marks[cell].format(word) for word, cell in zip(WORDS, row, strict=True)] for row in rows]
    assert asked == [
        ["the", "cat?", "", ""],
        ["the", "cat", "sat?", ""],
        ["the", "cat", "sat", "down?"],
    ]
    assert [[int(cell) for cell in row] for row in trace.masked] == [
        [2 if i == j else 1 for j in range(4)] for i in range(4)
    ]
    assert trace.words == WORDS and trace.notes == ()


def test_a_long_text_is_cut_and_a_short_one_gives_nothing() -> None:
    long = own_examples(tuple("abcdefghijklmnop"))
    assert (len(long.words), long.next_word.shape, long.masked.shape) == (10, (9, 10), (10, 10))
    assert [(note.code, dict(note.params)) for note in long.notes] == [("text_words_cut", {"given": 16, "kept": 10})]
    assert own_examples(tuple("abcdefghij")).notes == ()
    for words, code in (((), "empty_text"), (("one",), "text_of_one_word")):
        with pytest.raises(LearnerError) as raised:
            own_examples(words)
        assert raised.value.code == code
