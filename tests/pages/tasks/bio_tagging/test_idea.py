"""The idea in a minute: picture and text say what the model says of the sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.tagging import Span, from_bio, tag
from nlpcore.tagging.exercises import EXERCISES
from pages.tasks.bio_tagging import idea
from tests.pages.tasks.bio_tagging.taggings import tagging


def written(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.mark.parametrize(
    "spans", [(), (Span(0, 2, "PER"),), (Span(1, 2, "LOC"), Span(2, 4, "PER")), (Span(5, 6, "LOC"),)]
)
def test_the_picture_has_each_word_over_its_tag_and_its_probability(spans: tuple[Span, ...]) -> None:
    trace = tagging(np.random.default_rng(3), spans)
    tags = ["O"] * 6
    for span in spans:
        tags[span.start : span.end] = [f"B-{span.type}", *[f"I-{span.type}"] * (span.end - span.start - 1)]
    trace = replace(trace, tags=tuple(tags), lines=((0, 6),))
    shown = idea.example(trace)
    first = trace.words.index(next(w for n, w in enumerate(trace.words) if w.text == shown.words[0] and
                                   tuple(x.text for x in trace.words[n : n + 5]) == shown.words))  # fmt: skip
    assert shown.tags == tuple(tags[first : first + 5])
    if spans:
        assert first <= spans[0].start < first + 5
    for n, name in enumerate(shown.tags):
        assert shown.sure[n] == trace.probabilities[first + n, trace.tag_names.index(name)]
    texts = written(idea.sketch(shown).svg("x"))
    per_word = [texts[3 * n : 3 * n + 3] for n in range(5)]
    assert [row[1] for row in per_word] == list(shown.tags)
    assert texts[15:] == [span.type for span in from_bio(shown.tags)]


def test_the_words_of_the_picture_stay_in_one_line() -> None:
    trace = replace(tagging(np.random.default_rng(3), ()), lines=((0, 2), (2, 6)))
    assert len(idea.example(trace).words) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_speaks_of_the_example(language: str) -> None:
    shown = idea.Example(("Mary", "*R*", "works"), ("B-PER", "I-PER", "O"), (0.9971, 0.5, 1.0))
    words = Words(lesson("bio-tagging").words, language)
    text = words("idea.text", **idea.values(shown, words))
    assert r"*Mary*" in text and "`B-PER`" in text and "0.997" in text and r"PER Mary \*R\*" in text
    assert "{" not in text


@pytest.mark.models
def test_the_sentence_of_the_idea_has_a_name_of_two_words_and_is_no_exercise() -> None:
    from nlpcore.models import load

    shown = idea.example(tag(load("minilm-l6-ner"), idea.SENTENCE))
    assert shown.tags[:3] == ("B-PER", "I-PER", "O")
    others: set[Any] = {word.text for exercise in EXERCISES.values() for word in exercise.words}
    names = {word for name, _ in shown.names for word in name.split()}
    assert not names & others  # it tells nothing that somebody is asked to tag
