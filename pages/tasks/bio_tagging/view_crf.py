"""The tagging lesson's view of LAC: emissions, transitions, and Viterbi's search step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from app.shell.frame import LessonPage
from app.text import markdown_escape
from nlpcore.tagging import ChineseTagging, tag_chinese
from pages.tasks.bio_tagging import charts
from pages.tasks.bio_tagging import spans as spans_html
from pages.tasks.bio_tagging.shared import More, escaped
from pages.tasks.bio_tagging.snippet import code
from pages.tasks.bio_tagging.spans import Mark

WEIGHTS = (0, 1, 5, 10, 20, 50)


def chinese(lesson: LessonPage) -> None:
    """LAC: emissions, transitions, and Viterbi's search step by step."""
    with lesson.controls():
        text = lesson.text(
            "chinese",
            default=lesson.words("default.chinese"),
            max_chars=20_000,
            label=lesson.words("controls.chinese"),
        )
    (place,) = lesson.settings(1)
    with place:
        weight = lesson.choice(
            "segmented", lesson.words("controls.weight"), WEIGHTS, "weight", default=1, labels=lambda n: f"× {n}"
        )
    figure, aside = lesson.stage()
    with figure:
        trace: ChineseTagging | None = lesson.attempt(tag_chinese, "lac-zh", text=text, weight=float(weight))
        if trace:
            lesson.notes(trace.notes)
            draw_segments(lesson, trace)
            labels = [markdown_escape(c) for c in trace.characters] + [lesson.words("chinese.back_label")]
            count = len(trace.characters)
            lesson.stepped("step", count + 1, lambda step: draw_step(lesson, trace, step), labels, start=count + 1)
    with aside:
        lesson.look_for("look_chinese")
        if trace:
            chinese_aside(lesson, trace)
    more: More = (
        {"transitions": (lesson.words("panels.transitions"), lambda: transitions_panel(lesson, trace))} if trace else {}
    )
    lesson.below(code("chinese", text=text, weight=float(weight)), more)


def draw_segments(lesson: LessonPage, trace: ChineseTagging) -> None:
    """Draw the words that the path cuts, each with its tag."""
    body = [
        Mark(s.start, s.end, s.tag, lesson.words(f"pos.{s.tag}") if lesson.words.has(f"pos.{s.tag}") else "", False)
        for s in trace.segments
    ]
    st.html(spans_html.sentence(trace.text, body))


def draw_step(lesson: LessonPage, trace: ChineseTagging, step: int) -> None:
    """Draw the lattice up to a step and the numbers of that step."""
    lat, names, count = trace.lattice, trace.tag_names, len(trace.characters)
    path = lat.path if step >= count else lat.best_until(step)
    tags = [names[n] for n in path]
    alt = lesson.words(
        "alt.lattice", tags=len(trace.prominent()), count=count, text=trace.text, step=step + 1, path=" ".join(tags)
    )  # fmt: skip
    lesson.figure("lattice", charts.lattice(trace, lesson.words, step), alt, data=lambda: charts.lattice_rows(trace))
    if step >= count:
        st.markdown(lesson.words("chinese.back", score=f"{lat.score:.2f}"))
        return
    j, total = path[-1], lat.scores[step, path[-1]]
    if step == 0:
        st.markdown(lesson.words("chinese.first"))
        st.latex(rf"\delta_1(\text{{{names[j]}}}) = {lat.start[j]:.2f} + ({lat.emissions[0, j]:.2f}) = {total:.2f}")
        return
    i = int(lat.back[step, j])
    st.markdown(lesson.words("chinese.step", position=step + 1, tag=escaped([names[j]]), before=escaped([names[i]])))
    st.latex(
        rf"\delta_{{{step + 1}}}(\text{{{names[j]}}}) = {lat.scores[step - 1, i]:.2f} + ({lat.transitions[i, j]:.2f})"
        rf" + ({lat.emissions[step, j]:.2f}) = {total:.2f}"
    )


def chinese_aside(lesson: LessonPage, trace: ChineseTagging) -> None:
    """Draw the recursion, the question about the CRF, and how large its scores are."""
    lesson.formula(r"\delta_t(j) = \max_i\,[\,\delta_{t-1}(i) + T_{ij}\,] + e_t(j)")
    changed = [n for n, (a, b) in enumerate(zip(trace.tags, trace.alone, strict=True)) if a != b]
    items = ", ".join(
        f"{markdown_escape(trace.characters[n])} {escaped([trace.alone[n]])} (CRF: {escaped([trace.tags[n]])})"
        for n in changed[:8]
    )
    counts = {"count": len(changed), "total": len(trace.tags)}
    because = (
        lesson.words("chinese.switched", items=items, **counts) if changed else lesson.words("chinese.same", **counts)
    )
    options = [lesson.words(f"options.{key}") for key in ("zero", "few", "many")]
    answer = 0 if not changed else 1 if len(changed) <= 2 else 2
    lesson.predict("crf", options, answer, because, about=(trace.text, trace.weight))
    lat = trace.lattice
    spread = float((lat.emissions.max(axis=1) - lat.emissions.min(axis=1)).mean())
    sizes = {"transition": f"{abs(lat.transitions).max():.2f}", "emission": f"{spread:.1f}"}
    key = "chinese.sizes" if trace.weight == 1 else "chinese.scaled"
    st.caption(lesson.words(key, weight=f"{trace.weight:g}", **sizes))
    unknown = dict.fromkeys(c for c, k in zip(trace.characters, trace.known, strict=True) if not k)
    if unknown:
        st.caption(lesson.words("chinese.unknown", items=" ".join(markdown_escape(c) for c in unknown)))


def transitions_panel(lesson: LessonPage, trace: ChineseTagging) -> None:
    """Draw the CRF's own scores."""
    st.markdown(lesson.words("chinese.hundredths"))
    shown = list(trace.prominent())
    values = trace.lattice.transitions[np.ix_(shown, shown)]
    alt = lesson.words("alt.transitions", count=len(shown), low=f"{values.min():.2f}", high=f"{values.max():.2f}")
    names = [trace.tag_names[n] for n in shown]
    rows: list[dict[str, Any]] = [
        {"from": a, **{b: float(v) for b, v in zip(names, row, strict=True)}}
        for a, row in zip(names, values, strict=True)
    ]
    lesson.figure("transitions", charts.transitions(trace, lesson.words), alt, data=rows)
