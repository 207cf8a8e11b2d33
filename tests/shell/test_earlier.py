"""A new session learns from the tab what its pages had, believes nothing strange, and knows better once it has seen a page."""

from __future__ import annotations

import json
from typing import Any

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as st_

from app.shell import earlier, state
from app.shell.choice import choice
from tests.shell.driving import drawn, sound, written

TOLD = {"one": {"text": "on one", "colour": "blue"}, "two": {"text": "on two"}}


def pages() -> None:
    """Two pages with a field each, and a choice; the browser's message, if there is one, is taken up as by its callback."""
    if (told := st.session_state.pop("told", None)) is not None:
        st.session_state["component"] = type("Result", (), {"earlier": told})()
        state._take_up("component")
    state.enter(st.session_state.get("open", "one"))
    st.text_input("Text", **state.bound("text", "default"))
    choice("segmented", "Colour", ["red", "blue"], "colour", default="red")
    state.remember()


def values(app: Any) -> tuple[str, str]:
    return app.text_input(key="text").value, app.session_state["colour"]


def go(app: Any, page: str, **query: str) -> tuple[str, str]:
    app.query_params.clear()
    app.query_params |= query
    app.session_state["open"] = page
    sound(app.run())
    return values(app)


def tell(app: Any, told: object = TOLD) -> None:
    app.session_state["told"] = told if isinstance(told, str) else json.dumps(told)
    app.run()


def test_every_page_has_what_it_had() -> None:
    app = drawn(pages)
    assert values(app) == ("default", "red")
    tell(app)
    assert values(app) == ("on one", "blue") and written(app)["text"] == "on one"
    assert go(app, "two") == ("on two", "red")
    assert go(app, "one") == ("on one", "blue")


def test_what_the_address_says_and_what_was_done_since_win() -> None:
    app = drawn(pages)
    app.text_input(key="text").set_value("typed since").run()
    tell(app)
    assert values(app) == ("typed since", "blue")
    assert go(app, "two", text="of a link") == ("of a link", "red")


def test_a_page_that_was_seen_since_is_known_better() -> None:
    app = drawn(pages)
    assert go(app, "two") == ("default", "red")
    go(app, "one")
    tell(app)
    assert go(app, "two") == ("default", "red")


def test_what_was_taken_up_once_does_not_come_back() -> None:
    app = drawn(pages)
    tell(app)
    app.text_input(key="text").set_value("default").run()
    go(app, "two")
    assert go(app, "one") == ("default", "blue")


@pytest.mark.parametrize(
    "told", ["no JSON", "[1]", '{"one": 3}', '{"one": {"text": 3}}', json.dumps({"one": {"text": "x" * 300_000}})]
)
def test_nonsense_changes_nothing(told: str) -> None:
    app = drawn(pages)
    tell(app, told)
    assert values(app) == ("default", "red")


@given(
    st_.recursive(
        st_.none() | st_.text() | st_.integers(), lambda inner: st_.lists(inner) | st_.dictionaries(st_.text(), inner)
    )
)
def test_whatever_is_told_is_texts_by_name_by_page(told: object) -> None:
    found = earlier._understood(json.dumps(told))
    assert all(isinstance(text, str) for texts in found.values() for text in texts.values())
    assert earlier._understood(told if not isinstance(told, str) else None) == {}
