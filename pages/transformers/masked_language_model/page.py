"""Lesson: masked language models. Mask words, compare sentences, take the training apart, watch attention move."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.shell.frame import Below, LessonPage
from pages.transformers.masked_language_model.shared import tell_idea_of
from pages.transformers.masked_language_model.view_attention import attention_view
from pages.transformers.masked_language_model.view_compare import compare_view
from pages.transformers.masked_language_model.view_fill import fill_view
from pages.transformers.masked_language_model.view_sampler import counts_view, training_view

# What draws a view, and how many settings it has beside the model.
VIEWS: dict[str, tuple[Callable[..., Below], int]] = {
    "fill": (fill_view, 3),
    "compare": (compare_view, 2),
    "training": (training_view, 4),
    "counts": (counts_view, 4),
    "attention": (attention_view, 1),
}


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen, on the learner's text or pair of texts."""
    w = lesson.words
    with lesson.controls():
        lesson.presets("view", "text", "masked", "first", "second", "model", first="knowledge")
        view = lesson.views(list(VIEWS), "fill", labels="view")
        names = ("first", "second") if view == "compare" else ("text",)
        texts = []
        for name, place in zip(names, st.columns(len(names)), strict=True):
            with place:
                texts.append(lesson.text(name, w(f"default.{name}"), label=w(f"controls.{name}")))
    draw, count = VIEWS[view]
    *places, model_place = lesson.settings(count + 1)
    with model_place:
        model = lesson.picker_for(texts, english="minilm-l6-mlm", chinese="bert-mini-zh")
    if view not in ("fill", "attention"):  # which tell it with the masks that the learner chooses
        tell_idea_of(lesson, model, texts[0])
    return draw(lesson, places, model, *texts)
