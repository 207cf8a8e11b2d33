"""Each page has its own values under names that several use, and its own address; what a link says comes first."""

from __future__ import annotations

import json
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.shell import link_note, state
from app.shell.choice import choice
from tests.pages.screen import in_history
from tests.shell.driving import SHELL, components, drawn, sound, written


def pages() -> None:
    """Two pages with a text field each and a choice; a switch on the first."""
    page = st.session_state.get("open", "one")
    state.enter(page)
    st.text_input("Text", **state.bound("text", "default"))
    if page == "one" and not st.session_state.get("hidden"):
        st.toggle("Only here", **state.bound("only", False))
    state.register("method", "tsne")
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


def test_what_was_typed_a_moment_ago_is_kept() -> None:
    """Its own run was ended by the one that shows another page."""
    app = drawn(pages)
    app.text_input(key="text").set_value("typed")
    go(app, "two")
    assert app.text_input(key="text").value == "default"
    go(app, "one")
    assert app.text_input(key="text").value == "typed" and written(app)["text"] == "typed"


def test_values_of_a_page_end_with_it() -> None:
    app = drawn(pages)
    app.session_state["method"] = "pca"
    app.run()
    assert written(app)["method"] == "pca"
    go(app, "two")
    assert app.session_state["method"] == "tsne" and written(app)["method"] is None
    go(app, "one")
    assert app.session_state["method"] == "pca" and written(app)["method"] == "pca"


def test_what_is_not_drawn_for_a_while_is_as_it_was() -> None:
    app = drawn(pages)
    app.toggle(key="only").set_value(True).run()
    app.session_state["hidden"] = True
    sound(app.run())
    assert not app.toggle and written(app)["only"] is None  # the link names what is drawn
    go(app, "two")
    assert "only" not in written(app)
    go(app, "one")
    assert not app.toggle and written(app)["only"] is None
    app.session_state["hidden"] = False
    assert sound(app.run()).toggle(key="only").value is True


def test_a_link_names_what_is_on_the_screen_and_the_tab_remembers_the_rest() -> None:
    """What was typed into a field that a later example does not have is no part of that example; going back keeps it."""
    app = drawn(pages)
    app.toggle(key="only").set_value(True).run()
    app.session_state["hidden"] = True
    app.run()
    assert written(app)["only"] is None
    [data] = components(app, "address_bar")
    assert json.loads(data["aside"]) == {"only": "true"}
    go(app, "two")
    with in_history():
        go(app, "one")
    app.session_state["hidden"] = False
    app.run()
    assert app.toggle(key="only").value is True and written(app)["only"] == "true"


def test_the_link_of_another_page_does_not_name_a_control_of_this_one() -> None:
    app = drawn(pages, {"text": "linked"})
    go(app, "two")
    assert app.text_input(key="text").value == "default" and written(app)["text"] is None


# -- back and forward --------------------------------------------------------------------------------------------------


def test_back_brings_what_the_address_says() -> None:
    """On both pages a field has the same name, as in the lessons."""
    app = drawn(pages)
    app.text_input(key="text").set_value("first").run()
    go(app, "two")
    app.text_input(key="text").set_value("on two").run()
    go(app, "one")
    app.text_input(key="text").set_value("second").run()
    app.toggle(key="only").set_value(True).run()
    go(app, "two")
    with in_history():
        go(app, "one", text="second", only="true")
        assert (app.text_input(key="text").value, app.toggle(key="only").value) == ("second", True)
        go(app, "two", text="on two")
        assert app.text_input(key="text").value == "on two"
        go(app, "one", text="first")
    assert (app.text_input(key="text").value, app.toggle(key="only").value) == ("first", False)
    assert written(app)["text"] == "first" and written(app)["only"] is None


