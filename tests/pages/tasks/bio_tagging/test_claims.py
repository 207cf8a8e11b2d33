"""What notes and misconceptions say, read from the words and held beside the models as they are now."""

from __future__ import annotations

import re
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from seqeval.metrics import accuracy_score, f1_score

from app import glossary
from app.lessons import lesson
from app.questions import Said
from app.words import LANGUAGES, Words, read_tree
from nlpcore.tagging import tag, tag_chinese
from nlpcore.tagging.exercises import EXERCISES, repair_written
from pages.tasks.bio_tagging import by_hand, charts, questions
from pages.tasks.bio_tagging.view_own import read_number

pytestmark = pytest.mark.models
PRESETS = read_tree(lesson("bio-tagging").words)["presets"]


@pytest.fixture(scope="module")
def ner() -> Any:
    from nlpcore.models import load

    return load("minilm-l6-ner")


@pytest.fixture(scope="module")
def lac() -> Any:
    from nlpcore.models import load

    return load("lac-zh")


def said(key: str) -> list[str]:
    return [Words(lesson("bio-tagging").words, language)(key) for language in LANGUAGES]


def test_every_preset_has_its_test_here() -> None:
    assert set(PRESETS) == {
        "teams", "sparse", "touching", "urumqi", "capitals", "ferry", "three", "changchun", "rain",
    }  # fmt: skip


def test_teams_has_one_word_twice_and_of_two_types() -> None:
    it = EXERCISES[PRESETS["teams"]["state"]["sentence"]]
    types = [s.type for s in it.spans if it.words[s.start].text == "Milan" and s.end == s.start + 1]
    assert len(types) == 2 == len(set(types))


@pytest.mark.parametrize("name", EXERCISES)
def test_the_reason_of_an_exercise_names_its_gold_entities_and_types_and_no_others(name: str) -> None:
    it = EXERCISES[name]
    joined = "" if it.chinese else " "
    entities = [joined.join(word.text for word in it.words[span.start : span.end]) for span in it.spans]
    for told in said(f"why.{name}"):
        assert sorted(re.findall(r"\*\*(.+?)\*\*", told)) == sorted(entities)
        assert set(re.findall(r"\b(?:PER|LOC|ORG|MISC)\b", told)) == {span.type for span in it.spans}


def test_a_tagger_that_writes_o_looks_good_on_the_sparse_sentence_and_finds_nothing() -> None:
    gold = [list(EXERCISES["sparse"].tags)]
    nothing = [["O"] * len(gold[0])]
    share = accuracy_score(gold, nothing)
    assert f1_score(gold, nothing) == 0
    assert (share, len(gold[0])) == (12 / 13, 13)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_get_wrong_is_worked_out_and_is_not_the_exercise(language: str) -> None:
    """So many words with one name: the shares of a tagger that writes O, and other numbers than the sparse sentence has."""
    mistake = read_tree(lesson("bio-tagging").words)["misconceptions"][0]
    told = mistake["truth"][language].partition("83")[2]
    count, of_name, *shares, percent, f1 = (int(n) for n in re.findall(r"(?<![\w.-])\d+", told))
    gold, nothing = [["B-PER", *["I-PER"] * (of_name - 1), *["O"] * (count - of_name)]], [["O"] * count]
    share = accuracy_score(gold, nothing)
    assert sorted(shares) == [round(share * count), count] and f1_score(gold, nothing) == f1 == 0
    assert percent == round(100 * share) and re.search(rf"(?<!\d){percent} ?%", mistake["claim"][language])
    sparse = EXERCISES["sparse"].tags
    assert count != len(sparse) and percent != round(100 * sparse.count("O") / len(sparse))


def test_touching_has_two_names_that_touch() -> None:
    spans = EXERCISES["touching"].spans
    assert any(a.end == b.start and a.type == b.type for a, b in pairwise(spans))


def test_urumqi_names_two_places_that_touch(lac: Any) -> None:
    it = EXERCISES["urumqi"]
    assert [(s.start, s.end, s.type) for s in it.spans] == [(0, 2, "LOC"), (2, 6, "LOC")]
    assert tag_chinese(lac, it.text).spans == it.spans


def test_small_letters_change_what_is_found(ner: Any) -> None:
    text = PRESETS["capitals"]["state"]["text"]
    before, after = ({(e.start, e.end, e.type) for e in tag(ner, t).entities} for t in (text, text.lower()))
    assert before - after


