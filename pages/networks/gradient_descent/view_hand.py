"""The view on backpropagation by hand: a network of two layers as a graph, forward and back, number by number."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args

import streamlit as st

from app import glossary
from app.questions import Question
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from nlpcore.networks.by_hand import ByHand, Example, by_hand
from pages.networks.gradient_descent import charts_hand, formulas_hand, questions, shared, snippet
from pages.networks.gradient_descent.charts_hand import short

ACTIVATIONS = ("relu", "sigmoid", "tanh")
MOST = 5.0  # of an input or a target, on both sides of 0
INPUTS = {"": (1.0, 2.0, 1.0, 0.0), "mazur": (0.05, 0.1, 0.01, 0.99)}  # with the targets


def hand_view(lesson: LessonPage, rate: float, beside: Place) -> Below:
    """Draw the network at one step of the calculation."""
    w = lesson.words
    with beside:
        example = str(
            lesson.choice(
                "segmented", w("controls.network"), get_args(Example), "network", labels="network", default="paper",
                on_change=partial(bring_inputs, lesson),
            )
        )  # fmt: skip
    hidden_place, *places, seed_place = lesson.settings(6)
    with hidden_place:
        hidden = str(
            lesson.choice("segmented", w("controls.hidden"), ACTIVATIONS, "hidden", labels="hidden", default="relu")
        )
    numbers = {}
    for name, default, place in zip(("x1", "x2", "y1", "y2"), (1.0, 2.0, 1.0, 0.0), places, strict=True):
        if name == "y2" and example != "mazur":
            continue
        with place:
            numbers[name] = float(
                st.number_input(
                    w(f"controls.{name}"), step=0.1, format="%.6g", **lesson.bound(name, default, -MOST, MOST)
                )
            )
    seed = 1
    if example == "random":
        with seed_place:
            seed = int(st.number_input(w("controls.drawn"), **lesson.bound("drawn", 1, 1, 9999)))
    asked: dict[str, Any] = {
        "example": example, "x": (numbers["x1"], numbers["x2"]), "rate": rate, "hidden": hidden, "seed": seed,
        "targets": tuple(numbers[name] for name in ("y1", "y2") if name in numbers),
    }  # fmt: skip
    trace = lesson.attempt(by_hand, None, **asked)
    if not trace:
        return Below()
    shared.tell_idea(lesson, trace.cut)
    question = questions.edge(trace)
    count, before = len(trace.stages), questions.asked_at(trace)

    def reach() -> int:
        return count if question is None or lesson.answered(question) else before

    labels = [stage_label(lesson, trace, at) for at in range(count)]
    draw = partial(draw_stage, lesson, trace, question)
    lesson.stepped("step", count, draw, labels, before, reach, lambda: w("predict.edge.short"))
    panels = {"measured": partial(draw_measured, lesson, trace)}
    return Below(snippet.hand_code(**asked), panels, tells={"measured": "edge"} if question else {})


def bring_inputs(lesson: LessonPage) -> None:
    """Give the inputs and targets that belong to the network which was just chosen: one known from a text has its own."""
    own = INPUTS["mazur" if lesson.value("network") == "mazur" else ""]
    lesson.put(**dict(zip(("x1", "x2", "y1", "y2"), own, strict=True)))


def stage_label(lesson: LessonPage, trace: ByHand, at: int) -> str:
    """Return what is done at a step of the calculation, in a few words."""
    stage = trace.stages[at]
    last = stage.layer == len(trace.network.layers) - 1
    name = charts_hand.subscript("o" if last else "h", stage.neuron + 1) if stage.neuron >= 0 else ""
    return lesson.words(f"stage.{stage.kind}", name=name)


def draw_stage(lesson: LessonPage, trace: ByHand, question: Question | None, at: int) -> None:
    """Draw the graph at one step of the calculation with the chain rule of that step."""
    w = lesson.words
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question) if question else True
    seen = len(trace.stages) - 1 if told else questions.asked_at(trace) - 1
    with figure:
        loss = short(trace.network.loss) if at >= charts_hand.place_of(trace, "loss") else "?"
        if trace.stages[at].kind == "update":
            loss = f"{loss} → {short(trace.loss_after)}"
        alt = w("alt.graph", step=at + 1, steps=len(trace.stages), what=stage_label(lesson, trace, at), loss=loss)
        drawn = charts_hand.graph_figure(trace, at, w, lesson.lecture)
        lesson.figure(
            "graph", drawn, alt, data=partial(charts_hand.graph_rows, trace, min(seen, len(trace.stages) - 1))
        )
    kind, last = trace.stages[at].kind, trace.stages[at].layer == len(trace.network.layers) - 1
    with aside:
        lesson.look_for(f"look_for.hand_{kind}{'_hidden' if kind == 'error' and not last else ''}", long=True)
    if formula := formulas_hand.formula_of(trace, at):
        which = f"chain.{kind}_{'output' if last else 'hidden'}" if kind == "error" else f"chain.{kind}"
        intro = glossary.with_links(w(which), lesson.language)
        lesson.formula(formula, None if lesson.lecture else intro)
        if kind == "update" and trace.loss_after > trace.network.loss:
            st.info(w("said.overshot"), icon=":material/info:")


def draw_measured(lesson: LessonPage, trace: ByHand) -> None:
    """Every gradient once by the chain rule and once measured: the weight moved a little both ways."""
    w = lesson.words
    st.markdown(w("measured.hint"))
    rows = []
    for layer, part in enumerate(trace.network.layers):
        for neuron in range(len(part.layer.bias)):
            for of, weight in enumerate(part.layer.weights[neuron]):
                number_ = charts_hand.weight_number(trace, layer, neuron, of)
                rows.append(
                    {
                        w("measured.weight"): charts_hand.subscript("w", number_),
                        w("measured.value"): short(float(weight)),
                        w("measured.chain"): f"{part.by_weights[neuron, of]:.6f}".replace("-", "−"),
                        w("measured.moved"): f"{trace.measured[layer][neuron, of]:.6f}".replace("-", "−"),
                    }
                )
    st.table(rows)
