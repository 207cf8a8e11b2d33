"""The view on points: the same ones by regression, by classification, and by k-means step by step."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import number, probability
from nlpcore.learning.points import Data
from nlpcore.learning.three_ways import MOST_GROUPS, Clustering, classify, cluster, regress
from pages.networks.kinds_of_learning import charts, formulas, questions, snippet
from pages.networks.kinds_of_learning.shared import about_points, data_choice, dials, tell_idea

WAYS = ("regression", "classification", "clustering")
MOST_STARTS = 20


def points_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw the points and what is learnt from them in the way that is chosen."""
    w = lesson.words
    with beside:
        way = lesson.choice("segmented", w("controls.way"), WAYS, "goal", labels="way", default="regression",
                            label_visibility="collapsed")  # fmt: skip
    (data_place,) = lesson.settings(1)
    data = data_choice(lesson, data_place)
    tell_idea(lesson)
    draw = {"regression": regression, "classification": classification, "clustering": clustering}[way]
    code, question = draw(lesson, data)
    return Below(code, {"three": partial(draw_three, lesson, data)}, tells={"three": question})


def new_place(lesson: LessonPage, data: Data, names: tuple[str, ...]) -> tuple[float, ...]:
    """Draw the sliders of the new point; return its numbers."""
    found = []
    with lesson.controls(), dials():
        for name in names:
            least, most, step, first = charts.RANGES[data][name]
            label = lesson.words("controls.new", axis=lesson.words(f"axis.{data}.{name}"))
            found.append(float(st.slider(label, step=step, format="%.1f", **lesson.bound(name, first, least, most))))
    return tuple(found)


def regression(lesson: LessonPage, data: Data) -> tuple[str, str]:
    """Draw the points, and once it is told the line; return the code and the question's name."""
    w = lesson.words
    (x,) = new_place(lesson, data, ("x",))
    trace = lesson.attempt(regress, None, data=data, x=x)
    assert trace is not None
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(questions.line(trace))
    with figure:
        alt = w(
            "alt.line" if told else "alt.points", count=len(trace.points.places), answer=number(trace.answer, ".2f")
        )
        rows = partial(charts.line_rows, trace, w, told)
        lesson.figure("points", charts.line(trace, w, told), alt, data=rows)
        about_points(lesson, data)
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for.regression", long=True)
    if told:
        lesson.formula(formulas.line(trace), w("formula.line"))
        explained = w("said.line", error=number(trace.error, ".2f"), explained=number(100 * trace.explained, ".0f"))
        with lesson.more():
            st.markdown(explained)
    return snippet.line(data, x), "line"


def classification(lesson: LessonPage, data: Data) -> tuple[str, str]:
    """Draw the points with their classes, and once it is told the borders; return the code and the question's name."""
    w = lesson.words
    x, y = new_place(lesson, data, ("x", "y"))
    trace = lesson.attempt(classify, None, data=data, x=x, y=y)
    assert trace is not None
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(questions.name(trace))
    with figure:
        alt = w("alt.borders" if told else "alt.classes", count=len(trace.points.places), classes=trace.points.count,
                name=w(f"classes.{data}.c{trace.answer}"))  # fmt: skip
        rows = partial(charts.border_rows, trace, w, told)
        lesson.figure("points", charts.borders(trace, w, told), alt, data=rows)
        about_points(lesson, data)
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for.classification", long=True)
    if told:
        name = w(f"classes.{data}.c{trace.answer}")
        lesson.formula(formulas.softmax(trace.scores, trace.probabilities, trace.answer, name), w("formula.scores"))
        with lesson.more():
            st.markdown(w("said.borders", accuracy=number(100 * trace.accuracy, ".0f"), count=len(trace.points.places)))
    return snippet.name(data, x, y), "name"


def clustering(lesson: LessonPage, data: Data) -> tuple[str, str]:
    """Draw k-means step by step; return the code and the question's name."""
    w = lesson.words
    with lesson.controls(), dials():
        k = st.slider(w("controls.k"), **lesson.bound("k", 3, 1, MOST_GROUPS))
        start = st.slider(w("controls.start"), **lesson.bound("start", 1, 1, MOST_STARTS))
    trace = lesson.attempt(cluster, None, data=data, k=int(k), start=int(start))
    assert trace is not None
    question = questions.agree(trace)
    count = charts.step_count(trace)
    labels = [w(f"step.{charts.kind_of(step)}") for step in range(count)]

    def reach() -> int:
        return count if lesson.answered(question) else min(2, count)

    waits = w(f"predict.{question.name}.short")
    lesson.stepped("step", count, partial(draw_step, lesson, trace), labels, count, reach, lambda: waits)
    return snippet.groups(data, int(k), int(start)), "agree"


def draw_step(lesson: LessonPage, trace: Clustering, step: int) -> None:
    """Draw one step of k-means: the start, then by turns every point to its nearest centre and every centre to its points."""
    w, question = lesson.words, questions.agree(trace)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question)
    with figure:
        alt = w("alt.groups", k=trace.k, count=len(trace.points.places), step=step + 1)
        rows = partial(charts.group_rows, trace, step)
        lesson.figure("points", charts.groups(trace, step, w, told), alt, data=rows)
        if told:
            st.caption(w("said.symbols" if trace.points.count > 2 else "said.two_symbols"))
        about_points(lesson, trace.points.data)
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for.clustering", long=True)
    if step:
        lesson.formula(formulas.spread(trace, charts.round_of(step)), None if lesson.lecture else w("formula.spread"))


def draw_three(lesson: LessonPage, data: Data) -> None:
    """The three ways beside each other: what is given, what comes out, and how good it is."""
    w = lesson.words
    line = lesson.attempt(regress, None, data=data)
    borders = lesson.attempt(classify, None, data=data)
    groups = lesson.attempt(cluster, None, data=data, k=borders.points.count if borders else 3, start=1)
    assert line is not None and borders is not None and groups is not None
    good = {
        "regression": w("three.error", error=number(line.error, ".2f")),
        "classification": w("three.accuracy", share=probability(borders.accuracy)),
        "clustering": w("three.agrees", share=probability(groups.agrees)),
    }
    head = [w(f"three.{each}") for each in ("way", "labels", "answer", "good")]
    rows = [[w(f"way.{way}"), w(f"three.{way}.labels"), w(f"three.{way}.answer"), good[way]] for way in WAYS]
    st.markdown("\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * 4, *rows]))
    st.caption(w("three.care"))
