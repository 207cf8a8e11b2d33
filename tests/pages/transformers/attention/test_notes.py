"""What the remarks on the examples claim, worked out of the models: each number, and what is said around it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore import attention
from nlpcore.attention import AttentionReading
from nlpcore.models import load
from tests.pages import notes

pytestmark = pytest.mark.models
ID = "attention"
PRESETS = list(Words(lesson(ID).words, "en").node("presets"))

# Each adjective and the noun that it belongs to.
ADJECTIVES = {
    "The old sailor told a very long story about a green island.": "old sailor, long story, green island",
    "A small dog chased the big black cat through the narrow street.":
        "small dog, big cat, black cat, narrow street",
    "The tired students read a difficult book in the quiet library.":
        "tired students, difficult book, quiet library",
    "Two red cars passed a broken wooden bridge near the frozen lake.":
        "red cars, broken bridge, wooden bridge, frozen lake",
    "Her youngest brother bought fresh bread and some cheap yellow flowers.":
        "youngest brother, fresh bread, cheap flowers, yellow flowers",
    "An angry customer returned the expensive new phone to the local shop.":
        "angry customer, expensive phone, new phone, local shop",
    "The famous French painter sold his last picture to a rich American collector.":
        "famous painter, french painter, last picture, rich collector, american collector",
    "Strong winds damaged several old houses in the northern valley.": "strong winds, old houses, northern valley",
}  # fmt: skip


@cache
def read(model: str, text: str, pair: str = "") -> AttentionReading:
    return attention.read_attention(load(model), text, pair or None)


class Head:
    """The head and the row that an example shows, perhaps of another model or text."""

    def __init__(self, name: str, **changed: Any) -> None:
        self.state = {**notes.preset(ID, name), **changed}
        self.reading = read(self.state["model"], self.state["text"], self.state["pair"])
        self.tokens = self.reading.maps.tokens
        self.weights = self.reading.maps.weights[self.state["layer"] - 1, self.state["head"] - 1]
        self.row = self.weights[self.state["token"]]
        self.query, self.top = self.tokens[self.state["token"]], self.tokens[int(self.row.argmax())]
        self.place = [str(self.state["layer"]), str(self.state["head"])]

    def __call__(self, query: str, key: str) -> str:
        return f"{self.weights[self.tokens.index(query), self.tokens.index(key)]:.2f}"

    def looks_at(self, query: str) -> str:
        return self.tokens[int(self.weights[self.tokens.index(query)].argmax())]


def trophy() -> list[str]:
    head = Head("trophy")
    assert head.query == "it" and head.top == "trophy"
    return [*head.place, head("it", "trophy")]


def small() -> list[str]:
    head = Head("small")
    assert head.query == "it" and head.top == "trophy" and Head("trophy").place == head.place
    return [head("it", "trophy")]


def previous() -> list[str]:
    head = Head("previous")
    assert all(head.weights[i, i - 1] > 0.995 for i in range(1, len(head.tokens)))
    trace = head.reading.vectors.trace(int(head.place[0]) - 1, int(head.place[1]) - 1)
    best, second = np.sort(trace.scaled[head.state["token"]].astype(float))[:-3:-1]
    assert (head.query, head.top) == ("berlin", "and") and round(math.exp(best - second), -3) == 4000
    return [*head.place, "1.00", f"{best:.2f}", f"{second:.2f}", f"{best - second:.1f}", "4,000"]


def rest() -> list[str]:
    head = Head("rest")
    assert (head.query, head.top) == ("berlin", "[CLS]")
    assert np.isclose(head.row.sum(), 1)
    return [*head.place, head("berlin", "[CLS]"), "1"]


def forms() -> list[str]:
    head = Head("forms")
    assert (head.query, head.top, head.looks_at("playing")) == ("plays", "playing", "plays")
    others = [token for token in head.tokens if token not in ("plays", "playing")]
    assert all(head.looks_at(token) == "[CLS]" for token in others)
    return [*head.place, head("plays", "playing"), head("playing", "plays")]


def negation() -> list[str]:
    head, without = Head("negation"), Head("negation", text="I like this film at all.", token=2)
    assert (head.query, head.top, without.query, without.top) == ("like", "not", "like", "[CLS]")
    assert without.state["text"] == head.state["text"].replace(" did not", "")
    return [*head.place, head("like", "not"), without("like", "[CLS]")]


def syntax() -> list[str]:
    head = Head("syntax")
    assert (head.query, head.top, head.looks_at("small"), head.looks_at("narrow")) == ("big", "cat", "dog", "street")
    found, stopped = 0, []
    for text, pairs in ADJECTIVES.items():
        maps = read("minilm-l6", text).maps
        weights = maps.weights[int(head.place[0]) - 1, int(head.place[1]) - 1]
        adjectives = [pair.split()[0] for pair in pairs.split(", ")]
        for adjective, noun in (pair.split() for pair in pairs.split(", ")):
            row = np.where(maps.special, 0, weights[maps.tokens.index(adjective)])
            found += maps.tokens[int(row.argmax())] == noun
            stopped += [] if maps.tokens[int(row.argmax())] == noun else [maps.tokens[int(row.argmax())] in adjectives]
    assert head.state["text"] in ADJECTIVES and all(stopped)
    many = found + len(stopped)
    told = [head("big", "cat"), head("small", "dog"), head("narrow", "street")]
    return [*head.place, *told, str(many), str(len(ADJECTIVES)), str(found)]


def verdict() -> list[str]:
    after, before = Head("verdict"), Head("verdict", model="minilm-l6")
    assert (after.query, after.top, before.top) == ("[CLS]", "sleeping", "street")
    assert sorted(before.row)[-2] == before.row[before.tokens.index("sleeping")]
    keys = [after("[CLS]", "sleeping"), before("[CLS]", "street"), before("[CLS]", "sleeping")]
    return [*after.place, *keys]


def review() -> list[str]:
    after, before = Head("review"), Head("review", model="minilm-l6")
    assert (after.query, after.top) == ("[CLS]", "dull")
    return [*after.place, after("[CLS]", "dull"), after("[CLS]", "wonderful"), before("[CLS]", "dull")]


def induction() -> list[str]:
    head = Head("induction")
    first = head.tokens.index("urs")
    assert head.query == "urs" and head.state["token"] > first and head.tokens[first + 1] == head.top == "ley"
    return [f"{head.row.max():.2f}"]


def sink() -> list[str]:
    head, weights = Head("sink"), Head("sink").reading.maps.weights
    assert head.top == head.tokens[0] == "The" and head.row[0] > 0.99 and head.place == Head("induction").place
    most = weights[:, :, 1:, 0].mean(-1) > 0.5  # of the words after the first, which sees nothing else
    return [str(int(most.sum())), str(most.size)]


def bytes_() -> list[str]:
    maps = Head("bytes").reading.maps
    characters = [c for c in maps.texts[0] if c not in "，。"]
    parts = [sum(a <= maps.texts[0].index(c) < b for a, b in maps.offsets) for c in characters]
    split = [count for count in parts if count > 1]
    assert set(split) == {2, 3} and notes.preset(ID, "bytes")["options"] == []
    assert maps.tokens[:3] == ("猫[1/3]", "猫[2/3]", "猫[3/3]")
    return [str(len(split)), str(len(characters)), "1", "3"]


def characters() -> list[str]:
    head = Head("characters")
    weights = head.reading.maps.weights[int(head.place[0]) - 1]
    inner = range(2, len(head.tokens) - 2)
    assert all(weights[4 - 1, i, i - 1] > 0.99 and weights[2 - 1, i, i + 1] > 0.99 for i in inner)
    return [*head.place, f"{head.row.max():.2f}", "2"]


WORKED_OUT: dict[str, Callable[[], list[str]]] = {
    "trophy": trophy, "small": small, "previous": previous, "rest": rest, "forms": forms, "negation": negation,
    "syntax": syntax, "verdict": verdict, "review": review, "induction": induction, "sink": sink, "bytes": bytes_,
    "characters": characters,
}  # fmt: skip


@pytest.mark.parametrize("preset", PRESETS)
def test_every_number_of_a_remark_is_the_models(preset: str) -> None:
    notes.check(ID, preset, WORKED_OUT[preset]())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_score_is_not_symmetric(language: str) -> None:
    trace = Head("trophy").reading.vectors.trace(3, 1)
    it, trophy = 11, 2
    said = misconception(language, "q")
    for score in (trace.scores[it, trophy], trace.scores[trophy, it]):
        assert f"{score:.2f}".replace("-", "−") in notes.numbers_in(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_rolled_out_the_decoder_goes_back_to_its_first_token_which_sees_itself_alone(language: str) -> None:
    maps = Head("sink").reading.maps
    assert "1.00" in notes.numbers_in(misconception(language, "rollout"))
    assert np.round(attention.rollout(maps).weights[-1, 0, :, 0], 2).min() == 1.0
    assert (maps.weights[:, :, 0, 0] == 1).all()


def misconception(language: str, about: str) -> str:
    words = Words(lesson(ID).words, language)
    found = {"q": 2, "rollout": 4}[about]
    return str(words.resolve(words.node("misconceptions"))[found]["truth"])
