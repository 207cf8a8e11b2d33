"""Lesson: Word2Vec. A window slides over a text; a network of two matrices learns to predict what is in it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.shell import texts, word_cutter
from app.shell.frame import Below, LessonPage
from pages.words.word2vec.view_step import step_view
from pages.words.word2vec.view_text import text_view
from pages.words.word2vec.view_windows import windows_view

# What draws a view, and how many settings it has.
VIEWS: dict[str, tuple[Callable[..., Below], int]] = {
    "windows": (windows_view, 3), "step": (step_view, 7), "text": (text_view, 7),
}  # fmt: skip


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen, on the learner's text."""
    w = lesson.words
    with lesson.controls():
        lesson.presets("view", "text", first="fox")
        left, right = st.columns(2, vertical_alignment="bottom")
        with left:
            view = lesson.views(list(VIEWS), "windows", labels="view")
        with right:
            whole = texts.training_text(lesson) if view == "text" else None
            text = "" if view == "text" else lesson.text(default=w(f"default.{view}"))
    draw, count = VIEWS[view]
    places = lesson.settings(count)
    if view == "text":
        return draw(lesson, places, whole) if whole else Below()
    words = word_cutter.cut(lesson, text)
    if words is None:
        return Below()
    word_cutter.tell(lesson, text)
    return draw(lesson, places, words)
