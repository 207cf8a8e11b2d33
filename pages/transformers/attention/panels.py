"""What lies below the attention figures: what every head does, one dot product, BertViz's two views."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from app.charts import style
from app.shell.frame import LessonPage
from app.text import markdown_escape
from nlpcore import attention
from nlpcore.attention import AttentionMaps
from nlpcore.attention.summaries import MEASURES
from nlpcore.errors import Note
from pages.transformers.attention import bertviz_page, charts, charts_values, formulas
from pages.transformers.attention.screen import Row, Screen


def panels(lesson: LessonPage, screen: Screen) -> dict[str, Callable[[], None]]:
    """Return the lesson's panels in their order; see :func:`tells` for those that wait."""
    return {
        "heads": lambda: draw_heads(lesson, screen),
        "product": lambda: draw_product(lesson, screen),
        "values": lambda: draw_values(lesson, screen),
        "head_view": lambda: draw_lines(lesson, screen, "head"),
        "model_view": lambda: draw_lines(lesson, screen, "model"),
    }


def telling_measures(maps: AttentionMaps) -> list[str]:
    """Return the measures that are not 0 for every head whatever it reads: no special tokens, no token after."""
    silent = {"special": not any(maps.special), "next": maps.causal}
    return [name for name in MEASURES if not silent.get(name)]


def resting_place(maps: AttentionMaps) -> str:
    """Return the special token that all heads together give most to; "" where there is none."""
    places = [place for place, special in enumerate(maps.special) if special]
    return maps.tokens[max(places, key=lambda place: float(maps.weights[..., place].sum()))] if places else ""


def draw_heads(lesson: LessonPage, screen: Screen) -> None:
    """Draw one number for each head: the measure that is chosen."""
    w = lesson.words
    maps = screen.reading.maps
    offered = telling_measures(maps)
    measure = lesson.choice(
        "segmented", w("controls.measure"), offered, "measure",
        default="special" if "special" in offered else "first", labels=lambda one: w(f"measures.{one}.label"),
    )  # fmt: skip
    tokens = len(maps.tokens)
    about = {"tokens": tokens, "most": f"{np.log2(tokens):.1f}", "rest": markdown_escape(resting_place(maps))}
    st.markdown(w(f"measures.{measure}.about", **about))
    summary = attention.summarise(maps)
    lesson.figure(
        "grid",
        charts.measure_grid(summary, w, str(measure), screen.layer, screen.head),
        alt=w("alt.grid", measure=w(f"measures.{measure}.label")),
        data=lambda: charts.summary_rows(summary, MEASURES),
    )


def draw_product(lesson: LessonPage, screen: Screen) -> None:
    """Draw how q · k adds up for the strongest key."""
    w, vectors, maps = lesson.words, screen.reading.vectors, screen.reading.maps
    key = int(maps.weights[screen.layer, screen.head, screen.query].argmax())
    trace = vectors.trace(screen.layer, screen.head)
    score = f"{trace.scores[screen.query, key]:.2f}"
    about = w(
        "product.about", query=screen.label(screen.query), key=screen.label(key), layer=screen.layer + 1,
        head=screen.head + 1, count=trace.d_k, score=score, root=f"{trace.d_k**0.5:.2f}",
        scaled=f"{trace.scaled[screen.query, key]:.2f}",
    )  # fmt: skip
    st.markdown(about)
    lesson.figure(
        "product",
        charts.dot_product(vectors, w, screen.layer, screen.head, screen.query, key),
        alt=w("alt.product", score=score),
        data=lambda: charts.dot_product_rows(screen.reading.vectors, screen.layer, screen.head, screen.query, key),
    )


def draw_values(lesson: LessonPage, screen: Screen) -> None:
    """Draw how the values, each times its weight, add up to what the head hands on for the query."""
    w, vectors, place = lesson.words, screen.reading.vectors, (screen.layer, screen.head, screen.query)
    names = {"query": screen.label(screen.query), "layer": screen.layer + 1, "head": screen.head + 1}
    st.markdown(w("values.about", **names))
    lesson.equation(formulas.output(vectors, *place))
    strongest = vectors.tokens[int(vectors.trace(screen.layer, screen.head).weights[screen.query].argmax())]
    lesson.figure(
        "values",
        charts_values.weighted_values(vectors, w, *place),
        alt=w("alt.values", query=vectors.tokens[screen.query], key=strongest),
        data=lambda: charts_values.weighted_rows(screen.reading.vectors, *place),
    )
    st.caption(w("values.after"))


def tells(screen: Screen) -> dict[str, str]:
    """Return which panels give the answer of the open question away."""
    asked = screen.secret == Row(screen.layer, screen.head, screen.query)
    of_the_row = ("product", "values") if asked else ()
    return dict.fromkeys(("mistakes", "heads", *of_the_row), "peak")


def draw_lines(lesson: LessonPage, screen: Screen, view: str) -> None:
    """Draw BertViz's "head" or "model" view of the maps, with as many tokens as a laptop draws at once."""
    w, maps = lesson.words, screen.told()
    given, zoom = len(maps.tokens), style.LECTURE_FACTOR if lesson.lecture else 1.0
    kept = min(given, bertviz_page.most_tokens(view, maps.layers, maps.heads))
    if kept < given:
        lesson.notes([Note("cut_lines", {"kept": kept, "given": given})])
    st.markdown(w(f"bertviz.{view}_about"))
    if row := screen.secret:
        st.caption(w("bertviz.secret", query=screen.label(row.query), layer=row.layer + 1, head=row.head + 1))
    page = bertviz_page.page(
        view,
        maps.weights[:, :, :kept, :kept],
        maps.tokens[:kept],
        maps.segments[:kept],
        labels=w.resolve(w.node("bertviz.labels")),
        layer=screen.layer,
        heads=[screen.head],
        dark=st.context.theme.type == "dark",
        zoom=zoom,
    )
    height = bertviz_page.height(view, kept, maps.layers, maps.heads, zoom)
    lesson.framed(f"{view}_view", page, height, w("alt.bertviz"), caption=[w(f"panels.{view}_view")])
