"""The whole app: one broken lesson does not take the course down, and every page is reached by its address."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.navigation.page import StreamlitPage
from streamlit.testing.v1 import AppTest

from app import lessons
from app.lessons import LESSONS, ROOT, Lesson
from app.words import LOCALES, Words
from tests.pages.screen import switch


def run(*, lang: str = "en") -> AppTest:
    app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=120)
    app.query_params["lang"] = lang
    return app.run()


def pages(app: AppTest) -> list[str]:
    return [str(page["url_pathname"]) for page in app._registered_pages.values()]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_lesson_has_its_address_and_its_card(language: str) -> None:
    app = run(lang=language)
    shell = Words(LOCALES / "shell.yaml", language)
    assert not app.exception and not app.error
    assert pages(app) == ["", *(each.id for each in LESSONS), "glossary"]
    assert app.title[0].value == shell("app.title")
    start, *links = app.get("page_link")
    assert Words(LESSONS[0].words, language)("title") in start.proto.label
    cards = [link.proto.label for link in links]
    titles = [Words(each.words, language)("title") for each in LESSONS]
    assert cards == [f"**{number}. {title}**" for number, title in enumerate(titles, 1)]
    assert [link.proto.icon for link in links] == [each.icon for each in LESSONS]
    promises = {Words(each.words, language)("promise") for each in LESSONS}
    said = [element.value for element in app.markdown]
    assert promises <= set(said)
    assert said.index(shell("home_path")) < said.index(shell("home_how"))
    assert [caption.value for caption in app.caption] == [shell(f"groups.{each.group}") for each in LESSONS]
    pictures = [each.thumbnail(language).read_text("utf-8") for each in LESSONS]
    assert [
        json.loads(part.proto.json) for part in app.get("bidi_component") if part.proto.component_name == "sketch"
    ] == [{"svg": picture} for picture in pictures]


def test_lessons_stand_in_their_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[dict[str, list[StreamlitPage]]] = []
    navigation = streamlit.navigation
    monkeypatch.setattr(streamlit, "navigation", lambda pages: drawn.append(pages) or navigation(pages))
    run()
    shell = Words(LOCALES / "shell.yaml", "en")
    names = [(group, page.title) for group, members in drawn[0].items() for page in members]
    assert names == [
        ("", shell("home")),
        *((shell(f"groups.{each.group}"), Words(each.words, "en")("title")) for each in LESSONS),
        (shell("reference"), shell("glossary.title")),
    ]


def broken(monkeypatch: pytest.MonkeyPatch, **parts: Any) -> Lesson:
    """Put a lesson of its own at the head of the table, with some of its attributes replaced."""
    made_up = type("MadeUp", (Lesson,), parts)("made-up", LESSONS[0].group, LESSONS[0].icon)
    monkeypatch.setattr(lessons, "LESSONS", (made_up, *LESSONS))
    return made_up  # type: ignore[no-any-return]


def test_a_lesson_whose_files_are_damaged_is_left_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    broken(monkeypatch, words=tmp_path / "nothing.yaml")
    app = run()
    assert not app.exception and not app.error
    assert "made-up" not in pages(app) and LESSONS[0].id in pages(app)
    assert "the lesson made-up is left out" in caplog.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_that_fails_says_a_sentence(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, language: str
) -> None:
    def show(_: Any) -> None:
        raise RuntimeError("secret of the server")

    shown: Callable[[Any], None] = show
    broken(monkeypatch, words=LESSONS[0].words, show=property(lambda _: shown))
    app = switch(run(lang=language), "made-up")
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == [Words(LOCALES / "notes.yaml", language)("unexpected")]
    assert "the page made-up failed" in caplog.text and "secret of the server" in caplog.text
