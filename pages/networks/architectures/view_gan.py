"""The fourth view: a generator and a discriminator on points of a plane."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.training import trained
from nlpcore.networks.adversaries import Duel, duel
from pages.networks.architectures import charts, formulas, questions, shared, snippet

MOST_STEPS, MOST_TURNS = 3000, 6
HIDDEN = 16


def gan_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw real and made points, and what the discriminator holds for real."""
    w = lesson.words
    with beside:
        turns = int(st.slider(w("controls.turns"), **lesson.bound("turns", 1, 1, MOST_TURNS)))
    piles_place, *places = lesson.settings(3)
    with piles_place:
        piles = int(st.slider(w("controls.piles"), **lesson.bound("piles", 5, 1, 8)))
    rate, seed = shared.training_settings(lesson, places, "gan", 0.003)
    settings: dict[str, Any] = {"piles": piles, "hidden": HIDDEN, "rate": rate, "turns": turns, "seed": seed}
    shared.tell_idea(lesson, "gan", hidden=HIDDEN, batch=64)
    after = lesson.attempt(duel, None, steps=questions.AFTER["gan"], **settings)
    if after is None:
        return Below()
    question = questions.reached(after, tuple(settings.items()))
    locked = "" if question is None or lesson.answered(question) else w("said.locked")
    run = trained(lesson, duel, MOST_STEPS, locked, (1, 100, 300), **settings)
    if run is None:
        return Below()
    figure, aside = lesson.stage()
    with aside:
        if question:
            lesson.ask(question)
        lesson.look_for("look_for.gan", long=True)
    trace: Duel = run.shown
    with figure:
        shared.tell_no_rate(lesson, rate, run)
        alt = w("alt.duel", steps=f"{run.steps:,}", reached=trace.reached, piles=piles)
        lesson.figure("duel", charts.duel_figure(trace, w, lesson.lecture), alt, data=lambda: charts.duel_rows(trace))
        if not lesson.lecture:
            made = sum(layer.weights.size + layer.bias.size for layer in trace.generator)
            judges = sum(layer.weights.size + layer.bias.size for layer in trace.discriminator)
            shared.tell_tensors(lesson, "tensors.gan", generator=made, discriminator=judges,
                                real=f"{trace.believed_real:.2f}", made=f"{trace.believed_made:.2f}")  # fmt: skip
    if formula := formulas.verdict(trace):
        lesson.formula(formula, w("formula.in_a_hall.verdict" if lesson.lecture else "formula.verdict"))
    shared.draw_loss(lesson, run, "duel_loss")
    return Below(snippet.duel(run.steps, settings), {"piles": lambda: draw_piles(lesson, trace, run.steps)})


def draw_piles(lesson: LessonPage, trace: Duel, steps: int) -> None:
    """How many made points belong to each pile."""
    w = lesson.words
    st.markdown(
        w("gan.hint", made=len(trace.made), steps=f"{steps:,}", reached=trace.reached, piles=len(trace.middles))
    )
    alt = w("alt.piles", counts=w.listed(str(count) for count in trace.counts))
    lesson.figure("piles", charts.piles_figure(trace, w), alt, data=lambda: charts.pile_rows(trace))
