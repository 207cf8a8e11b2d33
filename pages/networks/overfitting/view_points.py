"""The first view: points of two classes, the border that a network draws between them, and both losses."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.training import take_along, trained
from app.text import Say, number
from nlpcore.models.trainings import Run
from nlpcore.networks.batch_sizes import POINTS, SEEDS, kept
from nlpcore.networks.fitting import Fate, Fit, epochs_in_time
from nlpcore.networks.overfitting import fate_of_points, fit_points
from nlpcore.networks.points import MOST_POINTS, TwoSets, draw_points
from pages.networks.overfitting import charts, formulas, idea, questions, shared, snippet

# What may be tried against too much, each on top of the settings that there are.
CURES: dict[str, dict[str, Any]] = {
    "as_is": {},
    "data": {"count": 400},
    "small": {"hidden": 3},
    "large": {"hidden": 100},
    "decay": {"decay": 0.003},
    "dropout": {"dropout": 0.5},
    "early": {"patience": 60},
}


def points_view(lesson: LessonPage, row: tuple[Place, Place], example: bool) -> Below:
    """Draw the points, the training and what it came to."""
    settings, drawn, most = controls(lesson, row)
    sets: TwoSets | None = lesson.attempt(draw_points, **drawn)
    if sets is None:
        return Below()
    later: Run | None = lesson.attempt(fit_points, steps=most, **drawn, **settings) if example else None
    question = (
        questions.fate(later, fate_of_points(later, sets), most, (*drawn.values(), *settings.values()), settings)
        if later
        else None
    )
    tell_idea(lesson, sets, settings)
    waits = question is not None and not lesson.answered(question)
    run = trained(lesson, fit_points, most, shared.locked(lesson, waits), shared.BY, unit="epochs", **drawn, **settings)
    asked = {**drawn, **settings}
    code = snippet.points(run.steps if run else 0, asked)
    if run is None:
        return Below(code)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question) if question else True
    with figure:
        draw(lesson, sets, run)
        shared.tell_what_is_odd(lesson, settings, len(sets.training.classes), most, sets.of_one_class, "points")
        shared.tell_the_end(lesson, run, settings["patience"])
    with aside:
        lesson.look_for(guide(run, told), long=True, held_back=len(sets.validation.classes))
    learnt = told and run.steps > 0
    if learnt:
        tell_in_numbers(lesson, sets, run, settings)
    panels = {
        "cures": partial(draw_cures, lesson, sets, drawn, settings, most),
        "batches": partial(draw_batches, lesson),
    }
    if learnt:
        panels["take"] = partial(take_along, lesson, run)
    tells = {"cures": "fate", "batches": "fate"} if question else {}
    return Below(code, panels, tells=tells)


def guide(run: Run, told: bool) -> str:
    """Return the key of what there is to look for: in points alone, in a training that can be played, or in one that cannot."""
    if not told:
        return "look_for.before"
    if run.diverged:
        return "look_for.away"
    return "look_for.points" if run.shown.at > 1 else "look_for.untrained"


def controls(lesson: LessonPage, row: tuple[Place, Place]) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Draw the controls; return how it is trained, what is drawn, and how many epochs there may be."""
    names = ("shape", "noise", "share", "method", *shared.SPANS)
    *rest, last = lesson.settings(len(names) + 1)
    places = dict(zip(names, rest, strict=True))
    hidden = shared.Hidden(lesson, last)
    count = hidden.number("count", row[1], 40, 2, MOST_POINTS, 1)
    shape = hidden.choice("shape", places["shape"], shared.SHAPES, "shape")
    noise = hidden.number("noise", places["noise"], 0.3, 0.05, 1.0, 0.05)
    share = hidden.number("share", places["share"], 0.5, 0.0, 1.0, 0.05)
    settings = shared.training_settings(hidden, row[0], places)
    most = min(settings.pop("epochs"), epochs_in_time(count, settings["batch"]))
    seed = settings.pop("seed")
    return settings, {"shape": shape, "count": count, "noise": noise, "share": share, "seed": seed}, most


def tell_idea(lesson: LessonPage, sets: TwoSets, settings: dict[str, Any], told: bool = True) -> None:
    """Tell the idea with the points of this example; ``told``: with the numbers of its settings."""
    w, learnt, held_back = lesson.words, len(sets.training.classes), len(sets.validation.classes)
    values = idea.values(w, learnt, held_back, settings["hidden"], 2, told)
    lesson.idea(idea.sketch(w, values), w("idea.alt", **values).rstrip(), **values)


