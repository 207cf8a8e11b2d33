"""Lesson: one word, many meanings. One static point, a point for each sentence, and three ways to look around."""

from __future__ import annotations

from collections.abc import Callable

from app.shell.frame import Below, LessonPage
from pages.words.word_senses.view_itself import itself_view
from pages.words.word_senses.view_points import points_view
from pages.words.word_senses.view_sight import sight_view

VIEWS: dict[str, Callable[[LessonPage], Below]] = {
    "points": points_view,
    "sight": sight_view,
    "itself": itself_view,
}


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen."""
    with lesson.controls():
        lesson.presets("view", "word", "text", "sentence", "at", "model", first="two")
        view = lesson.views(list(VIEWS), "points", labels="view")
    return VIEWS[view](lesson)
