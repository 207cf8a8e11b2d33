"""The view of sentences as vectors: counted words, TF-IDF and the mean of dense vectors, and which of them sees a likeness."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from app import glossary
from app.shell import word_cutter
from app.shell.frame import Below, LessonPage
from app.text import number
from nlpcore.words.sentence_vectors import WAYS, SentenceVectors, compare_sentences
from pages.words.one_hot import charts_sentences, formulas, questions, snippet
from pages.words.one_hot.shared import CHINESE, ENGLISH, first_idea

FIELDS = ("first", "second", "third")


def sentences_view(lesson: LessonPage) -> Below:
    """Draw the view: the counted words, and once it is predicted what they say, how near the sentences are three ways."""
    w = lesson.words
    typed = []
    with lesson.controls():
        for name, place in zip(FIELDS, st.columns(len(FIELDS)), strict=True):
            with place:
                typed.append(lesson.text(name, w(f"default.{name}"), label=w(f"controls.{name}")))
    with lesson.settings(1)[0]:
        model = lesson.picker_for(typed, english=ENGLISH, chinese=CHINESE)
    first_idea(lesson)
    sentences = read(lesson, typed)
    trace = lesson.attempt(compare_sentences, model, sentences=sentences) if sentences else None
    if not trace:
        return Below(model=model)
    figure, aside = lesson.stage()
    question = questions.nearer(trace)
    with aside:
        revealed = question is None or lesson.ask(question)
        lesson.look_for("sentences.look_for" if revealed else "sentences.look_first", long=revealed)
        lesson.tell_other_language(model)
    with figure:
        lesson.notes(trace.notes)
        draw_counts(lesson, trace)
        if revealed:
            draw_nearness(lesson, trace)
    if revealed:
        for other in range(1, len(trace.sentences)):
            intro = None if lesson.lecture else lesson.words("sentences.bags", other=other + 1)
            lesson.formula(formulas.bag_cosine(trace, 0, other), intro)
    panels: dict[str, Callable[[], None]] = {"weights": lambda: draw_weights(lesson, trace)}
    return Below(snippet.of_sentences(model, trace.sentences), panels, model, {"weights": "nearer"})


def read(lesson: LessonPage, typed: list[str]) -> tuple[tuple[str, ...], ...] | None:
    """Return the words of each sentence; None after saying what is missing. The third may be left out."""
    found: list[tuple[str, ...]] = []
    for place, text in enumerate(typed):
        if place == 2 and not text.strip():
            continue
        words = word_cutter.cut(lesson, text)
        if not words:
            return None
        found.append(words)
    word_cutter.tell(lesson, *typed)
    return tuple(found)


def draw_counts(lesson: LessonPage, trace: SentenceVectors) -> None:
    """Draw the bags of words."""
    w, words = lesson.words, len(trace.words)
    alt = w("alt.counts", sentences=len(trace.sentences), words=words)
    drawn = charts_sentences.counts(trace, w, lesson.lecture)
    lesson.figure("counts", drawn, alt, data=lambda: charts_sentences.matrix_rows(trace))
    if words > charts_sentences.MOST:
        st.caption(w("sentences.more", shown=charts_sentences.MOST, count=words))


def draw_nearness(lesson: LessonPage, trace: SentenceVectors) -> None:
    """Draw how near the first sentence is to the others, in three ways."""
    w = lesson.words
    pairs = [
        w("alt.near", other=other + 1, values=w.listed(told(trace.cosine(way, 0, other)) for way in WAYS))
        for other in range(1, len(trace.sentences))
    ]
    drawn = charts_sentences.nearness(trace, w, lesson.lecture)
    alt = f"{w('alt.nearness')} {' '.join(pairs)}"
    lesson.figure("nearness", drawn, alt, data=lambda: charts_sentences.nearness_rows(trace))


def told(cosine: float) -> str:
    """Return a cosine as it is said; a dash where there is none."""
    return number(cosine) if np.isfinite(cosine) else "—"


def draw_weights(lesson: LessonPage, trace: SentenceVectors) -> None:
    """Draw the TF-IDF vectors, and how a word's rareness is computed."""
    w = lesson.words
    st.markdown(glossary.with_links(w("sentences.weights"), lesson.language))
    spread = (trace.counts > 0).sum(axis=0)
    lesson.equation(formulas.idf(trace, int(spread.argmax())))
    drawn = charts_sentences.weights(trace, w)
    lesson.figure("weights", drawn, w("alt.weights"), data=lambda: charts_sentences.matrix_rows(trace))
