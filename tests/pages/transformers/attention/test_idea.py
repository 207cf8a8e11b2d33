"""The idea of the attention lesson: its picture and its text hold the numbers of one head, and tell no answer."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.attention import AttentionReading, read_attention
from nlpcore.models import load
from pages.transformers.attention import idea
from pages.transformers.attention.screen import Row
from tests.pages.screen import open_page, sound
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
    at = idea.meeting(reading, layer, head, Row(layer, head, asked))
    assert at.query != "abcde"[asked] and (at.layer, at.head) == (layer + 1, head + 1)
    query = "abcde".index(at.query)
    row = reading.maps.weights[layer, head, query].tolist()
    seen = range(query + 1 if causal else 5)
    strongest = sorted(seen, key=lambda key: -row[key])[:3]
    assert [key for key, _ in at.keys] == ["abcde"[key] for key in strongest]
    q, k = reading.vectors.q[layer, head, query], reading.vectors.k[layer, head // 2]
    scores = [float(q @ k[key]) / math.sqrt(8) for key in seen]
    total = sum(map(math.exp, scores))
    for (_, weight), key in zip(at.keys, strongest, strict=True):
        assert weight == pytest.approx(math.exp(scores[key]) / total, abs=1e-4)
    assert at.rest == pytest.approx(sum(row[key] for key in seen if key not in strongest), abs=1e-6)


WORDS = ["the", "trophy", "it", "suitcase", "big", "garden", "猫", "坐", "##ness", "[CLS]", "!?!?"]


def worded(tokens: list[str], causal: bool, seed: int) -> AttentionReading:
    """Maps over words that stand in a text, one of which may be in two pieces."""
    reading = reading_of("abcdefgh"[: len(tokens)], causal, seed)
    starts = [sum(len(token) + 1 for token in tokens[:i]) for i in range(len(tokens))]
    maps = replace(
        reading.maps, tokens=tuple(tokens), texts=(" ".join(tokens),),
        offsets=tuple((start, start + len(token)) for start, token in zip(starts, tokens, strict=True)),
        segments=(0,) * len(tokens), word_ids=tuple(i - (token == "##ness") for i, token in enumerate(tokens)),
        special=tuple(token == "[CLS]" for token in tokens),
    )  # fmt: skip
    return replace(reading, maps=maps)


@given(
    tokens=st.lists(st.sampled_from(WORDS), min_size=2, max_size=8), seed=st.integers(0, 10**6), causal=st.booleans(),
    data=st.data(),
)  # fmt: skip
def test_a_word_of_content_that_looks_at_another_one_is_shown(
    tokens: list[str], seed: int, causal: bool, data: st.DataObject
) -> None:
    reading = worded(tokens, causal, seed)
    place = st.integers(0, len(tokens) - 1)
    (layer, head), asked = (data.draw(st.tuples(st.integers(0, 1), st.integers(0, 3))) for _ in "ab")  # fmt: skip
    row = Row(*asked, data.draw(place))
    weights = reading.maps.weights.tolist()

    def top(at_layer: int, at_head: int, i: int) -> int:
        return max(range(len(tokens)), key=lambda j: weights[at_layer][at_head][i][j])

    content = [
        i for i, token in enumerate(tokens)
        if token in ("trophy", "suitcase", "garden", "big", "猫", "坐") and tokens[i + 1 : i + 2] != ["##ness"]
    ]  # fmt: skip
    answer = top(row.layer, row.head, row.query)
    found = [
        (weights[at_layer][at_head][i][j], abs(i - j), at_layer, at_head, i)
        for at_layer in range(2) for at_head in range(4) for i in content
        if (j := top(at_layer, at_head, i)) in content and j not in (i, answer, row.query) and i not in (answer, row.query)
        and weights[at_layer][at_head][i][j] >= 0.35
    ]  # fmt: skip
    here = max((one for one in found if one[2:4] == (layer, head)), default=None)
    elsewhere = max((one for one in found if one[1] > 1), key=lambda one: one[0] / one[1], default=None)
    best = here or elsewhere
    at = idea.meeting(reading, layer, head, row)
    if best:
        assert (at.layer, at.head, at.query) == (best[2] + 1, best[3] + 1, tokens[best[4]])
    else:
        assert (at.layer, at.head) == (layer + 1, head + 1)
    assert at.sentence == " ".join(tokens)
    if len(set(tokens)) == len(tokens) > 1:
        assert at.query != tokens[row.query], "the row that is asked about"
    if len(set(tokens)) == len(tokens) > 2:
        assert at.query != tokens[answer], "what it looks at most"


def test_of_a_long_text_the_part_around_the_query_is_told() -> None:
    tokens = ["word"] * 40 + ["trophy", "and", "suitcase"] + ["word"] * 40
    reading = worded(tokens, False, 3)
    for place, middle in ((0, "word word"), (41, "trophy and suitcase"), (82, "word word")):
        told = idea._around(reading.maps, place)
        assert middle in told and len(told) <= 92
        assert told.startswith("…") is (place > 0) and told.endswith("…") is (place < 82)


def test_a_special_token_is_among_the_keys_only_where_it_gets_most() -> None:
    tokens = ["[CLS]", "trophy", "it", "suitcase", "big"]
    reading = worded(tokens, False, 3)
    rows = {"first": [0.5, 0.2, 0.1, 0.15, 0.05], "second": [0.3, 0.1, 0.1, 0.4, 0.1]}
    for place, row in rows.items():
        reading.maps.weights[0, 0] = np.array([row] * 5)
        reading.maps.weights[1] = reading.maps.weights[0, 1:] = 0.2
        at = idea._meeting(reading, 0, 0, 1, 2)
        wanted = {"first": ["[CLS]", "trophy", "suitcase"], "second": ["suitcase", "trophy", "it"]}[place]
        assert [key for key, _ in at.keys] == wanted and at.special is (place == "first")
        assert at.rest == pytest.approx(1 - sum(row[tokens.index(key)] for key in wanted))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("asked", "pronoun"), [("it", "it"), ("It", "It"), ("它", "它"), ("big", "")])
def test_the_problem_is_that_of_the_page_s_question(language: str, asked: str, pronoun: str) -> None:
    tokens = ["trophy", asked, "suitcase"]
    reading, w = worded(tokens, False, 1), Words(lesson("attention").words, language)
    at = idea.meeting(reading, 0, 0, Row(0, 0, 1))
    assert at.pronoun == pronoun
    told = w("idea.text", **at.told(w, 8, (at.layer, at.head)))
    wanted = {"en": "What does “it” stand for?", "zh": "这里的“it”指什么？"}[language].replace(
        "it", pronoun or at.query
    )
    assert (wanted in told) is bool(pronoun)
    assert told.startswith(f"“{' '.join(tokens)}”")
    assert w("idea.elsewhere") not in told and w("idea.elsewhere") in w("idea.text", **at.told(w, 8, (9, 9)))


# What the first minute may name: attention, weight and head. The rest of the vocabulary comes where it is met.
LATER = {
    "en": r"quer(y|ies)|\bkeys?\b|dot product|√|softmax|score|layer|values?\b|token|vector|q\s·\sk",
    "zh": r"查询|键|点积|√|softmax|得分|层|值|词元|向量|q\s·\sk",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_minute_has_three_new_terms_and_ends_with_a_question(language: str) -> None:
    w = Words(lesson("attention").words, language)
    at = idea.meeting(worded(["trophy", "it", "suitcase"], False, 1), 0, 0, Row(0, 0, 1))
    told = w("idea.text", **at.told(w, 8, (9, 9)))
    drawn = " ".join(re.findall(r">([^<]*)<", idea.sketch(at, w).svg("")))
    for text in (told, drawn, w("promise")):
        assert not re.search(LATER[language], text), text
    assert told[-1] in "?？" and told.count("](#") == 1


@pytest.mark.models
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_visit_shows_a_word_of_content_and_its_sentence(language: str) -> None:
    app = sound(open_page("attention", {"lang": language}))
    text = next(item.value for item in app.markdown if "glossary?lang=" in item.value)
    assert "trophy doesn't fit in the suitcase" in text.replace("\\", "") and "[CLS]" not in text
    assert "**fit**" in text and "**suitcase**" in text and "0.72" in text and "**trophy**" not in text
    assert "“it”" in text and "**it**" not in text
    assert text.rstrip().endswith("?" if language == "en" else "？")


@pytest.mark.models
@pytest.mark.parametrize(
    ("model", "text", "heads", "problem"),
    [
        ("smollm2-135m", "The trophy is here because it is too big.", 270, "What does “it” stand for?"),
        ("bert-mini-zh", "猫坐在垫子上，因为它累了。", 16, "What does “它” stand for?"),
        ("minilm-l6", "A man is playing a guitar.", 72, "one needs the words around it"),
    ],
)
def test_the_idea_is_of_what_the_page_shows(model: str, text: str, heads: int, problem: str) -> None:
    """Not of the lesson's default: the text, the model's heads, and whether the head is the one of the figure."""
    token = {"What does “它” stand for?": "10"}.get(problem, "")
    query = {"model": model, "text": text, "lang": "en"} | ({"token": token} if token else {})
    app = sound(open_page("attention", query))
    told = next(item.value for item in app.markdown if "glossary?lang=" in item.value).replace("\\", "")
    assert text in told and f"this model has {heads}, " in told and problem in told
    maps = read_attention(load(model), text).maps
    assert maps.layers * maps.heads == heads
    layer, head = (int(app.slider(key=name).value) for name in ("layer", "head"))
    sketch = next(item for item in app.get("bidi_component") if "sketch_attention" in item.proto.id)
    place = re.search(r"layer (\d+), head (\d+)", sketch.proto.json)
    assert place is not None
    assert ("picture is of another head" in told) is ((int(place[1]), int(place[2])) != (layer, head))


@pytest.mark.models
@pytest.mark.parametrize("text", ["😀", "12345", "?!", "Bianchi"])
def test_no_sign_of_the_models_own_is_said_to_mean_something(text: str) -> None:
    """Where no word but the one that is asked about can look, the idea is told with the lesson's first example."""
    app = sound(open_page("attention", {"text": text, "lang": "en"}))
    told = next(item.value for item in app.markdown if "glossary?lang=" in item.value).replace("\\", "")
    query = re.search(r"in the picture \*\*(.+?)\*\* takes most", told)
    assert query is not None and query[1][0] not in "[<" and query[1].isalpha()
    assert text in told or "The trophy doesn't fit" in told
    assert query[1] != "it"


