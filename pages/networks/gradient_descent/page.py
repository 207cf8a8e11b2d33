"""Lesson: gradient descent. Walk down a surface, fit a line in batches, and work backpropagation out by hand."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from pages.networks.gradient_descent.view_batches import batches_view
from pages.networks.gradient_descent.view_hand import hand_view
from pages.networks.gradient_descent.view_surface import surface_view

VIEWS: dict[str, Callable[[LessonPage, float, Place], Below]] = {
    "surface": surface_view,
    "batches": batches_view,
    "hand": hand_view,
}
MOST_RATE = 1e6
# What makes an example what it is; its remark invites to change the rest, and stays meanwhile.
INPUTS = ("view", "rate", "name", "size", "network")


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen, with the learning rate that all of them share beside its own first control."""
    w = lesson.words
    with lesson.controls():
        lesson.presets(*INPUTS, first="ravine")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width="content"):
                view = lesson.views(list(VIEWS), "surface", labels="view")
            rate = st.number_input(
                w("controls.rate"),
                step=0.01,
                format="%.6g",
                width=140,
                **lesson.bound("rate", 0.09, -MOST_RATE, MOST_RATE),
            )
            beside = st.container(width="content")
        if rate < 0:  # a field with a least value would keep what was typed and say nothing
            st.info(w("said.below_zero"), icon=":material/info:")
    return VIEWS[view](lesson, max(float(rate), 0.0), beside)
