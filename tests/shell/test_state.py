"""Each page has its own values under names that several use, and its own address; what a link says comes first."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.shell import state
from app.shell.choice import choice
from tests.shell.driving import components, drawn, sound, written


def pages() -> None:
    """Two pages with a text field each and a choice that writes itself into the address; a switch on the first."""
    page = st.session_state.get("open", "one")
    state.enter(page)
    st.text_input("Text", "default", **state.bound("text"))
    if page == "one":
        st.toggle("Only here", **state.bound("only"))
    state.register("method")
    chosen = st.session_state.setdefault("method", "tsne")
    state.publish("method", None if chosen == "tsne" else chosen)
    state.remember()


def go(app: AppTest, page: str, **query: str) -> AppTest:
    """Go to another page as Streamlit does: its address is empty, or that of a link."""
    app.query_params.clear()
    app.query_params |= {"lang": "en", **query}
    app.session_state["open"] = page
    return sound(app.run())


def test_each_page_has_its_own_values_and_gets_them_back() -> None:
    app = drawn(pages)
    app.text_input(key="text").set_value("on one").run()
    app.toggle(key="only").set_value(True).run()
    go(app, "two")
    assert app.text_input(key="text").value == "default"
    app.text_input(key="text").set_value("on two").run()
    go(app, "one")
    assert (app.text_input(key="text").value, app.toggle(key="only").value) == ("on one", True)
    go(app, "two")
    assert app.text_input(key="text").value == "on two"
    go(app, "three")
    assert app.text_input(key="text").value == "default"


def test_values_of_a_page_end_with_it() -> None:
    app = drawn(pages)
    app.session_state["method"] = "pca"
    app.run()
    assert written(app)["method"] == "pca"
    go(app, "two")
    assert app.session_state["method"] == "tsne" and written(app)["method"] is None
    go(app, "one")
    assert app.session_state["method"] == "pca" and written(app)["method"] == "pca"


def test_the_address_comes_back_with_the_page() -> None:
    """What only the page itself wrote, and what it does not draw at once after the return."""

    def body() -> None:
        state.enter(st.session_state.get("open", "one"))
        state.register("late")
        if st.session_state.get("first"):
            st.session_state["late"] = "x"
            state.publish("late", "x")
        state.remember()

    app = drawn(body, first=True)
    app.session_state["first"] = False
    go(app, "two")
    assert "late" not in written(app) and "late" not in app.session_state
    go(app, "one")
    assert written(app)["late"] == "x" and app.session_state["late"] == "x"


def test_a_link_that_is_followed_wins_over_what_was_kept() -> None:
    app = drawn(pages)
    app.text_input(key="text").set_value("kept").run()
    app.toggle(key="only").set_value(True).run()
    go(app, "two")
    go(app, "one", text="linked")
    assert app.text_input(key="text").value == "linked"
    assert app.toggle(key="only").value is True, "what the link does not name is as it was"


def test_a_link_that_is_followed_wins_over_a_choice_that_was_kept() -> None:
    """A choice looks into the address only where nothing was chosen yet."""

    def body() -> None:
        state.enter(st.session_state.get("open", "one"))
        for name in ("x", "y"):
            choice("segmented", name, ["a", "b", "c"], name, default="a")
        state.remember()

    app = drawn(body, {"x": "b", "y": "b"})
    go(app, "two")
    assert (app.session_state["x"], app.session_state["y"]) == ("a", "a")
    go(app, "one", x="c")
    assert (app.session_state["x"], app.session_state["y"]) == ("c", "b")
    assert (written(app)["x"], written(app)["y"]) == ("c", "b")


def test_what_a_link_names_is_not_written_over_by_what_was_kept() -> None:
    def body() -> None:
        state.enter(st.session_state.get("open", "one"))
        for name in ("x", "y"):
            state.register(name)
            if name not in st.session_state:
                st.session_state[name] = st.query_params.get(name, "none")
        if st.session_state.get("first"):
            state.publish("x", "kept")
            state.publish("y", "kept")
        state.remember()

    app = drawn(body, {"x": "kept", "y": "kept"}, first=True)
    app.session_state["first"] = False
    go(app, "two")
    go(app, "one", x="linked")
    assert app.session_state["x"] == "linked" and app.session_state["y"] == "kept"
    assert written(app) == {"y": "kept"}


def test_a_run_of_the_same_page_loses_nothing() -> None:
    app = drawn(pages, {"text": "linked"})
    assert app.text_input(key="text").value == "linked"
    app.text_input(key="text").set_value("typed").run()
    assert sound(app.run()).text_input(key="text").value == "typed"


def test_every_run_has_the_next_number() -> None:
    app = drawn(pages)
    assert [data["run"] for data in components(app, "address_bar")] == [1]
    app.run()
    assert [data["run"] for data in components(app, "address_bar")] == [2]


def test_what_is_published_lasts_for_one_run() -> None:
    def body() -> None:
        state.enter("one")
        if name := st.session_state.get("name"):
            state.publish(name, "1")
        state.remember()

    app = drawn(body, name="a")
    assert written(app) == {"a": "1"}
    app.session_state["name"] = "b"
    assert written(app.run()) == {"b": "1"}


# -- what a part of the page writes when it runs alone -----------------------------------------------------------------


def part_of(change: Callable[[], object]) -> dict[str, str | None]:
    """Return what a part writes after the whole page has written itself and ``change`` happened in the part."""

    def body() -> None:
        state.enter("one")
        for name in ("a", "b", "step"):
            state.register(name)
            st.session_state.setdefault(name, name.upper())
        state.publish("a", "A")
        state.publish("gone", None)
        state.remember()
        change()
        state.remember("step")

    queries = [data["query"] for data in components(drawn(body), "address_bar")]
    assert len(queries) == 2
    found: dict[str, str | None] = json.loads(queries[1])
    return found


def test_a_part_keeps_what_the_page_published() -> None:
    assert part_of(lambda: None) == {"a": "A", "gone": None}
    assert part_of(lambda: state.publish("step", "3")) == {"a": "A", "gone": None, "step": "3"}


def test_a_part_leaves_alone_what_its_own_controls_have_changed() -> None:
    assert part_of(lambda: st.session_state.update(a="other")) == {"gone": None}
    assert part_of(lambda: st.session_state.update(b="other")) == {"a": "A", "gone": None}


# -- controls that are set from outside --------------------------------------------------------------------------------


def test_what_a_preset_sets_stands_in_the_address_at_once() -> None:
    """A field that appears only now does not write itself."""
    values = {"text": "cats", "flag": True, "off": False, "n": 3, "x": 0.5, "words": ["a"], "absent": "y", "moved": "1"}

    def body() -> None:
        state.enter("one")
        if st.button("Set", on_click=state.set_all, args=(values,)):
            st.session_state["moved"] = "2"
        for name in values:
            if name != "absent":
                state.register(name)
        state.remember()

    app = drawn(body, {"n": "9"})
    assert written(app) == {}
    app.button[0].click()
    app = sound(app.run())
    assert app.session_state["text"] == "cats"
    assert written(app) == {"text": "cats", "flag": "true", "off": "false", "x": "0.5"}
    app.session_state["text"] = "dogs"
    assert "text" not in written(sound(app.run()))


def test_what_is_published_wins_over_what_was_set() -> None:
    def body() -> None:
        state.enter("one")
        st.button("Set", on_click=state.set_all, args=({"a": "set"},))
        state.register("a")
        state.publish("a", "published")
        state.remember()

    app = drawn(body)
    app.button[0].click()
    assert written(sound(app.run())) == {"a": "published"}


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e999", "+inf"])
def test_no_whole_number_is_infinite(text: str) -> None:
    """Streamlit would try to make a whole number of it."""

    def body() -> None:
        state.enter("one")
        st.number_input("n", 1, 9, 3, **state.bound("n", whole=True))
        state.remember()

    assert drawn(body, {"n": text}).number_input(key="n").value == 3


@pytest.mark.parametrize(("text", "value"), [("5", 5), ("x", 3), ("", 3)])
def test_a_whole_number_is_taken_from_the_link(text: str, value: int) -> None:
    def body() -> None:
        state.enter("one")
        st.number_input("n", 1, 9, 3, **state.bound("n", whole=True))
        seen.append(state.bound("n", whole=True))
        state.remember()

    seen: list[dict[str, object]] = []
    assert drawn(body, {"n": text}).number_input(key="n").value == value
    assert seen == [{"key": "n", "bind": "query-params"}]
