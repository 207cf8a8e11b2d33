"""The views below the embedding map: two words measured, how far to trust the map, its run, other perplexities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app import glossary
from app.shell.frame import LessonPage
from app.text import markdown_escape
from nlpcore.words.projection import STEPS_IN_ALL, Projection
from nlpcore.words.projection_toys import map_toy
from nlpcore.words.projection_words import WordMap
from pages.words.embedding_map import formulas
from pages.words.embedding_map.charts_views import frame_figure, kept_figure, perplexity_figure, run_figure

PERPLEXITIES = (2.0, 5.0, 15.0, 30.0, 60.0)


def pair(lesson: LessonPage, trace: WordMap) -> None:
    """Let the learner choose two words; say how near they are, in the original space and in the map."""
    w = lesson.words
    left, right = st.columns(2)
    with left:
        a = lesson.choice("select", w("panels.first_word"), trace.words, "a", default=trace.words[0])
    with right:
        b = lesson.choice("select", w("panels.second_word"), trace.words, "b", default=trace.words[1])
    if a == b:
        return
    near = trace.closeness(a, b)
    st.markdown(
        w(
            "panels.pair_result", a=markdown_escape(a), b=markdown_escape(b), cosine=f"{near.cosine:.2f}",
            original=near.original_rank, map=near.map_rank, others=near.others,
        )
    )  # fmt: skip


def trust(lesson: LessonPage, projection: Projection) -> None:
    """Draw how many neighbours each point kept, and trustworthiness with its numbers."""
    w = lesson.words
    k = projection.quality.k
    st.markdown(w("panels.trust_text", k=k))
    lesson.figure("kept", kept_figure(projection, w), alt=w("alt.kept", k=k))
    lesson.equation(formulas.trustworthiness(projection))


def run(lesson: LessonPage, projection: Projection, marker: Mapping[str, Any]) -> None:
    """Draw the run step by step, also for those who use no mouse: each frame beside the course of KL(P‖Q)."""
    w = lesson.words
    if not projection.frames:
        st.markdown(w("panels.run_none"))
        return
    st.markdown(glossary.with_links(w("panels.run_text"), lesson.language))
    values = [frame.kl_divergence for frame in projection.frames]
    rows = [{"iteration": f.iteration, "kl_divergence": f.kl_divergence} for f in projection.frames]

    def draw(step: int) -> None:
        left, right = st.columns(2)
        with left:
            alt = w("alt.run", first=f"{values[0]:.2f}", last=f"{values[-1]:.2f}", steps=STEPS_IN_ALL)
            lesson.figure("run", run_figure(projection, w, step), alt, data=rows)
        with right:
            alt = w("alt.frame", iteration=projection.frames[step].iteration)
            lesson.figure("frame", frame_figure(projection, marker, step), alt)

    labels = [f"KL(P‖Q) = {value:.2f}" for value in values]
    positions = [w("panels.run_position", iteration=f.iteration, of=STEPS_IN_ALL) for f in projection.frames]
    lesson.stepped("frame", len(values), draw, labels, start=len(values), positions=positions)


def perplexities(lesson: LessonPage, name: str, settings: Mapping[str, Any]) -> None:
    """Draw the same toy set at several perplexities beside each other."""
    w = lesson.words
    st.markdown(w("panels.perplexities_text", n=settings["count"]))
    chosen = {**settings, "method": "tsne"}
    for place, perplexity in zip(st.columns(len(PERPLEXITIES)), PERPLEXITIES, strict=True):
        with place:
            trace = lesson.attempt(map_toy, None, **{**chosen, "perplexity": perplexity})
            if trace:
                alt = w("alt.perplexity", name=w(f"toys.{name}"), perplexity=f"{perplexity:g}")
                drawn = perplexity_figure(trace, perplexity, w)
                lesson.figure(f"perplexity{perplexity:g}", drawn, alt, export=False)