@pytest.mark.parametrize("causal", [False, True])
def test_a_text_of_one_token_has_one_too(causal: bool) -> None:
    at = idea.meeting(reading_of("a", causal, 1), 0, 0, Row(0, 0, 0))
    assert (at.query, at.keys, at.rest) == ("a", (("a", 1.0),), 0.0)


def told_sum(shares: list[str], w: Words) -> str:
    """What has to be said of weights that, as they are written, do not make 1."""
    hundredths = sum(int(share.replace(".", "")) for share in shares)
    return "" if hundredths == 100 else w("idea.rounded", sum=f"{hundredths / 100:.2f}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_weights_that_rounding_keeps_from_making_one_are_owned_up_to(language: str) -> None:
    w = Words(lesson("attention").words, language)
    at = idea.meeting(worded(["trophy", "it", "suitcase"], False, 1), 0, 0, Row(0, 0, 1))
    for keys, seen in (((0.7248, 0.0570, 0.0436), "0.99"), ((0.336, 0.336, 0.321), "1.01"), ((0.5, 0.3, 0.1), "1.00")):
        shown = replace(at, keys=tuple(zip("abc", keys, strict=True)))
        shares = [f"{share:.2f}" for share in (*keys, 1 - sum(keys))]
        told = w("idea.text", **shown.told(w, 8, (at.layer, at.head)))
        assert told_sum(shares, w) in told and (seen in told) is (seen != "1.00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_picture_text_and_description_hold_the_same_numbers(language: str) -> None:
    at, w = idea.meeting(reading_of("abcde", False, 2), 1, 2, Row(1, 2, 0)), Words(lesson("attention").words, language)
    weights = [f"{weight:.2f}" for _, weight in at.keys]
    shares = [*weights, f"{1 - sum(weight for _, weight in at.keys):.2f}"]
    assert at.sentence == "a b c d e"
    alt = w("idea.alt", **at.said(w, plain=True))
    assert re.findall(r"\d\.\d\d", alt) == shares
    assert (
        re.findall(r"\d\.\d\d", w("idea.text", **at.told(w, 8, (2, 3))).replace(told_sum(shares, w), "")) == weights[:1]
    )
    drawn = " ".join(re.findall(r">([^<]*)<", idea.sketch(at, w).svg(alt)))
    assert re.findall(r"\d\.\d\d", drawn) == shares
