"""The idea of the LSTM lesson: its picture and its text hold the numbers of the network, and tell no answer."""

from __future__ import annotations

import re
from decimal import Decimal

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
    at, cells = idea.moment(reading, unit, last, "a text"), reading.trace.c[:, unit]
    before = [0.0, *cells[:-1]]
    step = max(range(max(1, last)), key=lambda t: abs(cells[t] - before[t]))
    assert at.before == pytest.approx(before[step]) and at.c == pytest.approx(cells[step])
    assert at.f * at.before + at.i * at.g == pytest.approx(at.c)
    assert (at.letters, at.units) == (of_letters, reading.trace.c.shape[1])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("of_letters", [False, True])
def test_picture_text_and_description_hold_the_same_numbers(language: str, of_letters: bool) -> None:
    rng = np.random.default_rng(3)
    reading = letters(rng, "abc") if of_letters else review(rng, ("film", "was", "good"))
    at, w = idea.moment(reading, 0, 3, "film was good"), Words(lesson("lstm-gates").words, language)
    before, i, f, g = (number(value, f".{at.digits}f") for value in (at.before, at.i, at.f, at.g))
    wanted = {before, i, f, g, number(at.c, ".2f")}
    alt = w("idea.alt", **at.said())
    drawn = " ".join(re.findall(r">([^<]*)<", idea.sketch(at, w).svg("")))
    for text in (alt, drawn, w("idea.text", **at.told(w))):
        assert set(re.findall(r"−?\d\.\d+", text)) == wanted


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_a_pocket_calculator_gets_the_memory_after_from_what_is_drawn(rng: np.random.Generator) -> None:
    before, g = rng.uniform(-2, 2), rng.uniform(-1, 1)
    i, f = rng.uniform(0, 1, 2)
    at = idea.Moment("good", "a good film", False, True, 64, before, i, f, g, f * before + i * g)
    typed = {name: Decimal(at.shown(name).replace("−", "-")) for name in ("before", *"ifgc")}
    assert abs(typed["f"] * typed["before"] + typed["i"] * typed["g"] - typed["c"]) <= Decimal("0.005")
    assert typed["c"] == round(Decimal(at.c), 2)


# What the first minute may name: the network and two of its gates. The rest of the vocabulary comes where it is met.
LATER = {
    "en": r"hidden|candidate|output gate|tanh|\bunit\b|cell|token|vector|\bh\b|\bc\b",
    "zh": r"隐状态|候选|输出门|tanh|单元|细胞|词元|向量|\bh\b|\bc\b",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("of_letters", [False, True])
def test_the_first_minute_has_three_new_terms_and_ends_with_a_question(language: str, of_letters: bool) -> None:
    rng = np.random.default_rng(3)
    reading = letters(rng, "abc") if of_letters else review(rng, ("film", "was", "good"))
    at, w = idea.moment(reading, 0, 3, "Film was good."), Words(lesson("lstm-gates").words, language)
    told = w("idea.text", **at.told(w))
    drawn = " ".join(re.findall(r">([^<]*)<", idea.sketch(at, w).svg("")))
    for text in (told, drawn, w("promise")):
        assert not re.search(LATER[language], text), text
    assert told.startswith("“abc”" if of_letters and at.token == "c" else "“") and told[-1] in "?？"
    assert len(set(re.findall(r"\*\*[^*]+\*\*|\]\(#", told))) == 4  # two gates, the link, the question at the end
    assert ("Film was good" in told) is not of_letters


def test_of_letters_only_what_has_been_read_is_quoted() -> None:
    text = "abcabcabc" * 9
    reading = letters(np.random.default_rng(3), text)
    at = idea.moment(reading, 0, 50, text)
    step = int(np.abs(reading.trace.c[:, 0] - reading.trace.c_before[:, 0])[:50].argmax())
    read = text[: step + 1]
    assert at.quoted == (read if len(read) <= 30 else "…" + read[-29:])


def test_a_long_token_and_a_long_text_have_room() -> None:
    reading = review(np.random.default_rng(3), ("a" * 40,))
    at = idea.moment(reading, 0, 1, "a" * 400)
    assert "aaaaaaaa…" in idea.sketch(at, Words(lesson("lstm-gates").words, "en")).svg("")
    assert at.quoted == "a" * 89 + "…"
