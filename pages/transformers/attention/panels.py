"""The attention lesson's own panels: what every head does, one dot product, BertViz's two views."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.shell.frame import LessonPage
from app.text import markdown_escape
from nlpcore import attention
from nlpcore.attention.summaries import MEASURES
from nlpcore.errors import Note
from pages.transformers.attention import bertviz_page, charts
from pages.transformers.attention.screen import Screen


def label(maps: attention.AttentionMaps, position: int) -> str:
    """Return a token for Markdown."""
    return markdown_escape(maps.tokens[position])


class Panels:
    """The lesson's own panels; only the open one is drawn."""

    ORDER = ("heads", "product", "head_view", "model_view")

    def __init__(self, lesson: LessonPage, screen: Screen, secret: int | None) -> None:
        self.lesson, self.w = lesson, lesson.words
        self.screen = screen
        self.guessing = secret is not None and secret == screen.row

    def heads(self) -> None:
        screen = self.screen
        measure = self.lesson.choice(
            "segmented", self.w("controls.measure"), list(MEASURES), "measure", default="special",
            labels=lambda one: self.w(f"measures.{one}.label"),
        )  # fmt: skip
        tokens = len(screen.reading.maps.tokens)
        st.markdown(self.w(f"measures.{measure}.about", tokens=tokens, most=f"{np.log2(tokens):.1f}"))
        summary = attention.summarise(screen.reading.maps)
        self.lesson.figure(
            "grid",
            charts.measure_grid(summary, self.w, str(measure), screen.layer, screen.head),
            alt=self.w("alt.grid", measure=self.w(f"measures.{measure}.label")),
            data=lambda: charts.summary_rows(summary, MEASURES),
        )

    def product(self) -> None:
        screen = self.screen
        vectors, maps = screen.reading.vectors, screen.reading.maps
        strongest = int(maps.weights[screen.layer, screen.head, screen.query].argmax())
        key = screen.query if self.guessing else strongest
        trace = vectors.trace(screen.layer, screen.head)
        score = f"{trace.scores[screen.query, key]:.2f}"
        st.markdown(
            self.w(
                "product.about", query=label(maps, screen.query), key=label(maps, key), layer=screen.layer + 1,
                head=screen.head + 1, count=trace.d_k, score=score, root=f"{trace.d_k**0.5:.2f}",
                scaled=f"{trace.scaled[screen.query, key]:.2f}",
            )
        )  # fmt: skip
        self.lesson.figure(
            "product",
            charts.dot_product(vectors, self.w, screen.layer, screen.head, screen.query, key),
            alt=self.w("alt.product", score=score),
            data=lambda: charts.dot_product_rows(vectors, screen.layer, screen.head, screen.query, key),
        )

    def head_view(self) -> None:
        self._lines("head")

    def model_view(self) -> None:
        self._lines("model")

    def _lines(self, view: str) -> None:
        maps = self.screen.changed(self.screen.reading.maps)
        given = len(maps.tokens)
        kept = min(given, bertviz_page.most_tokens(view, maps.layers, maps.heads))
        if kept < given:
            self.lesson.notes([Note("cut_lines", {"kept": kept, "given": given})])
        st.markdown(self.w(f"bertviz.{view}_about"))
        page = bertviz_page.page(
            view,
            maps.weights[:, :, :kept, :kept],
            maps.tokens[:kept],
            maps.segments[:kept],
            labels=self.w.resolve(self.w.node("bertviz.labels")),
            layer=self.screen.layer,
            heads=[self.screen.head],
            dark=st.context.theme.type == "dark",
        )
        height = bertviz_page.height(view, kept, maps.layers, maps.heads)
        st.iframe(page, height=height, alt=self.w("alt.bertviz"))
