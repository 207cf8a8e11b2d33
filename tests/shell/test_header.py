"""The top of a page, the home page, and lecture mode."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.lessons import LESSONS
from app.shell import header, home, lecture, state
from tests.shell.driving import buttons, drawn, sound, written


def body() -> None:
    state.enter("one")
    tools = header.header("Title")
    tools.text("more")
    state.remember()


def bare(sheet: str) -> str:
    """Return a style sheet without comments and blanks."""
    return "".join(re.sub(r"/[*][\s\S]*?[*]/", "", sheet).split())


def test_title_and_the_link() -> None:
    app = drawn(body)
    assert app.title[0].value == "Title" and not app.title[0].anchor
    assert buttons(app, "copied") == [{"text": "Copy link", "copied": "Copied"}]
    assert [text.value for text in app.text] == ["more"]
    assert app.button_group[0].key == "lang" and app.toggle[0].key == "lecture"
    assert buttons(drawn(body, {"lang": "zh"}), "copied") == [{"text": "复制链接", "copied": "已复制"}]


def _sheet(app: AppTest) -> str:
    return next(body for part in app.get("html") if (body := str(part.proto.body)).startswith("<style>"))


def test_a_hall_has_large_type() -> None:
    page, hall = drawn(body), drawn(body, {"lecture": "true"})
    assert hall.title[0].value == "Title" and hall.toggle[0].value is True
    sheets = [_sheet(app) for app in (page, hall)]
    files = [(lecture._STYLES / name).read_text(encoding="utf-8") for name in ("page.css", "lecture.css")]
    typing = lecture._how_to_end_typing("en")
    assert bare(sheets[0]) == bare(f"<style>{files[0]}</style>{typing}")
    assert bare(sheets[1]) == bare(f"<style>{files[0]}</style><style>{files[1]}</style>{typing}")
    assert not any("\n" in sheet or "/*" in sheet for sheet in sheets), "they go to the browser with every run"
    page.toggle[0].set_value(True)
    assert _sheet(sound(page.run())) == sheets[1], "the switch works at once"


def test_how_typing_ends_is_said_in_the_page_s_language() -> None:
    style = lecture._how_to_end_typing("zh")
    assert 'content: "按 Enter 键确认"' in style and "Ctrl + Enter" in style and "go on" not in style


@pytest.mark.parametrize(
    ("session", "link", "on"),
    [
        ({}, None, False), ({}, "true", True), ({}, "True", True), ({}, "1", True), ({}, "false", False), ({}, "yes", False),
        ({"lecture": False}, "true", False), ({"lecture": True}, "false", True), ({"lecture": True}, None, True),
    ],
)  # fmt: skip
def test_lecture_mode_is_known_before_its_switch_is_drawn(
    monkeypatch: pytest.MonkeyPatch, session: dict[str, bool], link: str | None, on: bool
) -> None:
    monkeypatch.setattr(lecture, "st", SimpleNamespace(query_params={} if link is None else {"lecture": link}))
    monkeypatch.setattr("app.shell.visit.st", SimpleNamespace(session_state=session))
    assert lecture.is_on() is on


def test_cards_stand_in_the_order_of_the_course() -> None:
    def show() -> None:
        page = st.Page(lambda: None, title="x", url_path="x")
        st.navigation([page], position="hidden")
        home.home_page(dict.fromkeys(LESSONS[:4], page))

    app = drawn(show)
    links = [link.proto.label for link in app.get("page_link")][1:]
    assert [label.split(".")[0] for label in links] == ["**1", "**2", "**3", "**4"]
    assert written(app)["lang"] == "en" and app.session_state["_visit"]["page"] == "home"
