"""The view of one neuron: its dials, the sum, the activation and its slope."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from app.shell.frame import Below, LessonPage
from pages.networks.neuron import charts, formulas, questions, snippet
from pages.networks.neuron.numbers import missing, of_output, weight
from pages.networks.neuron.shared import ACTIVATIONS, draw_dials, neuron_of, tell_idea


def one_view(lesson: LessonPage) -> Below:
    """Draw the neuron that the dials make."""
    w = lesson.words
    draw_dials(lesson)
    beside_place, reach_place = lesson.settings(2)
    with beside_place:
        beside = lesson.choice(
            "select", w("controls.beside"), ("none", *ACTIVATIONS), "beside", default="none",
            labels=lambda name: w("controls.nothing" if name == "none" else f"activations.{name}"),
        )  # fmt: skip
    with reach_place:
        reach = st.slider(w("controls.reach"), **lesson.bound("reach", 8, 4, 20))
    trace = neuron_of(lesson)
    tell_idea(lesson)
    figure, aside = lesson.stage()
    name = w(f"activations.{trace.activation}")
    with aside:
        told = lesson.ask(questions.gradient(trace))
    with figure:
        values = {"z": weight(trace.total), "a": of_output(trace.output), "activation": name}
        alt = w("alt.neuron", **values)
        if told:
            alt = f"{alt} {w('alt.told', steep=of_output(trace.slope))}"
        drawn = charts.neuron(trace, w, told, float(reach), None if beside == "none" else beside)
        lesson.figure("neuron", drawn, alt, data=lambda: charts.neuron_rows(trace, told, float(reach)))
        if off := missing(trace.activation, trace.total):
            st.caption(w("rounded.one", end=off[0], missing=off[1]))
    with figure if lesson.lecture else aside:
        lesson.look_for(activation=name)
    total = formulas.total(trace)
    # A hall has seen the symbols and the output by then, and needs the room for the reason; so does a sum of two lines.
    short = lesson.lecture and (told or bool(total.lines[0].broken))
    # What a formula is of stands above it; a hall hears it said.
    lesson.formula(replace(total, symbols="") if short else total, None if lesson.lecture else w("formula.forward"))
    if not (lesson.lecture and told):
        lesson.formula(formulas.output(trace))
    if told:
        lesson.formula(formulas.slope(trace), None if lesson.lecture else w("formula.slope"))
    return Below(snippet.one(trace), {"every": lambda: every(lesson)}, tells={"every": "slope"})


def every(lesson: LessonPage) -> None:
    """Draw all activations at the sum of this neuron, beside each other."""
    w, total = lesson.words, neuron_of(lesson).total
    st.markdown(w("panels.every_text", z=weight(total)))
    alt = w("alt.every", z=weight(total))
    lesson.figure("every", charts.every(total, w, ACTIVATIONS), alt, data=lambda: charts.every_row(total, ACTIVATIONS))
