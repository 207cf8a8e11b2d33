"""Lesson: masked language models. Mask words, compare sentences, take the training apart, watch attention move."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.parts.mlm_attention import attention_view
from app.parts.mlm_compare import compare_view
from app.parts.mlm_fill import fill_view
from app.parts.mlm_sampler import counts_view, training_view
from app.parts.mlm_shared import More, Places, publish
from app.shell import lesson_page

VIEWS: dict[str, Callable[..., tuple[str, More]]] = {
    "fill": fill_view,
    "compare": compare_view,
    "training": training_view,
    "counts": counts_view,
    "attention": attention_view,
}

lesson = lesson_page("masked-language-model")
w = lesson.words

with lesson.controls():
    lesson.presets()
    place, beside_view = st.columns([5, 6], vertical_alignment="bottom")
    with place:
        view = lesson.choice(
            "segmented",
            w("controls.view"),
            list(VIEWS),
            "view",
            default="fill",
            labels=lambda v: w(f"view.{v}"),
            wrap=True,
        )
    under_text, place = st.columns([6, 2])
    with place:
        model_id = lesson.model_picker("minilm-l6-mlm")
    names = ("first", "second") if view == "compare" else ("text",)
    texts = []
    for name, place in zip(names, under_text.columns(len(names)), strict=True):
        with place:
            texts.append(lesson.text(name, w(f"default.{name}"), 4000, label=w(f"controls.{name}")))
            publish(name, texts[-1], w(f"default.{name}"))

code, panels = VIEWS[view](lesson, Places(under_text, beside_view), model_id, *texts)
lesson.below(code=code, more=panels)
