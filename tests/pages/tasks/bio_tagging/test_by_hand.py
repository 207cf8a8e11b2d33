"""Tagging by hand: what the browser may send, and that page, address and a visit's memory hold the same tags."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nlpcore.tagging.exercises import EXERCISES
from pages.tasks.bio_tagging.by_hand import TYPES, read, tags_of
from tests.pages.screen import open_page, sound

TAGS = tags_of(TYPES)
FIELD = "by_hand_teams-"
MINE = ["B-ORG", "O", "O", "B-LOC", "O", "O", "O", "B-PER", "I-PER", "O", "O", "O"]


def test_tags_are_all_of_iob2_in_the_order_of_the_palette() -> None:
    assert TAGS == ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-MISC", "I-MISC")


def test_what_was_sent_is_read() -> None:
    assert read("12 O B-PER I-PER", 3, TAGS) == (12, ("O", "B-PER", "I-PER"))


@pytest.mark.parametrize(
    "value",
    [None, "", " ", "O O O", "-1 O O O", "1.5 O O O", "\u0661 O O O", "1 O O", "1 O O O O", "1 O O X-PER", "1 O O b-per",
     "1 O <b> O", "9999999999 O O O", 7, ["1", "O", "O", "O"], {"tags": "1 O O O"}],
)  # fmt: skip
def test_what_is_no_turn_with_one_known_tag_a_word_is_left_alone(value: object) -> None:
    assert read(value, 3, TAGS) is None


def told(app: AppTest) -> dict[str, Any]:
    """Return what the page tells the field in the browser."""
    fields = (json.loads(item.proto.json) for item in app.get("bidi_component") if item.proto.json)
    return next(dict(found) for data in fields if isinstance(data, str) and "words" in (found := json.loads(data)))


def in_address(app: AppTest) -> dict[str, str]:
    query = next(
        json.loads(data["query"])
        for item in app.get("bidi_component")
        if item.proto.json and isinstance(data := json.loads(item.proto.json), dict) and "query" in data
    )
    return {name: value for name, value in query.items() if name.startswith("teams-") and value}


def test_tags_of_a_link_are_those_of_the_field() -> None:
    app = sound(open_page("bio-tagging", {"view": "yours", **{f"teams-{n + 1}": tag for n, tag in enumerate(MINE)}}))
    assert told(app)["tags"] == MINE and told(app)["turn"] == 0
    assert told(app)["words"] == [word.text for word in EXERCISES["teams"].words]
    assert in_address(app) == {f"teams-{n + 1}": tag for n, tag in enumerate(MINE) if tag != "O"}


def test_what_the_browser_sends_is_on_the_page_and_in_the_address() -> None:
    app = sound(open_page("bio-tagging", {"view": "yours"}))
    assert set(told(app)["tags"]) == {"O"}
    app.session_state[FIELD] = {"tags": " ".join(["4", *MINE])}
    sound(app.run())
    assert told(app)["tags"] == MINE and told(app)["turn"] == 4
    assert in_address(app) == {f"teams-{n + 1}": tag for n, tag in enumerate(MINE) if tag != "O"}


def test_what_was_sent_once_does_not_come_again_over_what_was_set_since() -> None:
    app = open_page("bio-tagging", {"view": "yours"})
    app.session_state[FIELD] = {"tags": " ".join(["4", *MINE])}
    app.run()
    app.session_state["teams-1"] = "B-LOC"  # as a preset or a step back in the browser's history does
    sound(app.run())
    assert told(app)["tags"] == ["B-LOC", *MINE[1:]]


def test_nonsense_from_the_browser_changes_nothing() -> None:
    app = open_page("bio-tagging", {"view": "yours", "teams-1": "B-ORG"})
    app.session_state[FIELD] = {"tags": "1 <script>"}
    assert told(sound(app.run()))["tags"] == ["B-ORG", *["O"] * 11]


def test_the_instructions_stand_before_the_field() -> None:
    """So they do on a phone too, where what is beside the figure comes under it."""
    app = open_page("bio-tagging", {"view": "yours"})
    parts = [node for node in _in_order(app.main) if node.type in ("markdown", "bidi_component")]
    how = next(n for n, node in enumerate(parts) if node.type == "markdown" and "**Drag**" in node.value)
    field = next(n for n, node in enumerate(parts) if node.type == "bidi_component" and "palette" in node.proto.json)
    assert how < field


def _in_order(node: Any) -> list[Any]:
    return [node, *(each for child in getattr(node, "children", {}).values() for each in _in_order(child))]
