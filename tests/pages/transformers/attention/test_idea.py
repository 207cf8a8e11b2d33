"""The idea of the attention lesson: its picture and its text hold the numbers of one head, and tell no answer."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.attention import AttentionReading
from pages.transformers.attention import idea
from tests.pages.transformers.attention.made_up import maps_of, vectors_of


def reading_of(tokens: str, causal: bool, seed: int) -> AttentionReading:
    """Maps that follow from the vectors, as in a model."""
    vectors, maps = vectors_of(tokens, causal=causal, seed=seed), maps_of(tokens, heads=4, causal=causal, seed=seed)
    for layer in range(2):
        for head in range(4):
            maps.weights[layer, head] = vectors.trace(layer, head).weights
    return AttentionReading(maps, vectors)


@given(seed=st.integers(0, 10**6), causal=st.booleans(), asked=st.integers(0, 4), data=st.data())
def test_the_query_is_not_the_one_that_is_asked_about_and_its_keys_are_the_strongest(
    seed: int, causal: bool, asked: int, data: st.DataObject
) -> None:
    reading, layer, head = reading_of("abcde", causal, seed), data.draw(st.integers(0, 1)), data.draw(st.integers(0, 3))
    at = idea.meeting(reading, layer, head, asked)
    assert at.query != "abcde"[asked] and (at.layer, at.head) == (layer + 1, head + 1)
    query = "abcde".index(at.query)
    row = reading.maps.weights[layer, head, query].tolist()
    seen = range(query + 1 if causal else 5)
    strongest = sorted(seen, key=lambda key: -row[key])[:3]
    assert [key for key, _, _ in at.keys] == ["abcde"[key] for key in strongest]
    q, k = reading.vectors.q[layer, head, query], reading.vectors.k[layer, head // 2]
    for (_, score, weight), key in zip(at.keys, strongest, strict=True):
        assert score == pytest.approx(float(q @ k[key]) / math.sqrt(8), abs=1e-4)
        assert weight == pytest.approx(row[key])


@pytest.mark.parametrize("causal", [False, True])
def test_a_text_of_one_token_has_one_too(causal: bool) -> None:
    at = idea.meeting(reading_of("a", causal, 1), 0, 0, 0)
    assert (at.query, at.keys[0][0], at.keys[0][2]) == ("a", "a", 1.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_picture_text_and_description_hold_the_same_numbers(language: str) -> None:
    at, w = idea.meeting(reading_of("abcde", False, 2), 1, 2, 0), Words(lesson("attention").words, language)
    weights = [f"{weight:.2f}" for _, _, weight in at.keys]
    alt = w("idea.alt", **at.said(plain=True))
    assert re.findall(r"\d\.\d\d", alt) == weights == re.findall(r"\d\.\d\d", w("idea.text", **at.said()))
    drawn = " ".join(re.findall(r">([^<]*)<", idea.sketch(at).svg(alt)))
    assert re.findall(r"\d\.\d\d", drawn) == weights
    assert all(f"q · k / √d = {idea.number(score)}" in drawn for _, score, _ in at.keys)
