"""The view on batches: a line fitted to real words with all of them at each step, some, or one at a time."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import streamlit as st

from app import glossary
from app.questions import Question
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import number
from nlpcore.networks import batches
from nlpcore.networks.batches import LineFit
from pages.networks.gradient_descent import charts, formulas, questions, shared, snippet
from pages.networks.gradient_descent.charts import loss_said

SIZES = (1, 10, 32, 100, 1000)
NAMES = ("slope", "intercept")


def batches_view(lesson: LessonPage, rate: float, beside: Place) -> Below:
    """Draw the line on its way to the data."""
    w = lesson.words
    with beside:
        choose = lesson.choice("segmented", w("controls.size"), SIZES, "size", labels=lambda n: f"{n:,}", default=1000)
        size = int(choose)
    method_place, scaled_place, seed_place, *places = lesson.settings(5)
    with method_place:
        method = shared.method_choice(lesson)
    with scaled_place:
        scaled = st.toggle(w("controls.scaled"), **lesson.bound("scaled", True))
    with seed_place:
        seed = st.number_input(w("controls.seed"), **lesson.bound("seed", 1, 1, 9999))
    steps, momentum = shared.walk_settings(lesson, places)
    asked: dict[str, Any] = {"size": size, "rate": rate, "method": method, "momentum": momentum, "steps": steps,
                             "seed": int(seed), "scaled": bool(scaled)}  # fmt: skip
    trace = lesson.attempt(batches.fit_line, None, **asked)
    if not trace:
        return Below()
    shared.tell_idea(lesson, trace.cut)
    question = questions.epoch(trace)
    count = len(trace.descent.gradients)
    shared.walked(lesson, trace.descent, partial(draw_step, lesson, trace, question), None, count, count)
    panels = {"sizes": partial(draw_sizes, lesson, rate, int(seed), bool(scaled))}
    return Below(snippet.fit_code(**asked), panels, tells={"sizes": "epoch", "mistakes": "epoch", "check": "epoch"})


def draw_step(lesson: LessonPage, trace: LineFit, question: Question, step: int) -> None:
    """Draw the loss over slope and intercept and the words, at one step."""
    w, descent = lesson.words, trace.descent
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question)
    at = step + 1
    slope, intercept = (number(float(each), ".2f") for each in descent.points[at])
    here = loss_said(float(descent.values[at]))
    with figure:
        left, right = st.columns(2)
        with left:
            alt = w("alt.fit", step=at, slope=slope, intercept=intercept, loss=here)
            drawn = charts.fit_figure(trace, step, w, lesson.lecture)
            rows = partial(charts.walk_rows, descent, len(descent.gradients), NAMES)
            lesson.figure("fit", drawn, alt, data=rows)
        with right:
            alt = w("alt.data", count=f"{len(trace.words):,}", size=f"{trace.size:,}", slope=slope, intercept=intercept)
            lesson.figure("data", charts.data_figure(trace, step, w, lesson.lecture), alt,
                          data=partial(charts.data_rows, trace, step))  # fmt: skip
        shared.tell_what_stopped(lesson, descent, trace.optimizer.rate, True)
        if told and not lesson.lecture:
            st.caption(seen_so_far(lesson, trace, at))
    with aside:
        lesson.look_for("look_for.batches" if trace.size < len(trace.words) else "look_for.whole", long=True)
    if step >= 0:
        words = w.listed(trace.words[i] for i in trace.batches[step][: formulas.TERMS])
        intro = w("formula.batch" if trace.size > 1 else "formula.one", step=at, words=words, size=f"{trace.size:,}")
        lesson.formula(formulas.batch_gradient(trace, step, lesson.lecture), None if lesson.lecture else intro)


def seen_so_far(lesson: LessonPage, trace: LineFit, updates: int) -> str:
    """Say how many examples were seen after so many updates, and how many epochs that is."""
    examples = sum(len(batch) for batch in trace.batches[:updates])
    epochs = number(examples / len(trace.words), ".3g")
    lowest = float(charts.height_of("scaled" if trace.inputs.min() < 0 else "unscaled")(trace.lowest[0])[0])
    least, off = loss_said(lowest), number(math.sqrt(2 * lowest), ".1f")  # root of the mean square
    return lesson.words(
        "batches.seen", updates=f"{updates:,}", examples=f"{examples:,}", epochs=epochs, least=least, off=off
    )


def draw_sizes(lesson: LessonPage, rate: float, seed: int, scaled: bool) -> None:
    """The same line with batches of four sizes, for as many examples."""
    w = lesson.words
    st.markdown(glossary.with_links(w("sizes.hint"), lesson.language))
    epochs = st.slider(w("sizes.epochs"), **lesson.bound("epochs", 2, 1, batches.MOST_EPOCHS))
    trace = lesson.attempt(batches.compare_sizes, None, rate=rate, epochs=int(epochs), seed=seed, scaled=scaled)
    if not trace:
        return
    rows = [
        {
            w("sizes.size"): f"{size:,}",
            w("sizes.updates"): f"{len(descent.gradients):,}",
            w("sizes.loss"): w("sizes.stopped") if descent.diverged else loss_said(float(descent.values[-1])),
        }
        for size, descent in zip(trace.sizes, trace.descents, strict=True)
    ]
    ends = w.listed(f"{row[w('sizes.size')]}: {row[w('sizes.loss')]}" for row in rows)
    alt = w("alt.sizes", ends=ends)
    lesson.figure("sizes", charts.sizes_figure(trace, w), alt, data=partial(charts.sizes_rows, trace))
    st.table(rows)
    st.caption(w("sizes.care", least=loss_said(trace.least)))
