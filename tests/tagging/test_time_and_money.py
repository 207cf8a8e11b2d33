"""The rules for dates, times, money and percentages on sentences with their answers written by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.tagging import RULES, find_time_and_money

SENTENCES = [
    ("On Tuesday, 3 May 2024 at 3:30 p.m. GMT the firm paid $4.5 million, up 12.5% from before 1998.",
     ["DATE:Tuesday", "DATE:3 May 2024", "TIME:3:30 p.m. GMT", "MONEY:$4.5 million", "PERCENT:12.5%", "DATE:1998"]),
    ("In May, Theresa May paid 20 euros; ten percent of five million dollars was lost two years ago.",
     ["DATE:May", "MONEY:20 euros", "PERCENT:ten percent", "MONEY:five million dollars", "DATE:two years ago"]),
    ("The 1990s, last week, the first quarter of 2023, 2024-05-06, half an hour, tonight.",
     ["DATE:The 1990s", "DATE:last week", "DATE:the first quarter of 2023", "DATE:2024-05-06",
      "TIME:half an hour", "TIME:tonight"]),
    ("£3bn and US$1,000: 3 percentage points by 3pm, at seven o’clock, 30 minutes later, on December 24th.",
     ["MONEY:£3bn", "MONEY:US$1,000", "PERCENT:3 percentage points", "TIME:3pm", "TIME:seven o’clock",
      "TIME:30 minutes later", "DATE:December 24th"]),
    ("May I march to room 1999 with 5 of 1500 people? No.", []),
    ("Born on July 4, 1990, in the early 1990s he earned a million dollars in ten minutes; yesterday he was broke.",
     ["DATE:July 4, 1990", "DATE:the early 1990s", "MONEY:a million dollars", "TIME:ten minutes", "DATE:yesterday"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences(text: str, expected: list[str]) -> None:
    found = find_time_and_money(text)
    assert [f"{e.type}:{e.text}" for e in found] == expected
    assert all(text[e.start : e.end] == e.text for e in found)


def test_every_rule_has_its_own_name_and_one_of_four_types() -> None:
    assert len({name for _, name, _ in RULES}) == len(RULES)
    assert {kind for kind, _, _ in RULES} == {"DATE", "TIME", "MONEY", "PERCENT"}


@given(st.text("0123456789,.:%$ apmone-yearsMay/", max_size=200))
def test_entities_never_overlap(text: str) -> None:
    found = find_time_and_money(text)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("piece", ["1,000", "1", "one ", "a ", "the last ", "$1.", "1:1", "in 19"])
def test_a_long_text_changes_nothing_about_what_stands_after_it(piece: str) -> None:
    """That this ends at all is part of it: how long it takes is for tests/bench/rules.py."""
    long = piece * (4000 // len(piece)) + "; "
    (last,) = [e for e in find_time_and_money(long + "on 3 May 2024") if e.start >= len(long)]
    assert (last.type, last.text) == ("DATE", "3 May 2024")
