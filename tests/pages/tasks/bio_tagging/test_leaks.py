"""What a learner is asked to find out is nowhere on the page before: not in notes, panels, figures or what is given away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.lessons import lesson
from app.words import LANGUAGES, Words, read_tree
from nlpcore.tagging.exercises import EXERCISES
from tests.pages.asking import asks, give_up
from tests.pages.screen import html_of, open_page, sound, teaching, text_of
from tests.pages.test_teaching import query_of

pytestmark = pytest.mark.models
PRESETS: dict[str, Any] = read_tree(lesson("bio-tagging").words)["presets"]
ASKED = [name for name, preset in PRESETS.items() if preset["state"]["view"] != "yours"]
PANELS = {
    "yours": ("schemes", "legality", "conll", "mistakes", "check", "code", "sources"),
    "own": ("agreement", "conll", "rules", "legality", "mistakes", "check", "code", "sources"),
    "illegal": ("legality", "conll", "mistakes", "check", "code", "sources"),
    "chinese": ("transitions", "rules", "conll", "mistakes", "check", "code", "sources"),
}
# What gives the answer of a view's question away, beside the reason.
TELLS = {
    "illegal": ("illegal.begin", "illegal.drop"),
    "chinese": ("chinese.sizes", "chinese.bio", "misconceptions.crf"),
}


def everything(app: AppTest) -> str:
    """Return all that the page says, draws, offers to copy, and writes beside its figures."""
    parts = [text_of(app), html_of(app), *(code.value for code in app.code), *(latex.value for latex in app.latex)]
    parts += [item.proto.spec for item in app.get("plotly_chart")]
    parts += [str(frame.value.to_dict()) for frame in app.dataframe]
    return " ".join(parts)


def screens(preset: str, language: str) -> Iterator[AppTest]:
    """Open a preset with each of its panels."""
    query = {"preset": preset, **query_of(PRESETS[preset], language), "lang": language}
    for panel in ("", *PANELS[query["view"]]):
        yield sound(open_page("bio-tagging", query | ({"panel": panel} if panel else {})))


def test_notes_that_tell_are_known() -> None:
    """US without capitals is found as other things, rain is changed by the CRF, the mayor is a word: the notes say so.

    That of the ferry says which setting shows it.
    """
    assert {name for name, preset in PRESETS.items() if "tells" in preset} == {"capitals", "ferry", "changchun", "rain"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("preset", ASKED)
def test_notes_and_panels_that_tell_wait_for_the_answer(preset: str, language: str) -> None:
    words = Words(lesson("bio-tagging").words, language)
    note = words(f"presets.{preset}.note")
    for app in screens(preset, language):
        assert asks(app)
        assert (note in text_of(app)) == ("tells" not in PRESETS[preset])
        before = everything(app)
        for hidden in TELLS.get(PRESETS[preset]["state"]["view"], ()):
            assert _start(words, hidden) not in before
        give_up(app)
        assert note in text_of(app)


def _start(words: Words, key: str) -> str:
    if key == "misconceptions.crf":
        (item,) = (m for m in words.node("misconceptions") if "CRF" in m["claim"]["en"])
        return str(item["truth"][words.language])[:30]
    return words(key).split("{")[0]


def test_how_many_entities_there_are_is_in_no_panel_before_the_answer() -> None:
    for app in screens("three", "en"):
        assert not app.code or all("B-LOC" not in code.value and "repaired" not in code.value.split("print")[0]
                                   for code in app.code)  # fmt: skip
        assert "entities" not in html_of(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXERCISES)
def test_the_gold_of_an_exercise_is_nowhere_before_the_learner_is_done(name: str, language: str) -> None:
    exercise, words = EXERCISES[name], Words(lesson("bio-tagging").words, language)
    query = {"view": "yours", "sentence": name, "lang": language}
    for panel in ("", *PANELS["yours"]):
        with teaching() as seen:
            app = sound(open_page("bio-tagging", query | ({"panel": panel} if panel else {})))
        assert not seen.questions and words("who.gold") not in html_of(app)
        said = re.sub(r"[*`\\\\]", "", everything(app))
        for span in exercise.spans:
            written = exercise.text[exercise.words[span.start].start : exercise.words[span.end - 1].end]
            assert f"{span.type} {written}" not in said and f"{written}\u00a0{span.type}" not in said
        if panel == "conll":
            assert set(re.findall(r"\b[BI]-[A-Z]+", app.code[0].value)) == set()
        told = (json.loads(item.proto.json) for item in app.get("bidi_component") if "palette" in item.proto.json)
        assert all(set(json.loads(data)["tags"]) == {"O"} for data in told)


@pytest.mark.parametrize("preset", [name for name in PRESETS if name not in ASKED])
def test_label_and_note_of_an_exercise_name_no_type_and_no_number_of_it(preset: str) -> None:
    types = {
        "person",
        "people",
        "place",
        "city",
        "team",
        "football",
        "organisation",
        "人名",
        "地名",
        "球队",
        "城市",
        "机构",
    }
    for language in LANGUAGES:
        words = Words(lesson("bio-tagging").words, language)
        told = words(f"presets.{preset}.label") + " " + words(f"presets.{preset}.note")
        asked = {"places", "地名"} if preset == "urumqi" else set()  # it asks for the number of places
        assert not [word for word in types - {"place"} - asked if word in told]
        assert not re.search(r"\d", told)
