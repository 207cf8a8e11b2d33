"""The view of points: a word in the learner's sentences, its one static point and its points in a layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.text import markdown_escape, number
from nlpcore.text import shortened
from nlpcore.words.senses import Senses, compare_senses
from pages.words.word_senses import charts, formulas, questions, snippet
from pages.words.word_senses.neighbours import draw_neighbours
from pages.words.word_senses.shared import CHINESE, ENGLISH, first_idea, tell_idea


def points_view(lesson: LessonPage) -> Below:
    """Draw the view: static point, points of a layer, their cosines; once it is predicted, how far the senses lie apart."""
    w = lesson.words
    with lesson.controls():
        narrow, wide, slider = st.columns([2, 6, 3])
        with narrow:
            word = lesson.entry("word", w("controls.word"), w("default.word"), limit=60)
        with wide:
            text = lesson.text("text", w("default.text"), label=w("controls.text"), area=True)
    with lesson.settings(1)[0]:
        model = lesson.picker_for((text,), english=ENGLISH, chinese=CHINESE)
    trace = lesson.attempt(compare_senses, model, word=word, text=text)
    if not trace:
        first_idea(lesson)
        return Below(model=model)
    tell_idea(lesson, trace)
    with slider:
        layer = int(
            lesson.choice("slider", w("controls.layer"), list(range(trace.layers + 1)), "layer", default=trace.layers)
        )
    figure, aside = lesson.stage()
    question = questions.layer(trace)
    with aside:
        told = question is None or lesson.ask(question)
        curve = told and trace.comparable  # what is not drawn is not to be looked for
        lesson.look_for("points.look_for" if curve else "points.look_first", long=curve)
        if question is None:
            st.caption(w("points.tie" if trace.comparable else "points.no_senses"))
        lesson.tell_other_language(model)
    with figure:
        lesson.notes(trace.notes)
        draw_points(lesson, trace, layer)
        draw_below(lesson, trace, layer, curve)
    if told and (i := formulas.shown(trace)) is not None:
        intro = glossary.with_links(w("points.formula", number=trace.numbers[i], layer=layer), lesson.language)
        lesson.formula(formulas.silhouette(trace, layer, i, lesson.lecture), None if lesson.lecture else intro)
    panels: dict[str, Callable[[], None]] = {
        "each": lambda: draw_each(lesson, trace),
        "neighbours": lambda: draw_neighbours(lesson, trace),
    }
    return Below(snippet.of_points(model, word, text), panels, model, {"each": "layer"})


def draw_points(lesson: LessonPage, trace: Senses, layer: int) -> None:
    """Draw the points of the layer, and beside them the static one."""
    w, count = lesson.words, len(trace.sentences)
    many, one = st.columns([5, 2], gap="small")
    with many:
        alt = w("alt.map", count=count, layer=layer, word=trace.word, kept=f"{100 * trace.kept[layer]:.0f}")
        drawn = charts.point_map(trace, layer, w, lesson.lecture)
        lesson.figure("map", drawn, alt, data=lambda: charts.point_rows(trace, layer))
    with one:
        alt = w("alt.static", count=count, word=trace.word)
        drawn = charts.static_point(trace, w, lesson.lecture)
        lesson.figure("static", drawn, alt, data=lambda: charts.static_rows(trace))


def draw_below(lesson: LessonPage, trace: Senses, layer: int, told: bool) -> None:
    """Draw, once it is ``told``, the silhouette of every layer, and the cosines of this one; a hall has them side by side."""
    if told and lesson.lecture:
        left, right = st.columns([5, 4], gap="small")
        with left:
            draw_cosines(lesson, trace, layer)
        with right:
            draw_curve(lesson, trace, layer)
        return
    if told:
        draw_curve(lesson, trace, layer)
    draw_cosines(lesson, trace, layer)


def draw_cosines(lesson: LessonPage, trace: Senses, layer: int) -> None:
    """Draw the cosines of a layer."""
    w, count = lesson.words, len(trace.sentences)
    st.markdown(f"**{w('points.cosines', layer=layer)}**")
    alt = w("alt.cosines", count=count, layer=layer, lowest=number(float(trace.cosines[layer].min())))
    drawn = charts.cosine_matrix(trace, layer, w, lesson.language, lesson.lecture)
    lesson.figure("cosines", drawn, alt, data=lambda: charts.cosine_rows(trace, layer))


def draw_curve(lesson: LessonPage, trace: Senses, layer: int) -> None:
    """Draw the silhouette of every layer."""
    w, values = lesson.words, trace.by_layer
    st.markdown(f"**{w('points.curve')}**")
    alt = w("alt.curve", values=w.listed(number(float(value)) for value in values), best=int(values.argmax()))
    drawn = charts.layer_curve(trace, layer, w, lesson.lecture)
    lesson.figure("curve", drawn, alt, data=lambda: charts.curve_rows(trace))


def draw_each(lesson: LessonPage, trace: Senses) -> None:
    """Show each sentence's silhouette in the best layer: which one lies nearer to another sense."""
    w = lesson.words
    if not trace.comparable:
        st.caption(w("points.no_senses"))
        return
    best = int(np.argmax(trace.by_layer))
    st.markdown(glossary.with_links(w("each.text", layer=best), lesson.language))
    rows = [w("each.head"), "|--:|---|---|--:|--:|--:|"]
    for i in charts.order(trace):
        if trace.senses[i]:
            told = (number(float(each[best, i])) for each in (trace.own, trace.other, trace.silhouettes))
            sentence = markdown_escape(shortened(trace.sentences[i], 60))
            cells = (str(trace.numbers[i]), markdown_escape(trace.senses[i]), sentence, *told)
            rows.append(f"| {' | '.join(cells)} |")
    st.markdown("\n".join(rows))
