"""The third view: two curves of a real training whose settings are hidden. What is wrong, and what would not help?"""

from __future__ import annotations

import streamlit as st

from app.shell import course
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from nlpcore.models.trainings import Run
from nlpcore.networks.overfitting import fate_of_points, fit_points
from nlpcore.networks.points import TwoSets, draw_points
from pages.networks.overfitting import charts, questions, snippet
from pages.networks.overfitting.exercises import EXERCISES, Exercise
from pages.networks.overfitting.view_points import tell_idea


def reading_view(lesson: LessonPage, row: tuple[Place, Place], example: bool) -> Below:
    """Draw the curves of one exercise, and ask."""
    del example  # each exercise asks
    w = lesson.words
    with row[0]:
        at = lesson.whole_number("exercise", w("controls.exercise"), 1, len(EXERCISES)) - 1
    exercise = EXERCISES[at]
    run: Run | None = lesson.attempt(fit_points, **exercise.settings)
    sets: TwoSets | None = lesson.attempt(draw_points, **exercise.drawn)
    if run is None or sets is None:
        return Below()
    first = questions.diagnosis(run.shown, fate_of_points(run, sets), at)
    second = questions.useless(exercise, at)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(first, folded=second is not None)
        if told and second:
            told = lesson.ask(second)
        tell_grade(lesson)
        lesson.look_for("look_for.reading", long=True)
    tell_idea(lesson, sets, dict(exercise.settings), told)
    with figure:
        fit = run.shown
        alt = w("alt.exercise", number=at + 1, epochs=fit.epochs, training=questions.said(fit.training[-1]),
                validation=questions.said(fit.validation[-1]))  # fmt: skip
        height = charts.ALONE_IN_A_HALL if lesson.lecture else charts.ALONE
        drawn = charts.curves_figure(fit, w, marked=False, height=height)
        lesson.figure("exercise", drawn, alt, data=lambda: charts.curve_rows(fit))
        if told:
            st.caption(w("reading.was", settings=settings_said(lesson, exercise)))
    asked = {name: value for name, value in exercise.settings.items() if name != "steps"}
    return Below(snippet.points(int(exercise.settings["steps"]), asked) if told else "")


def tell_grade(lesson: LessonPage) -> None:
    """Say how many of the exercises' questions were answered right at the first try."""
    begins = tuple(f"_guess_{lesson.lesson.id}.{name}_" for name in ("diagnosis", "useless"))
    answers = [right for key, right in course.answers(lesson.lesson.id).items() if key.startswith(begins)]
    whole = len(EXERCISES) + sum(bool(each.useless) for each in EXERCISES)
    st.caption(lesson.words("reading.grade", right=sum(answers), asked=len(answers), whole=whole))


def settings_said(lesson: LessonPage, exercise: Exercise) -> str:
    """Return the settings of an exercise as text."""
    w, given = lesson.words, exercise.settings
    parts = [w(f"shape.{given['shape']}"), w("reading.count", count=given["count"]),
             w("reading.hidden", hidden=given["hidden"])]  # fmt: skip
    return w.listed(parts)
