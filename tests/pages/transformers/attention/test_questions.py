"""The question is worked out again in plain Python, over maps of random numbers and those of small networks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lessons import lesson
from app.questions import Question, Said, all_filled, filled
from app.words import LANGUAGES, Words
from nlpcore import attention
from nlpcore.attention import AttentionMaps
from pages.transformers.attention import questions
from tests.pages.transformers.attention.made_up import maps_of

TOKENS = st.lists(st.sampled_from(["the", "cat", "sat", "##ness", "[CLS]", "猫", "␣"]), min_size=1, max_size=9)

SMALL = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def name_of(tokens: tuple[str, ...], position: int) -> str:
    """A token, numbered among its likes where it has some, as it stands at the map's axes too."""
    number = str(tokens[: position + 1].count(tokens[position]))
    return tokens[position] + (number.translate(SMALL) if tokens.count(tokens[position]) > 1 else "")


def at(key: str) -> Said:
    return Said("predict.peak.at", {"key": key})


def reason(question: Question, language: str = "en") -> str:
    words = Words(lesson("attention").words, language)
    return words(question.because, **all_filled(question.values, words))


def check(maps: AttentionMaps, layer: int, head: int, query: int) -> None:
    """Compare the question with what a loop over the numbers of the row says."""
    question = questions.peak(maps, layer, head, query, about="here")
    seen = range(query + 1) if maps.causal else range(len(maps.tokens))
    if len(seen) == 1:
        assert question is None
        return
    assert question is not None
    row = [float(weight) for weight in maps.weights[layer, head, query]]
    best = max(seen, key=lambda key: row[key])
    of_the_layer = {key: sum(float(maps.weights[layer, h, query, key]) for h in range(maps.heads)) for key in seen}
    ranked = sorted(set(seen) - {best}, key=lambda key: -of_the_layer[key])
    marks = [key for key in ranked if maps.special[key] or not re.search(r"\w", maps.tokens[key].replace("_", ""))]
    others = [key for key in ranked if key not in marks][: 3 - bool(marks)] + marks[:1]
    others += marks[1:][: 3 - len(others)]
    assert question.answer == at(name_of(maps.tokens, best))
    assert question.options == tuple(at(name_of(maps.tokens, key)) for key in sorted([best, *others]))
    assert question.values["query"] == name_of(maps.tokens, query)
    assert (question.values["layer"], question.values["head"]) == (layer + 1, head + 1)
    told = [float(weight) for weight in re.findall(r"\d\.\d\d(?=[,.])", reason(question).split("**")[0])]
    assert told == [float(f"{weight:.2f}") for weight in sorted(row, reverse=True)[:3]]


@given(tokens=TOKENS, causal=st.booleans(), seed=st.integers(0, 10**6), data=st.data())
def test_the_right_key_is_the_one_with_the_largest_weight(
    tokens: list[str], causal: bool, seed: int, data: st.DataObject
) -> None:
    maps = maps_of(tokens, causal=causal, seed=seed)
    check(maps, data.draw(st.integers(0, 1)), data.draw(st.integers(0, 2)), data.draw(st.integers(0, len(tokens) - 1)))


@pytest.mark.parametrize("kind", ["bert", "gpt2", "llama"])
def test_it_is_so_for_every_row_of_a_network(stand_ins: dict[str, Any], kind: str) -> None:
    maps = attention.attention_maps(stand_ins[kind], "the cat sat, because")
    for layer in range(maps.layers):
        for head in range(maps.heads):
            for query in range(len(maps.tokens)):
                check(maps, layer, head, query)


def test_the_reason_names_the_three_strongest_keys() -> None:
    maps = maps_of("abcdef", seed=5)
    row = maps.weights[1, 2, 3].tolist()
    strongest = sorted(zip(row, "abcdef", strict=True), reverse=True)[:3]
    question = questions.peak(maps, 1, 2, 3, about=None)
    assert question is not None
    told = f"Its weights: {', '.join(f'{token} {weight:.2f}' for weight, token in strongest)}. **Meaning or habit?** "
    assert reason(question).startswith(told)


# -- the question to take along --------------------------------------------------------------------------------------

PLACES = {
    "special": "own tokens",
    "first": "first",
    "previous": "just before",
    "next": "just after",
    "itself": "itself",
}


