"""BIO schemes against seqeval's own reading of tag sequences."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB1, IOB2, Entities

from nlpcore.errors import LearnerError
from nlpcore.tagging import (
    REPAIRS,
    Span,
    from_bio,
    from_iob1,
    illegal_transitions,
    repair,
    split_tag,
    to_bio,
    to_iob1,
)

TAGS = ["O", *(f"{p}-{t}" for t in ("PER", "LOC", "ORG") for p in "BI")]
sequences = st.lists(st.sampled_from(TAGS), max_size=14)


def legal(tags: list[str]) -> bool:
    return not illegal_transitions(tags)


def seqeval_strict(tags: list[str], scheme: type) -> set[tuple[str, int, int]]:
    return {(e.tag, e.start, e.end) for e in Entities([tags], scheme).entities[0]}


@given(sequences)
def test_begin_is_the_default_reading_of_seqeval(tags: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = [(kind, start, end + 1) for kind, start, end in get_entities(tags)]
    assert [(s.type, s.start, s.end) for s in from_bio(tags)] == expected


@given(sequences)
def test_drop_is_strict_iob2_of_seqeval(tags: list[str]) -> None:
    assert {(s.type, s.start, s.end) for s in from_bio(tags, "drop")} == seqeval_strict(tags, IOB2)


@given(sequences, st.sampled_from(REPAIRS))
def test_a_repaired_sequence_is_legal_and_repair_changes_nothing_more(tags: list[str], how: str) -> None:
    fixed = repair(tags, how)
    assert legal(fixed) and repair(fixed, how) == fixed and len(fixed) == len(tags)
    if legal(tags):
        assert fixed == tuple(tags)
    assert to_bio(fixed, from_bio(tags, how)) == fixed


@given(sequences)
def test_spans_go_through_iob2_and_iob1_unchanged(tags: list[str]) -> None:
    spans = from_bio(tags)
    assert from_bio(to_bio(tags, spans), "none") == spans
    iob1 = to_iob1(tags, spans)
    assert from_iob1(iob1) == spans
    assert seqeval_strict(list(iob1), IOB1) == {(s.type, s.start, s.end) for s in spans}


def test_illegal_places_are_named_with_their_reason() -> None:
    found = illegal_transitions(["I-PER", "B-PER", "I-LOC", "O", "I-ORG"])
    assert [(i.position, i.previous, i.reason) for i in found] == [
        (0, None, "start"),
        (2, "B-PER", "type"),
        (4, "O", "outside"),
    ]


def test_three_repairs_of_one_sequence() -> None:
    tags = ["B-PER", "I-LOC", "I-LOC", "O", "I-ORG"]
    assert repair(tags, "begin") == ("B-PER", "B-LOC", "I-LOC", "O", "B-ORG")
    assert repair(tags, "drop") == ("B-PER", "O", "O", "O", "O")
    assert repair(tags, "convert") == ("B-PER", "I-PER", "I-PER", "O", "B-ORG")
    with pytest.raises(LearnerError) as caught:
        from_bio(tags, "none")
    assert caught.value.code == "bio_illegal" and caught.value.params["position"] == 2


def test_iob1_writes_b_only_where_entities_touch() -> None:
    spans = [Span(0, 2, "PER"), Span(2, 3, "PER"), Span(3, 4, "LOC")]
    assert to_iob1("abcd", spans) == ("I-PER", "I-PER", "B-PER", "I-LOC")
    assert to_bio("abcd", spans) == ("B-PER", "I-PER", "B-PER", "B-LOC")


@pytest.mark.parametrize("tag", ["", "B", "B-", "PER", "S-PER", "b-PER", "<script>", "O-PER"])
def test_what_is_no_bio_tag_is_refused(tag: str) -> None:
    with pytest.raises(LearnerError) as caught:
        split_tag(tag)
    assert caught.value.code == "tag_unknown"


OUT_OF_PLACE = [[Span(0, 0, "X")], [Span(-1, 1, "X")], [Span(2, 4, "X")], [Span(0, 2, "X"), Span(1, 3, "Y")]]


@pytest.mark.parametrize("spans", OUT_OF_PLACE)
def test_spans_that_bio_cannot_write_are_refused(spans: list[Span]) -> None:
    with pytest.raises(ValueError, match=r"overlap|within"):
        to_bio("abc", spans)
