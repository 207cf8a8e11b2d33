"""The idea of the LSTM lesson: its picture and its text hold the numbers of the network, and tell no answer."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lessons import lesson
from app.text import number
from app.words import LANGUAGES, Words
from pages.sequences.lstm_gates import idea, questions
from tests.pages.sequences.lstm_gates.readings import letters, review

SEEDS = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@given(SEEDS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_it_shows_the_largest_change_before_what_is_asked_about(rng: np.random.Generator, of_letters: bool) -> None:
    reading = letters(rng) if of_letters else review(rng)
    unit = int(rng.integers(reading.trace.c.shape[1]))
    asked = questions.asked(reading, None)
    last = asked[0][1] if asked else len(reading.tokens)
    at, cells = idea.moment(reading, unit, last), reading.trace.c[:, unit]
    before = [0.0, *cells[:-1]]
    step = max(range(max(1, last)), key=lambda t: abs(cells[t] - before[t]))
    assert at.before == pytest.approx(before[step]) and at.c == pytest.approx(cells[step])
    assert at.f * at.before + at.i * at.g == pytest.approx(at.c)
    assert at.o * np.tanh(at.c) == pytest.approx(at.h)


@pytest.mark.parametrize("language", LANGUAGES)
def test_picture_text_and_description_hold_the_same_numbers(language: str) -> None:
    reading = review(np.random.default_rng(3), ("film", "was", "good"))
    at, w = idea.moment(reading, 0, 3), Words(lesson("lstm-gates").words, language)
    wanted = {number(value) for value in (at.before, at.i, at.f, at.g, at.o, at.c, at.h)}
    alt = w("idea.alt", **at.said())
    assert set(re.findall(r"−?\d\.\d\d", alt)) == wanted
    drawn = re.findall(r">([^<]*)<", idea.sketch(at).svg(alt))
    assert {number for text in drawn for number in re.findall(r"−?\d\.\d\d", text)} == wanted
    told = re.findall(r"−?\d\.\d\d", w("idea.text", **at.said()))
    assert set(told) == {number(value) for value in (at.before, at.i, at.f, at.g, at.c)}


def test_a_long_token_has_room_in_the_picture() -> None:
    reading = review(np.random.default_rng(3), ("a" * 40,))
    assert "aaaaaaaa…" in idea.sketch(idea.moment(reading, 0, 1)).svg("")
