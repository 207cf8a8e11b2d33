"""The path of the course, and what the browser keeps of it; that it is kept, is seen in a browser (tests/e2e/test_home.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.lessons import LESSONS, Lesson
from app.shell import course, path
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


def kept(app: AppTest) -> Any:
    return components(app, "course_record")


def test_the_first_answer_to_a_question_counts() -> None:
    def body() -> None:
        course.take_note("one", "a", False)
        course.take_note("one", "a", True)
        course.take_note("two", "b", True)
        course.record("one")

    assert kept(drawn(body)) == [{"lesson": "one", "answers": {"a": False}}]
    assert kept(drawn(lambda: course.record("three"))) == [{"lesson": "three", "answers": {}}]
