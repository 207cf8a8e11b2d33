"""The first view: how often each word of a short text stands near each other one, and what weight a count has."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import glossary
from app.shell.asked import Asked
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import markdown_escape
from nlpcore.words.cooccurrences import Counted, distances
from nlpcore.words.glove_reading import Cooccurrences, read_cooccurrences
from pages.words.glove import charts, formulas, questions, shared, snippet

X_MAX = (1, 2, 5, 10, 20, 50, 100)


def counts_view(lesson: LessonPage, places: Sequence[Place], text: str) -> Below:
    """Draw the matrix of a text, ask for one cell of it, and let its counts be weighted."""
    w = lesson.words
    window = shared.window_setting(lesson, places[0])
    by_distance = shared.distance_setting(lesson, places[1])
    asked = lesson.asked(read_cooccurrences, text=text, window=window, by_distance=by_distance)
    if asked is None:
        return Below(snippet.counts(text, window, by_distance))
    read = asked.answer
    pair = shared.choose_pair(lesson, places[2], read, shared.shown_words(read))
    question = questions.count(read, pair)
    shared.tell_idea(lesson, read, pair)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question) if question else True
        lesson.look_for("look_for", long=told)
    with figure:
        lesson.notes(read.notes)
        draw_matrix(lesson, asked, pair, told)
    if told:
        tell_count(lesson, read, pair)
    code = snippet.counts(text, window, by_distance)
    hidden = None if told else pair
    if lesson.lecture:  # a hall has no room for it beside the matrix
        return Below(code, {"weight": lambda: draw_weight(lesson, asked, hidden)})
    with lesson.more():
        st.markdown(f"**{w('panels.weight')}**")
        draw_weight(lesson, asked, hidden)
    return Below(code)


def draw_matrix(lesson: LessonPage, asked: Asked[Cooccurrences], pair: shared.Pair, told: bool) -> None:
    """Draw X, without the cells that are asked about."""
    w, read = lesson.words, asked.answer
    counted, shown = read.counted, shared.shown_words(read)
    values = {"words": w.listed(shown), "one": pair[0], "other": pair[1]}
    alt = w("alt.matrix" if told else "alt.matrix_asked", **values)
    drawn = charts.matrix_figure(counted, len(shown), pair, not told, w)
    hidden = None if told else pair
    lesson.figure("matrix", drawn, alt, data=lambda: charts.matrix_rows(asked.answer.counted, hidden))
    if len(counted.words) > len(shown) and not lesson.lecture:
        st.caption(w("counts.first", shown=len(shown), words=len(counted.words)))


def tell_count(lesson: LessonPage, read: Cooccurrences, pair: shared.Pair) -> None:
    """Count one cell term by term."""
    w, counted = lesson.words, read.counted
    apart = distances(read.lines, *pair, counted.window)
    one, other = (markdown_escape(word) for word in pair)
    key = "counts.never" if not apart else "counts.itself" if pair[0] == pair[1] else "counts.intro"
    intro = w(key, one=one, other=other, window=counted.window, times=len(apart))
    if not apart:
        with lesson.more():
            st.markdown(intro)
        return
    lesson.formula(formulas.count(read, pair), None if lesson.lecture else intro)


def draw_weight(lesson: LessonPage, asked: Asked[Cooccurrences], hidden: shared.Pair | None) -> None:
    """How much a count shall weigh: the curve, under the learner's hand, without the cells of a ``hidden`` pair."""
    w = lesson.words

    def counts() -> Counted:
        every = asked.answer.counted
        return charts.without(every, hidden) if hidden else every

    counted = counts()
    left, right = st.columns(2)
    with left:
        st.markdown(glossary.with_links(w("weight.explain"), lesson.language))
        most = float(lesson.choice("slider", w("controls.most"), X_MAX, "most", default=10))
        exponent = st.slider(w("controls.exponent"), step=0.05, **lesson.bound("exponent", 0.75, 0.0, 1.5))
    if not len(counted.values):  # the pair that is asked about is the text's only one
        return
    top = float(counted.values.max())
    full = int((counted.values >= most).sum())
    alt = w("alt.weight", most=f"{most:g}", exponent=f"{exponent:g}", top=charts.said(top))
    drawn = charts.weight_figure(counted, most, float(exponent), None, w)
    with right:
        lesson.figure("weight", drawn, alt, data=lambda: charts.weight_rows(counts(), most, float(exponent)))
    st.markdown(w("weight.largest", top=charts.said(top)))
    lesson.equation(formulas.weight(top, most, float(exponent)))
    if hidden:
        return
    key = "weight.even" if not exponent else "weight.all" if full == len(counted.values) else "weight.full"
    st.markdown(w(key, full=full, cells=len(counted.values), most=f"{most:g}"))
