"""What the views of the lesson share: the points they are about, their ranges, the idea."""

from __future__ import annotations

from typing import cast, get_args

import streamlit as st

from app.shell.frame import LessonPage
from app.shell.menu import Place
from nlpcore.learning.points import Data, points
from pages.networks.kinds_of_learning import idea

ALL: tuple[Data, ...] = get_args(Data)

# As many dials in a row as there is room for.
STYLE = """<style>
.st-key-dials { display: grid !important; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 0.3rem 1.4rem;
  align-items: end; }
.st-key-dials > * { min-width: 0; width: auto !important; }
</style>"""


def dials() -> st.delta_generator.DeltaGenerator:
    """Return a row for the view's controls, as many in it as there is room for."""
    st.html(STYLE)
    return st.container(key="dials")


def data_choice(lesson: LessonPage, place: Place) -> Data:
    """Draw the choice of the points in ``place``; return it."""
    with place:
        chosen = lesson.choice("select", lesson.words("controls.data"), ALL, "data", labels="data", default="flowers")
    return cast("Data", chosen)


def about_points(lesson: LessonPage, data: Data) -> None:
    """Say what a point is, where it is more than a point; a hall hears it from the lecturer."""
    if not lesson.lecture and lesson.words.has(f"about.{data}"):
        st.caption(lesson.words(f"about.{data}"))


def tell_idea(lesson: LessonPage) -> None:
    """Tell the lesson's idea with one of the points that are chosen, whether or not this view draws them."""
    chosen = lesson.value("data", "flowers")
    of = points(cast("Data", chosen if chosen in ALL else "flowers"))
    w = lesson.words
    values = idea.values(of, w)
    lesson.idea(idea.sketch(of, w), w("idea.alt", **values), **values)
