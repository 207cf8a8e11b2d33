"""BIO tags and spans, and what to do with tag sequences that the scheme forbids.

The scheme is IOB2 (Tjong Kim Sang & Veenstra 1999, "Representing Text Chunks"): every entity begins with ``B-type``,
goes on with ``I-type``, and everything else is ``O``. IOB1 (Ramshaw & Marcus 1995, "Text Chunking using
Transformation-Based Learning") writes ``B-`` only where two entities of one type touch; :func:`to_iob1` and
:func:`from_iob1` show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from nlpcore.arguments import check_option
from nlpcore.errors import LearnerError
from nlpcore.text import shortened

Repair = Literal["begin", "drop", "convert", "none"]
REPAIRS: tuple[Repair, ...] = ("begin", "drop", "convert")
OUTSIDE = "O"
# Types of entities: those of CoNLL-2003, MUC-7, ACE, OntoNotes 5, GermEval 2014 and Stanford’s recognizer.
KNOWN_TYPES = frozenset(
    """PER PERS PERSON LOC LOCATION ORG ORGANIZATION ORGANISATION MISC OTH GPE FAC FACILITY VEH WEA NORP PRODUCT EVENT
    WORK_OF_ART LAW LANGUAGE DATE TIME MONEY PERCENT QUANTITY ORDINAL CARDINAL NUMBER DURATION SET""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """An entity over tokens.

    Attributes:
        start, end: numbers of tokens from 0, end excluded.
        type: such as ``PER``.
    """

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class IllegalTransition:
    """A tag that IOB2 forbids at its place.

    Attributes:
        position: of the tag, from 0.
        previous: the tag before it, None at the start.
        tag: the forbidden one.
        reason: ``"start"`` (I at the start of the sentence), ``"outside"`` (I after O) or ``"type"`` (another type).
    """

    position: int
    previous: str | None
    tag: str
    reason: Literal["start", "outside", "type"]


def split_tag(tag: str) -> tuple[str, str]:
    """Return prefix and type of a BIO tag: ``"B-PER"`` -> ``("B", "PER")``, ``"O"`` -> ``("O", "")``.

    Raises LearnerError ``tag_unknown`` for anything else.
    """
    if tag == OUTSIDE:
        return OUTSIDE, ""
    prefix, dash, kind = tag.partition("-")
    if prefix not in ("B", "I") or not dash or not kind:
        raise LearnerError("tag_unknown", tag=shortened(tag, 40))
    return prefix, kind


def is_legal(previous: str | None, tag: str) -> bool:
    """Return whether IOB2 allows ``tag`` directly after ``previous`` (``None``: the start of the sentence)."""
    prefix, kind = split_tag(tag)
    return prefix != "I" or (previous is not None and split_tag(previous)[1] == kind)


def illegal_transitions(tags: Sequence[str]) -> tuple[IllegalTransition, ...]:
    """Return every place where ``tags`` breaks IOB2, in order; raises LearnerError ``tag_unknown``."""
    found = []
    for position, (previous, tag) in enumerate(zip([None, *tags], tags, strict=False)):
        if is_legal(previous, tag):
            continue
        reason: Literal["start", "outside", "type"]
        reason = "start" if previous is None else "outside" if previous == OUTSIDE else "type"
        found.append(IllegalTransition(position, previous, tag, reason))
    return tuple(found)


def to_bio(tokens: Sequence[str], spans: Iterable[Span]) -> tuple[str, ...]:
    """Return one IOB2 tag for each token.

    Raises ValueError where a span is empty, leaves the sentence or overlaps another: BIO has one tag a token, so nested
    and crossing entities cannot be written in it.
    """
    tags = [OUTSIDE] * len(tokens)
    for span in sorted(spans):
        if not 0 <= span.start < span.end <= len(tokens):
            raise ValueError(f"{span} does not lie within {len(tokens)} tokens")
        if any(tag != OUTSIDE for tag in tags[span.start : span.end]):
            raise ValueError(f"{span} overlaps another span")
        tags[span.start] = f"B-{span.type}"
        tags[span.start + 1 : span.end] = [f"I-{span.type}"] * (span.end - span.start - 1)
    return tuple(tags)


def repair(tags: Sequence[str], how: Repair = "begin") -> tuple[str, ...]:
    """Return ``tags`` made legal for IOB2.

    ``begin``: an I that continues nothing begins an entity, as the script conlleval of CoNLL-2000 and seqeval's default
    reading count it. ``drop``: it becomes O, and so does every I behind it that then continues nothing; the entities
    left are those of seqeval's strict mode. ``convert``: an I of another type takes the type of the entity it follows
    (the first tag decides), and an I after O begins. ``none``: nothing is repaired, LearnerError
    ``bio_illegal`` is raised. Names of the first two after Palen-Michel, Holley & Lignos 2021, "SeqScore" (there
    "conlleval" and "discard"). ValueError for another way.
    """
    check_option("how", how, Repair)
    out: list[str] = []
    for position, tag in enumerate(tags):
        previous = out[-1] if out else None
        if is_legal(previous, tag):
            out.append(tag)
        elif how == "none":
            raise LearnerError("bio_illegal", tag=shortened(tag, 40), position=position + 1)
        else:
            out.append(_repaired(previous, split_tag(tag)[1], how))
    return tuple(out)


def _repaired(previous: str | None, kind: str, how: Repair) -> str:
    if how == "drop":
        return OUTSIDE
    if how == "convert" and previous is not None and previous != OUTSIDE:
        return f"I-{split_tag(previous)[1]}"
    return f"B-{kind}"


def from_bio(tags: Sequence[str], how: Repair = "begin") -> tuple[Span, ...]:
    """Return the entities that ``tags`` write, after :func:`repair` in the way ``how``.

    ``"begin"`` agrees with seqeval's ``get_entities``, ``"drop"`` with its strict IOB2 mode; ``"none"`` raises
    LearnerError ``bio_illegal`` at the first forbidden tag.
    """
    spans: list[Span] = []
    for position, tag in enumerate(repair(tags, how)):
        prefix, kind = split_tag(tag)
        if prefix == "B":
            spans.append(Span(position, position + 1, kind))
        elif prefix == "I":
            spans[-1] = Span(spans[-1].start, position + 1, kind)
    return tuple(spans)


def to_iob1(tokens: Sequence[str], spans: Iterable[Span]) -> tuple[str, ...]:
    """Return IOB1 tags: I everywhere inside, B only where an entity touches one of the same type before it."""
    return tuple(
        f"I-{tag[2:]}" if tag[0] == "B" and (previous == OUTSIDE or previous[2:] != tag[2:]) else tag
        for previous, tag in _pairs(to_bio(tokens, spans))
    )


def from_iob1(tags: Sequence[str]) -> tuple[Span, ...]:
    """Return the entities that IOB1 ``tags`` write; in IOB1 an I after O or after another type is legal and begins."""
    return from_bio(tags, "begin")


def _pairs(tags: Sequence[str]) -> Iterable[tuple[str, str]]:
    return zip([OUTSIDE, *tags], tags, strict=False)
