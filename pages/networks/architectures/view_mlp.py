"""The second view: four phrases that need a hidden layer."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.training import trained
from app.text import probability
from nlpcore.networks.phrases import PHRASES, learn_phrases
from pages.networks.architectures import charts, formulas, questions, shared, snippet

MOST_UNITS = 8
NOT_BAD = 3  # the phrase of the formula


def mlp_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw what a network with so many hidden neurons makes of the phrases."""
    w = lesson.words
    with beside:
        units = int(st.slider(w("controls.units"), **lesson.bound("units", 3, 0, MOST_UNITS)))
    rate, seed = shared.training_settings(lesson, lesson.settings(2), "mlp", 0.05)
    settings: dict[str, Any] = {"hidden": units, "rate": rate, "seed": seed}
    shared.tell_idea(lesson, "mlp" if units else "feed_forward", ((len(PHRASES), 2), (len(PHRASES), 1)))
    after = lesson.attempt(learn_phrases, None, steps=questions.AFTER["mlp"], **settings)
    if after is None:
        return Below()
    question = questions.learns(after, tuple(settings.items()))
    locked = "" if question is None or lesson.answered(question) else w("said.locked")
    run = trained(lesson, learn_phrases, 2000, locked, (1, 20, 100), **settings)
    if run is None:
        return Below()
    figure, aside = lesson.stage()
    with aside:
        if question:
            lesson.ask(question)
        lesson.look_for("look_for.mlp", long=True)
    trace = run.shown
    with figure:
        shared.tell_no_rate(lesson, rate, run)
        said = {f"p{n}": probability(float(p)) for n, p in enumerate(trace.probabilities)}
        alt = w("alt.phrases", units=units, steps=f"{run.steps:,}", **said)
        lesson.figure(
            "phrases", charts.phrases_figure(trace, w, lesson.lecture), alt, data=lambda: charts.phrase_rows(trace)
        )
        if not lesson.lecture:
            shared.tell_tensors(lesson, "tensors.mlp", parameters=trace.parameters, learnt=charts.learnt_said(trace, w))
    lesson.formula(formulas.phrase(trace, NOT_BAD), w("formula.phrase", phrase=w("phrases.p3")))
    shared.draw_loss(lesson, run)
    panels = {"parts": lambda: draw_parts(lesson, trace)}
    return Below(snippet.phrases(run.steps, settings), panels)


def draw_parts(lesson: LessonPage, trace: Any) -> None:
    """The parameters of this network, layer by layer."""
    st.markdown(lesson.words("parts.hint", total=f"{trace.parameters:,}"))
    lesson.equation(formulas.of_layers(trace.layers))
