"""Lesson: analogies. a − b + c, with and without the trick; the parallelogram in its plane; whole tests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import streamlit as st

from app.questions import all_filled
from app.shell import hall
from app.shell.frame import Below, LessonPage, Slot
from app.text import markdown_escape
from nlpcore.words.analogy_input import AnalogyAnswer, work_out
from pages.words.analogies import charts, charts_plane, formulas, idea, panels, questions, snippet, tables
from pages.words.analogies.sums import in_words

DEFAULTS = {"a": "king", "b": "man", "c": "woman", "expected": "queen"}


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the sum in its four fields, answers and parallelogram, and what stands beside and below them."""
    model, typed, strike = draw_controls(lesson)
    answer = lesson.attempt(work_out, model, **typed, k=panels.ANSWERS, exclude_inputs=strike)
    below: dict[str, Callable[[], None]] = {}
    code = ""
    if answer:
        tell_idea(lesson, answer)
        trace, revealed = answer.trace, draw_stage(lesson, answer)
        below["terms"] = lambda: panels.terms(lesson, answer, revealed)
        below["neighbours"] = lambda: panels.neighbours_of_inputs(lesson, model, trace)
        code = snippet.code(model, trace.positive, trace.negative, trace.expected, trace.k, trace.exclude_inputs)
    if lesson.words.has(f"gallery.{model}"):
        below["gallery"] = lambda: panels.gallery(lesson, model, tuple(DEFAULTS))
    below["test"] = lambda: panels.whole_test(lesson, model)
    # Each lists what comes first when nothing is struck, of this sum or of sums like it.
    tells = dict.fromkeys(("gallery", "test", "mistakes"), "nearest")
    return Below(code, below, model, tells)


def draw_controls(lesson: LessonPage) -> tuple[str, dict[str, Any], bool]:
    """Draw the fields of the sum, the switch of the trick and the model picker; return model, fields and switch."""
    w = lesson.words
    typed: dict[str, Any] = {}
    with lesson.controls():
        lesson.presets("a", "b", "c", "model", first="king")
        forget_the_target_of_another_sum(lesson)
        with st.container(key="pairs"):
            *columns, last = st.columns([1, 1, 1, 1, 1.2], vertical_alignment="bottom")
        for column, (name, default) in zip(columns, DEFAULTS.items(), strict=True):
            with column:
                typed[name] = lesson.text(name, default, label=w(f"controls.{name}"))
        strike = last.toggle(w("controls.strike"), help=w("controls.strike_help"), **lesson.bound("strike", True))
    picker, hint = lesson.settings(2)
    with picker:
        model = lesson.model_picker(default="glove-6b-50d")
    with hint:
        st.caption(w("controls.field_help"))
    return model, typed, strike


def forget_the_target_of_another_sum(lesson: LessonPage) -> None:
    """Empty the word hoped for, before it is drawn, where an example gave it and the learner has made another sum of that one."""
    now = tuple(str(lesson.value(name, default)) for name, default in DEFAULTS.items())
    kept: Slot[tuple[str, ...]] = lesson.slot("sum", now)
    before, given = kept.value, given_sums(lesson)
    if before in given and now not in given and now[:3] != before[:3] and now[3] == before[3]:
        lesson.put(expected="")
        now = (*now[:3], "")
    kept.value = now


def given_sums(lesson: LessonPage) -> set[tuple[str, ...]]:
    """Return the sums of examples and galleries, each with the word hoped for: what the four fields hold."""
    w = lesson.words
    states = [preset["state"] for preset in w.node("presets").values()]
    listed = [item["words"] for gallery in w.node("gallery").values() for item in gallery]
    return {tuple(state[name] for name in DEFAULTS) for state in states} | {tuple(words) for words in listed}


def tell_idea(lesson: LessonPage, answer: AnalogyAnswer) -> None:
    """Tell the idea of the lesson by the sum on the screen."""
    w, rule = lesson.words, "struck" if answer.trace.exclude_inputs else "kept"
    values = idea.values(answer) | {"rule": w(f"idea.{rule}")}
    safe = {name: markdown_escape(value) if isinstance(value, str) else value for name, value in values.items()}
    fields = [markdown_escape(" ".join(words)) for words in (answer.a, answer.b, answer.c)]
    expected = answer.trace.expected
    fourth = w("idea.expected", word=markdown_escape(expected)) if expected else w("idea.fourth")
    step = w(f"idea.step_{idea.form(answer)}", **dict(zip("abc", fields, strict=True)), fourth=fourth)
    picture = idea.sketch(answer, w("idea.ring"))
    lesson.idea(picture, w("idea.alt", **values), **safe, step=step, question=w(f"idea.question_{rule}"))


