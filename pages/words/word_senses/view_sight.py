"""The view of masks: which words ELMo, GPT and BERT may use for the vector of one."""

from __future__ import annotations

import streamlit as st

from app import glossary
from app.shell import word_cutter
from app.shell.frame import Below, LessonPage
from app.text import told_apart
from nlpcore.language_models.sight import MOST, WAYS, Sight, sight
from pages.words.word_senses import charts_sight, formulas, questions, snippet
from pages.words.word_senses.shared import first_idea


def sight_view(lesson: LessonPage) -> Below:
    """Draw the view: before the answer the three tables with their diagonals, then with everything that is seen."""
    w = lesson.words
    with lesson.controls():
        wide, narrow = st.columns([5, 3])
        with wide:
            text = lesson.text("sentence", w("default.sentence"), label=w("controls.sentence"))
    first_idea(lesson)
    words = word_cutter.cut(lesson, text)
    if words is None:
        return Below()
    count = min(len(words), MOST)
    names = told_apart(words[:count])
    with narrow:
        at = int(
            lesson.choice(
                "select", w("controls.at"), list(range(count)), "at", default=count // 2, labels=lambda i: names[i]
            )
        )
    trace = lesson.attempt(sight, None, words=words, at=at)
    if not trace:
        return Below()
    figure, aside = lesson.stage()
    question = questions.sees(trace)
    with aside:
        told = question is None or lesson.ask(question)
        lesson.look_for("sight.look_for" if told else "sight.look_first", long=told)
    with figure:
        lesson.notes(trace.notes)
        word_cutter.tell(lesson, text)
        draw_masks(lesson, trace, told)
    if told:
        intro = glossary.with_links(w("sight.formula"), lesson.language)
        lesson.formula(formulas.counted(trace), None if lesson.lecture else intro)
    return Below(snippet.of_sight(trace.words, trace.at))


def draw_masks(lesson: LessonPage, trace: Sight, told: bool) -> None:
    """Draw the three masks, and what their signs mean."""
    w, other = lesson.words, questions.other_of(trace)
    word = trace.words[trace.at]
    if told:
        counts = (str(sum(trace.sees(way, trace.at, j) for j in range(len(trace.words)))) for way in WAYS)
        alt = w("alt.masks", word=word, **dict(zip(WAYS, counts, strict=True)))
    else:
        alt = w("alt.masks_open", word=word)
    drawn = charts_sight.masks(trace, other, told, w, lesson.lecture)
    lesson.figure("masks", drawn, alt, data=lambda: charts_sight.mask_rows(trace, told))
    st.caption(w("sight.legend" if told else "sight.legend_open"))