def draw(lesson: LessonPage, sets: TwoSets, run: Run) -> None:
    """Draw the plane and both curves."""
    w, fit = lesson.words, run.shown
    alt = w("alt.plane", count=len(sets.training.classes), epochs=fit.epochs, training=questions.said(fit.training[fit.at]),
            validation=questions.said(fit.validation[fit.at]))  # fmt: skip
    lesson.figure(
        "plane",
        charts.plane_figure(sets, fit, w, lesson.lecture),
        alt,
        data=partial(charts.plane_rows, sets.training, fit),
    )
    if fit.epochs:
        st.caption(said_in_short(lesson, fit))
        if max(fit.training.max(), fit.validation.max()) > charts.HIGHEST:
            st.caption(w("chart.cut", most=number(charts.HIGHEST, "g")))


def said_in_short(lesson: LessonPage, fit: Fit) -> str:
    """Say both losses and both shares of right answers."""
    at = fit.at
    return lesson.words(
        "said.now",
        epoch=f"{at:,}",
        training=questions.said(fit.training[at]),
        training_right=f"{100 * fit.training_right[at]:.0f}",
        validation=questions.said(fit.validation[at]),
        validation_right=f"{100 * fit.validation_right[at]:.0f}",
    )


def tell_in_numbers(lesson: LessonPage, sets: TwoSets, run: Run, settings: dict[str, Any]) -> None:
    """Work out how many numbers the network may choose, and what its worst mistake costs."""
    w, language = lesson.words, lesson.language
    count = len(sets.training.classes)
    intro = glossary.with_links(w("formula.size", count=count), language)
    lesson.formula(formulas.size(settings["hidden"], 2), intro)
    if not lesson.lecture:
        worst = formulas.worst(sets.validation, run.shown)
        lesson.formula(worst, glossary.with_links(w("formula.worst"), language))
        if settings["decay"]:
            lesson.formula(
                formulas.decayed(run.shown, settings["decay"]), glossary.with_links(w("formula.decay"), language)
            )


def draw_cures(lesson: LessonPage, sets: TwoSets, drawn: dict[str, Any], settings: dict[str, Any], most: int) -> None:
    """The same training with one thing changed at a time."""
    w = lesson.words
    st.markdown(glossary.with_links(w("cures.hint", epochs=most), lesson.language))
    rows = []
    for name, change in CURES.items():
        asked = {**drawn, **settings, **change}
        if most > epochs_in_time(asked["count"], asked["batch"]):
            rows.append(cures_row(w, name, ("–", "–", "–"), w("cures.too_many")))
            continue
        run: Run | None = lesson.attempt(fit_points, steps=most, **asked)
        others: TwoSets | None = lesson.attempt(draw_points, **{key: asked[key] for key in drawn})
        if run is None or others is None:
            return
        fit = run.shown
        losses = (fit.training[fit.at], fit.validation[fit.at], fit.validation.min())
        said = w("cures.one_class") if others.of_one_class else verdict(w, fate_of_points(run, others))
        rows.append(cures_row(w, name, tuple(map(questions.said, losses)), said))
    st.table(rows)
    st.caption(w("cures.floor", floor=questions.said(sets.validation.floor)))


def cures_row(w: Say, name: str, losses: tuple[str, ...], said: str) -> dict[str, str]:
    """Return a row of the table of cures: what was changed, what it came to, what is to be said of that."""
    columns = ("what", "training", "validation", "lowest", "verdict")
    return {
        w(f"cures.{column}"): cell for column, cell in zip(columns, (w(f"cures.{name}"), *losses, said), strict=True)
    }


def verdict(w: Say, fate: Fate) -> str:
    """Return in a word or two what has become of a training."""
    return w("fates.away") if fate == "away" else w(f"sketch.{fate}")


def draw_batches(lesson: LessonPage) -> None:
    """What sizes of batches did, as it was measured."""
    w = lesson.words
    st.markdown(glossary.with_links(w("batches.hint", seeds=SEEDS, points=POINTS), lesson.language))
    for fair in ("epochs", "updates"):
        rows = [
            {
                w("batches.size"): f"{each.size}", w("batches.training"): number(each.training),
                w("batches.validation"): w("batches.interval", mean=number(each.validation), low=number(each.interval[0]),
                                           high=number(each.interval[1])),
                w("batches.difference"): "–" if each.size == POINTS else
                w("batches.interval", mean=number(each.difference, "+.2f"), low=number(each.of_difference[0], "+.2f"),
                  high=number(each.of_difference[1], "+.2f")),
            }
            for each in kept() if each.fair == fair
        ]  # fmt: skip
        st.markdown(f"**{w(f'batches.{fair}')}**")
        st.table(rows)
    st.markdown(w("batches.result"))
