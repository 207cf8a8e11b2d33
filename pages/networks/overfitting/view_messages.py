"""The second view: which short messages are spam, learnt from the words of a few."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.training import take_along, trained
from app.text import probability
from nlpcore.models.trainings import Run
from nlpcore.networks.fitting import epochs_in_time
from nlpcore.networks.messages import MOST_MESSAGES, Messages, draw_messages
from nlpcore.networks.overfitting import chances, fate_of_messages, fit_messages, word_scores
from pages.networks.overfitting import charts, formulas, idea, questions, shared, snippet
from pages.networks.overfitting.view_points import said_in_short

KINDS = ("ham", "spam")
LANGUAGES = ("en", "zh")
BARS, IN_A_HALL = 7, 4  # words to each side
ROWS = 8  # of a table of messages


def messages_view(lesson: LessonPage, row: tuple[Place, Place], example: bool) -> Below:
    """Draw both curves, the words that weigh most, and the messages that it takes for what they are not."""
    w = lesson.words
    settings, drawn, most = controls(lesson, row)
    of: Messages | None = lesson.attempt(draw_messages, **drawn)
    if of is None:
        return Below()
    later: Run | None = lesson.attempt(fit_messages, steps=most, **drawn, **settings) if example else None
    fate = fate_of_messages(later, drawn["noise"]) if later else "right"
    about = (*drawn.values(), *settings.values())
    question = questions.fate(later, fate, most, about, settings) if later else None
    values = idea.values(w, of.count, len(of.texts) - MOST_MESSAGES, settings["hidden"], len(of.words))
    lesson.idea(idea.sketch(w, values), w("idea.alt", **values), **values)
    waits = question is not None and not lesson.answered(question)
    run = trained(
        lesson, fit_messages, most, shared.locked(lesson, waits), shared.BY, unit="epochs", **drawn, **settings
    )
    code = snippet.messages(run.steps if run else 0, {**drawn, **settings})
    if run is None:
        return Below(code)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question) if question else True
    with figure:
        draw(lesson, of, run)
        shared.tell_what_is_odd(
            lesson, settings, of.count, most, len(set(of.classes[: of.count].tolist())) == 1, "messages"
        )
        shared.tell_the_end(lesson, run, settings["patience"])
    with aside:
        lesson.look_for("look_for.messages", long=True, wrong=int(of.wrong.sum()), count=of.count)
    if told and run.steps:
        intro = glossary.with_links(w("formula.size_messages", words=len(of.words), count=of.count), lesson.language)
        lesson.formula(formulas.size(settings["hidden"], len(of.words)), intro)
    panels = {"mistaken": partial(draw_mistaken, lesson, of, run), "learnt": partial(draw_learnt, lesson, of, run)}
    if told and run.steps:
        panels["take"] = partial(take_along, lesson, run)
    return Below(code, panels, tells={"mistaken": "fate", "learnt": "fate"} if question else {})


def controls(lesson: LessonPage, row: tuple[Place, Place]) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Draw the controls; return how it is trained, what is drawn, and how many epochs there may be."""
    w = lesson.words
    names = ("language", "wrong", "method", *shared.SPANS)
    *rest, last = lesson.settings(len(names) + 1)
    places = dict(zip(names, rest, strict=True))
    hidden = shared.Hidden(lesson, last)
    with places["language"]:
        default = lesson.language
        language = lesson.choice("segmented", w("controls.language"), LANGUAGES, "language", labels="language",
                                 default=default)  # fmt: skip
    count = hidden.number("count", row[1], 40, 2, MOST_MESSAGES, 1)
    noise = hidden.number("wrong", places["wrong"], 0.15, 0.0, 0.5, 0.05)
    settings = shared.training_settings(hidden, row[0], places)
    most = min(settings.pop("epochs"), epochs_in_time(count, settings["batch"]))
    seed = settings.pop("seed")
    return settings, {"language": str(language), "count": count, "noise": noise, "seed": seed}, most


def draw(lesson: LessonPage, of: Messages, run: Run) -> None:
    """Draw both curves, and the words beside them."""
    w, fit = lesson.words, run.shown
    left, right = st.columns(2)
    with left:
        alt = w("alt.curves", epochs=fit.epochs, training=questions.said(fit.training[fit.at]),
                validation=questions.said(fit.validation[fit.at]))  # fmt: skip
        lesson.figure("curves", charts.curves_figure(fit, w), alt, data=partial(charts.curve_rows, fit))
    with right:
        scores = word_scores(fit, of)
        order = np.argsort(-scores, kind="stable")
        bars = IN_A_HALL if lesson.lecture else BARS
        shown = np.concatenate([order[:bars], order[-bars:]]) if len(order) > 2 * bars else order
        words = [of.words[i] for i in shown]
        alt = w("alt.words", spam=words[0], other=words[-1])
        rows = [{"word": word, "score": float(scores[i])} for word, i in zip(of.words, range(len(scores)), strict=True)]
        lesson.figure("words", charts.words_figure(words, scores[shown], w), alt, data=rows)
    if fit.epochs:
        st.caption(said_in_short(lesson, fit))


def draw_mistaken(lesson: LessonPage, of: Messages, run: Run) -> None:
    """The held-back messages that it is most wrong about, and which of their words it has never seen."""
    w = lesson.words
    given = chances(run.shown, of)
    rest = np.arange(MOST_MESSAGES, len(of.texts))
    off = np.abs(given - of.classes)
    wrong = sorted((i for i in rest.tolist() if off[i] > 0.5), key=lambda i: -off[i])[:ROWS]
    st.markdown(w("mistaken.hint", wrong=int((off[rest] > 0.5).sum()), count=len(rest)))
    known = set(of.words)
    rows = [
        {
            w("mistaken.text"): of.texts[i], w("mistaken.is"): w(f"kinds.{KINDS[of.classes[i]]}"),
            w("mistaken.chance"): probability(float(given[i])),
            w("mistaken.unknown"): w.listed([word for word in of.texts[i].split() if word not in known]) or "–",
        }
        for i in wrong
    ]  # fmt: skip
    if rows:
        st.table(rows)


def draw_learnt(lesson: LessonPage, of: Messages, run: Run) -> None:
    """The messages with a wrong label that it has learnt by heart, or not."""
    w = lesson.words
    given = chances(run.shown, of)
    turned = np.flatnonzero(of.wrong).tolist()
    if not turned:
        st.markdown(w("learnt.none"))
        return
    heart = sum(bool(abs(given[i] - of.classes[i]) < 0.5) for i in turned)
    st.markdown(w("learnt.hint", wrong=len(turned), heart=heart))
    st.table([
        {
            w("mistaken.text"): of.texts[i], w("learnt.label"): w(f"kinds.{KINDS[of.classes[i]]}"),
            w("mistaken.chance"): probability(float(given[i])),
        }
        for i in turned[:ROWS]
    ])  # fmt: skip
