"""The third view: ratios of probabilities, as in Table 1 of the paper: what tells ice from steam?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from app.shell.asked import Asked
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.shell.texts import training_text
from app.text import markdown_escape
from nlpcore.words.glove_reading import PAPER_PROBES, Ratios, cooccurrence_ratios, read_cooccurrences
from pages.words.glove import charts, charts_ratio, formulas, questions, shared, snippet

MOST_PROBES = 6


def ratio_view(lesson: LessonPage, places: Sequence[Place], text: str) -> Below:
    """Draw the paper's table, then the same of the learner's text."""
    w = lesson.words
    window = shared.window_setting(lesson, places[0], "around", 5)
    by_distance = shared.distance_setting(lesson, places[1])
    with places[2]:
        one = lesson.entry("first", w("controls.first"), w("ratio.ice"), 40)
        other = lesson.entry("second", w("controls.second"), w("ratio.steam"), 40)
    with places[3]:
        typed = lesson.entry("probes", w("controls.probes"), w("ratio.probes"), 120)
    words = tuple(
        "".join(each.lower().split()) or w(default) for each, default in ((one, "ratio.ice"), (other, "ratio.steam"))
    )
    probes = tuple(dict.fromkeys(typed.lower().replace(",", " ").replace("，", " ").split()))[:MOST_PROBES]
    probes = probes or tuple(w("ratio.probes").split())
    read = lesson.attempt(read_cooccurrences, text=text, window=window, by_distance=by_distance)
    data = {"text": text, "words": words, "probes": probes, "window": window, "by_distance": by_distance}
    asked = None if read is None else lesson.asked(cooccurrence_ratios, **data)
    code = snippet.ratio(text, words, probes, window, by_distance)
    if read is None or asked is None:
        return Below(code)
    shared.tell_idea(lesson, read, None)
    draw(lesson, asked)
    panels = {"real": lambda: draw_real(lesson, {**data, "window": 10})}
    return Below(code, panels, tells={"real": "ratio", "check": "ratio", "mistakes": "ratio"})


def draw(lesson: LessonPage, asked: Asked[Ratios]) -> None:
    """Draw the paper's numbers, after a prediction with the ratios, and then the learner's text."""
    w = lesson.words
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(questions.ratio())
        lesson.look_for("ratio.look_for" if told else "ratio.look_first", long=told)
    names = [w(f"probes.{probe}") for probe in PAPER_PROBES]
    with figure:
        st.markdown(w("ratio.paper_hall" if lesson.lecture else "ratio.paper" if told else "ratio.paper_ice"))
        drawn = charts_ratio.paper_figure(names, w, told)
        alt = w("alt.paper" if told else "alt.paper_ice")
        lesson.figure("paper", drawn, alt, data=lambda: charts_ratio.paper_rows(told))
    if told:
        with lesson.more():
            draw_own(lesson, asked)


def draw_real(lesson: LessonPage, data: dict[str, Any]) -> None:
    """The same of a text of millions of characters: still too few for such words."""
    text = training_text(lesson)
    if text is None:
        return
    asked = lesson.asked(cooccurrence_ratios, **{**data, "text": text.lines})
    if asked is not None:
        draw_own(lesson, asked, "real")


def draw_own(lesson: LessonPage, asked: Asked[Ratios], name: str = "own") -> None:
    """The same of a text, and what it lacks."""
    w, found = lesson.words, asked.answer
    one, other = (markdown_escape(word) for word in found.words)
    times = w.listed(
        f"{markdown_escape(word)} {count:,}" for word, count in zip(found.words, found.occurrences, strict=False)
    )
    st.markdown(w(f"ratio.{name}", one=one, other=other, times=times))
    names = (*found.words, *found.probes)
    missing = [word for word, times in zip(names, found.occurrences, strict=True) if not times]
    if missing:
        st.caption(":material/info: " + w("ratio.missing", words=w.listed(markdown_escape(word) for word in missing)))
    said = w.listed(
        f"{probe} {charts_ratio.said(float(ratio), w)}" for probe, ratio in zip(found.probes, found.ratios, strict=True)
    )
    alt = w("alt.own", one=found.words[0], other=found.words[1], ratios=said)
    drawn = charts_ratio.own_figure(found, w, lesson.lecture)
    lesson.figure(name, drawn, alt, data=lambda: charts_ratio.own_rows(asked.answer))
    if not lesson.lecture:
        st.table(table(lesson, found))
        if np.isnan(found.ratios).any() or np.isinf(found.ratios).any() or (found.ratios == 0).any():
            st.caption(w("ratio.few"))
        finite = [place for place in range(len(found.probes)) if formulas.ratio(found, place)]
        if finite and (formula := formulas.ratio(found, finite[0])):
            st.markdown(w("ratio.how", probe=markdown_escape(found.probes[finite[0]])))
            lesson.equation(formula)


def _unbroken(word: str) -> str:
    """Return a short word so that a narrow column does not break it between two characters, as it may Chinese ones."""
    return "\u2060".join(word) if word.isalpha() and not word.isascii() and len(word) <= 4 else word


def table(lesson: LessonPage, found: Ratios) -> list[dict[str, str]]:
    """Return the counts and probabilities near both words, and the ratios."""
    w = lesson.words
    one, other = (markdown_escape(word) for word in found.words)
    title = w("ratio.ratio", one=one, other=other)
    rows = []
    for place, probe in enumerate(found.probes):
        row: dict[str, str] = {w("ratio.word"): _unbroken(markdown_escape(probe))}
        for side, word in enumerate(found.words):
            share = float(found.probabilities[side, place])
            count = charts.said(float(found.counts[side, place]))
            row[w("ratio.cell", word=markdown_escape(word))] = count if np.isnan(share) else f"{count} ({share:.2g})"
        rows.append(row | {title: charts_ratio.said(float(found.ratios[place]), w)})
    return rows
