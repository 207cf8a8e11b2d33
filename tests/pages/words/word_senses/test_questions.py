"""What the lesson on senses asks: each answer worked out another way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from app.questions import Said
from nlpcore.language_models.seen import Seen
from nlpcore.language_models.sight import sight
from nlpcore.words.senses import Senses
from pages.words.word_senses import questions
from tests.pages.asking import in_every_language
from tests.pages.words.word_senses.making import made

ID = "word-senses"


@pytest.mark.parametrize("seed", range(12))
def test_the_best_layer_is_that_of_scikit_learn(seed: int) -> None:
    trace = made(("a", "a", "a", "b", "b", "b"), layers=6, seed=seed)
    question = questions.layer(trace)
    assert question is not None
    values = [silhouette_score(points, trace.senses, metric="cosine") for points in trace.points]
    best = int(np.argmax(values))
    assert question.answer == Said("layer.number", {"layer": best}) and 2 <= len(question.options) <= questions.OFFERED
    layers = [option.values["layer"] for option in question.options if isinstance(option, Said)]
    assert layers == sorted(layers), "in their order, which gives nothing away"
    for layer in layers:
        assert layer == best or values[best] - values[layer] >= questions.ALIKE
    *_, reason = in_every_language(ID, question)
    assert f"{values[best]:.2f}".replace("-", "−") in reason and f"{values[0]:.2f}".replace("-", "−") in reason


@pytest.mark.parametrize(
    ("curve", "ending"),
    [((0.5, 0.2, 0.3), "input"), ((0.0, 0.4, 0.3), "between"), ((0.0, 0.4, 0.398), "alike"), ((0.0, 0.2, 0.3), "last")],
)
def test_what_is_concluded_is_what_the_curve_shows(curve: tuple[float, ...], ending: str) -> None:
    trace = made(("a", "a", "b", "b"), layers=2)
    question = questions.layer(replace(trace, silhouettes=np.repeat(np.array(curve)[:, None], 4, axis=1)))
    assert question is not None and question.values["ending"] == Said(f"predict.layer.ending.{ending}")
    in_every_language(ID, question)


def test_a_sentence_on_the_wrong_side_is_named() -> None:
    trace = made(("a", "a", "a", "b", "b", "b"), layers=2, wrong=1)
    question = questions.layer(trace)
    assert question is not None and question.because == "predict.layer.because_wrong"
    assert question.values["number"] == 2 and question.values["sense"] == "a"
    right = questions.layer(made(("a", "a", "a", "b", "b", "b"), layers=2))
    assert right is not None and right.because == "predict.layer.because"


@pytest.mark.parametrize("senses", [("a",), ("", ""), ("a", "a"), ("a", "b"), ("a", "", "b")])
def test_what_cannot_be_told_apart_is_not_asked_about(senses: tuple[str, ...]) -> None:
    assert questions.layer(made(senses)) is None


def test_layers_that_tie_are_not_asked_about() -> None:
    trace = made(("a", "a", "b", "b"), layers=3)
    same = replace(trace, silhouettes=np.repeat(trace.silhouettes[:1], 4, axis=0))
    assert same.comparable and questions.layer(same) is None


@pytest.mark.parametrize("count", range(2, 8))
def test_who_sees_a_word(count: int) -> None:
    words = tuple(f"w{n}" for n in range(count))
    for at in range(count):
        question = questions.sees(sight(words, at))
        assert question is not None
        after = at < count - 1
        # what comes later only those see that have read from the right
        assert question.answer == Said(f"sight.answer.{'elmo_bert' if after else 'elmo_gpt_bert'}")
        assert question.values["other"] == (words[-1] if after else words[0])
        assert question.values["place"] == at + 1
        in_every_language(ID, question)
    assert questions.sees(sight(("alone",))) is None


def seen_of(seen: list[int], hidden: list[int]) -> Seen:
    count = len(seen)
    tokens = tuple(f"t{n}" for n in range(count))
    half = np.full(count, 0.5)
    return Seen(tokens, half, half / 2, tuple(seen), tuple(hidden), tokens, tokens)


@pytest.mark.parametrize(
    ("seen", "hidden", "right", "options"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], 4, [1, 2, 4]),
        ([1, 1, 9, 1], [2, 2, 2, 2], 3, [0, 2, 3, 4]),
        ([1, 1], [1, 1], 2, [1, 2]),
        ([5, 5, 5], [1, 1, 1], 0, [0, 1, 3]),
    ],
)
def test_how_many_words_are_copied(seen: list[int], hidden: list[int], right: int, options: list[int]) -> None:
    question = questions.itself(seen_of(seen, hidden))
    assert question is not None
    assert [option.values["right"] for option in question.options if isinstance(option, Said)] == options
    assert isinstance(question.answer, Said) and question.answer.values["right"] == right
    assert question.because.endswith("_wrong") is (right < len(seen))
    *_, reason = in_every_language(ID, question)
    assert "0.50" in reason and "0.25" in reason


def test_one_token_is_not_asked_about() -> None:
    assert questions.itself(seen_of([1], [2])) is None


def test_what_a_guess_was_made_about_are_the_sentences_and_their_senses() -> None:
    trace: Senses = made(("a", "a", "b", "b"))
    one, other = questions.layer(trace), questions.layer(replace(trace, senses=("a", "b", "a", "b")))
    assert one is not None and (other is None or one.about != other.about)
