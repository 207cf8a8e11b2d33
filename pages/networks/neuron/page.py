"""Lesson: one neuron. Its sum and its activation, softmax, a neuron that reads words, and many that draw a curve."""

from __future__ import annotations

from collections.abc import Callable

from app.shell.frame import Below, LessonPage
from pages.networks.neuron.view_curve import curve_view
from pages.networks.neuron.view_one import one_view
from pages.networks.neuron.view_softmax import softmax_view
from pages.networks.neuron.view_words import words_view

VIEWS: dict[str, Callable[[LessonPage], Below]] = {
    "one": one_view,
    "softmax": softmax_view,
    "words": words_view,
    "curve": curve_view,
}
# What makes an example what it is; a neuron may read other reviews, and a temperature be turned.
INPUTS = ("view", "activation", "w1", "w2", "b", "scores", "words", "curve", "units")


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen, below the examples."""
    with lesson.controls():
        lesson.presets(*INPUTS, first="review")
        view = lesson.views(list(VIEWS), "one", labels="view")
    return VIEWS[view](lesson)
