"""The view on a surface: the path of two weights, step by step, by three ways of stepping."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args

import streamlit as st

from app import glossary
from app.questions import Question
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import number
from nlpcore.networks import walks
from nlpcore.networks.surfaces import Name
from nlpcore.networks.walks import Walk
from pages.networks.gradient_descent import charts, charts_hand, formulas, questions, shared, snippet
from pages.networks.gradient_descent.charts import loss_said

# Three walks whose rates a learner reads off their paths: too high, about right, too low.
UNLABELLED = (0.104, 0.08, 0.004)
ORDERS = ((0, 1, 2), (2, 0, 1), (1, 2, 0))


def surface_view(lesson: LessonPage, rate: float, beside: Place) -> Below:
    """Draw the walk over a landscape."""
    w = lesson.words
    with beside:
        method = shared.method_choice(lesson)
    name_place, x_place, y_place, *places = lesson.settings(5)
    with name_place:
        name = str(
            lesson.choice("select", w("controls.name"), get_args(Name), "name", labels="surface", default="ravine")
        )
    with x_place:
        x = st.slider(w("controls.x"), step=0.1, **lesson.bound("x", -2.0, -2.5, 2.5))
    with y_place:
        y = st.slider(w("controls.y"), step=0.1, **lesson.bound("y", 1.0, -2.5, 2.5))
    steps, momentum = shared.walk_settings(lesson, places)
    asked: dict[str, Any] = {"name": name, "method": method, "rate": rate, "momentum": momentum, "x": float(x),
                             "y": float(y), "steps": steps}  # fmt: skip
    trace = lesson.attempt(walks.walk, None, **asked)
    if not trace:
        return Below()
    shared.tell_idea(lesson, trace.cut)
    question = questions.fate(trace)
    shared.walked(
        lesson, trace.descent, partial(draw_step, lesson, trace, question), question, questions.FIRST_STEPS, trace.steps
    )
    panels = {"methods": partial(draw_methods, lesson, asked), "reading": partial(draw_reading, lesson)}
    return Below(snippet.walk_code(**asked), panels, tells={"methods": "fate"} if question else {})


def draw_step(lesson: LessonPage, trace: Walk, question: Question | None, step: int) -> None:
    """Draw the landscape and the loss up to one step, with the formula of that step."""
    w, descent = lesson.words, trace.descent
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question) if question else True
    with figure:
        left, right = st.columns([3, 2])
        seen = len(descent.gradients) if told else min(questions.FIRST_STEPS, len(descent.gradients))
        at = step + 1  # points, from 0
        point = w.listed(number(float(each), ".2f") for each in descent.points[at])
        here = loss_said(float(descent.values[at]))
        with left:
            alt = w("alt.surface", surface=w(f"surface.{trace.name}"), step=at, point=point, loss=here)
            drawn = charts.walk_figure(trace, step, w, lesson.lecture)
            lesson.figure("surface", drawn, alt, data=partial(charts.walk_rows, descent, seen, ("w1", "w2")))
        with right:
            alt = w("alt.loss", step=at, first=loss_said(float(descent.values[0])), loss=here)
            drawn = charts.loss_figure(descent, step, w, hall=lesson.lecture)
            lesson.figure("loss", drawn, alt, data=partial(charts.walk_rows, descent, seen, ("w1", "w2")))
        shared.tell_what_stopped(lesson, descent, trace.optimizer.rate, told)
    with aside:
        lesson.look_for(f"look_for.{trace.name}", long=True)
    if step >= 0:
        intro = (
            ""
            if lesson.lecture
            else glossary.with_links(w(f"formula.{trace.optimizer.method}", step=at), lesson.language)
        )
        lesson.formula(formulas.step_of(trace, step, lesson.lecture), intro or None)


def draw_methods(lesson: LessonPage, asked: dict[str, Any]) -> None:
    """The same start and rate by three ways of stepping: their losses on one axis."""
    w = lesson.words
    found = {method: lesson.attempt(walks.walk, None, **{**asked, "method": method}) for method in shared.METHODS}
    traces = {method: trace for method, trace in found.items() if trace}
    st.markdown(glossary.with_links(w("methods.hint"), lesson.language))
    ends = w.listed(f"{w(f'method.{m}')} {loss_said(float(t.descent.values[-1]))}" for m, t in traces.items())
    alt = w("alt.methods", steps=asked["steps"], ends=ends)
    lesson.figure("methods", charts.walks_figure(traces, w), alt, data=partial(charts.walks_rows, traces))
    st.caption(w("methods.ends", ends=ends))


def draw_reading(lesson: LessonPage) -> None:
    """Three paths without their rates: which rate was too high?"""
    w = lesson.words
    st.markdown(w("reading.hint"))
    number_ = st.slider(w("reading.number"), **lesson.bound("paths", 1, 1, len(ORDERS)))
    order = ORDERS[int(number_) % len(ORDERS)]
    found = [lesson.attempt(walks.walk, None, name="ravine", rate=UNLABELLED[which], steps=60) for which in order]
    traces = [trace for trace in found if trace]
    if len(traces) == len(order):
        lesson.figure("paths", charts_hand.paths_figure(traces, w), w("alt.paths"), export=False)
        lesson.ask(questions.reading(traces))