def test_ferry_is_illegal_word_by_word_and_legal_as_a_sequence(ner: Any) -> None:
    state = PRESETS["ferry"]["state"]
    trace = tag(ner, state["text"], decoding=state["decoding"])
    place = [word.text for word in trace.words].index("Isle")
    assert trace.greedy[place] == "B-LOC" and trace.greedy[place + 1] == "I-ORG"
    assert trace.illegal[0].position == place + 1
    for text in said("presets.ferry.note"):
        assert "Isle" in text and "I-ORG" in text
    assert tag(ner, state["text"], decoding="legal").tags != trace.greedy


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_number_in_a_mark_is_b_and_i_together_and_not_a_cell(ner: Any, language: str) -> None:
    """As what to look for says, with the first number on the screen."""
    trace = tag(ner, PRESETS["ferry"]["state"]["text"])
    named, rows = trace.entities[0], trace.word_probabilities
    mine = rows[named.span.start : named.span.end, [n for n, t in enumerate(trace.tag_names) if t[2:] == named.type]]
    assert named.confidence == pytest.approx(float(mine.sum(axis=1).mean()), abs=1e-6)
    page = SimpleNamespace(words=Words(lesson("bio-tagging").words, language))
    told = read_number(cast("Any", page), trace)
    share, percent = re.findall(r"\d+(?:\.\d+)?", told)
    assert share == f"{named.confidence:.2f}" and int(percent) == pytest.approx(100 * float(share))
    assert read_number(cast("Any", page), tag(ner, "It rains.")) == ""
    assert round(100 * float(mine.max())) != round(100 * named.confidence), "the cell says something else"


def test_three_is_counted_in_three_ways() -> None:
    found = repair_written(PRESETS["three"]["state"]["sequence"])
    assert len({len(spans) for spans in found.spans}) == 3


def test_changchun_has_eight_characters_and_the_words_that_overlap(lac: Any) -> None:
    text = PRESETS["changchun"]["state"]["chinese"]
    assert len(text) == 8
    for note in said("presets.changchun.note"):
        assert all(word in text for word in re.findall(r"[\u4e00-\u9fff]{2,3}(?= \()|(?<=“)[^”]+", note))
    assert len(tag_chinese(lac, text).characters) == 8


def test_rain_is_changed_by_the_crf_and_becomes_one_word_at_fifty(lac: Any) -> None:
    text = PRESETS["rain"]["state"]["chinese"]
    trace = tag_chinese(lac, text)
    assert trace.tags != trace.alone
    assert len(tag_chinese(lac, text, weight=50.0).segments) == 1
    assert all("50" in note for note in said("presets.rain.note"))


@pytest.mark.parametrize("weight", [1.0, 5.0, 50.0])
@pytest.mark.parametrize(
    "text",
    [
        *(PRESETS[name]["state"]["chinese"] for name in ("rain", "changchun")),
        "苹果公司在加利福尼亚州的库比蒂诺市设有总部",
    ],
)
def test_every_tag_that_is_offered_has_a_row_in_the_lattice(lac: Any, text: str, weight: float) -> None:
    trace = tag_chinese(lac, text, weight=weight)
    question = questions.crf(trace)
    assert question is not None
    figure = charts.lattice(trace, Words(lesson("bio-tagging").words, "en"), 0)
    offered = {str(option.values["tag"]).strip("`") for option in question.options if isinstance(option, Said)}
    assert len(offered) == questions.OFFERED and offered <= set(figure.layout["yaxis"]["ticktext"])


def test_transitions_of_lac_are_small_beside_its_emissions(lac: Any) -> None:
    (item,) = (m for m in read_tree(lesson("bio-tagging").words)["misconceptions"] if "CRF" in m["claim"]["en"])
    texts = [
        "昨天下午三点，李娜从上海飞往纽约。",
        "我爱自然语言处理",
        "长春市长春节致辞",
        PRESETS["rain"]["state"]["chinese"],
    ]
    traces = [tag_chinese(lac, text) for text in texts]
    largest = np.abs(traces[0].lattice.transitions).max()
    spreads = [np.ptp(t.lattice.emissions, axis=1).mean() for t in traces]
    for language in LANGUAGES:
        bound = float(re.findall(r"0\.\d+", item["truth"][language])[0])
        low, high = map(int, re.findall(r"(\d+)(?: to |～)(\d+)", item["truth"][language])[0])
        assert largest <= bound < largest + 0.01
        assert low <= min(spreads) < low + 1 and high - 1 < max(spreads) <= high


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_share_of_o_in_conll_is_worked_out(language: str) -> None:
    text = read_tree(lesson("bio-tagging").words)["misconceptions"][0]["truth"][language]
    outside, tokens = sorted(int(n.replace(",", "")) for n in re.findall(r"\d{3},\d{3}", text))
    assert (outside, tokens) == (169_578, 203_621)  # counted in eng.train by the training's own reader
    assert re.search(rf"{round(100 * outside / tokens)} ?%", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_of_types_and_of_the_layer_are_explained_where_they_are_met(language: str) -> None:
    words = read_tree(lesson("bio-tagging").words)
    assert "crf" in glossary.linked(words["look_chinese"][language])
    assert all(kind in words["look_own"][language] for kind in by_hand.TYPES)
    assert set(by_hand.TYPES) <= set(words["palette"]), "the first view has them on its buttons"
