"""The view of a vocabulary: its words one-hot, and the same words dense."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.text import markdown_escape, number
from nlpcore.words.one_hot import Vocabulary, vocabulary
from pages.words.one_hot import charts, formulas, questions, snippet
from pages.words.one_hot.shared import CHINESE, ENGLISH, first_idea, tell_idea


def words_view(lesson: LessonPage) -> Below:
    """Draw the view: the words one-hot at the left; at the right dense, and once that is predicted their cosines."""
    w = lesson.words
    with lesson.controls():
        text = lesson.text("text", w("default.text"), label=w("controls.text"))
    with lesson.settings(1)[0]:
        model = lesson.picker_for((text,), english=ENGLISH, chinese=CHINESE)
    trace = lesson.attempt(vocabulary, model, text=text)
    if not trace:
        first_idea(lesson)
        return Below(model=model)
    tell_idea(lesson, trace)
    figure, aside = lesson.stage()
    question = questions.nearest(trace)
    with aside:
        told = question is None or lesson.ask(question)
        if not told or sum(trace.known) > 1:  # else there is nothing at the right to look for
            lesson.look_for("words.look_for" if told else "words.look_first", long=told)
        lesson.tell_other_language(model)
    with figure:
        lesson.notes(trace.notes)
        left, right = st.columns(2, gap="small")
        with left:
            draw_one_hot(lesson, trace)
        with right:
            (draw_cosines if told else draw_dense)(lesson, trace)
    tell_formulas(lesson, trace, told)
    panels: dict[str, Callable[[], None]] = {"layer": lambda: draw_layer(lesson, trace)}
    return Below(snippet.of_words(model, trace.words), panels, model)


def draw_one_hot(lesson: LessonPage, trace: Vocabulary) -> None:
    """Draw the one-hot vectors, which are at the same time the table of their cosines."""
    w = lesson.words
    st.markdown(f"**{w('words.one_hot')}**")
    alt = w("alt.one_hot", count=len(trace.words))
    lesson.figure("one_hot", charts.one_hot(trace, w, lesson.lecture), alt, data=lambda: charts.one_hot_rows(trace))


def draw_dense(lesson: LessonPage, trace: Vocabulary) -> None:
    """Draw the dense vectors as coloured rows."""
    w, dimensions = lesson.words, trace.dense.shape[1]
    st.markdown(f"**{w('words.dense', dimensions=dimensions)}**")
    alt = w("alt.dense", count=sum(trace.known), dimensions=dimensions)
    lesson.figure("dense", charts.dense(trace, w, lesson.lecture), alt, data=lambda: charts.dense_rows(trace))


def draw_cosines(lesson: LessonPage, trace: Vocabulary) -> None:
    """Draw the cosines of the dense vectors."""
    w = lesson.words
    st.markdown(f"**{w('words.cosines')}**")
    lesson.figure(
        "cosines",
        charts.cosines(trace, w, lesson.lecture),
        w("alt.cosines", count=sum(trace.known), said=said_of_cosines(lesson, trace)),
        data=lambda: charts.cosine_rows(trace),
    )


def said_of_cosines(lesson: LessonPage, trace: Vocabulary) -> str:
    """Return which word is the nearest to the first one, for who cannot see the table."""
    focus = questions.focus_of(trace)
    order = () if focus is None else trace.nearest(focus)
    if focus is None or not order:
        return lesson.words("alt.no_pair")
    (j, cosine) = order[0]
    return lesson.words("alt.pair", word=trace.words[focus], other=trace.words[j], cosine=number(cosine))


def tell_formulas(lesson: LessonPage, trace: Vocabulary, told: bool) -> None:
    """Typeset the cosine of the first word with another, one-hot, and once it is predicted by dense vectors."""
    w, focus = lesson.words, questions.focus_of(trace)
    if len(trace.words) < 2:
        with lesson.more():
            st.caption(w("words.alone"))
        return
    order = () if focus is None else trace.nearest(focus)
    i = focus or 0
    j = order[0][0] if told and order else int(i == 0)
    pairs = len(trace.words) * (len(trace.words) - 1) // 2
    hall = lesson.lecture  # which has no room for sentences
    zero = glossary.with_links(w("words.zero", pairs=pairs), lesson.language)
    lesson.formula(formulas.one_hot_cosine(trace, i, j, hall), None if hall else zero)
    if told and order:
        lesson.formula(formulas.dense_cosine(trace, i, j, hall), None if hall else w("words.dense_pair"))


def draw_layer(lesson: LessonPage, trace: Vocabulary) -> None:
    """Show that one-hot times a table of weights is a row of the table: how a dense vector comes out of a one-hot one."""
    w, known = lesson.words, [i for i, there in enumerate(trace.known) if there]
    if not known:
        st.caption(w("layer.none"))
        return
    i = known[0]
    values = {"word": markdown_escape(trace.words[i]), "place": i + 1, "dimensions": trace.dense.shape[1]}
    st.markdown(w("layer.text", **values))
    rows = [
        f"| {markdown_escape(trace.words[k])} | {int(trace.one_hot[i, k])} | "
        + " | ".join(number(float(value)) for value in trace.dense[k, :4])
        + " | … |"
        for k in known
    ]
    st.markdown("\n".join([w("layer.head"), "|---|--:|--:|--:|--:|--:|---|", *rows]))
    st.markdown(w("layer.sum", **values, numbers=w.listed(number(float(value)) for value in trace.dense[i, :4])))
