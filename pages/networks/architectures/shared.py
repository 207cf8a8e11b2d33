"""What the views of the lesson share: the idea, and the settings and the words of a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app import glossary
from app.shell import hall
from app.shell.frame import LessonPage
from app.shell.menu import Place
from nlpcore.models.trainings import Run
from nlpcore.networks.shapes import Shape, architecture
from pages.networks.architectures import charts, idea

MOST_RATE = 1e6


def tell_idea(lesson: LessonPage, shape: Shape, ends: idea.Ends | None = None, **sizes: int) -> None:
    """Tell the idea of the lesson with a network of this shape.

    ``ends``: the tensors that go in and come out, where the view's own network has others.
    """
    if ends is None:
        stages = architecture(shape, **sizes).stages
        ends = stages[0].before, stages[-1].after
    values = idea.values(shape, ends, lesson.words)
    lesson.idea(idea.sketch(shape, ends, lesson.words), lesson.words("idea.alt", **values), **values)


def training_settings(lesson: LessonPage, places: Sequence[Place], network: str, rate: float) -> tuple[float, int]:
    """Draw the learning rate and the number of the random draw; return both.

    Each ``network`` keeps a rate of its own: what one learns with does not suit the next.
    """
    w = lesson.words
    with places[0]:
        typed = st.number_input(
            w("controls.rate"), step=0.001, format="%.6g", **lesson.bound(f"{network}_rate", rate, 0.0, MOST_RATE)
        )
    with places[1]:
        seed = st.number_input(w("controls.seed"), **lesson.bound("seed", 1, 1, 9999))
    return float(typed if typed is not None else rate), int(seed or 1)


def tell_tensors(lesson: LessonPage, key: str, **values: Any) -> None:
    """Say what goes in and out of the network on the screen, and how many parameters it has."""
    st.caption(glossary.with_links(lesson.words(key, **values), lesson.language))


def draw_loss(lesson: LessonPage, run: Run, name: str = "loss") -> None:
    """Draw the loss of a training under the main figure; a hall sees it on demand. ``name``: what its axis calls it."""
    if not run.steps:
        return
    w = lesson.words
    alt = w("alt.loss", steps=f"{run.steps:,}", last=f"{run.losses[-1]:.2f}")
    with lesson.more():
        if lesson.lecture:
            with hall.on_demand("loss"):
                lesson.figure("loss", charts.loss_figure(run, w, name), alt, data=charts.loss_rows(run))
        else:
            lesson.figure("loss", charts.loss_figure(run, w, name), alt, data=charts.loss_rows(run))


def tell_no_rate(lesson: LessonPage, rate: float, run: Run) -> None:
    """Say why nothing is learnt at a rate of 0."""
    if rate == 0 and run.steps:
        st.info(lesson.words("said.no_rate"), icon=":material/info:")
