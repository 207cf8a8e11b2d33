"""The embedding map's own panels: two words measured, how far to trust the map, its run, other perplexities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.shell.frame import LessonPage
from app.text import markdown_escape
from nlpcore.words.projection import STEPS_IN_ALL, Projection
from nlpcore.words.projection_toys import map_toy
from nlpcore.words.projection_words import WordMap
from pages.words.embedding_map.charts_views import frame_figure, kept_figure, perplexity_figure, run_figure

PERPLEXITIES = (2.0, 5.0, 15.0, 30.0, 60.0)


class Panels:
    """The lesson's own panels; only the open one is drawn."""

    def __init__(self, lesson: LessonPage) -> None:
        self.lesson, self.w = lesson, lesson.words

    def pair(self, trace: WordMap) -> None:
        """Let the learner choose two words; say how near they are, in the original space and in the map."""
        left, right = st.columns(2)
        with left:
            a = self.lesson.choice("select", self.w("panels.first_word"), trace.words, "a", default=trace.words[0])
        with right:
            b = self.lesson.choice("select", self.w("panels.second_word"), trace.words, "b", default=trace.words[1])
        if a == b:
            return
        near = trace.closeness(a, b)
        st.markdown(
            self.w(
                "panels.pair_result", a=markdown_escape(a), b=markdown_escape(b), cosine=f"{near.cosine:.2f}",
                original=near.original_rank, map=near.map_rank, others=near.others,
            )
        )  # fmt: skip

    def trust(self, projection: Projection) -> None:
        """Draw how many neighbours each point kept, and trustworthiness with its numbers."""
        quality, n = projection.quality, len(projection.coordinates)
        st.markdown(self.w("panels.trust_text", k=quality.k))
        self.lesson.figure("kept", kept_figure(projection, self.w), alt=self.w("alt.kept", k=quality.k))
        total = (1 - quality.trustworthiness) * n * quality.k * (2 * n - 3 * quality.k - 1) / 2
        self.lesson.formula(
            r"T(k)=1-\frac{2}{n\,k\,(2n-3k-1)}\,S,\qquad S=\sum_{i}\sum_{j\in U_k(i)}\bigl(r(i,j)-k\bigr)",
            rf"T({quality.k})=1-\frac{{2}}{{{n}\cdot{quality.k}\cdot{2 * n - 3 * quality.k - 1}}}\cdot{total:.0f}"
            f"={quality.trustworthiness:.3f}",
        )

    def run(self, projection: Projection, marker: Mapping[str, Any]) -> None:
        """Draw the run step by step, also for those who use no mouse: each frame beside the course of KL(P‖Q)."""
        if not projection.frames:
            st.markdown(self.w("panels.run_none"))
            return
        st.markdown(self.w("panels.run_text"))
        values = [frame.kl_divergence for frame in projection.frames]
        rows = [{"iteration": f.iteration, "kl_divergence": f.kl_divergence} for f in projection.frames]

        def draw(step: int) -> None:
            left, right = st.columns(2)
            with left:
                alt = self.w("alt.run", first=f"{values[0]:.2f}", last=f"{values[-1]:.2f}", steps=STEPS_IN_ALL)
                self.lesson.figure("run", run_figure(projection, self.w, step), alt, data=rows)
            with right:
                alt = self.w("alt.frame", iteration=projection.frames[step].iteration)
                self.lesson.figure("frame", frame_figure(projection, marker, step), alt)

        labels = [f"KL(P‖Q) = {value:.2f}" for value in values]
        self.lesson.stepped("frame", len(values), draw, labels, start=len(values))

    def perplexities(self, name: str, settings: Mapping[str, Any]) -> None:
        """Draw the same toy set at several perplexities beside each other."""
        st.markdown(self.w("panels.perplexities_text", n=settings["count"]))
        chosen = {**settings, "method": "tsne"}
        for place, perplexity in zip(st.columns(len(PERPLEXITIES)), PERPLEXITIES, strict=True):
            with place:
                trace = self.lesson.attempt(map_toy, None, **{**chosen, "perplexity": perplexity})
                if trace:
                    alt = self.w("alt.perplexity", name=self.w(f"toys.{name}"), perplexity=f"{perplexity:g}")
                    drawn = perplexity_figure(trace, perplexity, self.w)
                    self.lesson.figure(f"perplexity{perplexity:g}", drawn, alt, export=False)
