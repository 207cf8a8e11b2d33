"""The view of a neuron that reads words: the learner's words, its weights, its mistakes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.text import markdown_escape
from nlpcore.words.word_neuron import WordJudgement, judge
from pages.networks.neuron import charts_words as charts
from pages.networks.neuron import formulas, questions, snippet
from pages.networks.neuron.numbers import of_output
from pages.networks.neuron.shared import tell_idea

MODEL = {"en": "glove-6b-50d", "zh": "words-zh-64d"}
SHOWN_MISTAKES = 12


def words_view(lesson: LessonPage) -> Below:
    """Draw what the neuron says of the learner's words."""
    w = lesson.words
    with lesson.controls():
        text = lesson.text("words", w("default.words"), limit=400, label=w("controls.words"))
    (model_place,) = lesson.settings(1)
    with model_place:
        model = lesson.picker_for([text], english=MODEL["en"], chinese=MODEL["zh"])
    tell_idea(lesson)
    figure, aside = lesson.stage()
    with figure:
        trace = lesson.attempt(judge, model, text=text)
    code = snippet.words(model, text)
    if not trace:
        return Below(code, model=model)
    question = questions.most_pleasant(trace, model)
    with aside:
        told = question is None or lesson.ask(question)
    with figure:
        lesson.notes(trace.notes)
        top = charts.order_of(trace)[0]
        alt = w("alt.words_hidden", count=len(trace.words))
        if told:
            alt = w("alt.words", count=len(trace.words), best=trace.words[top],
                    p=of_output(float(trace.probabilities[top])))  # fmt: skip
        lesson.figure("words", charts.words(trace, w, told), alt, data=lambda: charts.word_rows(trace, told))
        if told and trace.learned.any():
            st.caption(w("words.learned"))
    with figure if lesson.lecture else aside:
        tell_how_good(lesson, trace)
        lesson.look_for("look_for_words")
    if told:
        key = "words.formula_hall" if lesson.lecture else "words.formula"  # which has room for one line
        intro = w(key, word=markdown_escape(trace.words[top]), **formulas.word_values(trace, top))
        for formula in formulas.word(trace, top):
            lesson.formula(formula, intro if formula.symbols[0] == "z" else "")
    panels = {"weights": lambda: show_weights(lesson, trace), "errors": lambda: show_mistakes(lesson, trace)}
    return Below(code, panels, model, {"weights": "pleasant"} if question else {})


def tell_how_good(lesson: LessonPage, trace: WordJudgement) -> None:
    """Say how often the neuron is right on words that it has not learned from, with an interval."""
    neuron = trace.neuron
    said = lesson.words(
        "words.accuracy", right=neuron.right, count=len(neuron.words), share=f"{100 * neuron.accuracy:.1f}",
        low=f"{100 * neuron.low:.1f}", high=f"{100 * neuron.high:.1f}",
    )  # fmt: skip
    st.markdown(glossary.with_links(said, lesson.language))


def show_weights(lesson: LessonPage, trace: WordJudgement) -> None:
    """Draw the weights, and say how little one of them tells."""
    w = lesson.words
    top = charts.order_of(trace)[0]
    shares = trace.shares(top)
    largest = int(np.abs(shares).argmax())
    st.markdown(
        w(
            "panels.weights_text",
            d=len(shares),
            word=markdown_escape(trace.words[top]),
            place=largest + 1,
            share=f"{shares[largest]:.2f}",
            size=f"{np.abs(shares).sum():.2f}",
            percent=f"{100 * abs(shares[largest]) / np.abs(shares).sum():.0f}",
        )
    )
    rows = [{"dimension": n + 1, "weight": float(value)} for n, value in enumerate(trace.neuron.weights)]
    alt = w("alt.weights", d=len(shares))
    lesson.figure("weights", charts.weights(trace.neuron, w), alt, data=lambda: rows)


def show_mistakes(lesson: LessonPage, trace: WordJudgement) -> None:
    """List the words on which it errs when they are left out, the surest first."""
    w, neuron = lesson.words, trace.neuron
    wrong = neuron.mistakes()
    st.markdown(
        w("panels.errors_text", wrong=len(wrong), count=len(neuron.words), shown=min(SHOWN_MISTAKES, len(wrong)))
    )
    rows = [
        [
            markdown_escape(neuron.words[row]),
            w("chart.pleasant" if neuron.pleasant[row] else "chart.unpleasant"),
            of_output(float(neuron.held_out[row])),
        ]
        for row in wrong[:SHOWN_MISTAKES]
    ]
    head = [w("errors.word"), w("errors.label"), w("errors.probability")]
    st.markdown("\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * 3, *rows]))
