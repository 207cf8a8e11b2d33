"""The view on a continuous target that is cut into classes, as an analogue-to-digital converter cuts a voltage."""

from __future__ import annotations

from functools import partial
from typing import cast, get_args

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import number
from nlpcore.learning.rounding import SIZES, Target, cut_sizes, cut_target
from pages.networks.kinds_of_learning import charts_cut as charts
from pages.networks.kinds_of_learning import formulas, questions, snippet
from pages.networks.kinds_of_learning.shared import dials, tell_idea

TARGETS: tuple[Target, ...] = get_args(Target)


def cut_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw the target, its classes, and what is learnt as a number and as a class."""
    w = lesson.words
    with beside:
        target = cast(
            "Target",
            lesson.choice(
                "segmented",
                w("controls.target"),
                TARGETS,
                "target",
                labels="target",
                default="flowers",
                label_visibility="collapsed",
            ),
        )
    with lesson.controls(), dials():
        size = st.slider(w("controls.classes"), **lesson.bound("classes", 8, 2, SIZES[-1]))
    tell_idea(lesson)
    trace = lesson.attempt(cut_target, None, target=target, classes=int(size))
    more = questions.finer_size(int(size))
    other = lesson.attempt(cut_target, None, target=target, classes=more)
    assert trace is not None and other is not None
    question = questions.finer(trace, other)
    figure, aside = lesson.stage()
    with aside:
        if question:
            lesson.ask(question)
    with figure:
        errors = {
            "number": number(trace.by_number, ".3f"), "by_class": number(trace.by_class, ".3f"),
            "rounding": number(trace.by_rounding, ".3f"),
        }  # fmt: skip
        alt = w("alt.cut", classes=len(trace.examples), **errors)
        lesson.figure("cut", charts.cut(trace, w), alt, data=partial(charts.cut_rows, trace))
        st.markdown(
            w(
                "said.cut",
                near_class=number(100 * trace.near_by_class, ".0f"),
                near_number=number(100 * trace.near_by_number, ".0f"),
                **errors,
            )
        )
        if question is None:
            st.caption(w("said.finest"))
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for.cut", long=True)
    lesson.formula(formulas.rounding(trace), None if lesson.lecture else w("formula.rounding"))
    panels = {"sizes": partial(draw_sizes, lesson, target)}
    return Below(snippet.cut(target, int(size)), panels, tells={"sizes": "finer"})


def draw_sizes(lesson: LessonPage, target: Target) -> None:
    """The errors by the number of classes."""
    w = lesson.words
    trace = lesson.attempt(cut_sizes, None, target=target)
    if trace is None:
        return
    st.markdown(w("panels.sizes_text"))
    alt = w("alt.sizes", least=number(float(trace.by_class.min()), ".3f"), number=number(trace.by_number, ".3f"))
    lesson.figure("sizes", charts.sizes(trace, w), alt, data=partial(charts.size_rows, trace))
