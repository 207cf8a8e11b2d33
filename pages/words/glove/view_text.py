"""The fourth view: a real text is counted, and its vectors learnt while one watches the neighbours of some words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app import glossary
from app.shell import texts
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.training import take_along, trained
from app.text import markdown_escape, number
from nlpcore.models.trainings import Run
from nlpcore.words.glove_text import BATCHES, PASSES, learn_glove, matrix_size
from nlpcore.words.texts import PreparedText
from nlpcore.words.word2vec_text import Learnt
from pages.words.glove import charts, charts_text, questions, shared, snippet
from pages.words.glove.view_counts import X_MAX

BY = (1, 20, 100)
MOST_WATCHED, NEAREST = 4, 6
AT_LEAST = 5
DIMENSIONS = (10, 25, 50, 100)


def text_view(lesson: LessonPage, places: Sequence[Place]) -> Below:
    """Draw the neighbours of the watched words, as far as the training has come."""
    w = lesson.words
    with lesson.controls():
        text = texts.training_text(lesson)
    settings = text_settings(lesson, places)
    shared.usual_idea(lesson)
    if text is None:
        return Below()
    typed = watched(lesson, places[5], text)
    counted = {name: settings[name] for name in ("window", "by_distance")}
    size = lesson.attempt(matrix_size, text=text.lines, at_least=AT_LEAST, **counted)
    if size is None:
        return Below()
    question = questions.sparse(size, (text.words, text.distinct, tuple(sorted(counted.items()))))
    locked = "" if lesson.answered(question) else w("learn.locked")
    most = settings["passes"] * min(BATCHES, size.cells)
    live = st.empty()  # what is heard of a training that goes on

    def draw_live(run: Run) -> None:
        live.markdown(neighbour_lines(lesson, run.shown, typed))

    asked = {"text": text.lines, "at_least": AT_LEAST, **settings}
    run = trained(lesson, learn_glove, most, locked, BY, live=draw_live, **asked)
    live.empty()
    code = snippet.text(texts.chosen(lesson), run.steps if run else 0, settings, typed)
    if run is None:
        return Below(code)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question)
        lesson.look_for("text.look_for" if told else "text.look_first", long=told)
    with figure:
        draw_neighbours(lesson, run, typed)
        texts.tell_text(lesson, text)
    panels = {
        "loss": lambda: draw_loss(lesson, run),
        "take": lambda: take_along(lesson, run, run.shown.as_text),
        "cut": lambda: texts.draw_cut(text),
    }
    return Below(code, panels, tells={"loss": "sparse", "take": "sparse"})


def text_settings(lesson: LessonPage, places: Sequence[Place]) -> dict[str, Any]:
    """Draw the settings of counting and of the training; return them as the library takes them."""
    w = lesson.words
    window = shared.window_setting(lesson, places[0], "reach", 10)
    by_distance = shared.distance_setting(lesson, places[1])
    with places[2]:
        x_max = float(lesson.choice("slider", w("controls.most"), X_MAX, "most", default=10))
        exponent = st.slider(w("controls.exponent"), step=0.05, **lesson.bound("exponent", 0.75, 0.0, 1.5))
    with places[3]:
        dimensions = int(lesson.choice("slider", w("controls.dimensions"), DIMENSIONS, "size", default=50))
        passes = lesson.whole_number("passes", w("controls.passes"), PASSES, 50)
    with places[4]:
        rate = st.number_input(w("controls.rate"), step=0.01, format="%g", **lesson.bound("speed", 0.05, 0.0001, 1e6))
        seed = st.number_input(w("controls.seed"), **lesson.bound("seed", 1, 1, 9999))
    return {
        "window": window, "by_distance": by_distance, "x_max": x_max, "exponent": float(exponent),
        "dimensions": dimensions, "passes": passes, "rate": float(rate if rate is not None else 0.05), "seed": int(seed or 1),
    }  # fmt: skip


def watched(lesson: LessonPage, place: Place, text: PreparedText) -> tuple[str, ...]:
    """Draw the field of the words whose neighbours are told."""
    w = lesson.words
    with place:
        typed = lesson.entry("watched", w("controls.watched"), w(f"text.watched_{text.language}"), 120)
    words = dict.fromkeys(typed.lower().replace(",", " ").replace("，", " ").replace("、", " ").split())
    return tuple(words)[:MOST_WATCHED]


def neighbour_lines(lesson: LessonPage, learnt: Learnt, typed: tuple[str, ...]) -> str:
    """Return the nearest of each watched word, a line each, as Markdown."""
    known = [word for word in typed if word in learnt.words]
    lines = []
    for word in known:
        near = (f"{markdown_escape(each.word)} {number(each.cosine)}" for each in learnt.nearest(word, 5))
        lines.append(f"- **{markdown_escape(word)}**: {lesson.words.listed(near)}")
    return "\n".join(lines)


def draw_neighbours(lesson: LessonPage, run: Run, typed: tuple[str, ...]) -> None:
    """Draw the nearest words of those that are watched, and say which the text does not have."""
    w, learnt = lesson.words, run.shown
    known = [word for word in typed if word in learnt.words]
    missing = [word for word in typed if word not in learnt.words] if typed else []
    if missing:
        listed = w.listed(markdown_escape(word) for word in missing)
        st.caption(":material/info: " + w("text.missing", words=listed, times=AT_LEAST))
    if not known:
        known = list(learnt.words[:MOST_WATCHED])
    near = {word: learnt.nearest(word, NEAREST) for word in known}
    said = w.listed(f"{word}: {each[0].word}" for word, each in near.items() if each)
    alt = w("alt.neighbours", steps=f"{run.steps:,}", said=said)
    drawn = charts_text.neighbours_figure(near, w)
    lesson.figure("neighbours", drawn, alt, data=lambda: charts_text.neighbour_rows(near))
    if not lesson.lecture:
        st.caption(w("text.pass", batches=BATCHES, passes=f"{run.steps // BATCHES:,}"))


def draw_loss(lesson: LessonPage, run: Run) -> None:
    """Draw what a cell of each batch missed on average."""
    w = lesson.words
    st.markdown(glossary.with_links(w("text.loss"), lesson.language))
    if not run.steps:
        st.caption(w("loss.none"))
        return
    alt = w("alt.loss", steps=f"{run.steps:,}", last=f"{run.losses[-1]:.3f}")
    lesson.figure("loss", charts.loss_figure(run, w), alt, data=lambda: charts.loss_rows(run))
