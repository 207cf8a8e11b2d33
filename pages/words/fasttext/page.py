"""Lesson: FastText. A word is the pieces that it is written with, so a word that was never seen has a vector."""

from __future__ import annotations

from collections.abc import Callable

from app.shell.frame import Below, LessonPage
from pages.words.fasttext.view_long import long_view
from pages.words.fasttext.view_ngrams import ngrams_view
from pages.words.fasttext.view_pairs import pairs_view
from pages.words.fasttext.view_unknown import unknown_view

VIEWS: dict[str, Callable[[LessonPage], Below]] = {
    "ngrams": ngrams_view,
    "unknown": unknown_view,
    "pairs": pairs_view,
    "long": long_view,
}
INPUTS = ("view", "word", "unknown", "pairs", "words", "least")


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen."""
    with lesson.controls():
        lesson.presets(*INPUTS, first="apple")
        view = lesson.views(list(VIEWS), "ngrams", labels="view")
    return VIEWS[view](lesson)
