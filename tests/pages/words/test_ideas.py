"""The ideas of both lessons: every number in text and picture is that of the example on the screen."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
import yaml
from scipy.spatial import cKDTree

from app import glossary
from app.lessons import lesson
from app.words import LANGUAGES, Words, leaves
from nlpcore.models import load
from nlpcore.words import WordVectors
from nlpcore.words.analogy_input import answer
from nlpcore.words.projection import MapSettings
from nlpcore.words.projection_toys import TOY_SETS, toy_set
from nlpcore.words.projection_words import map_words, word_map
from pages.words.analogies import idea as of_sum
from pages.words.embedding_map import idea as of_word
from pages.words.embedding_map.questions import telling, true_neighbour, words_of
from tests.makers.words import random_vectors
from tests.pages.screen import open_page, sound

LESSONS = ("one-hot", "embedding-map", "analogies")


def texts(svg: str) -> list[str]:
    return re.findall(r">([^<>]+)</text>", svg)


def unit(vectors: WordVectors, word: str) -> np.ndarray:
    vector = np.asarray(vectors.vectors[vectors.words.index(word)], np.float64)
    return np.asarray(vector / np.linalg.norm(vector))


@pytest.mark.parametrize("name", TOY_SETS)
def test_the_picture_of_a_toy_set_shows_its_first_point_and_the_distances_of_others(name: str) -> None:
    toy = toy_set(name, 80)
    example = of_word.of_toy(toy, lambda number: f"P{number}")
    tree = cKDTree(toy.points).query(toy.points[0], k=80)
    (near, second, *_, far), rows = tree[0][1:], tree[1][1:]
    said = of_word.values(example)
    assert (said["word"], said["near"], said["far"]) == ("P1", f"P{rows[0] + 1}", f"P{rows[-1] + 1}")
    assert said["dimensions"] == toy.points.shape[1]
    assert (said["cosine"], said["far_cosine"]) == (f"{near:.2f}", f"{far:.2f}")
    shown = " ".join(" ".join(texts(of_word.sketch(example).svg("x"))).split())
    assert all(f"P{row + 1} {distance:.2f}" in shown for row, distance in ((rows[1], second), (rows[-1], far)))
    assert example.away == pytest.approx((near / far, second / far, 1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("lesson_id", "query", "said"),
    [
        ("embedding-map", {"source": "toy", "toy": "noise", "size": "80"}, ("80", "10")),
        # the first of its words whose nearest do not tell the answer of the map's question
        ("embedding-map", {"source": "list", "text": "dog cat lion tiger wolf horse cow sheep"}, ("cow", "50")),
        (
            "analogies",
            {"a": "paris", "b": "france", "c": "italy", "expected": "rome"},
            ("paris", "france", "italy", "rome"),
        ),
        ("analogies", {"a": "river, bank", "b": "money", "c": "", "expected": ""}, ("river + bank − money",)),
    ],
)
@pytest.mark.models
def test_the_idea_is_of_the_example_on_the_screen(
    lesson_id: str, query: dict[str, str], said: tuple[str, ...], language: str
) -> None:
    app = sound(open_page(lesson_id, {"lang": language, "method": "pca", "model": "glove-6b-50d", **query}))
    text = next(item.value for item in app.markdown if "glossary?lang=" in item.value)
    assert all(
        re.search(rf"(?<![\d.\w]){re.escape(word)}(?![\d\w])", text.replace("\\", ""), re.ASCII) for word in said
    ), text
    others = {"king", "queen", "man", "国王", "苹果", "apple"} - set(said)
    assert not any(f"*{word}*" in text or f"“{word}”" in text for word in others)


def test_the_question_about_a_rule_is_asked_where_the_rule_is_on() -> None:
    for strike, language in itertools.product((True, False), LANGUAGES):
        w = Words(lesson("analogies").words, language)
        kind = "struck" if strike else "kept"
        rule = "rule" if language == "en" else "规则"
        assert (rule in w(f"idea.question_{kind}")) is strike


@pytest.mark.parametrize("word", ["w3", "w17"])
def test_the_picture_of_a_map_shows_the_vector_and_the_cosines_of_its_word(word: str) -> None:
    vectors = random_vectors(60)
    trace = word_map(vectors, "en", "list", text=" ".join(vectors.words[:50]), settings=MapSettings("pca"))
    example = of_word.of_map(trace, word)
    cosines = {other: float(unit(vectors, word) @ unit(vectors, other)) for other in trace.words if other != word}
    order = sorted(cosines, key=lambda other: -cosines[other])
    said = of_word.values(example)
    assert (said["word"], said["near"], said["far"]) == (word, order[0], order[-1])
    assert said["dimensions"] == vectors.vectors.shape[1]
    shown = texts(of_word.sketch(example).svg("x"))
    written = [float(text.replace("−", "-")) for text in shown[:5]]
    assert written == pytest.approx(unit(vectors, word)[:5], abs=0.0051)
    for other in (order[0], order[1], order[-1]):
        (text,) = (text for text in shown if text.split()[0] == other)
        assert float(text.split()[1].replace("−", "-")) == pytest.approx(cosines[other], abs=0.0051)
    assert word in shown and "−0.00" not in " ".join(shown)


def test_nearer_words_are_drawn_nearer() -> None:
    """As far as their cosines are from 1; all that is not positive is at the end."""
    picture = of_word.sketch(
        of_word.Example("a", np.ones(50), (("b", 0.9), ("c", 0.5)), ("d", -0.3), (0.1, 0.5, 1))
    ).svg("x")
    lines = [list(map(float, found)) for found in re.findall(r'x1="(\S+)" y1="(\S+)" x2="(\S+)" y2="(\S+)"', picture)]
    lengths = [np.hypot(x2 - x1, y2 - y1) for x1, y1, x2, y2 in lines]
    assert lengths == sorted(lengths) and len(set(lengths)) == 3


def test_the_picture_of_a_sum_is_true_to_scale_and_names_its_best_answer() -> None:
    vectors = random_vectors(80)
    worked = answer(vectors, "w1", "w2", "w3")
    a, b, c = (unit(vectors, word) for word in ("w1", "w2", "w3"))
    picture = of_sum.sketch(worked, "the sum").svg("x")
    dots = re.findall(r'cx="(\S+)" cy="(\S+)" r="(\S+)"', picture)
    (king, man, woman, end, word), sizes = np.array(dots, float)[:, :2], np.array(dots, float)[:, 2]
    assert king - man == pytest.approx(end - woman, abs=1e-3)
    arrows = re.findall(r'x1="(\S+)" y1="(\S+)" x2="(\S+)" y2="(\S+)" stroke="#E69F00"', picture)
    steps = [np.array(list(map(float, found))).reshape(2, 2) for found in arrows]
    for step, start, dot, size in zip(steps, (man, woman), (king, end), (sizes[0], sizes[3]), strict=True):
        assert step[0] == pytest.approx(start, abs=1e-3), "from dot to dot, but for the head, which covers none"
        assert np.linalg.norm(dot - step[1]) == pytest.approx(size + 1, abs=1e-2)
        assert np.linalg.norm(step[1] - start) + size + 1 == pytest.approx(np.linalg.norm(dot - start), abs=1e-2)
    ratio = np.linalg.norm(king - man) / np.linalg.norm(woman - man)
    assert ratio == pytest.approx(np.linalg.norm(a - b) / np.linalg.norm(c - b), rel=1e-3)
    total = a - b + c
    cosines = {word: float(unit(vectors, word) @ total / np.linalg.norm(total)) for word in vectors.words}
    best = max((word for word in cosines if word not in ("w1", "w2", "w3")), key=cosines.__getitem__)
    assert f"{best} {cosines[best]:.2f}" in [" ".join(text.split()) for text in texts(picture)]
    assert "the sum" in texts(picture) and 'fill="none"' in picture, "the sum is a place and no word"
    off = (
        unit(vectors, best) - total
    )  # in the plane of the picture, whose axes are those of c − b and of a's height over it
    first = (c - b) / np.linalg.norm(c - b)
    rest = (a - b) - ((a - b) @ first) * first
    wanted = np.array([off @ first, -(off @ rest) / np.linalg.norm(rest)])
    assert (word - end) / np.linalg.norm(woman - man) == pytest.approx(wanted / np.linalg.norm(c - b), abs=2e-3)
    assert of_sum.values(worked) == {
        "sum": "w1 − w2 + w3", "first": best, "cosine": f"{cosines[best]:.2f}", "dimensions": vectors.vectors.shape[1],
    }  # fmt: skip


@pytest.mark.parametrize("fields", [("w1",), ("w1 w2", "w3", ""), ("w1", "w2", "w2"), ("", "w2", "w3")])
def test_a_sum_of_any_form_has_a_picture(fields: tuple[str, ...]) -> None:
    svg = of_sum.sketch(answer(random_vectors(80), *fields), "the sum").svg("x")
    assert "nan" not in svg and "inf" not in svg


@pytest.mark.models
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson_id", LESSONS)
@pytest.mark.parametrize(
    "query", [{}, {"source": "toy"}, {"source": "list", "text": "king queen man woman apple orange"}]
)
def test_the_idea_is_told_in_three_to_five_sentences_with_its_terms_linked(
    lesson_id: str, language: str, query: dict[str, Any]
) -> None:
    app = sound(open_page(lesson_id, {"lang": language, "method": "pca", "model": "glove-6b-50d", **query}))
    text = next(item.value for item in app.markdown if "glossary?lang=" in item.value)
    assert not re.search(r"\{\w+\}", text)
    plain = re.sub(r"\]\([^)]*\)", "]", text)
    assert plain.rstrip().endswith("？" if language == "zh" else "?"), "it ends with what the lesson answers"
    assert 3 <= len(re.findall(r"[.?!。？！：](?=\s|$)|[。？]", plain)) <= 8
    assert len(re.findall(r"glossary\?lang=", text)) >= 3


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_both_languages_link_the_same_terms(lesson_id: str) -> None:
    told = list(leaves(Words(lesson(lesson_id).words, "en").node("idea")))
    assert all(sorted(glossary.linked(text["en"])) == sorted(glossary.linked(text["zh"])) for _, text in told)
    assert any(glossary.linked(text["en"]) for _, text in told)


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_the_check_has_three_questions_whose_answers_are_not_in_one_place(lesson_id: str) -> None:
    items = yaml.safe_load(lesson(lesson_id).words.read_text("utf-8"))["check"]
    assert len(items) == 3 and {item["right"] for item in items} == {0, 1, 2}
    for item in items:
        assert 0 <= item["right"] < len(item["options"]) and set(item) == {"question", "options", "right", "because"}


@pytest.mark.models
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_idea_around_a_word_is_of_that_word_and_tells_nothing_of_those_asked_about(language: str) -> None:
    """Beside it stand the nearest and the farthest of the words that the map's question leaves out."""
    state = {
        name: value.get(language, value) if isinstance(value, dict) else value
        for name, value in Words(lesson("embedding-map").words, language).node("presets.around.state").items()
    }
    trace = map_words(load(state["model"]), "around", text=state["query"], count=60, method="pca")
    question = true_neighbour(trace, None, trace.words[:1])
    asked = words_of(question, ("word", "first", "second"))
    assert asked, "else nothing could be told"
    example = of_word.of_map(trace, state["word"], telling(trace, asked), asked)
    cosines = trace.unit @ trace.unit[trace.index(state["word"])]
    left = [word for word in trace.words if word not in {*asked, state["word"]}]
    left.sort(key=lambda word: -cosines[trace.index(word)])
    assert example.word == state["word"]
    assert [word for word, _ in (*example.near, example.far)] == [left[0], left[1], left[-1]]
    assert of_word.of_map(trace, None, telling(trace, asked), asked).word not in telling(trace, asked)
