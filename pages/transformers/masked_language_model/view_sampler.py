"""The views on BERT's training text: one example step by step, and a thousand draws counted."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.text import probability
from nlpcore.language_models.masking import CorruptionCounts
from nlpcore.language_models.text_masking import TrainingExample, count_corruptions, training_example
from pages.transformers.masked_language_model import charts_masking as charts
from pages.transformers.masked_language_model import formulas, questions, snippet
from pages.transformers.masked_language_model.shared import Places

# Masked, random, kept, in percent: the rows of table 8 of Devlin et al. 2019.
SPLITS = ("80-10-10", "100-0-0", "80-20-0", "80-0-20", "0-80-20", "0-100-0")
DRAWS = 1000


def sampler_controls(lesson: LessonPage, places: Places) -> dict[str, Any]:
    """Draw the controls of the sampler; return rate, split and seed as the functions take them."""
    w = lesson.words
    left, middle, right, button = places
    with left:
        rate = st.slider(w("controls.rate"), step=5, **lesson.bound("rate", 15, 5, 80))
    with middle:
        split = lesson.choice(
            "select", w("controls.split"), SPLITS, "split", default=SPLITS[0],
            labels=lambda s: w("training.split_label", **dict(zip(("masked", "random", "kept"), s.split("-"), strict=True))),
        )  # fmt: skip
    with right:
        seed = st.number_input(w("controls.seed"), **lesson.bound("seed", 1, 1, 9999))

    def again() -> None:
        lesson.put(seed=int(lesson.value("seed") or 1) % 9999 + 1)

    with button:
        st.button(w("training.draw_again"), icon=":material/casino:", on_click=again)
    shares = tuple(int(part) / 100 for part in split.split("-"))
    return {"rate": rate / 100, "split": shares, "seed": int(seed)}


def training_view(lesson: LessonPage, places: Places, model: str, text: str) -> Below:
    """Draw one training example in four steps."""
    w = lesson.words
    settings = sampler_controls(lesson, places)
    figure, aside = lesson.stage()
    trace = lesson.attempt(training_example, model, text=text, **settings)
    code = snippet.code("training", model=model, text=text, **settings)
    below = Below(code, {"table8": lambda: draw_table8(lesson)}, model, {"mistakes": "counted"})
    if not trace:
        return below
    with aside:
        told = lesson.ask(questions.counted(trace.corruption))
        tell_training(lesson, trace, told)
    with figure:
        lesson.notes(trace.notes)
        labels = [w(f"training.step.{name}", rate=f"{settings['rate']:.2f}") for name in charts.STEPS]
        # The last step shows where the loss is counted, which is what is asked.
        reach = len(labels) if told else len(labels) - 1
        lesson.stepped("step", len(labels), lambda step: draw_step(lesson, trace, step, told), labels, 1, lambda: reach)
    with figure if lesson.lecture else aside:  # a hall has the loss and the reason beside it
        lesson.look_for("training.look_for")
    return below


def draw_step(lesson: LessonPage, trace: TrainingExample, step: int, told: bool) -> None:
    """Draw one of the four steps."""
    w = lesson.words
    selected = int(trace.corruption.selected.sum())
    alt = w("alt.training", count=len(trace.tokens), step=step + 1, selected=selected)
    figure = charts.masking_steps(trace, step, w, told, lesson.lecture)
    lesson.figure("training", figure, alt=alt, data=lambda: charts.example_rows(trace, told))


def tell_training(lesson: LessonPage, trace: TrainingExample, told: bool) -> None:
    """Once it was asked where it is counted, the loss with its numbers."""
    w = lesson.words
    drawn = trace.corruption
    n, selected = int(drawn.eligible.sum()), int(drawn.selected.sum())
    if trace.loss is None:
        st.info(w("training.none", n=n, share=how_many(100 * (1 - drawn.rate) ** n)))
    elif told:
        intro = "training.loss_hall" if lesson.lecture else "training.loss"  # the reason is below it
        said = glossary.with_links(w(intro, count=selected), lesson.language)
        lesson.formula(formulas.training_loss(trace), said)


def counts_view(lesson: LessonPage, places: Places, model: str, text: str) -> Below:
    """Draw a thousand draws counted."""
    w = lesson.words
    settings = sampler_controls(lesson, places)
    figure, aside = lesson.stage()
    with figure:
        trace = lesson.attempt(count_corruptions, model, text=text, draws=DRAWS, **settings)
    if trace:
        with aside:
            told = ask_about_masks(lesson, trace.counts)
        with figure:
            lesson.notes(trace.notes)
            selected = trace.counts.selected
            alt = w("alt.counts", observed=f"{selected.observed:,}", expected=f"{selected.expected:,.0f}")
            drawn = charts.counts_figure(trace.counts, w, told, lesson.lecture)
            lesson.figure("counts", drawn, alt=alt, data=lambda: charts.count_rows(trace.counts, told))
        with figure if lesson.lecture else aside:  # a hall has the formula and the reason beside it
            lesson.look_for("counts.look_for")
            empty = trace.counts.empty_draws
            st.markdown(w("counts.empty", observed=empty.observed, expected=how_many(empty.expected)))
    code = snippet.code("counts", model=model, text=text, **settings)
    tells = dict.fromkeys(("mistakes", "table8"), "masks")
    return Below(code, {"table8": lambda: draw_table8(lesson)}, model, tells)


def ask_about_masks(lesson: LessonPage, counts: CorruptionCounts) -> bool:
    """Beside the counts: a prediction, and once it is answered what is expected, with its numbers; return whether it is."""
    question = questions.shown_as_mask(counts)
    told = lesson.ask(question) if question else True
    if told:
        tell_masks(lesson, counts)
    return told


def how_many(expected: float) -> str:
    """Return a number that need not be whole, as a page writes it: 153, 4.6, 0.031, <0.0001."""
    return probability(expected) if expected < 0.995 else f"{expected:,.{0 if expected >= 99.5 else 1}f}"


def tell_masks(lesson: LessonPage, counts: CorruptionCounts) -> None:
    """Say how many tokens are shown as [MASK]: expected, as a formula, and counted."""
    w, masked = lesson.words, counts.masked
    intro = w("counts.formula_words", draws=f"{counts.draws:,}", n=counts.eligible)
    lesson.formula(formulas.expected_masks(counts, w), intro)
    values = {"low": f"{masked.low:,}", "high": f"{masked.high:,}", "observed": f"{masked.observed:,}"}
    with lesson.more():
        st.markdown(w("counts.interval", **values))


def draw_table8(lesson: LessonPage) -> None:
    """Devlin et al. 2019, table 8: six mixes, two tasks."""
    w = lesson.words
    st.markdown(w("panels.table8_why"))
    st.markdown(w("panels.table8_text"))
    names = (w("panels.table8_mask"), w("panels.table8_same"), w("panels.table8_random"), "MNLI", "NER")
    rows = ((80, 10, 10, 84.2, 95.4), (100, 0, 0, 84.3, 94.9), (80, 0, 20, 84.1, 95.2), (80, 20, 0, 84.4, 95.2),
            (0, 20, 80, 83.7, 94.8), (0, 0, 100, 83.6, 94.9))  # fmt: skip
    st.table([dict(zip(names, (f"{v:g}" for v in row), strict=True)) for row in rows])
