"""The view of what vectors take: a vocabulary from 10 to 1,000,000 words, stored three ways."""

from __future__ import annotations

import streamlit as st

from app.shell.frame import Below, LessonPage
from nlpcore.words.one_hot import storage
from pages.words.one_hot import charts, formulas, questions, snippet
from pages.words.one_hot.amounts import amount
from pages.words.one_hot.shared import first_idea

SIZES = tuple(sorted({10, 1_000_000, *(step * 10**power for power in range(1, 6) for step in (1, 2, 5)), 30_000}))
USUAL = 10_000


def size_view(lesson: LessonPage) -> Below:
    """Draw the view: the sizes on logarithmic axes, the one-hot vectors once it is predicted what they take."""
    w = lesson.words
    with lesson.controls():
        size = int(lesson.choice("slider", w("controls.size"), SIZES, "size", lambda n: f"{n:,}", default=USUAL))
    with lesson.settings(1)[0]:
        dimensions = st.slider(w("controls.dimensions"), step=50, **lesson.bound("dimensions", 300, 50, 1000))
    here, traces = storage(size, dimensions), [storage(each, dimensions) for each in SIZES]
    first_idea(lesson)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(questions.memory(here))
        lesson.look_for("size.look_for" if told else "size.look_first", long=told)
    with figure:
        takes = w("alt.size_one_hot", amount=amount(here.one_hot.bytes)) if told else ""
        alt = w(
            "alt.size",
            words=f"{size:,}",
            dimensions=dimensions,
            dense=amount(here.dense.bytes),
            sparse=amount(here.sparse.bytes),
            one_hot=takes,
        )
        drawn = charts.sizes(traces, here, w, told)
        lesson.figure("sizes", drawn, alt, data=lambda: charts.size_rows(traces, told))
    values = {"words": f"{size:,}", "dimensions": dimensions}
    lesson.formula(formulas.weights(here), None if lesson.lecture else w("size.weights", **values))
    if told:
        lesson.formula(formulas.one_hot_numbers(here), None if lesson.lecture else w("size.numbers", **values))
    panels = {"table": lambda: draw_table(lesson, dimensions)}
    return Below(snippet.of_size(size, dimensions), panels, tells={"table": "memory"})


def draw_table(lesson: LessonPage, dimensions: int) -> None:
    """Draw numbers and bytes of a size for each power of ten."""
    w = lesson.words
    rows = [storage(10**power, dimensions) for power in range(1, 7)]
    lines = [
        f"| {row.words:,} | {row.one_hot.numbers:,} | {amount(row.one_hot.bytes)} | {amount(row.sparse.bytes)} "
        f"| {row.dense.numbers:,} | {amount(row.dense.bytes)} |"
        for row in rows
    ]
    st.markdown("\n".join([w("size.head", dimensions=dimensions), "|--:|--:|--:|--:|--:|--:|", *lines]))
    st.caption(w("size.how"))
