"""The fifth view: letters through a bottleneck."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.training import trained
from nlpcore.networks.letters import COLUMNS, ROWS, Squeezed, decode, letters, squeeze_letters
from pages.networks.architectures import charts_text as charts
from pages.networks.architectures import formulas, questions, shared, snippet

MOST_STEPS, HIDDEN = 3000, 24
MIXES = 6  # pictures between two letters


def letters_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw what goes in and out, and where each letter lies in the middle."""
    w = lesson.words
    with beside:
        bottleneck = int(st.slider(w("controls.bottleneck"), **lesson.bound("bottleneck", 2, 1, 4)))
    rate, seed = shared.training_settings(lesson, lesson.settings(2), "letters", 0.01)
    settings: dict[str, Any] = {"bottleneck": bottleneck, "hidden": HIDDEN, "rate": rate, "seed": seed}
    shared.tell_idea(lesson, "autoencoder", dimensions=ROWS * COLUMNS, hidden=HIDDEN, batch=26)
    after = lesson.attempt(squeeze_letters, None, steps=questions.AFTER["letters"], **settings)
    if after is None:
        return Below()
    question = questions.neighbour(after, tuple(settings.items()))
    locked = "" if question is None or lesson.answered(question) else w("said.locked")
    run = trained(lesson, squeeze_letters, MOST_STEPS, locked, (1, 20, 100), **settings)
    if run is None:
        return Below()
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question) if question else True
        lesson.look_for("look_for.letters", long=True)
    trace: Squeezed = run.shown
    with figure:
        shared.tell_no_rate(lesson, rate, run)
        wrong = int(trace.wrong.sum())
        alt = w("alt.pictures", steps=f"{run.steps:,}", wrong=wrong, perfect=int((trace.wrong == 0).sum()))
        values = charts.in_and_out(trace)
        beside_it = lesson.lecture and told  # a hall has no room for two, one above the other
        large, small = st.columns([1.5, 1], gap="small") if beside_it else (st.container(), st.container())
        with large:
            lesson.figure("pictures", charts.pictures_figure(values), alt, data=lambda: charts.picture_rows(values))
        if not lesson.lecture:
            shared.tell_tensors(
                lesson, "tensors.letters", n=bottleneck, parameters=f"{trace.parameters:,}", wrong=wrong
            )
        if told:
            alt = w("alt.codes", steps=f"{run.steps:,}", near=trace.nearest("O")[0][0])
            with small:
                lesson.figure("codes", charts.codes_figure(trace, w, lesson.lecture), alt,
                              data=lambda: charts.code_rows(trace))  # fmt: skip
                if bottleneck > 2:
                    st.caption(w("codes.more", n=bottleneck))
    lesson.formula(
        formulas.of_layers(trace.layers), w("formula.in_a_hall.letters" if lesson.lecture else "formula.letters")
    )
    shared.draw_loss(lesson, run)
    return Below(snippet.letters(run.steps, settings), {"between": partial(draw_between, lesson, trace)})


def draw_between(lesson: LessonPage, trace: Squeezed) -> None:
    """What the decoder makes of places between two letters."""
    w, names = lesson.words, letters()[0]
    st.markdown(w("between.hint"))
    left, right = st.columns(2)
    with left:
        one = lesson.choice("select", w("between.first"), list(names), "one", default="O")
    with right:
        other = lesson.choice("select", w("between.last"), list(names), "other", default="I")
    ends = trace.codes[[names.index(one), names.index(other)]]
    shares = np.linspace(0, 1, MIXES)[:, None]
    pictures = decode(trace.layers, (1 - shares) * ends[0] + shares * ends[1])
    values = np.full((ROWS, MIXES * (COLUMNS + 1) - 1), np.nan)
    for place, picture in enumerate(pictures):
        begin = place * (COLUMNS + 1)
        values[:, begin : begin + COLUMNS] = picture.reshape(ROWS, COLUMNS)
    alt = w("alt.between", one=one, other=other, count=MIXES)
    lesson.figure("between", charts.pictures_figure(values, 170), alt, data=lambda: charts.picture_rows(values))
