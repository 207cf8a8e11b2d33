"""The panels below a figure: only the open one is drawn, and which it is stands in the link."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.shell import state
from app.shell.language import language
from app.shell.panels import Below, panels
from app.words import Words
from tests.shell.driving import WORDS, drawn, sound, written


def below(
    code: str = "",
    own: bool = True,
    query: dict[str, str] | None = None,
    lecture: bool = False,
    waiting: tuple[str, ...] = (),
) -> AppTest:
    def body() -> None:
        state.enter("lesson")
        views: Any = {"one": lambda: st.text("drew one"), "two": lambda: st.text("drew two")} if own else {}
        panels(Words(WORDS, language()), "made-up", Below(code, views, tells={"two": "where"}), waiting, lecture)
        state.remember()

    return drawn(body, query)


def titles(app: AppTest) -> list[str]:
    return list(app.button_group[0].options)


def test_the_lessons_own_come_first_and_none_is_open() -> None:
    app = below("print(1)")
    assert titles(app) == ["Panel one", "Panel two", "What people get wrong", "Check yourself", "The code", "Sources"]
    assert app.button_group[0].proto.label == "More about this"
    assert not app.text and not app.code
    assert written(app)["panel"] is None
    app.button_group[0].set_value("Panel two")
    sound(app.run())
    assert [text.value for text in app.text] == ["drew two"] and written(app)["panel"] == "two"


def test_a_link_opens_a_panel() -> None:
    app = below(query={"panel": "two", "lang": "zh"})
    assert [text.value for text in app.text] == ["drew two"]
    assert titles(app)[:2] == ["面板一", "面板二"]


def test_without_code_there_is_no_panel_for_it() -> None:
    assert titles(below(own=False)) == ["What people get wrong", "Check yourself", "Sources"]


def test_what_tells_an_answer_waits_for_the_question() -> None:
    app = below(query={"panel": "two"}, waiting=("where",))
    assert not app.text and "Predict first" in app.caption[0].value
    [style] = [part.proto.body for part in app.get("html")]
    assert style.startswith("<style>.st-key-panel [role=radio]:nth-child(2)::before {"), "a lock on what waits"
    assert not below(query={"panel": "two"}).get("html")
    assert [text.value for text in below(query={"panel": "two"}, waiting=("other",)).text] == ["drew two"]
    assert [text.value for text in below(query={"panel": "one"}, waiting=("where",)).text] == ["drew one"]


def test_the_check_tells_at_once_whether_it_was_right_and_why() -> None:
    app = below(query={"panel": "check"})
    assert [field.label for field in app.radio] == ["**1.** One?", "**2.** Two?"]
    assert not app.caption and not app.success and not app.warning
    app.radio[0].set_value(1)
    app.radio[1].set_value(1)
    sound(app.run())
    assert [box.value for box in app.success] == ["One is one."]
    assert [box.value for box in app.warning] == ["Answer: two\n\nTwo is two."]
    assert app.caption[-1].value == "1 of 2 right"


def test_the_check_is_answered_still_after_another_panel_and_in_another_language() -> None:
    app = below(query={"panel": "check"})
    sound(app.radio[0].set_value(1).run())
    sound(app.button_group[0].set_value("Sources").run())
    assert not app.radio
    sound(app.button_group[0].set_value("Check yourself").run())
    app.query_params["lang"] = "zh"
    sound(app.run())
    assert [field.value for field in app.radio] == [1, None] and app.success


def test_a_hall_sees_the_lessons_own_alone() -> None:
    assert titles(below("print(1)", lecture=True)) == ["Panel one", "Panel two"]


def test_what_people_get_wrong() -> None:
    app = below(query={"panel": "mistakes"})
    assert [element.value for element in app.markdown] == [
        ":material/close: **Often said:** It is easy.",
        ":material/check: It is not.",
        ":material/close: **Often said:** It is hard.",
        ":material/check: Not that either.",
    ]


def test_the_code_is_shown_as_python() -> None:
    app = below("print(1)", query={"panel": "code"})
    assert app.code[0].value == "print(1)" and app.code[0].language == "python"
    assert app.markdown[0].value.startswith("These lines compute what is on the screen.")


@pytest.mark.parametrize(("lang", "book"), [("en", "A book"), ("zh", "一本书")])
def test_sources_are_links_where_they_have_an_address(lang: str, book: str) -> None:
    app = below(query={"panel": "sources", "lang": lang})
    assert [element.value for element in app.markdown] == [f"- [{book}](https://example.org/book)\n- A talk"]


def test_a_page_may_have_nothing_to_say() -> None:
    assert Below() == Below("", {}, "", {})