@given(tokens=TOKENS, causal=st.booleans(), seed=st.integers(0, 10**6), place=st.sampled_from([None, *PLACES]))
def test_meaning_or_habit_is_answered_with_the_head_s_own_numbers(
    tokens: list[str], causal: bool, seed: int, place: str | None
) -> None:
    """The share of each place is added up here by loops over the words; ``place``: a head is made that looks there."""
    maps, n = maps_of(tokens, causal=causal, seed=seed), len(tokens)
    special = [token == "[CLS]" for token in tokens]
    maps = replace(maps, special=tuple(special))
    row = maps.weights[1, 2]

    def shares(i: int) -> dict[str, float]:
        at = {
            "special": [j for j in range(n) if special[j]],
            "first": [0],
            "previous": [i - 1],
            "next": [i + 1],
            "itself": [i],
        }
        return {name: sum(float(row[i, j]) for j in places if 0 <= j < n) for name, places in at.items()}

    if place in ("first", "itself"):
        for i in range(n):
            row[i] = 0
            row[i, 0 if place == "first" else i] = 1
    words = [i for i in range(n) if not special[i] and not (causal and i == 0)] or list(range(n))
    mean = {name: sum(shares(i)[name] for i in words) / len(words) for name in PLACES}
    most = max(mean.values())
    query = n - 1
    said = questions.habit(maps, 1, 2, query)
    strongest = max(range(n), key=lambda j: float(row[query, j]))
    name = str(said.values["where"].key).rsplit(".", 1)[1]  # type: ignore[union-attr]
    before, own = strongest == query - 1, strongest == query
    here = {"special": special[strongest], "first": strongest == 0, "previous": before, "itself": own}
    kind = "mixed" if most < 0.5 else "habit" if here.get(name, False) else "elsewhere"
    assert said.key == f"predict.peak.{kind}"
    assert said.values["share"] == pytest.approx(most)
    where = said.values["where"]
    assert isinstance(where, Said) and mean[where.key.rsplit(".", 1)[1]] == pytest.approx(most)
    for language in LANGUAGES:
        told = filled(said, Words(lesson("attention").words, language))
        assert f"{most:.2f}" in told and "{" not in told
        assert language != "en" or PLACES[where.key.rsplit(".", 1)[1]] in told


def test_what_an_example_says_itself_stands_in_the_place_of_the_habit() -> None:
    question = questions.peak(maps_of("abcdef", seed=5), 1, 2, 3, about=None, moral="presets.small.moral")
    assert question is not None
    assert reason(question).endswith(Words(lesson("attention").words, "en")("presets.small.moral"))
    assert reason(question).count("Meaning or habit?") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_special_tokens_among_the_options_are_explained_where_they_are_met(language: str) -> None:
    w = Words(lesson("attention").words, language)
    maps = replace(maps_of(["[CLS]", "cat", "sat", "[SEP]"]), special=(True, False, False, True))
    for of, told in ((maps, True), (maps_of("abcd"), False)):
        question = questions.peak(of, 0, 0, 1, about=None)
        assert question is not None
        asked = w("predict.peak.question", **all_filled(question.values, w))
        assert (r"\[CLS\] \[SEP\]" in asked) is told and "{" not in asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("tokens", "told"), [
    (["猫[1/3]", "猫[2/3]", "猫[3/3]", "坐"], ("猫\\[1/3\\]", "猫", "3")),
    (["猫", "坐[1/2]", "坐[2/2]"], ("坐\\[1/2\\]", "坐", "2")),
    (["猫", "坐", "下"], None),
])  # fmt: skip
def test_a_part_of_a_character_says_which_part_it_is(
    tokens: list[str], told: tuple[str, str, str] | None, language: str
) -> None:
    w = Words(lesson("attention").words, language)
    question = questions.peak(maps_of(tokens), 0, 0, 0, about=None)
    assert question is not None
    asked = w("predict.peak.question", **all_filled(question.values, w))
    assert "{" not in asked
    if told is None:
        assert question.values["part"] == ""
    else:
        name, whole, count = told
        said = {
            "en": f"({name} is part 1 of the {count} tokens, made of bytes",
            "zh": f"把“{whole}”按字节拆成 {count} 个词元，{name} 是第 1 个",
        }
        assert said[language] in asked and whole in asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("tokens", "told"), [(["The", "␣cat"], True), (["the", "cat"], False)])
def test_the_sign_for_a_blank_is_explained_where_it_is_met(tokens: list[str], told: bool, language: str) -> None:
    w = Words(lesson("attention").words, language)
    question = questions.peak(maps_of(tokens), 0, 0, 0, about=None)
    assert question is not None
    asked = w("predict.peak.question", **all_filled(question.values, w))
    assert ("␣" in asked.partition("?" if language == "en" else "？")[2]) is told and "{" not in asked


def test_a_part_that_occurs_twice_is_named_with_its_number() -> None:
    said = questions.part_told([("坐", "坐"), ("猫[2/3]", "猫[2/3]₁")])
    assert said == Said("predict.peak.part", {"name": "猫[2/3]₁", "whole": "猫", "number": 2, "count": 3})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_token_is_told_letter_for_letter(language: str) -> None:
    maps = maps_of(["*a*", "$x$", "[b](c)"], seed=1)
    question = questions.peak(maps, 0, 0, 0, about=None)
    assert question is not None
    words = Words(lesson("attention").words, language)
    asked = words("predict.peak.question", **all_filled(question.values, words))
    assert r"**\*a\***" in asked and r"\*a\*" in reason(question, language)
    keys = {filled(option, words) for option in question.options}
    assert keys == {r"“\*a\*”", r"“\$x\$”", r"“\[b\]\(c\)”"}


def test_another_place_or_text_is_asked_about_anew() -> None:
    maps = maps_of("abcdef")
    subjects = {
        question.subject
        for about, layer, head, query in [
            ("x", 0, 0, 0),
            ("y", 0, 0, 0),
            ("x", 1, 0, 0),
            ("x", 0, 1, 0),
            ("x", 0, 0, 1),
        ]
        if (question := questions.peak(maps, layer, head, query, about))
    }
    assert len(subjects) == 5
