"""Lesson: one-hot vectors. What numbering words says of them, what it costs, and what dense vectors say instead."""

from __future__ import annotations

from collections.abc import Callable

from app.shell.frame import Below, LessonPage
from pages.words.one_hot.view_arrows import arrows_view
from pages.words.one_hot.view_sentences import sentences_view
from pages.words.one_hot.view_size import size_view
from pages.words.one_hot.view_words import words_view

VIEWS: dict[str, Callable[[LessonPage], Below]] = {
    "words": words_view,
    "size": size_view,
    "arrows": arrows_view,
    "sentences": sentences_view,
}
INPUTS = ("view", "text", "size", "ax", "ay", "bx", "by", "first", "second", "third", "model")


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen."""
    with lesson.controls():
        lesson.presets(*INPUTS, first="royal")
        view = lesson.views(list(VIEWS), "words", labels="view")
    return VIEWS[view](lesson)
