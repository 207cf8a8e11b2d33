"""The view on attention: what changes inside the model when a word is masked."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.charts import masked_language_model as charts
from app.parts.mlm_shared import More, Places, bold, masked_words, words_of
from app.shell.frame import LessonPage
from app.snippets import masked_language_model as snippet
from nlpcore.language_models.mask_attention import AttentionChange, attention_change

TOKENS = 64  # most tokens in the heatmap


def attention_view(lesson: LessonPage, places: Places, model: str, text: str) -> tuple[str, More]:
    """Draw the view, its settings in ``places``; return its code and its panels."""
    w = lesson.words
    (layer_place,) = places
    with lesson.controls():
        masked = masked_words(lesson, words_of(text))
    figure, aside = lesson.stage()
    layer, more = None, {}
    with figure:
        trace = lesson.attempt(attention_change, model, text=text, words=masked, limit=TOKENS)
        if trace:
            lesson.notes(trace.notes)
            with layer_place:
                layer = choose_layer(lesson, len(trace.shown))
            names = ", ".join(trace.tokens[i] for i in trace.masked)
            alt = w("alt.attention", count=len(trace.tokens), masked=names)
            drawn = charts.attention_change_map(trace, layer, w)
            lesson.figure("attention", drawn, alt=alt, data=lambda: charts.attention_rows(trace, layer))
    if trace:
        with aside:
            tell_attention(lesson, trace, layer)
        more["heads"] = (w("more.heads"), lambda: draw_heads(lesson, trace))
    return snippet.code("attention", model=model, text=text, words=masked, layer=layer), more


def choose_layer(lesson: LessonPage, layers: int) -> int | None:
    """Draw the choice of a layer; None stands for the mean of all."""
    w = lesson.words
    chosen = lesson.choice(
        "segmented", w("controls.layer"), list(range(layers + 1)), "layer", default=0,
        labels=lambda i: str(i) if i else w("controls.all_layers"),
    )  # fmt: skip
    return int(chosen) - 1 if chosen else None


def tell_attention(lesson: LessonPage, trace: AttentionChange, layer: int | None) -> None:
    """Beside the heatmap: the largest change as a formula, a word of caution, a prediction."""
    w = lesson.words
    lesson.look_for("attention.look_for")
    change = trace.change(layer)
    q, k = (int(i) for i in np.unravel_index(np.abs(change).argmax(), change.shape))
    direction = w("attention.direction_more" if change[q, k] >= 0 else "attention.direction_less")
    names = {"query": bold(trace.tokens[q]), "key": bold(trace.tokens[k])}
    st.markdown(w("attention.largest", **names, difference=f"{abs(change[q, k]):.2f}", direction=direction))
    shown, hidden = (weights.mean(axis=1)[:, q, k] for weights in (trace.shown, trace.hidden))
    before, after = (float(x.mean() if layer is None else x[layer]) for x in (shown, hidden))
    lesson.formula(
        r"\Delta_{qk} = \bar{A}^{\text{masked}}_{qk} - \bar{A}^{\text{shown}}_{qk}",
        rf"= {after:.3f} - {before:.3f} \approx {after - before:+.2f}",
    )
    st.caption(w("attention.caution"))
    moved = trace.moved().mean(axis=1)
    most, least = int(moved.argmax()), int(moved.argmin())
    numbers = {"share": f"{100 * moved[most]:.0f}", "least": least + 1, "least_share": f"{100 * moved[least]:.0f}"}
    options = [w("layer_name", layer=i + 1) for i in range(len(moved))]
    about = (trace.tokens, trace.masked)
    lesson.predict("layer", options, most, w("layer_because", **numbers), about=about)


def draw_heads(lesson: LessonPage, trace: AttentionChange) -> None:
    """Draw how far each head of each layer moved."""
    w = lesson.words
    st.markdown(w("more.heads_text"))
    rows = [
        {"layer": layer + 1, "head": head + 1, "moved": float(value)}
        for layer, row in enumerate(trace.moved())
        for head, value in enumerate(row)
    ]
    lesson.figure("heads", charts.heads_moved_map(trace, w), alt=w("alt.heads"), data=rows)
