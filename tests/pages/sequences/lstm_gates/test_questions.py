"""What the LSTM lesson asks, beside answers that are worked out here from the traces alone."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lessons import lesson
from app.questions import Question, Said, all_filled
from app.text import markdown_plain
from app.words import LANGUAGES, Words
from nlpcore.recurrent import Comparison, SentimentReading
from nlpcore.recurrent.comparison import align
from pages.sequences.lstm_gates import names, panels, questions
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
    numbers = {name: sum(getattr(reading.trace, name)[step]) / len(reading.trace.i[step]) for name in "ifo"}
    assert {name: question.values[name] for name in ("before", "after", "i", "f", "o")} == pytest.approx(
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
    assert questions.turning_step(reading) == step
    assert [at for _, at in questions.asked(reading, ABOUT)][:1] == ([] if step is None else [step])


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
    assert texts[-1].startswith(f"Original {ends[0]:.2f}, edited {ends[1]:.2f}.")
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
    if len(reading.tokens) < 2:
        assert questions.asked(reading, ABOUT) == ()
        return
    ((question, last),) = questions.asked(reading, ABOUT)
    rows = reading.probabilities.tolist()
    surest = min(range(len(rows) - 1), key=lambda t: entropy(rows[t]))
    best = max(zip(rows[surest], LETTERS, strict=True))[1]
    assert last == surest + 1  # the letter that is asked for comes after it
    assert question.answer == ("␣" if best == " " else best)
    offered = [best, *[letter for letter in "etaoins " if letter != best][:3]]
    assert sorted(question.options, key=str) == sorted("␣" if letter == " " else letter for letter in offered)
    assert question.values["token"] == question.answer
    assert question.values["probability"] == max(rows[surest])
    unsure = [entropy(row) for row in rows]
    assert (question.values["entropy"], question.values["mean"]) == pytest.approx(
        (unsure[surest], math.fsum(unsure) / len(rows)), abs=1e-4
    )
    assert (question.values["letters"], question.values["most"]) == (
        len(rows[0]),
        pytest.approx(math.log2(len(rows[0]))),
    )
    read = "".join(reading.tokens[: surest + 1])
    assert question.values["context"] == read[-31:]
    assert question.about == ABOUT
    in_every_language("lstm-gates", question)


def test_a_letter_that_the_network_lacks_is_not_offered() -> None:
    reading = letters(np.random.default_rng(3), "xyz", vocabulary=tuple("xyzeta"))
    offered = questions.expected_options(reading, 0)
    best = "xyzeta"[int(reading.probabilities[0].argmax())]
    assert set(offered) == {best, *"eta"} and list(offered) == sorted(offered)


# -- what the forget gate keeps --------------------------------------------------------------------------------------


@given(seeds)
@many
def test_the_forget_gate_is_asked_about_where_the_most_telling_cell_jumps(rng: np.random.Generator) -> None:
    reading = review(rng)
    found = questions.asked(reading, ABOUT)
    if len(reading.tokens) < 2:
        assert found == ()
        return
    (first, before), (question, last) = found
    assert (first.name, question.name) == ("turn", "kept") and first.values["step"] == before + 1
    signal, cells = reading.signal, reading.trace.c
    r = [0 if np.ptp(cell) < 1e-12 else np.corrcoef(cell, signal)[0, 1] for cell in cells.T]
    unit = question.values["unit"]
    assert abs(r[unit]) == pytest.approx(max(map(abs, r)), abs=1e-9)
    jumps = {t: abs(float(cells[t, unit] - cells[t - 1, unit])) for t in range(before, len(cells))}
    step = max(jumps, key=lambda t: jumps[t])
    assert last == step >= before and question.values["step"] == step + 1
    assert question.values["token"] == named(reading.tokens[step])
    share = float(reading.trace.f[step, unit])
    assert keys(question)[question.right] == ("most" if share >= 0.9 else "part" if share >= 0.5 else "little")
    i, g = (float(getattr(reading.trace, name)[step, unit]) for name in "ig")
    old, c = float(cells[step - 1, unit]), float(cells[step, unit])
    numbers = {name: read(question.values[name]) for name in ("f", "c", "before", "kept", "added")}
    assert numbers == pytest.approx({"f": share, "c": c, "before": old, "kept": share * old, "added": i * g}, abs=0.005)
    check_by_calculator(question)
    assert question.about == ABOUT
    for text in in_every_language("lstm-gates", question):
        assert "{" not in text
    moral = question.values["moral"]
    assert isinstance(moral, Said) and moral.key == f"predict.kept.moral.{keys(question)[question.right]}"
    assert moral.values == {name: question.values[name] for name in ("f", "before", "c")}


def read(value: object) -> float:
    return float(str(value).replace("−", "-"))


def check_by_calculator(question: Question) -> None:
    """Who types what the reason says gets what it says: both products, and their sum."""
    values = {name: str(value).replace("−", "-") for name, value in question.values.items()}
    steps = [(Decimal(values["kept"]) + Decimal(values["added"]), values["c"])]
    for name in ("kept", "added"):
        one, other = (Decimal(factor.strip("()")) for factor in values[f"{name}_as"].split(" · "))
        steps.append((one * other, values[name]))
    for typed, result in steps:
        half = Decimal(5).scaleb(Decimal(result).as_tuple().exponent - 1)
        assert abs(typed - Decimal(result)) <= half, (typed, result, values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_to_take_along_is_answered_with_the_numbers_of_the_text(language: str) -> None:
    """The idea asks whether a memory must forget first; the reason of the last question repeats it and says."""
    w = Words(lesson("lstm-gates").words, language)
    drawn = [questions.asked(review(np.random.default_rng(seed), ("film", "was", "good")), ABOUT) for seed in range(30)]
    for found in drawn:
        question = found[-1][0]
        told = w(question.because, **all_filled(question.values, w))
        assert (
            "**Must it forget before it can take in something new?** "
            if language == "en"
            else "是不是非得先忘掉旧内容？**"
        ) in told
        if question.right == 0:
            moral = told.split("**", 2)[2]
            assert all(str(question.values[name]) in moral for name in ("f", "before", "c"))
    ((letter, _),) = questions.asked(letters(np.random.default_rng(0), "abc, d"), ABOUT)
    told = w(letter.because, **all_filled(letter.values, w))
    assert (
        "**Can it learn spelling by guessing alone?**" if language == "en" else "**光靠猜，能学会拼写吗？**"
    ) in told


def test_every_answer_about_the_forget_gate_comes_up_among_the_drawn_readings() -> None:
    drawn = [questions.asked(review(np.random.default_rng(seed), ("film", "was", "good")), ABOUT) for seed in range(80)]
    assert {found[1][0].right for found in drawn} == {0, 1, 2}


def test_of_letters_only_the_next_one_is_asked() -> None:
    found = questions.asked(letters(np.random.default_rng(0), "abc, d"), ABOUT)
    assert [question.name for question, _ in found] == ["next"]


def test_of_a_text_without_a_known_token_nothing_is_asked() -> None:
    rng = np.random.default_rng(0)
    for reading in (review(rng), letters(rng)):
        unknown = replace(reading, known=(False,) * len(reading.tokens))
        assert questions.all_unknown(unknown) and questions.asked(unknown, ABOUT) == ()
    assert not questions.all_unknown(replace(reading, known=(True,) * len(reading.tokens)))


@pytest.mark.parametrize(
    ("token", "name"), [(",", "“,”"), ("--", "“--”"), ("good", "good"), (" ", "␣"), ("n't", "n't")]
)
def test_a_mark_stands_in_quotes_between_other_signs(token: str, name: str) -> None:
    assert markdown_plain(names.named(token)) == name


@pytest.mark.parametrize(("count", "said"), [(1, False), (4, False), (5, True), (12, True)])
def test_of_few_readings_no_correlation_is_said(count: int, said: bool) -> None:
    reading = review(np.random.default_rng(0), ("good",) * count)
    page = cast("Any", SimpleNamespace(words=Words(lesson("lstm-gates").words, "en")))
    told = panels.role_of(page, panels.Reader("lstm-imdb", "text", reading, 0))
    assert ("correlation" in told) is said
