"""The view of softmax: typed scores, a temperature, and why the largest is taken off first."""

from __future__ import annotations

import contextlib

import streamlit as st

from app import glossary
from app.shell import hall
from app.shell.frame import Below, LessonPage
from app.text import Say, markdown_escape, probability
from nlpcore.networks.scores import ScoresTrace, weigh
from pages.networks.neuron import charts, formulas, questions, snippet
from pages.networks.neuron.numbers import short, weight
from pages.networks.neuron.shared import tell_idea


def softmax_view(lesson: LessonPage) -> Below:
    """Draw the probabilities of the learner's scores."""
    w = lesson.words
    with lesson.controls():
        left, right = st.columns([2.4, 1])
    with left:
        text = lesson.text("scores", w("default.scores"), limit=400, label=w("controls.scores"))
    with right:
        t = st.slider(w("controls.temperature"), step=0.1, format="%.1f", **lesson.bound("temperature", 1.0, 0.1, 5.0))
    tell_idea(lesson)
    trace = lesson.attempt(weigh, None, text=text, temperature=float(t))
    code = snippet.scores(text, float(t))
    figure, aside = lesson.stage()
    if not trace:
        return Below(code)
    with aside:
        told = lesson.ask(questions.temperature(trace))
    hotter = questions.hotter(trace) if told else None
    with figure:
        lesson.notes(trace.notes)
        first = int(trace.scores.argmax())
        alt = w("alt.scores", count=len(trace.names), first=trace.names[first],
                p=probability(float(trace.probabilities[first])))  # fmt: skip
        lesson.figure("scores", charts.scores(trace, w, hotter), alt, data=lambda: charts.score_rows(trace, hotter))
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for_softmax")
    lesson.formula(formulas.softmax(trace))
    tell_steps(lesson, trace, figure)
    return Below(code)


def tell_steps(lesson: LessonPage, trace: ScoresTrace, figure: contextlib.AbstractContextManager[object]) -> None:
    """Show softmax as it is written beside softmax as it is computed; a hall has no room for it at first."""
    w = lesson.words
    with contextlib.ExitStack() as places:
        if lesson.lecture:
            places.enter_context(figure)
            places.enter_context(hall.on_demand("steps"))
        else:
            places.enter_context(lesson.more())
        st.markdown(glossary.with_links(w("steps.intro", m=weight(float(trace.scaled.max()))), lesson.language))
        st.markdown(steps_table(trace, w))
        st.caption(w("steps.fails" if trace.fails else "steps.same"))


def steps_table(trace: ScoresTrace, w: Say) -> str:
    """Return each score's steps as a table in Markdown."""
    rows = [
        [
            markdown_escape(name),
            short(float(trace.plain_exponentials[i])),
            short(float(trace.plain[i])),
            short(float(trace.exponentials[i])),
            probability(float(trace.probabilities[i])),
        ]
        for i, name in enumerate(trace.names)
    ]
    head = ["", "$e^{z/T}$", w("steps.share"), "$e^{z/T-m}$", w("steps.share")]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *rows])
