"""What the tagging lesson asks, beside answers that are worked out here: by hand, or by seqeval."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities

from app.lessons import lesson
from app.questions import Question, Said, filled
from app.text import markdown_escape
from app.words import Words
from nlpcore.models import load
from nlpcore.tagging import ChineseTagging, IllegalTransition, Span, Tagging, tag_chinese
from nlpcore.tagging.exercises import repair_written
from nlpcore.tagging.viterbi import viterbi
from pages.tasks.bio_tagging import questions
from tests.pages.asking import in_every_language
from tests.pages.tasks.bio_tagging.taggings import CHINESE_TAGS, TAGS, chinese, tagging
from tests.skips import needs_models

seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
many = settings(max_examples=120, deadline=None)
KINDS = ("PER", "LOC")
ANA, OSLO, BOTH = Span(0, 1, "PER"), Span(4, 5, "LOC"), Span(0, 2, "PER")


def keys(question: Question) -> list[str]:
    return [option.key.rsplit(".", 1)[-1] for option in question.options if isinstance(option, Said)]


# -- capitals --------------------------------------------------------------------------------------------------------


def small_letters(trace: Tagging) -> Tagging:
    """The same findings in a text without capitals."""
    return dataclasses.replace(trace, text=f"{trace.text.lower()} .")


def test_a_text_without_capitals_is_not_asked_about() -> None:
    trace = tagging(np.random.default_rng(1))
    assert questions.capitals(trace, trace, None) is None


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ((ANA, OSLO), (ANA,), "fewer"),
        ((ANA,), (), "fewer"),
        ((ANA,), (BOTH,), "fewer"),  # as many, but another
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
    question = questions.capitals(as_written, small_letters(tagging(rng, after)), "about")
    assert question is not None
    assert keys(question) == ["fewer", "same", "more"]
    assert keys(question)[question.right] == key
    assert question.about == "about"


@given(seeds)
@many
def test_capitals_beside_sets_of_entities(rng: np.random.Generator) -> None:
    one = tagging(rng)
    two = dataclasses.replace(one, entities=tuple(e for e in one.entities if rng.random() < 0.7))
    one, other = (one, two) if rng.random() < 0.5 else (two, one)
    question = questions.capitals(one, small_letters(other), None)
    assert question is not None
    found = [{(e.span.start, e.span.end, e.type) for e in trace.entities} for trace in (one, other)]
    expected = "same" if found[0] == found[1] else "more" if len(found[1]) > len(found[0]) else "fewer"
    assert keys(question)[question.right] == expected
    texts = in_every_language("bio-tagging", question)
    listed = [", ".join(f"{e.type} {markdown_escape(e.text)}" for e in t.entities) or "–" for t in (one, other)]
    assert texts[-1].startswith(f"As written: {listed[0]}. In small letters: {listed[1]}.")
    assert texts[1:4] == ["fewer entities, or different ones", "exactly the same entities", "more entities"]


# -- illegal tags and the best legal sequence -------------------------------------------------------------------------


def may_follow(before: str, tag: str) -> bool:
    """The rule of IOB2 as it is told: an I- goes on with a B- or I- of its own type."""
    return tag[0] != "I" or (before != "O" and before[2:] == tag[2:])


WAYS = np.array(list(product(range(len(TAGS)), repeat=6)))
_FOLLOWS = np.array([[may_follow(before, tag) for tag in TAGS] for before in TAGS])
LEGAL = WAYS[_FOLLOWS[WAYS[:, :-1], WAYS[:, 1:]].all(axis=1) & _FOLLOWS[0][WAYS[:, 0]]]


def most_probable(trace: Tagging) -> tuple[float, tuple[str, ...]]:
    """The best of all legal sequences, each one tried, and the logarithm of its probability."""
    log_p = np.log(trace.probabilities)
    scores = log_p[np.arange(6), LEGAL].sum(axis=1)
    best = int(scores.argmax())
    return float(scores[best]), tuple(TAGS[n] for n in LEGAL[best])


def as_repaired(trace: Tagging) -> Tagging:
    """A trace as the tagger makes it, where each I- that continues nothing becomes a B-."""
    tags, illegal = list(trace.greedy), []
    for n, tag in enumerate(trace.greedy):
        before = trace.greedy[n - 1] if n else None
        if not may_follow(before or "O", tag):
            reason: Any = "start" if before is None else "outside" if before == "O" else "type"
            illegal.append(IllegalTransition(n, before, tag, reason))
            tags[n] = f"B{tag[1:]}"
    return dataclasses.replace(trace, illegal=tuple(illegal), tags=tuple(tags))


@given(seeds)
@settings(max_examples=150, deadline=None)
def test_what_the_best_legal_sequence_changes_is_found_by_trying_all(rng: np.random.Generator) -> None:
    trace = as_repaired(tagging(rng, (), scale=float(rng.choice([0.5, 3.0]))))
    score, best = most_probable(trace)
    question = questions.legal(trace, dataclasses.replace(trace, tags=best, decoding="legal"), "about")
    wrong = [n for n in range(1, 6) if not may_follow(trace.greedy[n - 1], trace.greedy[n])]
    assert (question is None) == (not wrong)
    if question is None:
        return
    at = wrong[0]
    changed = {n for n in (at - 1, at) if best[n] != trace.greedy[n]}
    expected = {frozenset({at}): "itself", frozenset({at - 1}): "one_before", frozenset({at - 1, at}): "both"}
    assert keys(question) == ["itself", "one_before", "both"]
    assert keys(question)[question.right] == expected[frozenset(changed)]
    assert question.about == "about"
    texts = in_every_language("bio-tagging", question)
    names = [markdown_escape(trace.words[n].text) for n in (at - 1, at)]
    assert f"`{trace.greedy[at - 1]}` at *{names[0]}*, then `{trace.greedy[at]}` at *{names[1]}*" in texts[0]
    assert f"It has `{best[at - 1]}` at *{names[0]}* and `{best[at]}` at *{names[1]}*." in texts[-1]
    repaired = sum(np.log(trace.probabilities[n, TAGS.index(tag)]) for n, tag in enumerate(trace.tags))
    assert score >= repaired - 1e-9  # the repaired sequence is a legal one too
    said = re.search(r"this one is ([\d.,]+) times", texts[-1])
    assert (said is None) == (best == trace.tags)
    if said:
        assert float(said[1].replace(",", "")) == pytest.approx(np.exp(score - repaired), rel=0.051)
        assert f"(`{trace.tags[at - 1]}`, `{trace.tags[at]}`)" in texts[-1]


def test_each_answer_about_illegal_tags_can_be_right() -> None:
    found: Counter[str] = Counter()
    for seed in range(200):
        trace = as_repaired(tagging(np.random.default_rng(seed), (), scale=0.5))
        best = dataclasses.replace(trace, tags=most_probable(trace)[1], decoding="legal")
        if question := questions.legal(trace, best, None):
            found[keys(question)[question.right]] += 1
        assert questions.legal(best, best, None) is None  # its answer is on the screen
    assert set(found) == {"itself", "one_before", "both"}


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
    assert texts[-1].startswith(f"“begin” counts {begin}, “drop” {drop}, “convert” {converted(tags)}.")


# -- a character where emission and neighbours may disagree ------------------------------------------------------------

TEXTS = Words(lesson("bio-tagging").words, "en")


def best_by_trying(trace: ChineseTagging, at: int | None = None, tag: int | None = None) -> tuple[float, list[int]]:
    """The best of all sequences of tags, each scored by itself, or the best of those that have ``tag`` at one place."""
    lat, k = trace.lattice, len(trace.tag_names)
    found = []
    for way in product(range(k), repeat=len(trace.characters)):
        if at is None or way[at] == tag:
            score = lat.start[way[0]] + lat.stop[way[-1]] + sum(lat.emissions[n, y] for n, y in enumerate(way))
            found.append((float(score + sum(lat.transitions[a, b] for a, b in pairwise(way))), list(way)))
    return max(found)


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_the_tag_of_the_best_path_is_found_by_trying_all(rng: np.random.Generator) -> None:
    trace = chinese(rng, int(rng.integers(1, 5)))
    question = questions.crf(trace)
    if len(trace.characters) == 1:
        assert question is None
        return
    assert question is not None
    total, way = best_by_trying(trace)
    rows = trace.lattice.emissions.tolist()
    ordered = [sorted(range(5), key=lambda n, row=row: -row[n]) for row in rows]  # type: ignore[misc]
    changed = [n for n in range(1, len(way)) if way[n] != ordered[n][0]]
    close = min(range(1, len(way)), key=lambda n: rows[n][ordered[n][0]] - rows[n][ordered[n][1]])
    at = changed[-1] if changed else close
    assert (question.values["position"], question.values["character"]) == (at + 1, trace.characters[at])
    offered = [filled(option, TEXTS).split("`")[1] for option in question.options]
    assert offered[question.right] == CHINESE_TAGS[way[at]]
    assert set(offered) == {CHINESE_TAGS[n] for n in [way[at], *[n for n in ordered[at] if n != way[at]][:2]]}
    highest, second = ordered[at][:2]
    rival = highest if changed else second
    gap = rows[at][highest] - rows[at][second]
    told = (question.values["total"], question.values["best"], question.values["reach"])
    spread = trace.lattice.transitions.max() - trace.lattice.transitions.min()
    assert told == pytest.approx((total, best_by_trying(trace, at, rival)[0], spread))
    shown = [str(question.values[name]).replace("−", "-") for name in ("score", "second_score", "gap")]
    assert [float(each) for each in shown] == pytest.approx([rows[at][highest], rows[at][second], gap], abs=0.00501)
    digits = {len(each.partition(".")[2]) for each in shown}
    assert len(digits) == 1 and (digits == {4} or Decimal(shown[0]) - Decimal(shown[1]) == Decimal(shown[2]))
    names = {"alone": highest, "second": second, "tag": way[at], "rival": rival}
    assert {name: question.values[name] for name in names} == {k: f"`{CHINESE_TAGS[n]}`" for k, n in names.items()}
    read = dataclasses.replace(trace, characters=trace.characters[:at], lattice=viterbi(
        trace.lattice.emissions[:at], trace.lattice.transitions, trace.lattice.start))  # fmt: skip
    assert question.values["before"] == f"`{CHINESE_TAGS[read.lattice.path[-1]]}`"
    assert question.about == (trace.text, trace.weight)
    texts = in_every_language("bio-tagging", question)
    assert ("the neighbours outweigh it" in texts[-1]) == bool(changed)
    assert [f"{round(n, 2) + 0.0:.2f}" in texts[-1].replace("−", "-") for n in (total, told[1])] == [
        True,
        True,
    ]  # no −0.00


def test_the_emission_decides_in_some_lattices_and_the_neighbours_in_others() -> None:
    drawn = [questions.crf(chinese(np.random.default_rng(seed), 4)) for seed in range(60)]
    assert min(Counter(question.because for question in drawn if question).values()) >= 5


@pytest.mark.parametrize(("tag", "role"), [("B-n", "begins"), ("I-n", "goes on"), ("O", "outside")])
def test_an_option_says_what_its_tag_means(tag: str, role: str) -> None:
    drawn = (questions.crf(chinese(np.random.default_rng(seed), 4)) for seed in range(40))
    said = {filled(option, TEXTS) for question in drawn if question for option in question.options}
    named = f"`{tag}`" + (" (noun)" if "-" in tag else "")
    assert any(text.startswith(f"{named}: ") and role in text for text in said)


@pytest.mark.models
def test_every_kind_of_word_that_lac_knows_has_a_name() -> None:
    needs_models("lac-zh")
    kinds = {name.rpartition("-")[2] for name in tag_chinese(load("lac-zh"), "我在北京。").tag_names}
    assert len(kinds) > 20 and not [kind for kind in kinds if not TEXTS.has(f"pos.{kind}")]