def test_back_brings_what_no_link_bears() -> None:
    app = drawn(pages)
    app.text_input(key="text").set_value("猫" * 900).run()
    app.toggle(key="only").set_value(True).run()
    assert written(app) == {"text": None, "only": "true", "method": None}
    go(app, "two")
    with in_history():
        go(app, "one", only="true")
    assert app.text_input(key="text").value == "猫" * 900 and written(app)["text"] is None


def test_of_several_texts_the_longest_is_left_out() -> None:
    def body() -> None:
        state.enter("one")
        for name, length in (("a", 3000), ("b", 5000), ("c", 2000)):
            state.register(name)
            st.session_state[name] = "x" * length
        state.remember()
        seen.append(state.left_out())

    seen: list[set[str]] = []
    app = drawn(body)
    assert seen == [{"b"}] and written(app) == {"a": "x" * 3000, "b": None, "c": "x" * 2000}


# -- links that are followed within a visit ----------------------------------------------------------------------------


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


def test_what_is_shared_lasts_for_one_run() -> None:
    def body() -> None:
        state.enter("one")
        if name := st.session_state.get("name"):
            state.share(name, "1")
        state.remember()

    app = drawn(body, name="a")
    assert written(app) == {"a": "1"}
    app.session_state["name"] = "b"
    assert written(app.run()) == {"b": "1"}


def test_a_part_that_runs_alone_writes_the_whole_address() -> None:
    def body() -> None:
        state.enter("one")
        for name in ("a", "b", "step"):
            state.register(name, name)
        state.share("lang", "en")
        st.session_state["b"] = "B"
        state.remember()
        st.session_state["step"] = "3"
        state.remember("step")

    queries = [json.loads(data["query"]) for data in components(drawn(body), "address_bar")]
    assert queries == [
        {"a": None, "b": "B", "step": None, "lang": "en"},
        {"a": None, "b": "B", "step": "3", "lang": "en"},
    ]


# -- controls that are set from outside --------------------------------------------------------------------------------


def test_what_a_preset_sets_stands_in_the_address_at_once() -> None:
    values = {"text": "cats", "flag": True, "n": 3, "x": 0.5, "absent": "y", "moved": "1"}

    def body() -> None:
        state.enter("one")
        if st.button("Set", on_click=state.set_all, args=(values,)):
            st.session_state["moved"] = "2"
        for name, default in {"text": "", "flag": False, "n": 1, "x": 1.0, "moved": ""}.items():
            state.bound(name, default)
        state.remember()

    app = drawn(body, {"n": "9"})
    assert written(app) == {"text": None, "flag": None, "n": "9", "x": None, "moved": None}
    app.button[0].click()
    app = sound(app.run())
    assert app.session_state["text"] == "cats"
    assert written(app) == {"text": "cats", "flag": "true", "n": "3", "x": "0.5", "moved": "2"}


def test_what_goes_to_its_default_does_so_when_it_is_drawn() -> None:
    """Its default may be another by then; a value that was kept or linked does not come back."""

    def body() -> None:
        state.enter("one")
        st.button("Set", on_click=state.set_all, args=({"a": "set"}, ["a", "b", "c"]))
        for name in "ab" if st.session_state.get("hidden") else "abc":
            state.register(name, st.session_state.get("default", "old"))
        state.remember()

    app = drawn(body, {"a": "1", "b": "2", "c": "3"})
    app.session_state["hidden"] = True
    sound(app.run())
    app.session_state["default"] = "new"
    app.button[0].click()
    sound(app.run())
    app.session_state["hidden"] = False
    sound(app.run())
    assert [app.session_state[name] for name in "abc"] == ["set", "new", "new"]
    assert written(app) == {"a": "set", "b": None, "c": None}


