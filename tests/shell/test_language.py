"""The language is the learner's choice, else the link's, else the browser's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.shell import language
from app.words import LANGUAGES
from tests.shell.driving import drawn, sound, written


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets what session, link and browser say."""

    def said(session: str | None = None, link: str | None = None, browser: str | None = None) -> str:
        given = SimpleNamespace(
            query_params={} if link is None else {"lang": link},
            context=SimpleNamespace(locale=browser),
        )
        monkeypatch.setattr(language, "st", given)
        monkeypatch.setattr(language, "held", ({} if session is None else {"lang": session}).get)
        return language.language()

    return said


@pytest.mark.parametrize("one", LANGUAGES)
@pytest.mark.parametrize("other", LANGUAGES)
def test_the_choice_comes_before_the_link_and_the_link_before_the_browser(visit: Any, one: str, other: str) -> None:
    assert visit(session=one, link=other, browser=other) == one
    assert visit(link=one, browser=other) == one
    assert visit(session="fr", link=one, browser=other) == one
    assert visit(link="de", browser=one) == one


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("zh-CN", "zh"),
        ("ZH", "zh"),
        ("zh_TW", "zh"),
        ("en-GB", "en"),
        ("fr", "en"),
        (None, "en"),
        ("", "en"),
        ("de-zh", "en"),
    ],
)
def test_the_browser_asks_for_one_of_ours_or_gets_english(visit: Any, locale: str | None, expected: str) -> None:
    assert visit(browser=locale) == expected


@pytest.mark.parametrize(("code", "word"), [("en", "Language"), ("zh", "语言")])
def test_the_words_are_in_the_language_of_the_run(visit: Any, code: str, word: str) -> None:
    visit(link=code)
    assert language.shell_words()("language") == word


def test_the_switch_names_each_language_in_itself_and_stands_in_the_link() -> None:
    def body() -> None:
        language.state.enter("one")
        language.switch()
        language.state.remember()

    app = drawn(body, {"lang": "zh"})
    [group] = app.button_group
    assert group.options == ["English", "中文"] and group.proto.label == "语言"
    assert group.proto.required, "a click on the language that is on leaves it on"
    assert app.session_state["lang"] == "zh" and written(app)["lang"] == "zh"
    group.set_value("English")
    sound(app.run())
    assert app.session_state["lang"] == "en" and written(app)["lang"] == "en"
    assert app.button_group[0].proto.label == "Language"
