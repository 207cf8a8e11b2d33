"""How a word is written, and that a model which is told so hears it."""

from __future__ import annotations

import pytest

from nlpcore.tagging.capitals import ALL, INITIAL, KINDS, MIXED, SMALL, capitals, segment_ids


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("rain", SMALL),
        ("Rain", INITIAL),
        ("RAIN", ALL),
        ("iPhone", MIXED),
        ("McDonald", MIXED),
        ("A", INITIAL),  # one letter: nobody knows more
        ("U.S.", ALL),
        ("1996", SMALL),
        ("天气", SMALL),
        ("Ärger", INITIAL),
        ("ΑΘΗΝΑ", ALL),
        ("49ers", SMALL),
        ("G7", INITIAL),
        ("3M", MIXED),
        ("", SMALL),
        ("?", SMALL),
    ],
)
def test_kinds_of_writing(word: str, kind: int) -> None:
    assert capitals(word) == kind < KINDS


def test_every_piece_has_the_kind_of_its_word() -> None:
    assert segment_ids(["Anna", "saw", "NATO"], [None, 0, 0, 1, 2, -1]) == [SMALL, INITIAL, INITIAL, SMALL, ALL, SMALL]
