"""The controls of the embedding map: which points, how they are laid out, what their colour shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.shell.frame import LessonPage
from app.shell.menu import Place
from nlpcore.words.projection import MOST
from nlpcore.words.projection_toys import TOY_SETS
from nlpcore.words.projection_words import WordMap

SOURCES = ("categories", "frequency", "around", "list", "toy")
NOT_AT_FIRST = ("colours", "weather")  # categories that the map of a first visit does without
Settings = dict[str, Any]


def choose_points(lesson: LessonPage, source: str, names: Mapping[str, str]) -> Settings:
    """Draw the controls of one source; return the arguments of ``map_words`` or ``map_toy``.

    ``names``: category id -> its name.
    """
    w = lesson.words
    if source == "categories":
        chosen = lesson.choices(
            w("controls.categories"),
            list(names),
            "categories",
            default=[name for name in names if name not in NOT_AT_FIRST],
            labels=names.__getitem__,
            kind="select",
        )
        return {"source": source, "chosen": tuple(chosen)}
    if source == "list":
        text = lesson.text("text", w("default.list"), limit=60_000, area=True, label=w("controls.list"))
        return {"source": source, "text": text}
    left, right = st.columns([1, 1.4])
    with right:
        if source == "toy":
            count = st.slider(w("controls.size"), step=50, **lesson.bound("size", 200, 50, 600))
        else:
            count = st.slider(w("controls.count"), step=50, **lesson.bound("count", 250, 50, MOST))
    with left:
        return {"count": count, **choose_start(lesson, source)}


def choose_start(lesson: LessonPage, source: str) -> Settings:
    """Draw what a source starts from: a toy set, a query word or a frequency rank."""
    w = lesson.words
    if source == "toy":
        toys = list(TOY_SETS)
        return {"name": lesson.choice("select", w("controls.toy"), toys, "toy", labels="toys", default="unequal")}
    if source == "around":
        query = lesson.text("query", w("default.query"), limit=60, label=w("controls.query"))
        return {"source": source, "text": query}
    first = st.number_input(
        w("controls.first"), step=100, help=w("controls.first_help"), **lesson.bound("first", 1, 1, 300_000)
    )
    return {"source": source, "first": int(first)}


def choose_method(lesson: LessonPage, method_place: Place, perplexity_place: Place, settings_place: Place) -> Settings:
    """Draw method, perplexity and settings; return the arguments that they are."""
    w = lesson.words
    with method_place:
        method = lesson.choice(
            "segmented", w("controls.method"), ["tsne", "pca"], "method", labels="method", default="tsne"
        )
    still = method != "tsne"
    with perplexity_place:
        perplexity = st.slider(
            w("controls.perplexity"), help=w("controls.perplexity_help"), disabled=still,
            **lesson.bound("perplexity", 30, 2, 100),
        )  # fmt: skip
    with settings_place:
        return {"method": method, "perplexity": float(perplexity), **choose_settings(lesson)}


def choose_settings(lesson: LessonPage) -> Settings:
    """Draw the settings of t-SNE that are seldom changed; return the arguments that they are."""
    w = lesson.words
    exaggeration = st.slider(
        w("controls.exaggeration"), help=w("controls.exaggeration_help"), **lesson.bound("exaggeration", 4, 1, 32)
    )
    start = lesson.choice(
        "radio", w("controls.start"), ["pca", "random"], "start", labels="controls.starts", default="pca"
    )
    seed = st.number_input(w("controls.seed"), **lesson.bound("seed", 0, 0, 9999))
    return {"early_exaggeration": float(exaggeration), "start": start, "seed": int(seed)}


def choose_colour(lesson: LessonPage, toy: bool) -> str:
    """Draw the choice of what the points' colour shows."""
    options = ["category", "trust"] if toy else ["category", "trust", "frequency"]
    label = lesson.words("controls.colour")
    return str(lesson.choice("segmented", label, options, "colour", labels="controls.colours", default="category"))


def choose_word(lesson: LessonPage, trace: WordMap) -> str | None:
    """Draw the choice of a word of the map; None where none is chosen."""
    w = lesson.words
    word: str | None = lesson.choice(
        "select", w("controls.word"), trace.words, "word", index=None, placeholder=w("controls.word_hint")
    )
    return word
