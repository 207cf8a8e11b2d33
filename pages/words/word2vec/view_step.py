"""The second view: a vocabulary of a few words is trained, and every weight is seen."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from app import glossary
from app.shell import hall
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.training import trained
from app.text import markdown_escape, number
from nlpcore.models.trainings import Run
from nlpcore.words.reading import MOST_STEPS, Seed, compare_seeds, learn_words, read_windows
from pages.words.word2vec import charts_step as charts
from pages.words.word2vec import formulas, questions, snippet
from pages.words.word2vec.shared import tell_idea

OUTPUTS = ("softmax", "negatives", "tree")
BY = (1, 20, 100, 500)
SEEDS = 5


def step_view(lesson: LessonPage, places: Sequence[Place], words: tuple[str, ...]) -> Below:
    """Draw both matrices of a small training, the words as points, and the step that was taken last."""
    w = lesson.words
    settings = training_settings(lesson, places)
    reading = lesson.attempt(read_windows, words=words, size=settings["size"])
    if reading is None:
        return Below()
    tell_idea(lesson, reading)
    word = watched(lesson, places[6], words)
    later = lesson.attempt(learn_words, words=words, steps=questions.AFTER, **settings)
    if later is None:
        return Below()
    question = None if later.diverged else questions.near(later.shown, word, (words, tuple(settings.items())))
    locked = "" if question is None or lesson.answered(question) else w("step.locked")
    run = trained(lesson, learn_words, MOST_STEPS, locked, BY, words=words, **settings)
    if not settings["rate"]:
        st.info(w("step.no_rate"), icon=":material/info:")
    code = snippet.step(words, run.steps if run else 0, settings, word)
    if run is None:
        return Below(code)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question) if question else True
    draw(lesson, run, settings, aside, figure, told)
    asked = (words, run.steps, settings, word)
    panels = {"seeds": lambda: draw_seeds(lesson, *asked)} if run.steps else {}
    return Below(code, panels)


def training_settings(lesson: LessonPage, places: Sequence[Place]) -> dict[str, Any]:
    """Draw the settings of the training; return them as the library takes them."""
    w = lesson.words
    with places[0]:
        size = lesson.whole_number("window", w("controls.window"), 2, 6)
    with places[1]:
        way = lesson.choice(
            "segmented", w("controls.way"), ["skip_gram", "cbow"], "way", default="skip_gram", labels="ways"
        )
    with places[2]:
        output = lesson.choice("segmented", w("controls.output"), OUTPUTS, "output", default="softmax", labels="costs")
    with places[3]:
        negatives = lesson.whole_number("negatives", w("controls.negatives"), 5, 20)
    with places[4]:
        dimensions = lesson.whole_number("dimensions", w("controls.dimensions"), 4, 6)
    with places[5]:
        rate = st.number_input(w("controls.rate"), step=0.05, format="%g", **lesson.bound("rate", 0.1, 0.0, 1e6))
        seed = st.number_input(w("controls.seed"), **lesson.bound("seed", 1, 1, 9999))
    return {
        "size": size, "skip_gram": way == "skip_gram", "output": str(output), "negatives": negatives,
        "dimensions": dimensions, "rate": float(rate if rate is not None else 0.1), "seed": int(seed or 1),
    }  # fmt: skip


def watched(lesson: LessonPage, place: Place, words: tuple[str, ...]) -> str:
    """Draw the choice of the word whose neighbours are told."""
    different = list(dict.fromkeys(words))
    with place:
        return str(
            lesson.choice("select", lesson.words("controls.watched"), different, "watched", default=different[0])
        )


def draw(lesson: LessonPage, run: Run, settings: dict[str, Any], aside: Any, figure: Any, told: bool) -> None:
    """Draw what the training has come to."""
    w, matrices = lesson.words, run.shown
    with figure:
        large, small = st.columns([1.5, 1], gap="small") if lesson.lecture else (st.container(), st.container())
    with large:
        alt = w("alt.matrices", words=len(matrices.words), dimensions=matrices.first.shape[1], steps=run.steps)
        drawn = charts.matrices_figure(matrices, settings["output"], w)
        lesson.figure("matrices", drawn, alt, data=charts.matrix_rows(matrices))
    if told:
        with small:
            alt = w("alt.map", words=w.listed(matrices.words))
            lesson.figure("map", charts.map_figure(matrices, w, lesson.lecture), alt, data=charts.map_rows(matrices))
    with aside:
        lesson.look_for("step.look_for" if told else "step.look_first", long=told)
    if run.steps:
        tell_last_step(lesson, run, settings)
        with lesson.more(), hall.on_demand("loss") if lesson.lecture else contextlib.nullcontext():
            alt = w("alt.loss", steps=run.steps, last=f"{run.losses[-1]:.2f}")
            lesson.figure("loss", charts.loss_figure(run, w), alt, data=charts.loss_rows(run))


def tell_last_step(lesson: LessonPage, run: Run, settings: dict[str, Any]) -> None:
    """Say which example the last step was about, and what it did, in numbers."""
    w, matrices = lesson.words, run.shown
    last = matrices.last
    if last is None:  # a run that was taken up where it ended
        return
    read = w.listed(f"**{markdown_escape(matrices.words[row])}**" for row in last.inputs)
    target = ""
    if settings["output"] != "tree":  # whose rows are forks, not words
        word = matrices.words[int(last.rows[int(last.wanted.argmax())])]
        target = w("step.target", word=markdown_escape(word))
    explained = settings["output"] == "softmax" and not lesson.lecture
    where = w("step.of_several" if len(last.inputs) > 1 else "step.of_one") if explained else ""
    said = w("step.last", step=f"{run.steps:,}", read=read, target=target, where=where)
    intro = glossary.with_links(said, lesson.language)
    given = formulas.probability(last, matrices.words, settings["output"])
    if lesson.lecture:  # which has room for the numbers of one
        lesson.formula(replace(given, symbols="") if given.lines else given, intro)
        return
    word = markdown_escape(matrices.words[last.inputs[0]])
    stays = not np.any(last.by_inputs) and bool(np.any(last.by_rows))  # u was all 0, as in the first step
    lesson.formula(given, intro, after=w("step.stays", word=word) if stays else None)
    if not stays and (change := formulas.update(matrices, settings["rate"])):
        lesson.formula(change, glossary.with_links(w("step.update", word=word), lesson.language))


def draw_seeds(lesson: LessonPage, words: tuple[str, ...], steps: int, settings: dict[str, Any], word: str) -> None:
    """The neighbours of a word after the same training from other random numbers: of a short text they are noise."""
    w = lesson.words
    given = {name: value for name, value in settings.items() if name != "seed"}
    found: tuple[Seed, ...] | None = lesson.attempt(
        compare_seeds, words=words, word=word, steps=steps, seeds=SEEDS, **given
    )
    if found is None:
        return
    st.markdown(w("seeds.explain", word=markdown_escape(word), steps=f"{steps:,}", seeds=SEEDS))
    names = (w("seeds.seed"), w("seeds.neighbours"))
    rows = [
        (each.seed, w.listed(f"{near.word} {number(near.cosine)}" for near in each.neighbours[:3])) for each in found
    ]
    st.table([dict(zip(names, row, strict=True)) for row in rows])
    firsts = [each.neighbours[0].word for each in found if each.neighbours]
    st.markdown(w("seeds.differ" if len(set(firsts)) > 1 else "seeds.agree", count=len(set(firsts))))
