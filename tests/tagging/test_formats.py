"""Pasted tags against seqeval's reading of the same scheme, and the formats in which they come."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, Entities

from nlpcore.errors import LearnerError
from nlpcore.tagging import Span, from_bio
from nlpcore.tagging.exercises import repair_written
from nlpcore.tagging.formats import SCHEMES, Scheme, conll, read_tagged, scheme_of, to_iob2, write_tags

THEIRS = {"IOB1": IOB1, "IOB2": IOB2, "BIOES": IOBES, "BILOU": BILOU}


@st.composite
def spans(draw: st.DrawFn) -> tuple[list[str], list[Span]]:
    found: list[Span] = []
    place = 0
    for gap, length, kind in draw(
        st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.sampled_from(["PER", "LOC"])))
    ):
        found.append(Span(place + gap, place + gap + length, kind))
        place += gap + length
    return [f"w{n}" for n in range(place + draw(st.integers(1, 2)))], found


@given(spans())
@pytest.mark.parametrize("scheme", THEIRS)
def test_what_is_written_seqeval_reads_and_so_do_we(scheme: Scheme, case: tuple[list[str], list[Span]]) -> None:
    words, found = case
    tags = write_tags(words, found, scheme)
    theirs = Entities([list(tags)], THEIRS[scheme]).entities[0]
    assert [(e.start, e.end, e.tag) for e in theirs] == [(s.start, s.end, s.type) for s in found]
    assert list(from_bio(to_iob2(tags, scheme), "none")) == found


@given(spans())
def test_bmes_is_bioes_with_m_for_i(case: tuple[list[str], list[Span]]) -> None:
    words, found = case
    tags = write_tags(words, found, "BMES")
    assert tags == tuple(tag.replace("I-", "M-") for tag in write_tags(words, found, "BIOES"))
    assert list(from_bio(to_iob2(tags, "BMES"), "none")) == found


@given(spans())
def test_io_forgets_only_where_entities_of_one_type_touch(case: tuple[list[str], list[Span]]) -> None:
    words, found = case
    read = from_bio(to_iob2(write_tags(words, found, "IO"), "IO"))
    apart = all(a.end < b.start or a.type != b.type for a, b in itertools.pairwise(found))
    assert (list(read) == found) == apart


@given(spans())
@pytest.mark.parametrize("scheme", SCHEMES)
def test_conll_columns_come_back_as_they_were(scheme: Scheme, case: tuple[list[str], list[Span]]) -> None:
    words, found = case
    tags = write_tags(words, found, scheme)
    back = read_tagged(conll(words, tags))
    assert (back.layout, back.words, back.tags, back.sentences) == ("columns", tuple(words), tags, (0,))


@pytest.mark.parametrize(
    ("text", "layout", "words", "tags", "sentences"),
    [
        ("EU B-ORG\nrejects O\n\nPeter\tB-PER\n", "columns", "EU rejects Peter", "B-ORG O B-PER", (0, 2)),
        ("EU B-ORG rejects O Peter B-PER", "columns", "EU rejects Peter", "B-ORG O B-PER", (0,)),
        ("-DOCSTART- -X- -X- O\n\nEU NNP I-NP I-ORG\ncame VBD I-VP O", "columns", "EU came", "I-ORG O", (0,)),
        ("Ana/B-PER, left/O", "slashes", "Ana , left", "B-PER O O", (0,)),
        ("at 90 km/h and/or Ana/B-PER.", "slashes", "at 90 km/h and/or Ana .", "O O O O B-PER O", (0,)),
        ("EU/ORG rejects/O German/MISC call/O.", "slashes", "EU rejects German call .", "I-ORG O I-MISC O O", (0,)),
        ("Ana/PER Pires/PER", "slashes", "Ana Pires", "I-PER I-PER", (0,)),
        ("EU ORG\nrejects O", "columns", "EU rejects", "I-ORG O", (0,)),
        ("New M-LOC\nYork E-LOC", "columns", "New York", "M-LOC E-LOC", (0,)),
        ("A/S-PER b/O\nC/B-LOC d/E-LOC", "slashes", "A b C d", "S-PER O B-LOC E-LOC", (0, 2)),
    ],
)  # fmt: skip
def test_formats(text: str, layout: str, words: str, tags: str, sentences: Any) -> None:
    read = read_tagged(text)
    assert (read.layout, " ".join(read.words), " ".join(read.tags), read.sentences) == (layout, words, tags, sentences)


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [("B-PER M-PER E-PER O", "BMES"),
     ("B-PER I-PER O", "IOB2"), ("I-PER I-PER O", "IO"), ("I-PER B-PER O", "IOB1"), ("B-PER L-PER U-LOC", "BILOU"),
     ("S-PER O", "BIOES"), ("O O", "IOB2"), ("B-PER I-LOC O", "IOB2")],
)  # fmt: skip
def test_the_scheme_is_seen(tags: str, scheme: str) -> None:
    assert scheme_of(tags.split()) == scheme


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ana/PER Pires/I-PER left/O", "tag_unknown"),
        ("Ana/NNP left/VBD", "tag_unknown"),
        ("", "empty_text"),
        ("a/X-PER", "tag_unknown"),
        ("a/Q-per", "tag_unknown"),
        ("Ana/", "tag_unknown"),
    ],
)
def test_what_is_no_tag_is_said(text: str, code: str) -> None:
    with pytest.raises(LearnerError) as caught:
        read_tagged(text)
    assert caught.value.code == code


def test_nothing_goes_on_over_the_end_of_a_sentence() -> None:
    found = repair_written("Ana B-PER\n\nPires I-PER\nsaw O\nRome B-LOC")
    assert (found.layout, found.scheme, found.sentences) == ("columns", "IOB2", (0, 1))
    assert [(place.position, place.reason) for place in found.illegal] == [(1, "start")]
    assert found.way("drop")[1] == (Span(0, 1, "PER"), Span(3, 4, "LOC"))
    other = repair_written("Ana/B-PER Pires/L-PER saw/O Rome/U-LOC")
    assert other.scheme == "BILOU" and other.tags == ("B-PER", "I-PER", "O", "B-LOC") and not other.illegal


def test_a_blank_has_no_line_among_the_columns() -> None:
    """LAC tags the blanks of a text as well."""
    assert conll(["李", "娜", "\t", "上", " ", "海"], ["B-PER", "I-PER", "O", "B-LOC", "I-LOC", "I-LOC"], (0, 3)) == (
        "李 B-PER\n娜 I-PER\n\n上 B-LOC\n海 I-LOC\n"
    )
