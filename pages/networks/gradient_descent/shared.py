"""What the views of the lesson on gradient descent share: controls, sentences, the step player."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from app.questions import Question
from app.shell.frame import LessonPage
from app.shell.menu import Place
from nlpcore.networks.optimizers import Descent
from nlpcore.networks.walks import Cut
from pages.networks.gradient_descent import idea
from pages.networks.gradient_descent.charts import loss_said

METHODS = ("sgd", "momentum", "adam")
MOST_STEPS = 200
_FLAT = 1e-9


def tell_idea(lesson: LessonPage, cut: Cut) -> None:
    """Tell the lesson's idea with the first step of what is on the screen."""
    values = idea.values(cut)
    lesson.idea(idea.sketch(cut), lesson.words("idea.alt", **values), **values)


def method_choice(lesson: LessonPage, kind: str = "segmented") -> str:
    """Draw the choice of how each step is made."""
    return str(
        lesson.choice(kind, lesson.words("controls.method"), METHODS, "method", labels="method", default="sgd")  # type: ignore[arg-type]
    )


def walk_settings(lesson: LessonPage, places: Sequence[Place]) -> tuple[int, float]:
    """Draw the sliders of how many steps are walked and of the momentum; return both."""
    w = lesson.words
    with places[0]:
        steps = st.slider(w("controls.steps"), **lesson.bound("steps", 40, 1, MOST_STEPS))
    with places[1]:
        momentum = st.slider(w("controls.momentum"), step=0.01, **lesson.bound("momentum", 0.9, 0.0, 0.99))
    return int(steps), float(momentum)


def walked(
    lesson: LessonPage,
    descent: Descent,
    draw: Callable[[int], None],
    question: Question | None,
    first: int,
    asked: int,
) -> None:
    """Draw the player over the steps of a path, of which the ``first`` ones may be seen before the question is answered.

    A path without a step is drawn where it begins: -1; one of a single step has no player. ``asked``: how many steps were to be
    taken, which before the answer is how long the player is: that a path was stopped would tell how it ends.
    """
    count = len(descent.gradients)
    if count and question and not lesson.answered(question):
        count = asked

    def reach() -> int:
        return count if question is None or lesson.answered(question) else min(first, count)

    if count > 1:
        waits = lesson.words(f"predict.{question.name}.short") if question else ""
        lesson.stepped("step", count, draw, None, count, reach, lambda: waits)
    else:  # nothing to play
        draw(count - 1)


def tell_what_stopped(lesson: LessonPage, descent: Descent, rate: float, told: bool) -> None:
    """Say why a path does not move at all, or, once that was ``told``, why it was stopped."""
    w = lesson.words
    taken = len(descent.gradients)
    if rate == 0:
        st.info(w("said.no_rate"), icon=":material/info:")
    elif taken and not descent.diverged and np.abs(descent.gradients).max() < _FLAT:
        st.info(w("said.flat"), icon=":material/info:")
    elif descent.diverged and told:
        last = loss_said(float(descent.values[-1]))
        st.warning(w("said.stopped", next=taken + 1, loss=last, rate=idea.rate_said(rate)), icon=":material/warning:")
