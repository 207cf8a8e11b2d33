"""What the LSTM lesson asks, beside answers that are worked out here from the traces alone."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.questions import Question, Said
from nlpcore.recurrent import CharacterReading, Comparison, SentimentReading
from nlpcore.recurrent.comparison import align
from pages.sequences.lstm_gates import questions
from tests.pages.asking import in_every_language
from tests.pages.sequences.lstm_gates.readings import LETTERS, letters, review

TURNING = {"not", "n't", "no", "never", "none", "nothing", "neither", "nor", "without", "hardly", "barely"}
TURNING |= {"but", "however", "yet", "although", "though", "despite"}
ABOUT = ("model", "text")
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
many = settings(max_examples=120, deadline=None)


def positive(reading: SentimentReading, step: int) -> float:
    """The probability by the logistic function, which for two labels is the softmax."""
    negative, logit = reading.logits[step]
    return 1 / (1 + math.exp(negative - logit))


def moved(before: float, after: float, up: str, down: str, neither: str) -> str:
    return up if after - before > 0.05 else down if before - after > 0.05 else neither


def named(token: str) -> str:
    return token if len(token) <= 24 else f"{token[:23]}…"


def keys(question: Question) -> list[str]:
    return [option.key.rsplit(".", 1)[-1] for option in question.options if isinstance(option, Said)]


# -- the turn --------------------------------------------------------------------------------------------------------


@given(seeds)
@many
def test_turn_goes_the_way_that_the_probability_goes(rng: np.random.Generator) -> None:
    reading = review(rng)
    question = questions.turn(reading, ABOUT)
    if len(reading.tokens) < 2:
        assert question is None
        return
    step = next((t for t, token in enumerate(reading.tokens) if t and token in TURNING), None)
    if step is None:
        step = max(range(1, len(reading.tokens)), key=lambda t: abs(positive(reading, t) - positive(reading, t - 1)))
    before, after = positive(reading, step - 1), positive(reading, step)
    assert question is not None
    assert keys(question) == ["rises", "falls", "stays"]
    assert keys(question)[question.right] == moved(before, after, "rises", "falls", "stays")
    assert question.values["token"] == named(reading.tokens[step])
    assert question.values["step"] == step + 1
    numbers = {name: sum(getattr(reading.trace, name)[step]) / len(reading.trace.i[step]) for name in "if"}
    assert {name: question.values[name] for name in ("before", "after", "i", "f")} == pytest.approx(
        {"before": before, "after": after, **numbers}
    )
    assert question.about == ABOUT
    in_every_language("lstm-gates", question)


@pytest.mark.parametrize(
    ("after", "key"),
    [(0.56, "rises"), (0.54, "stays"), (0.46, "stays"), (0.44, "falls"), (0.9, "rises"), (0.1, "falls")],
)
def test_a_change_of_five_hundredths_is_the_border(after: float, key: str) -> None:
    reading = review(np.random.default_rng(0), ("good", "but"), (0.5, after))
    question = questions.turn(reading, ABOUT)
    assert question is not None and question.answer == Said(f"predict.turn.{key}")
    text = " ".join(in_every_language("lstm-gates", question))
    assert "**“but”**" in text and "(token 2)" in text and f"Before “but” it is 0.50, after it {after:.2f}" in text


def test_every_answer_comes_up_among_the_drawn_readings() -> None:
    drawn = [questions.turn(review(np.random.default_rng(seed)), ABOUT) for seed in range(120)]
    assert min(Counter(question.right for question in drawn if question).values()) >= 5
    assert {question.right for question in drawn if question} == {0, 1, 2}


@pytest.mark.parametrize(
    ("tokens", "step"),
    [
        (("not", "a", "film", "but"), 3),  # the first token has nothing before it
        (("it", "is", "n't", "good", "but", "bad"), 2),
        (("film",), None),
    ],
)
def test_the_first_turning_word_after_the_start_is_asked_about(tokens: tuple[str, ...], step: int | None) -> None:
    reading = review(np.random.default_rng(1), tokens)
    assert questions.turning_step(reading) == step == questions.asked_step(reading)


def test_without_a_turning_word_the_largest_change_is_asked_about() -> None:
    reading = review(np.random.default_rng(1), ("a", "good", "film", "was", "."), (0.5, 0.6, 0.1, 0.2, 0.3))
    assert questions.turning_step(reading) == 2


# -- the edited text -------------------------------------------------------------------------------------------------


@given(seeds)
@many
def test_edited_text_is_judged_by_its_end(rng: np.random.Generator) -> None:
    before, after = review(rng), review(rng)
    question = questions.edited(Comparison(before, after, align(before.tokens, after.tokens)), ABOUT)
    ends = positive(before, len(before.tokens) - 1), positive(after, len(after.tokens) - 1)
    assert question is not None
    assert keys(question) == ["higher", "lower", "same"]
    assert keys(question)[question.right] == moved(*ends, "higher", "lower", "same")
    assert (question.values["before"], question.values["after"]) == pytest.approx(ends)
    texts = in_every_language("lstm-gates", question)
    assert texts[-1] == f"Original {ends[0]:.2f}, edited {ends[1]:.2f}."
    assert question.about == ABOUT


def test_letters_are_not_judged() -> None:
    reading = letters(np.random.default_rng(0), "abc")
    assert questions.edited(Comparison(reading, reading, align(reading.tokens, reading.tokens)), ABOUT) is None


# -- the next letter -------------------------------------------------------------------------------------------------


def entropy(row: list[float]) -> float:
    return -math.fsum(p * math.log2(p) for p in row if p > 0)


@given(seeds)
@many
def test_the_letter_expected_most_is_right(rng: np.random.Generator) -> None:
    reading = letters(rng)
    question = questions.first(reading, ABOUT)
    if len(reading.tokens) < 2:
        assert question is None and questions.asked_step(reading) is None
        return
    rows = reading.probabilities.tolist()
    surest = min(range(len(rows) - 1), key=lambda t: entropy(rows[t]))
    best = max(zip(rows[surest], LETTERS, strict=True))[1]
    assert question is not None
    assert questions.asked_step(reading) == surest + 1
    assert question.answer == ("␣" if best == " " else best)
    offered = [best, *[letter for letter in "etaoins " if letter != best][:3]]
    assert sorted(question.options, key=str) == sorted("␣" if letter == " " else letter for letter in offered)
    assert question.values["token"] == question.answer
    assert question.values["probability"] == max(rows[surest])
    read = "".join(reading.tokens[: surest + 1])
    assert question.values["context"] == read[-31:]
    assert question.about == ABOUT
    in_every_language("lstm-gates", question)


def test_a_letter_that_the_network_lacks_is_not_offered() -> None:
    reading = letters(np.random.default_rng(3), "xyz", vocabulary=tuple("xyzeta"))
    offered = questions.expected_options(reading, 0)
    best = "xyzeta"[int(reading.probabilities[0].argmax())]
    assert set(offered) == {best, *"eta"} and list(offered) == sorted(offered)


# -- the gate that closes --------------------------------------------------------------------------------------------


@given(seeds, st.booleans())
@many
def test_the_gate_that_falls_most_closes_most(rng: np.random.Generator, of_letters: bool) -> None:
    reading: SentimentReading | CharacterReading = letters(rng) if of_letters else review(rng)
    pauses = set(".!?;,:") | ({" "} if of_letters else set())
    places = [t for t, token in enumerate(reading.tokens) if t and token in pauses]
    question = questions.closes(reading, ABOUT)
    if not places or len(reading.tokens) < 3:
        assert question is None
        return
    step, falls, told = places[-1], {}, {}
    for gate in "ifo":
        means = [float(sum(row) / len(row)) for row in getattr(reading.trace, gate)]
        here, others = means[step], [mean for t, mean in enumerate(means) if t != step]
        falls[gate] = math.fsum(others) / len(others) - here
        told |= {gate: here, f"{gate}_else": math.fsum(others) / len(others)}
    most = max(falls, key=lambda gate: falls[gate])
    assert question is not None
    assert question.options == (*(Said(f"names.{gate}") for gate in "ifo"), Said("predict.closes.none"))
    assert question.answer == Said(f"names.{most}" if falls[most] > 0.01 else "predict.closes.none")
    assert {name: question.values[name] for name in told} == pytest.approx(told)
    assert question.values["step"] == step + 1
    assert question.values["token"] == ("␣" if reading.tokens[step] == " " else reading.tokens[step])
    assert question.about == ABOUT
    in_every_language("lstm-gates", question)


def test_each_gate_and_none_comes_up_among_the_drawn_readings() -> None:
    rngs = [np.random.default_rng(seed) for seed in range(150)]
    drawn = [questions.closes(review(rng, ("film", "was", "good", ".")), ABOUT) for rng in rngs]
    assert {question.right for question in drawn if question} == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("shift", "answer"), [(-0.02, "names.f"), (-0.011, "names.f"), (-0.009, "none"), (0.009, "none"), (0.02, "none")]
)
def test_a_gate_that_falls_by_less_than_a_hundredth_does_not_close(shift: float, answer: str) -> None:
    reading = review(np.random.default_rng(0), ("film", "was", "."))
    level = np.full_like(reading.trace.i, 0.5)
    moved_there = level.copy()
    moved_there[2] += shift
    trace = dataclasses.replace(reading.trace, i=level + np.array([[0.0], [0.0], [0.03]]), f=moved_there, o=level + 0.0)
    trace.o[2] += 0.03
    question = questions.closes(dataclasses.replace(reading, trace=trace), ABOUT)
    assert question is not None
    assert question.answer == Said(answer if answer != "none" else "predict.closes.none")


# -- networks, not made-up readings ----------------------------------------------------------------------------------


def test_real_readings_are_asked_about_too(sentiment, characters) -> None:  # type: ignore[no-untyped-def]
    from nlpcore.recurrent import compare, read

    for model, names in ((sentiment, {"turn", "closes"}), (characters, {"next", "closes"})):
        reading = read(model, "the film was not good , but bad .")
        asked = [questions.first(reading, ABOUT), questions.closes(reading, ABOUT)]
        assert {question.name for question in asked if question} == names
        for question in asked:
            assert question
            in_every_language("lstm-gates", question)
    assert questions.edited(compare(sentiment, "not good", "good"), ABOUT)
