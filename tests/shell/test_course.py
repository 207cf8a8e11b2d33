"""The path of the course, and what the browser keeps of it; that it is kept, is seen in a browser (tests/e2e/test_home.py)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from app.lessons import LESSONS, Lesson
from app.shell import course, errands, idea, path
from app.words import Words
from tests.shell.driving import SHELL, components, drawn

FIRST, SECOND, LAST = LESSONS[0], LESSONS[1], LESSONS[-1]


def title(lesson: Lesson, language: str = "en") -> str:
    return Words(lesson.words, language)("title")


def links(draw: Callable[[Any], object], language: str = "en") -> list[str]:
    def body() -> None:
        pages = {each: st.Page(lambda: None, title=each.id, url_path=each.id) for each in LESSONS}
        st.navigation([*pages.values()], position="hidden")
        draw(pages)

    return [link.proto.label for link in drawn(body, {"lang": language}).get("page_link")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lesson_leads_to_the_one_before_and_the_next(language: str) -> None:
    shell = SHELL[language]
    before = shell("path.before", title=title(FIRST, language))
    after = shell("path.after", title=title(LESSONS[2], language))
    assert links(lambda pages: path.onward(SECOND, pages), language) == [before, after]


def test_the_ends_of_the_path() -> None:
    assert links(lambda pages: path.onward(FIRST, pages)) == [SHELL["en"]("path.after", title=title(SECOND))]
    assert links(lambda pages: path.onward(LAST, pages)) == [SHELL["en"]("path.before", title=title(LESSONS[-2]))]
    assert path.neighbours(FIRST, {}) == (None, None)


def test_what_a_lesson_builds_on() -> None:
    assert links(lambda pages: path.needed(SECOND, pages)) == [title(FIRST)]
    assert links(lambda pages: path.needed(FIRST, pages)) == []


def sent(body: Callable[[], None], **query: str) -> Any:
    """Return the browser's errands on the page that ``body`` draws."""
    [data] = components(drawn(body, query), "errands")
    return json.loads(data["errands"])


def test_the_first_answer_to_a_question_counts() -> None:
    def body() -> None:
        course.take_note("one", "a", False)
        course.take_note("one", "a", True)
        course.take_note("two", "b", True)
        errands.run("one")

    assert sent(body)["record"] == {"lesson": "one", "answers": {"a": False}}
    assert sent(lambda: errands.run("three"))["record"] == {"lesson": "three", "answers": {}}


def test_what_a_browser_takes_note_of() -> None:
    """A lesson's idea is seen wherever it is opened; what a hall answers is no learner's own."""
    seen = {"lesson": "one", "cookie": idea.COOKIE}
    assert sent(lambda: errands.run("one"))["note"] == seen
    in_a_hall = sent(lambda: errands.run("one"), lecture="true")
    assert in_a_hall["note"] == seen and "record" not in in_a_hall
    for language in ("en", "zh"):
        assert sent(lambda: errands.run(None), lang=language) == {"outage": SHELL[language]("outage")}
