"""Lesson: masked language models. Mask words, compare sentences, take the training apart, watch attention move."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.parts.mlm_attention import attention_view
from app.parts.mlm_compare import compare_view
from app.parts.mlm_fill import fill_view
from app.parts.mlm_sampler import counts_view, training_view
from app.parts.mlm_shared import More
from app.shell import lesson_page

# What draws a view, and the widths of its settings beside the model.
VIEWS: dict[str, tuple[Callable[..., tuple[str, More]], tuple[float, ...]]] = {
    "fill": (fill_view, (2, 2, 1.4)),
    "compare": (compare_view, (2, 1)),
    "training": (training_view, (2, 2, 1.2, 1.4)),
    "counts": (counts_view, (2, 2, 1.2, 1.4)),
    "attention": (attention_view, (3,)),
}

lesson = lesson_page("masked-language-model")
w = lesson.words

with lesson.controls():
    lesson.presets()
    view = lesson.views(list(VIEWS), "fill", labels=lambda v: w(f"view.{v}"))
    names = ("first", "second") if view == "compare" else ("text",)
    texts = []
    for name, place in zip(names, st.columns(len(names)), strict=True):
        with place:
            texts.append(lesson.text(name, w(f"default.{name}"), 4000, label=w(f"controls.{name}")))
draw, widths = VIEWS[view]
*places, model_place = lesson.settings(*widths, 1.8)
with model_place:
    model_id = lesson.picker_for(texts, english="minilm-l6-mlm", chinese="bert-mini-zh")
code, panels = draw(lesson, places, model_id, *texts)
lesson.below(code=code, more=panels)
