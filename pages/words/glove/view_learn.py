"""The second view: vectors are learnt from a short text's matrix, a cell a step; one term of the objective as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.training import trained
from app.text import markdown_escape
from nlpcore.models.trainings import Run
from nlpcore.words.glove import GloveState
from nlpcore.words.glove_reading import MOST_STEPS, learn_small_glove, read_cooccurrences
from pages.words.glove import charts, formulas, questions, shared, snippet
from pages.words.glove.view_counts import X_MAX

BY = (1, 20, 100, 500)


def learn_view(lesson: LessonPage, places: Sequence[Place], text: str) -> Below:
    """Draw how far each cell's score is from its goal, the weighting, and one term of the objective."""
    w = lesson.words
    window = shared.window_setting(lesson, places[0])
    by_distance = shared.distance_setting(lesson, places[1])
    read = lesson.attempt(read_cooccurrences, text=text, window=window, by_distance=by_distance)
    if read is None:
        return Below()
    words = shared.shown_words(read)
    first = str(lesson.value("one", shared.usual_pair(read)[0]))
    row = read.counted.row_of(first if first in words else shared.usual_pair(read)[0])
    near = [word for word, count in zip(read.counted.words, row, strict=True) if count > 0 and word in words]
    pair = shared.choose_pair(lesson, places[2], read, near or list(words))
    shared.tell_idea(lesson, read, pair)
    settings = training_settings(lesson, places[3:]) | {"window": window, "by_distance": by_distance}
    begun = lesson.attempt(learn_small_glove, text=text, steps=0, **settings)
    if begun is None:
        return Below()
    question = questions.term(begun.shown, pair, (text, pair, tuple(sorted(settings.items()))))
    locked = "" if question is None or lesson.answered(question) else w("learn.locked")
    run = trained(lesson, learn_small_glove, MOST_STEPS, locked, BY, text=text, **settings)
    code = snippet.learn(text, run.steps if run else 0, settings)
    if run is None:
        return Below(code)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question) if question else True
        lesson.look_for("learn.look_for" if told else "learn.look_first", long=told)
    with figure:
        draw(lesson, run, pair, settings)
    if told:
        tell_term(lesson, run, pair, settings)
    return Below(code, {"loss": lambda: draw_loss(lesson, run)}, tells={"loss": "term"})


def training_settings(lesson: LessonPage, places: Sequence[Place]) -> dict[str, Any]:
    """Draw the settings of the weighting and of the training; return them as the library takes them."""
    w = lesson.words
    with places[0]:
        most = float(lesson.choice("slider", w("controls.most"), X_MAX, "most", default=10))
    with places[1]:
        exponent = st.slider(w("controls.exponent"), step=0.05, **lesson.bound("exponent", 0.75, 0.0, 1.5))
    with places[2]:
        dimensions = lesson.whole_number("dimensions", w("controls.dimensions"), 4, 10)
    with places[3]:
        rate = st.number_input(w("controls.rate"), step=0.05, format="%g", **lesson.bound("rate", 0.2, 0.0, 1e6))
        seed = st.number_input(w("controls.seed"), **lesson.bound("seed", 1, 1, 9999))
    return {
        "x_max": most, "exponent": float(exponent), "dimensions": dimensions,
        "rate": float(rate if rate is not None else 0.2), "seed": int(seed or 1),
    }  # fmt: skip


def draw(lesson: LessonPage, run: Run, pair: shared.Pair, settings: dict[str, Any]) -> None:
    """Draw all cells: score over goal, and the weight of each count."""
    w, state = lesson.words, run.shown
    left, right = st.columns(2)
    with left:
        alt = w(
            "alt.scores", cells=len(state.counted.values), steps=f"{run.steps:,}", total=f"{state.terms.objective:.2f}"
        )
        drawn = charts.scores_figure(state, questions.cell_of(state, pair), w)
        lesson.figure("scores", drawn, alt, data=lambda: charts.score_rows(state))
    with right:
        most, exponent = settings["x_max"], settings["exponent"]
        top = charts.said(float(state.counted.values.max()))
        alt = w("alt.weight", most=f"{most:g}", exponent=f"{exponent:g}", top=top)
        drawn = charts.weight_figure(state.counted, most, exponent, pair, w)
        lesson.figure("weight", drawn, alt, data=lambda: charts.weight_rows(state.counted, most, exponent))
    if not lesson.lecture:
        st.markdown(w("learn.total", cells=len(state.counted.values), total=f"{state.terms.objective:.3f}"))


def tell_term(lesson: LessonPage, run: Run, pair: shared.Pair, settings: dict[str, Any]) -> None:
    """Work out one term of the objective as it is now, and what the last step did."""
    w, state = lesson.words, run.shown
    cell = questions.cell_of(state, pair)
    one, other = (markdown_escape(word) for word in pair)
    if cell is None:
        with lesson.more():
            st.markdown(w("learn.no_cell", one=one, other=other))
        return
    term = formulas.term(state, cell, settings["x_max"], settings["exponent"], lesson.lecture)
    lesson.formula(term, None if lesson.lecture else w("learn.term", one=one, other=other, steps=f"{run.steps:,}"))
    if not lesson.lecture and (change := formulas.update(state, settings["rate"])):
        lesson.formula(change, last_step(lesson, state))


def last_step(lesson: LessonPage, state: GloveState) -> str:
    """Say which cell the last step was about."""
    last, words = state.last, state.counted.words
    assert last is not None
    values = {"one": markdown_escape(words[last.row]), "other": markdown_escape(words[last.column])}
    return glossary.with_links(lesson.words("learn.update", **values), lesson.language)


def draw_loss(lesson: LessonPage, run: Run) -> None:
    """Draw what each step's term was."""
    w = lesson.words
    if not run.steps:
        st.caption(w("loss.none"))
        return
    alt = w("alt.loss", steps=f"{run.steps:,}", last=f"{run.losses[-1]:.3f}")
    lesson.figure("loss", charts.loss_figure(run, w), alt, data=lambda: charts.loss_rows(run))
