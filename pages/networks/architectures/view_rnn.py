"""The view of a recurrent network: it counts how often it has read "not"."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.training import trained
from nlpcore.networks.chains import TRIED, WORDS, Counting, count_nots
from pages.networks.architectures import charts_text as charts
from pages.networks.architectures import formulas, questions, shared, snippet

MOST_STEPS, MOST_UNITS, MOST_SEEN = 2000, 8, 5


def rnn_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw what the network says of chains that it has learnt from, and of longer ones."""
    w = lesson.words
    with beside:
        seen = int(st.slider(w("controls.seen"), **lesson.bound("seen", 3, 1, MOST_SEEN)))
    units_place, *places = lesson.settings(3)
    with units_place:
        cells = int(st.slider(w("controls.cells"), **lesson.bound("cells", 4, 1, MOST_UNITS)))
    rate, seed = shared.training_settings(lesson, places, "rnn", 0.02)
    settings: dict[str, Any] = {"seen": seen, "units": cells, "rate": rate, "seed": seed}
    shared.tell_idea(lesson, "rnn", ((1, seen + 1, len(WORDS)), (1, 1)))  # the longest chain that it learns from
    after = lesson.attempt(count_nots, None, steps=questions.AFTER["rnn"], **settings)
    if after is None:
        return Below()
    question = questions.longer(after, tuple(settings.items()))
    locked = "" if question is None or lesson.answered(question) else w("said.locked")
    run = trained(lesson, count_nots, MOST_STEPS, locked, (1, 20, 100), **settings)
    if run is None:
        return Below()
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question) if question else True
        lesson.look_for("look_for.rnn", long=True)
    trace: Counting = run.shown
    with figure:
        shared.tell_no_rate(lesson, rate, run)
        right = int(trace.right[: seen + 1].sum())
        alt = w("alt.chains", steps=f"{run.steps:,}", right=right, count=2 * (seen + 1), seen=seen)
        drawn = charts.chains_figure(trace, w, told)
        lesson.figure("chains", drawn, alt, data=lambda: charts.chain_rows(trace, told))
        states = charts.states_of(trace, told)
        alt = w("alt.states", units=cells, count=len(states))
        lesson.figure("states", charts.states_figure(states, w), alt, data=lambda: charts.state_rows(states))
        if not lesson.lecture:
            shared.tell_tensors(lesson, "tensors.rnn", units=cells, parameters=trace.parameters, most=TRIED + 1)
    lesson.formula(formulas.first_state(trace), w("formula.first_state", word=w("rnn.not")))
    shared.draw_loss(lesson, run)
    return Below(snippet.chains(run.steps, settings), {"parts": lambda: draw_parts(lesson, trace)})


def draw_parts(lesson: LessonPage, trace: Counting) -> None:
    """The parameters of this network, part by part."""
    st.markdown(lesson.words("parts.recurrent", total=trace.parameters))
    lesson.equation(formulas.of_recurrent(trace))
