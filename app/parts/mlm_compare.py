"""The view that compares one mask in two sentences."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.charts import masked_language_model as charts
from app.parts.mlm_shared import More, Places, bold, listed, tex
from app.shell.frame import LessonPage
from app.snippets import masked_language_model as snippet
from nlpcore.language_models.comparison import FillComparison, compare_fills


def compare_view(lesson: LessonPage, places: Places, model: str, first: str, second: str) -> tuple[str, More]:
    """Draw the view, its settings in ``places``; return its code and its panels."""
    w = lesson.words
    left, right = places
    with left:
        watched = st.text_input(
            w("controls.watched"), placeholder=w("controls.watched_hint"), max_chars=300, **lesson.bound("watched")
        )
    with right:
        k = st.slider(w("controls.k"), 3, 20, 8, **lesson.bound("k"))
    data = {"first": first, "second": second, "k": k, "watched": listed(watched or "")}
    figure, aside = lesson.stage()
    with figure:
        trace = lesson.attempt(compare_fills, model, **data)
        if trace:
            draw_comparison(lesson, trace)
    if trace:
        with aside:
            tell_comparison(lesson, trace, k)
    return snippet.code("compare", model=model, **data), {}


def largest(trace: FillComparison) -> int:
    return int(np.abs(trace.difference).argmax())


def draw_comparison(lesson: LessonPage, trace: FillComparison) -> None:
    """Draw every word's probability in both sentences."""
    w = lesson.words
    lesson.notes(trace.notes)
    i = largest(trace)
    difference = charts.signed(trace.difference[i])
    alt = w("alt.compare", count=len(trace.words), word=trace.words[i], difference=difference)
    lesson.figure("compare", charts.comparison_dots(trace, w), alt=alt, data=lambda: charts.comparison_rows(trace))


def tell_comparison(lesson: LessonPage, trace: FillComparison, k: int) -> None:
    """Beside the figure: the largest difference as a formula, care in reading it, a prediction."""
    w = lesson.words
    lesson.look_for("compare.look_for")
    i = largest(trace)
    side = w("compare.side_first" if trace.difference[i] >= 0 else "compare.side_second")
    factor = f"{np.exp(abs(trace.difference[i])):.2g}" if abs(trace.difference[i]) < 4 else "> 50"
    difference = charts.signed(trace.difference[i])
    st.markdown(w("compare.largest", word=bold(trace.words[i]), difference=difference, factor=factor, side=side))
    first, second = trace.first_log_probability[i], trace.second_log_probability[i]
    lesson.formula(
        r"\ln \frac{p_1(w)}{p_2(w)} = \ln p_1(w) - \ln p_2(w)",
        rf"= {first:.3f} - ({second:.3f}) \approx {trace.difference[i]:+.2f} \quad w = {tex(trace.words[i])}",
    )
    if trace.asked and len(trace.words) == 2:
        values = {"a": bold(trace.words[0]), "b": bold(trace.words[1])}
        st.markdown(w("compare.pair", **values, score=charts.signed(trace.difference[0] - trace.difference[1])))
    if not trace.asked:
        shared = int(((trace.first_rank <= k) & (trace.second_rank <= k)).sum())
        st.markdown(w("compare.same_top", k=k, shared=shared))
    st.caption(w("compare.care"))
    lesson.predict(
        "order", [w("swap.sign"), w("swap.inverse"), w("swap.zero")], answer=0, because=w("swap.because"), about="swap"
    )