@pytest.mark.parametrize(
    ("default", "text", "value"),
    [
        (3, "5", 5), (3, "x", 3), (3, "", 3), (3, "inf", 3), (3, "1e3", 3), (3, "²", 3), (3, "9" * 30, 3), (3, "77", 9),
        (3, "-4", 1), (1.5, "2.5", 2.5), (1.5, "inf", 1.5), (1.5, "nan", 1.5), (1.5, "-1e9", 1), (1.5, "", 1.5),
        (False, "true", True), (True, "false", False), (True, "yes", True), ("a", "b", "b"), ("a", "", ""),
        (None, "7", 7), (None, "x", None),
    ],
)  # fmt: skip
def test_a_value_is_taken_from_the_link_and_stays_in_its_range(default: Any, text: str, value: Any) -> None:
    def body() -> None:
        state.enter("one")
        span = (1, 9) if isinstance(default, int | float) and not isinstance(default, bool) else ()
        seen.append(state.bound("n", default, *span))
        state.remember()

    seen: list[dict[str, object]] = []
    app = drawn(body, {"n": text})
    assert app.session_state["n"] == value and type(app.session_state["n"]) in (type(value), int)
    assert seen[0]["key"] == "n" and seen[0]["value"] == default


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, False), ({"n": "9", "method": "b"}, False), ({"n": ""}, False),
        ({"n": "10"}, True), ({"n": "-5"}, True), ({"n": "nan"}, True), ({"method": "nope"}, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_link_that_asks_for_what_is_not_there_is_told_so_once(
    query: dict[str, str], said: bool, language: str
) -> None:
    def body() -> None:
        state.enter("one")
        st.slider("N", **state.bound("n", 5, 1, 9))
        choice("pills", "Method", ["a", "b"], "method", "a")
        state.remember()
        link_note.tell()

    app = drawn(body, {"lang": language, **query})
    assert [toast.value for toast in app.toast] == [SHELL[language]("link_mended")] * said
    app.slider(key="n").set_value(3).run()
    assert not app.toast


def a_menu() -> None:
    """A page whose only control is in a menu, with a button that sets it as an example does."""
    state.enter("page")
    st.session_state.setdefault(state.MENU, False)
    st.button("Example", on_click=lambda: state.set_all({"level": 2}), key="_example")
    st.button("Click", on_click=lambda: state.put(level=9), key="_click")
    token = state.out_of_sight.set(True)
    st.slider("Level", **state.bound("level", 5, 1, 50))
    state.out_of_sight.reset(token)
    state.remember()


@pytest.mark.parametrize(("button", "wanted"), [("_example", 2), ("_click", 9)])
def test_a_closed_menu_tells_nothing_new(button: str, wanted: int) -> None:
    """The browser goes on telling what it has shown last; once the menu is open again, what it tells is what a learner wants."""
    app = drawn(a_menu)
    app.slider(key="level").set_value(30).run()  # in the menu, which was closed before the server heard of it
    assert app.session_state["level"] == 30 and written(app)["level"] == "30"
    app.button(key=button).click().run()
    for _ in range(2):
        assert app.session_state["level"] == wanted and written(app)["level"] == str(wanted)
        app.slider(key="level").set_value(30).run()  # as the browser does, which has not heard
    assert app.session_state["level"] == wanted
    app.slider(key="level").set_value(31).run()  # nobody has told that before: it is new
    assert app.session_state["level"] == 31
    app.button(key=button).click().run()
    app.session_state[state.MENU] = True
    app.slider(key="level").set_value(31).run()
    assert app.session_state["level"] == 31 and written(app)["level"] == "31"


def a_hall() -> None:
    """As :func:`a_menu`, without a menu: a hall's settings are on its page."""
    state.enter("page")
    st.button("Example", on_click=lambda: state.set_all({"level": 2}), key="_example")
    token = state.out_of_sight.set(True)
    st.slider("Level", **state.bound("level", 5, 1, 50))
    state.out_of_sight.reset(token)
    state.remember()


def test_where_there_is_no_menu_a_key_goes_back_to_what_was_there_before_the_example() -> None:
    app = drawn(a_hall)
    app.slider(key="level").set_value(3).run()
    app.button(key="_example").click().run()
    app.slider(key="level").set_value(3).run()
    assert app.session_state["level"] == 3 and written(app)["level"] == "3"
