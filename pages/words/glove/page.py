"""Lesson: GloVe. Count which words stand near each other, then find vectors whose products are the logarithms of the counts."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from pages.words.glove import shared
from pages.words.glove.view_compare import compare_view
from pages.words.glove.view_counts import counts_view
from pages.words.glove.view_learn import learn_view
from pages.words.glove.view_ratio import ratio_view
from pages.words.glove.view_text import text_view

# What draws a view of a short text, and how many settings it has.
SHORT: dict[str, tuple[Callable[[LessonPage, list[Place], str], Below], int]] = {
    "counts": (counts_view, 4),
    "learn": (learn_view, 7),
    "ratio": (ratio_view, 4),
}
LONG: dict[str, tuple[Callable[[LessonPage, list[Place]], Below], int]] = {
    "text": (text_view, 6),
    "compare": (compare_view, 2),
}


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen, on the learner's text."""
    w = lesson.words
    with lesson.controls():
        lesson.presets("view", "text", first="mats")
        left, right = st.columns([13, 10], vertical_alignment="bottom")
        with left:
            view = lesson.views([*SHORT, *LONG], "counts", labels="view")
        with right:
            text = lesson.text(default=w(f"default.{view}")) if view in SHORT else ""
    if view in LONG:
        draw_long, count = LONG[view]
        return draw_long(lesson, lesson.settings(count))
    draw, count = SHORT[view]
    places = lesson.settings(count)
    lines = shared.sentences(lesson, text)
    return Below() if lines is None else draw(lesson, places, lines)
