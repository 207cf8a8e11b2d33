"""The view on tasks: one sentence through five models; each softmax is a bar cut into as many pieces as there are classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import number
from nlpcore.errors import Note
from nlpcore.learning.last_layer import LastLayer, last_layer
from pages.networks.kinds_of_learning import charts_tasks as charts
from pages.networks.kinds_of_learning import formulas, questions, snippet
from pages.networks.kinds_of_learning.shared import tell_idea

MODELS = {
    "feeling": "minilm-l6-imdb",
    "pair": "minilm-l6-nli",
    "tags": "minilm-l6-ner",
    "answer": "minilm-l6-qa",
    "next": "smollm2-135m",
}
FIELDS = ("text", "second", "asked")


def tasks_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw the five softmaxes of one sentence."""
    del beside
    w = lesson.words
    with lesson.controls():
        places = st.columns([2, 1.3, 1.3])
        texts = []
        for name, place in zip(FIELDS, places, strict=True):
            with place:
                texts.append(lesson.text(name, w(f"default.{name}"), limit=400, label=w(f"controls.{name}")))
    text, second, asked = texts
    seconds = {"pair": second, "answer": asked}
    tell_idea(lesson)
    figure, aside = lesson.stage()
    code = snippet.layers(text, second, asked)
    found: dict[str, LastLayer] = {}
    with figure:
        lesson.tell_other_language(MODELS["feeling"])
        for task, model in MODELS.items():
            layer = lesson.attempt(last_layer, model, text=text, second=seconds.get(task, ""))
            if layer is None:
                return Below(code)
            found[task] = layer
    question = questions.numbers(found["next"])
    with aside:
        told = lesson.ask(question)
    with figure:
        lesson.notes(unlike(note for layer in found.values() for note in layer.notes))
        alt = w("alt.tasks", said=w.listed(charts.said(task, layer, w) for task, layer in found.items()))
        lesson.figure("tasks", charts.bars(found, w), alt, data=partial(charts.bar_rows, found, w))
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for.tasks", long=True)
    feeling = found["feeling"].decisions[0]
    lesson.formula(
        formulas.of_two(feeling, w(f"labels.{feeling.names[0]}")), None if lesson.lecture else w("formula.two")
    )
    if told and not lesson.lecture:
        with lesson.more():
            draw_table(lesson, found)
    panels: dict[str, Callable[[], None]] = {"words": partial(draw_words, lesson, found["tags"])}
    if lesson.lecture:  # a hall has no room for the table beside the figure
        panels["layers"] = lambda: draw_table(lesson, found)
    return Below(code, panels, tells={"layers": "numbers"})


def draw_table(lesson: LessonPage, found: dict[str, LastLayer]) -> None:
    """Draw the table of the last layers."""
    st.markdown(table(found, lesson))
    st.caption(lesson.words("table.care"))


def unlike(notes: object) -> list[Note]:
    """Return the first note of each code: five models would say five times that they have not learned Chinese."""
    found: dict[str, Note] = {}
    for note in notes:  # type: ignore[attr-defined]
        found.setdefault(note.code, note)
    return list(found.values())


def table(found: dict[str, LastLayer], lesson: LessonPage) -> str:
    """Return the last layers as a table in Markdown; the likeliest classes stand in the bars, and a phone has five columns."""
    w = lesson.words
    head = [w(f"table.{each}") for each in ("task", "shape", "vectors", "numbers", "softmax")]
    rows = []
    for task, layer in found.items():
        decision = charts.shown(task, layer)
        rows.append(
            [
                w(f"task.{task}"),
                f"{layer.width:,} → {layer.outputs:,}",
                f"{layer.vectors:,}",
                f"{layer.numbers:,}",
                w(f"table.over.{task}", classes=f"{decision.classes:,}"),
            ]
        )
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *rows])


def draw_words(lesson: LessonPage, layer: LastLayer) -> None:
    """The nine probabilities of every word."""
    w = lesson.words
    st.markdown(glossary.with_links(w("panels.words_text", words=len(layer.decisions)), lesson.language))
    if not layer.decisions:
        return
    alt = w("alt.words", words=len(layer.decisions), sure=number(100 * charts.outside_share(layer), ".0f"))
    lesson.figure("words", charts.words(layer, w), alt, data=partial(charts.word_rows, layer))
