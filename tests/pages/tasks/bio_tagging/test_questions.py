"""What the tagging lesson asks, beside answers that are worked out here: by hand, or by seqeval."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities

from app.questions import Question, Said
from app.text import markdown_escape
from nlpcore.tagging import Span
from nlpcore.tagging.exercises import repair_written
from pages.tasks.bio_tagging import questions
from tests.pages.asking import in_every_language
from tests.pages.tasks.bio_tagging.taggings import CHINESE_TAGS, chinese, tagging

seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
many = settings(max_examples=120, deadline=None)
KINDS = ("PER", "LOC")
ANA, OSLO, BOTH = Span(0, 1, "PER"), Span(4, 5, "LOC"), Span(0, 2, "PER")


def keys(question: Question) -> list[str]:
    return [option.key.rsplit(".", 1)[-1] for option in question.options if isinstance(option, Said)]


# -- capitals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ((ANA, OSLO), (ANA,), "fewer"),
        ((ANA,), (), "fewer"),
        ((ANA,), (BOTH,), "fewer"),  # as many, but another: “other or fewer”
        ((ANA,), (Span(0, 1, "LOC"),), "fewer"),
        ((ANA, OSLO), (ANA, OSLO), "same"),
        ((), (), "same"),
        ((ANA,), (ANA, OSLO), "more"),
        ((), (OSLO,), "more"),
        ((ANA,), (Span(1, 2, "PER"), OSLO), "more"),
    ],
)
def test_small_letters_find_fewer_the_same_or_more(before: tuple[Span, ...], after: tuple[Span, ...], key: str) -> None:
    rng = np.random.default_rng(1)
    state = rng.bit_generator.state
    as_written = tagging(rng, before)
    rng.bit_generator.state = state
    question = questions.capitals(as_written, tagging(rng, after), "about")
    assert keys(question) == ["fewer", "same", "more"]
    assert keys(question)[question.right] == key
    assert question.about == "about"


@given(seeds)
@many
def test_capitals_beside_sets_of_entities(rng: np.random.Generator) -> None:
    one = tagging(rng)
    two = dataclasses.replace(one, entities=tuple(e for e in one.entities if rng.random() < 0.7))
    one, other = (one, two) if rng.random() < 0.5 else (two, one)
    question = questions.capitals(one, other, None)
    found = [{(e.span.start, e.span.end, e.type) for e in trace.entities} for trace in (one, other)]
    expected = "same" if found[0] == found[1] else "more" if len(found[1]) > len(found[0]) else "fewer"
    assert keys(question)[question.right] == expected
    texts = in_every_language("bio-tagging", question)
    listed = [", ".join(f"{e.type} {markdown_escape(e.text)}" for e in t.entities) or "–" for t in (one, other)]
    assert texts[-1].startswith(f"As written: {listed[0]}. In small letters: {listed[1]}.")
    assert texts[1:4] == ["other or fewer entities", "exactly the same entities", "more entities"]


# -- how many entities a sequence has --------------------------------------------------------------------------------

tag_lists = st.lists(
    st.sampled_from(["O", *(f"{prefix}-{kind}" for prefix in "BI" for kind in KINDS)]), min_size=1, max_size=12
)


def converted(tags: list[str]) -> int:
    """How many entities there are where the first tag of an entity decides the type of what follows it."""
    inside = [tag != "O" for tag in tags]
    return sum(tag[0] == "B" or (tag[0] == "I" and not (n and inside[n - 1])) for n, tag in enumerate(tags))


@given(tag_lists)
@settings(max_examples=300, deadline=None)
def test_entities_are_counted_as_seqeval_does(tags: list[str]) -> None:
    found = repair_written(" ".join(f"w{n}/{tag}" for n, tag in enumerate(tags)))
    question = questions.count(found)
    legal = all(tag[0] != "I" or (n and tags[n - 1][1:] == tag[1:]) or (n and tags[n - 1][2:] == tag[2:] != "")
                for n, tag in enumerate(tags))  # fmt: skip
    assert (question is None) == legal
    if question is None:
        return
    begin = len(get_entities(tags))
    drop = sum(len(entities) for entities in Entities([tags], IOB2).entities)
    assert question.answer == str(begin)
    assert dict(question.values) == {"begin": begin, "drop": drop, "convert": converted(tags)}
    offered = {begin, drop, converted(tags), begin + 1, begin - 1}
    assert [int(str(option)) for option in question.options] == sorted(offered)
    assert question.about == (tuple(f"w{n}" for n in range(len(tags))), tuple(tags))
    texts = in_every_language("bio-tagging", question)
    assert texts[-1].startswith(f"begin counts {begin}, drop {drop}, convert {converted(tags)}.")


# -- without the CRF -------------------------------------------------------------------------------------------------


@given(seeds)
@many
def test_crf_counts_the_tags_that_differ(rng: np.random.Generator) -> None:
    trace = chinese(rng)
    question = questions.crf(trace)
    best = [CHINESE_TAGS[max(range(5), key=row.__getitem__)] for row in trace.lattice.emissions.tolist()]
    changed = [n for n, tag in enumerate(best) if trace.lattice.path[n] != CHINESE_TAGS.index(tag)]
    assert keys(question) == ["zero", "few", "many"]
    assert keys(question)[question.right] == ["zero", "few", "few", "many", "many", "many"][len(changed)]
    assert (question.values["count"], question.values["total"]) == (len(changed), len(trace.characters))
    assert question.about == (trace.text, trace.weight)
    reason = in_every_language("bio-tagging", question)[-1]
    for n in changed:
        assert f"{markdown_escape(trace.characters[n])} `{best[n]}` (CRF: `{trace.tags[n]}`)" in reason
    if not changed:
        assert f"all {len(best)} characters would keep their tags" in reason


def test_each_count_of_changes_comes_up_among_the_drawn_lattices() -> None:
    drawn = Counter(questions.crf(chinese(np.random.default_rng(seed))).right for seed in range(150))
    assert set(drawn) == {0, 1, 2} and min(drawn.values()) >= 5


def test_two_changes_are_few_and_three_are_many() -> None:
    trace = chinese(np.random.default_rng(0), 5)
    other = {tag: next(t for t in CHINESE_TAGS if t != tag) for tag in CHINESE_TAGS}
    for n, key in ((0, "zero"), (1, "few"), (2, "few"), (3, "many"), (5, "many")):
        alone = (*(other[tag] for tag in trace.tags[:n]), *trace.tags[n:])
        question = questions.crf(chinese(np.random.default_rng(0), 5, alone))
        assert question.answer == Said(f"options.{key}") and question.values["count"] == n
