"""The first view: six shapes, the tensors that go through each, and the parameters of each layer."""

from __future__ import annotations

from functools import partial
from typing import Any, cast, get_args

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from nlpcore.networks.shapes import WIDTH, Architecture, Shape, architecture, count_by_module
from pages.networks.architectures import charts, formulas, questions, snippet
from pages.networks.architectures.shared import tell_idea

MOST_HIDDEN = 512
SIZES = (
    ("vocabulary", 5000, 10, 100_000),
    ("length", 60, WIDTH, 2000),
    ("dimensions", 32, 1, 1024),
    ("batch", 16, 1, 512),
)


def shapes_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw the tensors and layers of one shape."""
    w = lesson.words
    with beside:
        options = get_args(Shape)
        shape = cast(
            "Shape", lesson.choice("select", w("controls.shape"), options, "shape", labels="short", default="mlp")
        )
        hidden = int(st.slider(w("controls.hidden"), **lesson.bound("hidden", 24, 1, MOST_HIDDEN)))
    asked: dict[str, Any] = {"shape": shape, "hidden": hidden}
    for (name, default, least, most), setting in zip(SIZES, lesson.settings(len(SIZES)), strict=True):
        with setting:
            typed = st.number_input(w(f"controls.{name}"), **lesson.bound(name, default, least, most))
            asked[name] = int(typed if typed is not None else default)
    trace = lesson.attempt(architecture, None, **asked)
    if not trace:
        return Below()
    tell_idea(lesson, **asked)
    question = questions.count(trace)
    place = questions.ASKED[shape]
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question)
        lesson.look_for("look_for.shapes")
    hidden_place = None if told else place
    with figure:
        alt = w("alt.shapes", shape=w(f"shape.{shape}"), layers=len(trace.stages),
                input=charts.shape_said(trace.stages[0].before), output=charts.shape_said(trace.stages[-1].after))  # fmt: skip
        lesson.figure("shapes", charts.shapes_figure(trace, hidden_place, w, lesson.lecture), alt,
                      data=lambda: charts.shape_rows(trace, hidden_place))  # fmt: skip
        if not lesson.lecture:
            st.caption(glossary.with_links(w(f"about.{shape}"), lesson.language))
    if told:
        stage = trace.stages[place]
        key = "formula.in_a_hall.layer" if lesson.lecture else f"formula.{stage.kind}"
        intro = w(key, layer=charts.layer_said(stage, w))
        after = w("formula.in_all", total=f"{trace.parameters:,}")
        lesson.formula(formulas.parameters(stage), intro, after=after)
    panels = {"modules": partial(draw_modules, lesson, trace, asked)}
    return Below(snippet.shapes(asked), panels, tells={"modules": "count"})


def draw_modules(lesson: LessonPage, trace: Architecture, asked: dict[str, Any]) -> None:
    """The same layers as modules of torch, with the parameters that torch counts in each."""
    w = lesson.words
    counted = lesson.attempt(count_by_module, None, **asked)
    if counted is None:
        return
    st.markdown(w("modules.hint"))
    rows = [
        {
            w("modules.layer"): charts.layer_said(stage, w),
            w("modules.module"): module or w("modules.nothing"),
            w("modules.formula"): " + ".join(" · ".join(f"{size:,}" for size in term) for term in stage.terms) or "0",
            w("modules.counted"): f"{number:,}",
        }
        for stage, (module, number) in zip(trace.stages, counted, strict=True)
    ]
    st.table(rows)
    st.markdown(w("formula.in_all", total=f"{sum(number for _, number in counted):,}"))
