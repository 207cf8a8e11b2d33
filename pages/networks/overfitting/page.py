"""Lesson: too little, too much. A network is trained while two losses are watched, on points and on words of messages."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from pages.networks.overfitting import shared
from pages.networks.overfitting.view_messages import messages_view
from pages.networks.overfitting.view_points import points_view
from pages.networks.overfitting.view_reading import reading_view

VIEWS: dict[str, Callable[[LessonPage, tuple[Place, Place], bool], Below]] = {
    "points": points_view,
    "messages": messages_view,
    "reading": reading_view,
}


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen. Only an example asks for a prediction: who changes it tries things out."""
    with lesson.controls():
        example = lesson.presets("view", "language", *shared.CONTROLS, first="much")
        row = st.columns([2.2, 1, 1], vertical_alignment="bottom")
        with row[0]:
            view = lesson.views(list(VIEWS), "points", labels="view")
    return VIEWS[view](lesson, (row[1], row[2]), example is not None)
