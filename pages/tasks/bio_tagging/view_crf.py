"""The tagging lesson's view of LAC: emissions, transitions, and Viterbi's search step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from app.questions import Question
from app.shell import hall, phone
from app.shell.frame import Below, LessonPage
from app.text import inline_code, markdown_escape
from nlpcore.tagging import ChineseTagging, Pasted, illegal_transitions, read_pasted, tag_chinese
from pages.tasks.bio_tagging import charts, formulas, questions, spans
from pages.tasks.bio_tagging.shared import (
    answer_the_idea,
    draw_conll,
    draw_rules,
    gold_line,
    ruled_lines,
    tell_against_gold,
    tell_layout,
    tell_lines,
)
from pages.tasks.bio_tagging.snippet import code
from pages.tasks.bio_tagging.spans import Mark

WEIGHTS = (0, 1, 5, 10, 20, 50)
MOST_BREAKS = 6  # places that are listed
MOST_CHANGED = 8  # characters that are listed


def crf_view(lesson: LessonPage) -> Below:
    """Draw the words that LAC cuts, and the lattice with the step player over its characters."""
    w = lesson.words
    with lesson.controls():
        text = lesson.text("chinese", w("default.chinese"), area=True, label=w("controls.chinese"))
    if gold := read_pasted(text):
        text = gold.text
    (place,) = lesson.settings(1)
    with place:
        chosen = lesson.choice(
            "segmented", w("controls.weight"), WEIGHTS, "weight", labels=lambda n: f"× {n}", default=1
        )
    weight = float(chosen)
    panels: dict[str, Callable[[], None]] = {}
    figure, aside = lesson.stage()
    with figure:
        trace = lesson.attempt(tag_chinese, "lac-zh", text=text, weight=weight)
    question = questions.crf(trace) if trace else None
    with aside:
        told = lesson.ask(question) if question else True
        lesson.look_for("look_chinese", long=True)
        if trace:
            tell_crf(lesson, trace, told)
    with aside if lesson.lecture else lesson.more():
        if trace and told:
            answer_the_idea(lesson, trace.entity_tags, "character", room=False)
        if not lesson.lecture:
            st.caption(f":material/straighten: {w('chinese.quality')}")
    if trace:
        with figure:
            if trace.text == w("default.chinese") and lesson.language != "zh":
                st.caption(w("chinese.says"))
            draw_trace(lesson, trace, gold, question, told)
        panels["transitions"] = lambda: draw_transitions(lesson, trace)
        panels["rules"] = lambda: draw_rules(lesson, trace.text, "rules.chinese")
        starts = [first for first, _ in trace.lines]
        panels["conll"] = lambda: draw_conll(lesson, trace.characters, trace.spans, starts)
    tells = dict.fromkeys(("mistakes", "conll"), "crf")
    return Below(code("chinese", text=text, weight=weight), panels, tells=tells)


def draw_trace(
    lesson: LessonPage, trace: ChineseTagging, gold: Pasted | None, question: Question | None, told: bool
) -> None:
    """Draw words, lattice and names; until the question is answered, the lattice up to the character before it alone."""
    w, count = lesson.words, len(trace.characters)
    lesson.notes(trace.notes)
    draw_segments(lesson, trace, gold, told)
    labels = [*map(markdown_escape, trace.characters), w("chinese.back_label")]
    asked = questions.contested(trace) if question else None
    reach = len(labels) if told or asked is None else asked
    cells = questions.compared(trace) if question and told else ()
    draw = partial(draw_step, lesson, trace, min(reach, count), cells)
    lesson.stepped("step", len(labels), draw, labels, asked or len(labels), lambda: reach)
    with hall.on_demand("names"):  # the lattice fills the screen
        tell_kinds(lesson, trace)
        tell_lines(lesson, len(trace.lines))
        if not told:
            st.caption(f":material/lock: {w('chinese.hidden')}")
            return
        tell_breaks(lesson, trace)
        st.markdown(f"**{w('chinese.bio')}**")
        st.html(spans.character_line(trace.characters, trace.entity_tags, [first for first, _ in trace.lines]))


def tell_kinds(lesson: LessonPage, trace: ChineseTagging) -> None:
    """Spell out the tags of the lattice: B- begins a word, and what the letters behind it stand for."""
    w = lesson.words
    kinds = dict.fromkeys(trace.tag_names[n].rpartition("-")[2] for n in questions.tag_rows(trace))
    items = w.listed(f"{inline_code(kind)} {w(f'pos.{kind}')}" for kind in kinds if w.has(f"pos.{kind}"))
    st.caption(w("chinese.tags", items=items))


def draw_segments(lesson: LessonPage, trace: ChineseTagging, gold: Pasted | None, told: bool) -> None:
    """Draw the words that the path cuts, each with its tag, once they may be ``told``."""
    w = lesson.words
    ruled = ruled_lines(lesson, trace.text)
    if not told:
        if lines := [*([gold_line(lesson, gold, len(trace.text))] if gold else []), *ruled]:
            st.html(spans.rows(lines))
        return
    named = {s.tag: w(f"pos.{s.tag}") if w.has(f"pos.{s.tag}") else "" for s in trace.segments}
    whole = spans.sentence(trace.text, [Mark(s.start, s.end, s.tag, named[s.tag]) for s in trace.segments])
    if gold:
        tell_layout(lesson, gold.layout, gold.scheme, w("own.gold"))
        st.html(spans.rows([gold_line(lesson, gold, len(trace.text)), (w("who.model"), whole), *ruled]))
        found = [Mark(e.start, e.end, e.tag) for e in trace.entities]
        tell_against_gold(lesson, gold, found, len(trace.text))
    else:
        st.html(spans.rows([(w("who.model"), whole), *ruled]) if ruled else whole)


def tell_breaks(lesson: LessonPage, trace: ChineseTagging) -> None:
    """Say where the best path breaks the scheme, which a CRF may, and how the words above were read from it."""
    w = lesson.words
    places = [
        replace(place, position=place.position + first)
        for first, end in trace.lines
        for place in illegal_transitions(trace.tags[first:end])
    ]
    if not places:
        return
    told = w.listed(
        f"{place.position + 1} **{markdown_escape(trace.characters[place.position])}** "
        f"{inline_code(place.previous or w('chart.start'))} → {inline_code(place.tag)}"
        for place in places[:MOST_BREAKS]
    )
    st.caption(w("chinese.breaks", count=len(places), items=told + (" …" if len(places) > MOST_BREAKS else "")))


def draw_step(
    lesson: LessonPage, trace: ChineseTagging, seen: int, cells: Sequence[tuple[int, int]], step: int
) -> None:
    """Draw the lattice up to a step and the numbers of that step; the last step walks back.

    ``seen``: of so many characters the search may be given away. ``cells``: see :func:`charts.lattice`.
    """
    w, lattice, names, count = lesson.words, trace.lattice, trace.tag_names, len(trace.characters)
    path = lattice.path if step >= count else lattice.best_until(step)
    if cells:
        place = cells[0][0]
        named = dict(zip(("tag", "rival"), (names[tag] for _, tag in cells), strict=True))
        marked = w("alt.compared", position=place + 1, character=trace.characters[place], **named)
    told = {"text": trace.text, "step": step + 1, "path": " ".join(names[n] for n in path)}
    alt = w("alt.lattice", tags=len(questions.tag_rows(trace)), count=count, **told) + (f" {marked}" if cells else "")
    lesson.figure("lattice", charts.lattice(trace, w, step, cells), alt, data=lambda: charts.lattice_rows(trace, seen))
    drawn = charts.excerpt(count, step)
    if len(drawn) < count:
        st.caption(w("chinese.excerpt", first=drawn.start + 1, last=drawn.stop, count=count))
    if step >= count:
        st.markdown(w("chinese.back", score=f"{lattice.score:.2f}"))
        return
    if step == 0:
        st.markdown(w("chinese.first"))
    else:
        tag, before = (inline_code(names[n]) for n in (path[-1], path[-2]))
        st.markdown(w("chinese.step", position=step + 1, tag=tag, before=before))
    lesson.equation(formulas.viterbi_step(trace, step))


def tell_crf(lesson: LessonPage, trace: ChineseTagging, told: bool) -> None:
    """Draw the recursion, and once it may be ``told`` what the CRF changes and how large its scores are."""
    w, lattice = lesson.words, trace.lattice
    lesson.formula(formulas.RECURSION)
    if told:
        changed = [n for n, (tag, alone) in enumerate(zip(trace.tags, trace.alone, strict=True)) if tag != alone]
        items = w.listed(
            w(
                "chinese.changed",
                character=markdown_escape(trace.characters[n]),
                alone=inline_code(trace.alone[n]),
                tag=inline_code(trace.tags[n]),
            )
            for n in changed[:MOST_CHANGED]
        )
        key = "chinese.switched" if changed else "chinese.same"
        st.markdown(w(key, count=len(changed), total=len(trace.tags), items=items))
        spread = float((lattice.emissions.max(axis=1) - lattice.emissions.min(axis=1)).mean())
        sizes = {"transition": f"{np.abs(lattice.transitions).max():.2f}", "emission": f"{spread:.1f}"}
        key = "chinese.sizes" if trace.weight == 1 else "chinese.scaled"
        st.caption(w(key, weight=f"{trace.weight:g}", **sizes))
    unknown = dict.fromkeys(c for c, known in zip(trace.characters, trace.known, strict=True) if not known)
    if unknown:
        st.caption(w("chinese.unknown", items=" ".join(map(markdown_escape, unknown))))


def draw_transitions(lesson: LessonPage, trace: ChineseTagging) -> None:
    """Draw the CRF's own scores."""
    w = lesson.words
    st.markdown(w("chinese.hundredths"))
    shown = list(questions.tag_rows(trace))
    values = trace.lattice.transitions[np.ix_(shown, shown)]
    alt = w("alt.transitions", count=len(shown), low=f"{values.min():.2f}", high=f"{values.max():.2f}")
    names = [trace.tag_names[n] for n in shown]
    rows: list[dict[str, Any]] = [
        {"from": a, **{b: float(v) for b, v in zip(names, row, strict=True)}}
        for a, row in zip(names, values, strict=True)
    ]
    phone.small_numbers("transitions")
    lesson.figure("transitions", charts.transitions(trace, w), alt, data=rows)
