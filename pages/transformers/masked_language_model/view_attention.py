"""The view on attention: what changes inside the model when a word is masked."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.shell.frame import Below, LessonPage
from app.text import markdown_escape
from nlpcore.language_models.mask_attention import AttentionChange, attention_change
from pages.transformers.masked_language_model import charts, formulas, questions, snippet
from pages.transformers.masked_language_model.shared import Places, masked_words, tell_idea_of, words_of

TOKENS = 64  # most tokens in the heatmap


def attention_view(lesson: LessonPage, places: Places, model: str, text: str) -> Below:
    """Draw the view, its settings in ``places``."""
    (layer_place,) = places
    with lesson.controls():
        masked = masked_words(lesson, words_of(text, model), model)
    figure, aside = lesson.stage()
    layer: int | None = None
    panels: dict[str, Callable[[], None]] = {}
    with figure:
        trace = lesson.attempt(attention_change, model, text=text, words=masked, limit=TOKENS)
    tell_idea_of(lesson, model, text, masked)
    if trace:
        with layer_place:
            layer = choose_layer(lesson, len(trace.shown))
        with aside:
            question = questions.moved_layer(trace)
            told = question is not None and lesson.ask(question)
        with figure:
            lesson.notes(trace.notes)
            beside = draw_change(lesson, trace, layer, told)
        with beside or aside:
            tell_attention(lesson, trace, layer)
        panels["heads"] = lambda: draw_heads(lesson, trace)
    code = snippet.code("attention", model=model, text=text, words=masked, layer=layer)
    return Below(code, panels, model, {"heads": "layer"})


def draw_change(lesson: LessonPage, trace: AttentionChange, layer: int | None, told: bool) -> DeltaGenerator | None:
    """Draw the heatmap and, once the question is answered, what each layer moved: above it, in a hall beside it.

    Return the place under what stands beside it, which only a hall has.
    """
    w = lesson.words
    beside = lesson.lecture
    large, small = st.columns([1.6, 1]) if beside else (st.container(), st.container())
    above, below = (small, large) if beside else (large, small)
    if told:
        rows = charts.layer_rows(trace)
        shares = w.listed(f"{row['all_tokens']:.1f} %" for row in rows)
        with above:
            lesson.figure("layers", charts.layers_moved(trace, w), w("alt.layers", shares=shares), data=rows)
    names = w.listed(trace.tokens[i] for i in trace.masked)
    alt = w("alt.attention", count=len(trace.tokens), masked=names)
    which = w(
        "attention.of_all" if layer is None else "attention.of_layer", layer=(layer or 0) + 1, layers=len(trace.shown)
    )
    with below:
        st.markdown(f"**{which}**")
        drawn = charts.attention_change_map(trace, layer, w, lesson.lecture)
        lesson.figure("attention", drawn, alt, lambda: charts.attention_rows(trace, layer), caption=[which])
    return small if beside else None


def choose_layer(lesson: LessonPage, layers: int) -> int | None:
    """Draw the choice of a layer; None stands for the mean of all."""
    w = lesson.words
    chosen = lesson.choice(
        "segmented", w("controls.layer"), list(range(layers + 1)), "layer", default=0,
        labels=lambda i: str(i) if i else w("controls.all_layers"),
    )  # fmt: skip
    return int(chosen) - 1 if chosen else None


def tell_attention(lesson: LessonPage, trace: AttentionChange, layer: int | None) -> None:
    """Beside the heatmap: what to look for, the largest change, as a formula too, a word of caution."""
    w = lesson.words
    lesson.look_for("attention.look_for")
    change = trace.change(layer)
    q, k = formulas.largest_change(trace, layer)
    direction = w("attention.direction_more" if change[q, k] >= 0 else "attention.direction_less")
    names = {"query": markdown_escape(trace.tokens[q]), "key": markdown_escape(trace.tokens[k])}
    st.markdown(w("attention.largest", **names, difference=f"{abs(change[q, k]):.2f}", direction=direction))
    lesson.formula(formulas.attention_change(trace, layer, w))
    st.caption(w("attention.caution"))


def draw_heads(lesson: LessonPage, trace: AttentionChange) -> None:
    """Draw how far each head of each layer moved."""
    w = lesson.words
    st.markdown(w("panels.heads_text"))
    rows = [
        {"layer": layer + 1, "head": head + 1, "moved": float(value)}
        for layer, row in enumerate(trace.moved())
        for head, value in enumerate(row)
    ]
    lesson.figure("heads", charts.heads_moved_map(trace, w), alt=w("alt.heads"), data=rows)
