"""The view of words that see themselves: a masked model guesses each word with the word in its place, and with a mask there."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.text import inline_code, probability
from nlpcore.language_models.seen import Seen, see_itself
from nlpcore.text import mostly_chinese
from pages.words.word_senses import charts_itself, formulas, questions, snippet
from pages.words.word_senses.shared import CHINESE, MASKED, first_idea


def itself_view(lesson: LessonPage) -> Below:
    """Draw the view: the probability of each word behind a mask, and once it is predicted in plain sight."""
    w = lesson.words
    with lesson.controls():
        text = lesson.text("sentence", w("default.sentence"), label=w("controls.sentence"))
    chinese = mostly_chinese(text) if text.strip() else lesson.language == "zh"
    with lesson.settings(1)[0]:
        model = lesson.model_picker(CHINESE if chinese else MASKED, kind="masked-lm", follow=True)
    first_idea(lesson)
    trace = lesson.attempt(see_itself, model, text=text)
    if not trace:
        return Below(model=model)
    figure, aside = lesson.stage()
    question = questions.itself(trace)
    with aside:
        told = question is None or lesson.ask(question)
        lesson.look_for("itself.look_for" if told else "itself.look_first", long=told)
        lesson.tell_other_language(model)
    with figure:
        lesson.notes(trace.notes)
        draw_bars(lesson, trace, told)
    if told:
        intro = glossary.with_links(w("itself.formula"), lesson.language)
        lesson.formula(formulas.shares(trace), None if lesson.lecture else intro)
    panels: dict[str, Callable[[], None]] = {"guesses": lambda: draw_guesses(lesson, trace)}
    return Below(snippet.of_itself(model, text), panels, model, {"guesses": "itself"})


def draw_bars(lesson: LessonPage, trace: Seen, told: bool) -> None:
    """Draw the bars, and under them how large they are on average."""
    w, count = lesson.words, len(trace.tokens)
    values: dict[str, object] = {"count": count, "hidden": probability(float(trace.hidden.mean()))}
    if told:
        values["seen"] = probability(float(trace.seen.mean()))
    key = "told" if told else "open"
    drawn = charts_itself.bars(trace, told, w, lesson.lecture)
    lesson.figure("bars", drawn, w(f"alt.bars_{key}", **values), data=lambda: charts_itself.bar_rows(trace, told))
    st.markdown(w(f"itself.mean_{key}", **values))


def draw_guesses(lesson: LessonPage, trace: Seen) -> None:
    """List the first choice at each place, with the word in sight and with a mask there."""
    rows = [lesson.words("itself.head"), "|---|---|--:|---|--:|"]
    for i, token in enumerate(trace.tokens):
        seen, hidden = (
            f"{inline_code(first)} | {probability(float(p))}"
            for first, p in ((trace.seen_first[i], trace.seen[i]), (trace.hidden_first[i], trace.hidden[i]))
        )
        rows.append(f"| {inline_code(token)} | {seen} | {hidden} |")
    st.markdown("\n".join(rows))
