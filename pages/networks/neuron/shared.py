"""What the views of the lesson on one neuron share: the neuron that the idea is told with, and dials in a row."""

from __future__ import annotations

from typing import cast, get_args

import streamlit as st

from app.shell.frame import LessonPage
from nlpcore.networks.activations import Activation
from nlpcore.networks.neuron import NeuronTrace, fire
from pages.networks.neuron import idea

ACTIVATIONS: tuple[Activation, ...] = tuple(each for each in get_args(Activation) if each != "identity")
# Of a review with so many good and bad words: name, value at first, least, most.
INPUTS = (("x1", 3, 0, 9), ("x2", 1, 0, 9))
WEIGHTS = (("w1", 1.0, -3.0, 3.0), ("w2", -1.5, -3.0, 3.0), ("b", 0.5, -10.0, 10.0))

# As many dials in a row as there is room for: six on a laptop, three on a phone.
STYLE = """<style>
.st-key-dials { display: grid !important; grid-template-columns: repeat(auto-fit, minmax(6.3rem, 1fr)); gap: 0.3rem 0.9rem;
  align-items: end; }
.st-key-dials > * { min-width: 0; width: auto !important; }
.st-key-dials [role=combobox] { padding-inline: 0.35rem 0; }
</style>"""


def draw_dials(lesson: LessonPage) -> None:
    """Draw the controls of the neuron in a row: activation, inputs, weights, bias."""
    w = lesson.words
    st.html(STYLE)
    with lesson.controls(), st.container(key="dials"):
        lesson.choice(
            "select", w("controls.activation"), ACTIVATIONS, "activation", labels="activations", default="sigmoid"
        )
        for name, value, least, most in INPUTS:
            st.slider(w(f"controls.{name}"), **lesson.bound(name, value, least, most))
        for name, weight, low, high in WEIGHTS:
            step = 0.5 if name == "b" else 0.1
            st.slider(w(f"controls.{name}"), step=step, format="%.1f", **lesson.bound(name, weight, low, high))


def neuron_of(lesson: LessonPage) -> NeuronTrace:
    """Return the neuron that the controls make, whether or not this view draws them."""
    x = [float(_within(lesson.value(name, value), least, most)) for name, value, least, most in INPUTS]
    *w, b = (_within(lesson.value(name, value), low, high) for name, value, low, high in WEIGHTS)
    activation = lesson.value("activation", "sigmoid")
    chosen = activation if activation in ACTIVATIONS else "sigmoid"
    return fire(x, [float(each) for each in w], float(b), cast("Activation", chosen))


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


def tell_idea(lesson: LessonPage) -> None:
    """Tell the idea of the lesson with the neuron that the controls make."""
    trace, w = neuron_of(lesson), lesson.words
    values = idea.values(trace)
    name = w(f"activations.{trace.activation}")
    lesson.idea(idea.sketch(trace, name), w("idea.alt", activation=name, **values), activation=name, **values)
