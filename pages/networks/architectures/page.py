"""Lesson: six shapes of a network. Count what goes through each, and see each learn or judge."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from pages.networks.architectures.view_cnn import cnn_view
from pages.networks.architectures.view_gan import gan_view
from pages.networks.architectures.view_letters import letters_view
from pages.networks.architectures.view_mlp import mlp_view
from pages.networks.architectures.view_rnn import rnn_view
from pages.networks.architectures.view_shapes import shapes_view

VIEWS: dict[str, Callable[[LessonPage, Place], Below]] = {
    "shapes": shapes_view,
    "mlp": mlp_view,
    "cnn": cnn_view,
    "rnn": rnn_view,
    "letters": letters_view,
    "gan": gan_view,
}
# What makes an example what it is.
INPUTS = ("view", "shape", "text", "units", "seen", "turns", "bottleneck")


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen, with its own first controls beside the choice."""
    with lesson.controls():
        lesson.presets(*INPUTS, first="bag")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width="content"):
                view = lesson.views(list(VIEWS), "shapes", labels="view")
            beside = st.container(width="stretch", horizontal=True, vertical_alignment="bottom")
    return VIEWS[view](lesson, beside)
