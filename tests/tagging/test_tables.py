"""Tables of words and tags, as people copy them from a README, a spreadsheet or a program, against the columns that they say."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.tagging.formats import read_tagged
from nlpcore.tagging.pasted import read_pasted
from nlpcore.tagging.tables import as_columns

WORDS = ["EU", "rejects", "Ben", "São", "李", "O'Neill", "3.5", "AT&T", "München", "👍", "नई", "&"]
TAGS = ["B-ORG", "I-ORG", "O", "B-PER", "I-PER", "S-LOC", "E-MISC"]


def written(rows: list[tuple[str, str]], way: str) -> str:
    """Return ``rows`` as ``way`` writes them."""
    if way.startswith("markdown"):
        between = "|" if "tight" in way else " | "
        edge = (between.strip(), between.strip()) if "tight" in way else ("| ", " |")
        lines = [f"{edge[0]}{between.join(row)}{edge[1]}" for row in rows]
        return "\n".join((["| Word | Tag |", "|:---|---:|"] if "names" in way else []) + lines)
    if way.startswith("csv"):
        mark = {"semicolon": ";", "tab": "\t"}.get(way.split()[1], ",")
        out = io.StringIO()
        quoting = csv.QUOTE_ALL if "quoted" in way else csv.QUOTE_MINIMAL
        writer = csv.writer(out, delimiter=mark, quoting=quoting)
        writer.writerows([("token", "label"), *rows] if "names" in way else rows)
        return ("\ufeff" if "mark" in way else "") + out.getvalue()
    if way == "json":
        return json.dumps(
            {"tokens": [word for word, _ in rows], "ner_tags": [tag for _, tag in rows]}, ensure_ascii=False
        )
    if way == "names, then columns":
        return "\n".join(["Token   Label", *(f"{word}   {tag}" for word, tag in rows)])
    if way == "fence":
        return "\n".join(["```text", *(f"{word} {tag}" for word, tag in rows), "```"])
    if way == "turned":
        return "\n".join(f"{word}\t{tag[2:]}-{tag[0]}" if tag != "O" else f"{word}\tO" for word, tag in rows)
    if way == "full width":
        return "\n".join(f"{word} {tag.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})}" for word, tag in rows)
    if way == "dash":
        return "\n".join(f"{word} {tag.replace('-', '–')}" for word, tag in rows)
    return {"pairs": repr(rows), "pairs without brackets": repr(rows)[1:-1], "lists": json.dumps(rows)}[way]


WAYS = [
    "markdown", "markdown names", "markdown tight", "markdown tight names", "csv comma", "csv comma quoted", "csv comma names",
    "csv comma names mark", "csv semicolon", "csv semicolon quoted names", "csv tab", "csv tab names", "json", "pairs", "lists",
    "pairs without brackets", "names, then columns", "fence", "turned", "full width", "dash",
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@given(rows=st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(TAGS)), min_size=2, max_size=6))
def test_a_table_says_what_its_columns_say(way: str, rows: list[tuple[str, str]]) -> None:
    if all(tag == "O" for _, tag in rows):
        return  # any words may have an O behind them
    said = read_tagged(written(rows, way))
    plain = read_tagged("\n".join(f"{word} {tag}" for word, tag in rows))
    assert (said.words, said.tags, said.scheme) == (plain.words, plain.tags, plain.scheme)
    pasted = read_pasted(written(rows, way))
    assert pasted and [word.text for word in pasted.words] == [word for word, _ in rows]


def test_names_tell_the_columns_and_where_a_sentence_begins() -> None:
    said = read_tagged("Sentence #,Word,POS,Tag\n1,Thousands,NNS,O\n,left,VBD,O\n2,London,NNP,B-geo\n")
    assert (said.words, said.tags, said.sentences) == (("Thousands", "left", "London"), ("O", "O", "B-geo"), (0, 2))
    said = read_tagged("| tag | word |\n|---|---|\n| B-PER | Ana |\n| O | left |")
    assert (said.words, said.tags) == (("Ana", "left"), ("B-PER", "O"))


def test_a_row_of_words_over_a_row_of_tags() -> None:
    said = read_tagged("| Ana | Pires | left |\n|---|---|---|\n| B-PER | I-PER | O |")
    assert (said.words, said.tags) == (("Ana", "Pires", "left"), ("B-PER", "I-PER", "O"))


@pytest.mark.parametrize(
    "text",
    ["Ana, Ben and I\nleft, too", "a | b\nc | d", "['king', 'queen']", "(yes)", "[1, 2]", "{'a': 1}", "{1: [2]}", "[[1], [2]]",
     "| price | 5 |\n|---|---|\n| tea | 3 |", "((((", "[" * 3000, "Type O, blood\nType A, O"],
)  # fmt: skip
def test_what_is_no_table_of_tags_stays_as_it_is(text: str) -> None:
    assert as_columns(text) == text
    assert read_pasted(text) is None


@given(st.text("|,;-\n\t[]()'\"{}: OBI-PERAna", max_size=60))
def test_nothing_that_looks_like_a_table_fails(text: str) -> None:
    as_columns(text)
    read_pasted(text)


@pytest.mark.parametrize("length", [199, 2_900, 9_000])
@pytest.mark.parametrize(
    "around", [("-", "1", ""), ("[", "", "]"), ("{1:", "1", "}"), ("not ", "1", ""), ("", "a", "()")]
)
def test_what_is_nested_too_deep_for_a_program_is_no_table(around: tuple[str, str, str], length: int) -> None:
    """A parser may give up on it, but must not take the server down."""
    before, middle, after = around
    text = f"[{before * length}{middle}{after * length}]"
    assert as_columns(text) == text
