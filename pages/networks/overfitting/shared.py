"""What the views of the lesson on overfitting share: the controls that a lecturer may hide, and what is said of a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.shell.frame import LessonPage
from app.shell.menu import Place
from app.shell.visit import held
from nlpcore.models.trainings import Run
from nlpcore.networks.fitting import MOST_EPOCHS, MOST_HIDDEN, Fit

MOST_RATE = 1e6
METHODS = ("adam", "sgd", "momentum")
SHAPES = ("moons", "rings", "corners", "spirals", "coin")
# Every control that may be hidden, in the order of the screen.
CONTROLS = ("hidden", "count", "epochs", "shape", "noise", "share", "wrong", "method", "rate", "batch", "dropout", "decay",
            "patience", "seed")  # fmt: skip
BY = (1, 20, 100)
# Each control of the training, with what it is at first, its least and its most, and its step.
Span = tuple[Any, Any, Any, Any]
SPANS: Mapping[str, Span] = {
    "epochs": (300, 1, MOST_EPOCHS, 1),
    "hidden": (40, 1, MOST_HIDDEN, 1),
    "rate": (0.03, 0.0, MOST_RATE, 0.01),
    "batch": (10, 1, 500, 1),
    "dropout": (0.0, 0.0, 0.9, 0.05),
    "decay": (0.0, 0.0, 1.0, 0.001),
    "patience": (0, 0, 200, 1),
    "seed": (1, 1, 9999, 1),
}
TYPED = ("rate", "decay", "seed", "batch")  # whose ends lie too far apart for a slider


class Hidden:
    """Which controls the link hides, and how one is drawn that may be hidden: its value counts all the same."""

    def __init__(self, lesson: LessonPage, place: Place) -> None:
        self._lesson, w = lesson, lesson.words
        with place:
            names = lesson.choices(
                w("controls.hide"), CONTROLS, "hide", labels="short", kind="select", help=w("hide.help")
            )
        self.names = frozenset(names)

    def number(self, name: str, place: Place, default: Any, least: Any, most: Any, step: Any) -> Any:
        """Draw a slider, or a field for what may be far apart, and return its value."""
        if name in self.names:
            self._lesson.bound(name, default, least, most)
        else:
            label = self._lesson.words(f"controls.{name}")
            with place:
                bound = self._lesson.bound(name, default, least, most)
                if name in TYPED:
                    more: dict[str, Any] = {"format": "%.6g"} if isinstance(default, float) else {}
                    st.number_input(label, step=step, **more, **bound)
                else:
                    st.slider(label, step=step, **bound)
        value = held(name)
        return type(default)(default if value is None else value)

    def choice(self, name: str, place: Place, options: tuple[str, ...], labels: str) -> str:
        """Draw a choice and return what is chosen."""
        w = self._lesson.words
        if name in self.names:
            return str(self._lesson.value(name, options[0]))
        with place:
            return str(
                self._lesson.choice("select", w(f"controls.{name}"), options, name, labels=labels, default=options[0])
            )


def training_settings(hidden: Hidden, first: Place, places: Mapping[str, Place]) -> dict[str, Any]:
    """Draw how a network is made and trained; return it as the library takes it."""
    found: dict[str, Any] = {"method": hidden.choice("method", places["method"], METHODS, "methods")}
    for name, span in SPANS.items():
        found[name] = hidden.number(name, first if name == "hidden" else places[name], *span)
    return found


def tell_what_is_odd(
    lesson: LessonPage, settings: Mapping[str, Any], learnt: int, most: int, of_one_class: bool, view: str
) -> None:
    """Say what a learner should know of settings with which little can be learnt, or nothing, or not for long."""
    w = lesson.words
    said = []
    if most < (held("epochs") or most):
        said.append(w("odd.bounded", batch=settings["batch"], count=learnt, most=f"{most:,}"))
    if of_one_class:
        said.append(w(f"odd.one_class.{view}", count=learnt))
    if settings["rate"] == 0:
        said.append(w("odd.no_rate"))
    if settings["batch"] >= learnt and settings["batch"] != SPANS["batch"][0]:
        said.append(w("odd.whole_batch", count=learnt))
    for sentence in said:
        st.info(sentence, icon=":material/info:")


def tell_the_end(lesson: LessonPage, run: Run, patience: int) -> None:
    """Say that it was stopped early, and what the network is then."""
    fit: Fit = run.shown
    if fit.stopped:
        st.info(
            lesson.words("odd.stopped", epoch=fit.epochs, patience=patience, best=fit.best),
            icon=":material/front_hand:",
        )


def locked(lesson: LessonPage, waits: bool) -> str:
    """Return why there is no training yet, "" where there may be one."""
    return lesson.words("locked") if waits else ""
