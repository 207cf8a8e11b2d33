"""Lesson: what is being learnt. A number, a name, groups; five last layers; with few labels and with none."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from pages.networks.kinds_of_learning.view_cut import cut_view
from pages.networks.kinds_of_learning.view_labels import labels_view
from pages.networks.kinds_of_learning.view_points import points_view
from pages.networks.kinds_of_learning.view_tasks import tasks_view

VIEWS: dict[str, Callable[[LessonPage, Place], Below]] = {
    "points": points_view,
    "tasks": tasks_view,
    "cut": cut_view,
    "labels": labels_view,
}
# What makes an example what it is: with another of these its remark would tell of numbers that are not there.
INPUTS = (
    "view", "goal", "data", "k", "text", "target", "classes", "kind", "left", "chosen", "threshold", "own", "how",
    "epsilon", "a", "b", "luck", "pulls",
)  # fmt: skip


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen, its first control beside the choice."""
    with lesson.controls():
        lesson.presets(*INPUTS, first="flowers")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width="content"):
                view = lesson.views(list(VIEWS), "points", labels="view")
            beside = st.container(width="content")
    return VIEWS[view](lesson, beside)
