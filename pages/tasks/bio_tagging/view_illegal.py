"""The tagging lesson's view of illegal sequences: where a tag sequence breaks IOB2, and what each repair makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.text import inline_code, markdown_escape
from nlpcore.tagging import REPAIRS, Word
from nlpcore.tagging.exercises import Repairs, repair_written
from pages.tasks.bio_tagging import questions, spans
from pages.tasks.bio_tagging.shared import answer_the_idea, draw_conll, draw_legality, marks, tell_layout
from pages.tasks.bio_tagging.snippet import code


def illegal_view(lesson: LessonPage) -> Below:
    """Draw the learner's own tag sequence: where it breaks the scheme and what each repair makes of it."""
    w = lesson.words
    with lesson.controls():
        text = lesson.text("sequence", w("default.sequence"), area=True, label=w("controls.sequence"))
    figure, aside = lesson.stage()
    with figure:
        found = lesson.attempt(repair_written, text=text)
        place = st.container()
    with aside:
        lesson.look_for("look_illegal")
        question = found and questions.count(found)
        known = lesson.ask(question) if question else True
        if found and known:
            answer_the_idea(lesson, found.way("begin")[0], room=False)
    with aside if lesson.lecture else lesson.more():
        st.markdown(w("illegal.explain"))
    if found:
        with place:
            lesson.notes(found.notes)
            tell_layout(lesson, found.layout, found.scheme)
            draw_repairs(lesson, found, known)
    panels: dict[str, Callable[[], None]] = {"legality": lambda: draw_legality(lesson)}
    if found:
        entities = found.way("begin")[1]
        panels["conll"] = lambda: draw_conll(lesson, found.words, entities, found.sentences)
    return Below(code("illegal", text=text), panels, tells={"conll": "count"})


def draw_repairs(lesson: LessonPage, found: Repairs, known: bool) -> None:
    """Draw the sequence with its illegal tags, the reasons, and the repairs once they may be seen."""
    w = lesson.words
    wrong = {place.position: "✗" for place in found.illegal}
    lines: list[tuple[str, Sequence[str], dict[int, str]]] = [(w("illegal.yours"), found.tags, wrong)]
    if known and found.illegal:
        for how in REPAIRS:
            tags, _ = found.way(how)
            changed = {n: "→" for n, (a, b) in enumerate(zip(found.tags, tags, strict=True)) if a != b}
            lines.append((w(f"illegal.{how}"), tags, changed))
    st.html(spans.tag_table(found.words, lines))
    for place in found.illegal:
        word = markdown_escape(found.words[place.position])
        told = {"position": place.position + 1, "word": f"**{word}**", "tag": inline_code(place.tag)}
        st.markdown("- " + w(f"illegal.{place.reason}", previous=inline_code(place.previous or ""), **told))
    if not found.illegal:
        st.success(w("illegal.legal"), icon=":material/check:")
    elif not known:
        st.info(w("illegal.hidden"), icon=":material/lightbulb:")
    if known:
        draw_repaired_spans(lesson, found)


def draw_repaired_spans(lesson: LessonPage, found: Repairs) -> None:
    """Draw the entities that each repair leaves, in the sentence."""
    w, text = lesson.words, " ".join(found.words)
    words: list[Word] = []
    for word in found.words:
        start = words[-1].end + 1 if words else 0
        words.append(Word(word, start, start + len(word)))
    names = {how: f"illegal.{how}" for how in REPAIRS} if found.illegal else {REPAIRS[0]: "illegal.yours"}
    lines = [(w(name), spans.sentence(text, marks(words, found.way(how)[1]))) for how, name in names.items()]
    st.html(spans.rows(lines))