def draw_stage(lesson: LessonPage, answer: AnalogyAnswer) -> bool:
    """Draw answers and parallelogram, and beside them the question, the verdict and the numbers.

    Return whether it may be shown what comes first when nothing is struck.
    """
    w = lesson.words
    figure, aside = lesson.stage()
    with aside:
        question = questions.nearest(answer)
        revealed = question is None or lesson.ask(question)
        if question is None:  # nothing is struck, so the answer is on the screen: what would be its reason is told
            reason = questions.reason(answer)
            st.markdown(w(reason.key, **all_filled(reason.values, w)))
        lesson.look_for(long=question is not None and revealed)  # the answer has taken a hall's room
        lesson.tell_other_language(answer.trace.model_id)
    lesson.formula(formulas.scores(answer, revealed))
    with figure:
        lesson.notes(answer.trace.notes)
        if empty := [f"“{w(f'controls.{name}')}”" for name in "abc" if not getattr(answer, name)]:
            st.markdown(f":material/info: {w('headings.empty', fields=w.listed(empty))}")
        left, right = st.columns(2, gap="small")
        with left:
            draw_answers(lesson, answer, revealed)
        with right:
            draw_plane(lesson, answer, revealed)
    if answer.trace.expected is not None:
        with figure if lesson.lecture else lesson.more():  # a hall has no room left beside the figures
            tell_verdict(lesson, answer, revealed)
            with aside if lesson.lecture else nullcontext():  # nor under the table
                tell_parallel(lesson, answer)
    return revealed


def draw_answers(lesson: LessonPage, answer: AnalogyAnswer, revealed: bool) -> None:
    """Draw the best answers as bars."""
    w, trace, total = lesson.words, answer.trace, in_words(answer)
    first = trace.answers[0]
    st.markdown(f"**{w('headings.answers', sum=markdown_escape(total))}**")
    lesson.figure(
        "answers",
        charts.answers(trace, w, revealed),
        alt=w("alt.answers", sum=total, first=first.word, cosine=f"{first.cosine:.2f}"),
        data=charts.answer_rows(trace, revealed),
    )


def draw_plane(lesson: LessonPage, answer: AnalogyAnswer, revealed: bool) -> None:
    """Draw the parallelogram in its plane."""
    w, total = lesson.words, in_words(answer)
    rows = charts_plane.plane_rows(answer.plane, total, revealed)
    nearest = (rows[4:] or rows[3:])[0]
    st.markdown(f"**{w('headings.plane')}**")
    lesson.figure(
        "plane",
        charts_plane.parallelogram(answer, w, revealed, lesson.lecture),
        alt=w("alt.plane", sum=total, first=nearest["point"], residual=f"{nearest['distance_from_plane']:.2f}"),
        data=rows,
    )
    if not lesson.lecture:
        st.caption(w("headings.plane_note"))


def tell_verdict(lesson: LessonPage, answer: AnalogyAnswer, revealed: bool) -> None:
    """Say where the expected word comes."""
    st.markdown(tables.markdown(tables.verdict(answer.trace, lesson.words, revealed), flat=lesson.lecture))


def tell_parallel(lesson: LessonPage, answer: AnalogyAnswer) -> None:
    """Say how parallel the step to the expected word is, where the plane's picture has it."""
    w, trace, plane = lesson.words, answer.trace, answer.plane
    if answer.a and answer.b and answer.c and trace.expected in plane.labels[4:]:
        value = plane.parallel[plane.labels.index(trace.expected, 4)]
        names = dict(zip("abc", (markdown_escape(label) for label in plane.labels), strict=False))
        expected = markdown_escape(trace.expected)
        with hall.on_demand("parallel"):
            st.caption(w("verdict.parallel", **names, expected=expected, value=f"{value:.2f}"))
