"""The tagging lesson's view of any sentence: everything between the text and its entities; agreement, not truth."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import streamlit as st

from app.shell.frame import Below, LessonPage
from nlpcore.tagging import (
    Pasted,
    Tagging,
    from_bio,
    read_pasted,
    strict,
    tag,
    tag_time_and_money,
)
from pages.tasks.bio_tagging import questions, spans
from pages.tasks.bio_tagging.by_hand import tag_by_hand, tell_how
from pages.tasks.bio_tagging.shared import (
    answer_the_idea,
    choose_cell,
    draw_conll,
    draw_grid,
    draw_legality,
    draw_rules,
    gold_line,
    marks,
    model_and_decoding,
    model_line,
    ruled_lines,
    tell_against_gold,
    tell_layout,
    tell_softmax,
    warn_illegal,
)
from pages.tasks.bio_tagging.snippet import code

MOST_TO_TAG = 40


def own_view(lesson: LessonPage) -> Below:
    """Draw the sentence with what model, second head and rules find in it, and the grid of probabilities."""
    w = lesson.words
    with lesson.controls():
        text = lesson.text("text", default=w("default.text"), limit=20_000, area=True)
    if gold := read_pasted(text):
        text = gold.text
    model, decoding, place = model_and_decoding(lesson)
    figure, aside = lesson.stage()
    with figure:
        trace = lesson.attempt(tag, model, text=text, decoding=decoding)
        lines = st.container()
        plot = st.container()
        with place or st.container():
            cell = choose_cell(lesson, trace) if trace else None
    with aside:
        asked, told = ask(lesson, trace, model, decoding) if trace else (None, False)
        if trace and told:
            answer_the_idea(lesson, trace.tags, room=not trace.illegal)  # the reason of what is illegal is long
        if not (lesson.lecture and told):  # then a hall has the answer to the idea's question
            lesson.look_for("look_own", long=True, example=read_number(lesson, trace))
        lesson.tell_other_language(model)
    if trace and cell:
        tell_softmax(lesson, trace, cell)
    panels: dict[str, Callable[[], None]] = {}
    if trace:
        with lines:
            tell_entities(lesson, trace, model, gold, asked)
        with plot:
            draw_grid(lesson, trace, cell)
        panels["agreement"] = lambda: draw_agreement(lesson, trace)
        words, starts = [word.text for word in trace.words], [first for first, _ in trace.lines]
        panels["conll"] = lambda: draw_conll(lesson, words, trace.spans, starts)
    shown = trace.text if trace else text
    panels |= {"rules": lambda: draw_rules(lesson, shown, "rules.second"), "legality": lambda: draw_legality(lesson)}
    return Below(code("own", text=shown, model=model, decoding=decoding), panels, model)


def read_number(lesson: LessonPage, trace: Tagging | None) -> str:
    """Return how the number behind the first entity's type is read as a share; nothing where there is none."""
    if trace is None or not trace.entities:
        return ""
    share = f"{trace.entities[0].confidence:.2f}"
    return lesson.words("look_own_example", share=share, percent=f"{100 * float(share):.0f}")


def ask(lesson: LessonPage, trace: Tagging, model: str, decoding: str) -> tuple[tuple[str, Tagging] | None, bool]:
    """Ask what becomes of illegal tags in the best legal sequence, or, of a text without any, what it is without capitals.

    Return the name of what was asked about and the tagging itself once it is answered, and whether no question is open.
    """
    about = (trace.text, model, decoding)
    name, other = "legal", lesson.attempt(tag, model, text=trace.text, decoding="legal") if trace.illegal else None
    question = questions.legal(trace, other, about) if other else None
    if question is None:
        name, other = "small", lesson.attempt(tag, model, text=trace.text.lower(), decoding=decoding)
        question = questions.capitals(trace, other, about) if other else None
    if question is None or other is None:
        return None, True
    return ((name, other), True) if lesson.ask(question) else (None, False)


def tell_entities(
    lesson: LessonPage, trace: Tagging, model: str, gold: Pasted | None, asked: tuple[str, Tagging] | None
) -> None:
    """Draw the sentence with the model's entities, and with those of second head and rules where they find some.

    ``asked``: what an answered question was about, and its name: see :func:`ask`.
    """
    w = lesson.words
    lesson.notes(trace.notes)
    lines = [(w("who.model"), model_line(trace, gold))]
    if gold:
        tell_layout(lesson, gold.layout, gold.scheme, w("own.gold"))
        lines.insert(0, gold_line(lesson, gold, len(trace.text)))
    if asked:
        lines.append((w(f"who.{asked[0]}"), model_line(asked[1])))
    second = lesson.attempt(tag_time_and_money, model, text=trace.text)
    if second and second.entities:
        lines.append((w("who.second"), model_line(second)))
    lines += ruled_lines(lesson, trace.text)
    st.html(spans.rows(lines))
    if gold:
        tell_against_gold(lesson, gold, marks(trace.words, trace.spans), len(trace.text))
    if not trace.entities:
        st.caption(w("own.no_name" if second and second.entities else "own.none"))


def draw_agreement(lesson: LessonPage, trace: Tagging) -> None:
    """Let the learner tag their own sentence and compare it with the model, which is no truth."""
    w, words = lesson.words, trace.words[:MOST_TO_TAG]
    if len(words) < len(trace.words):
        st.caption(w("yours.first_words", count=MOST_TO_TAG))
    tell_how(lesson)
    name = f"w{zlib.crc32(trace.text.encode()) % 10_000:04d}-"
    mine = tag_by_hand(lesson, [word.text for word in words], name)
    warn_illegal(lesson, words, mine)
    score = strict(from_bio(trace.tags[: len(words)]), from_bio(mine))
    numbers = {"f1": score.f1, "precision": score.precision, "recall": score.recall}
    st.markdown(w("yours.agreement", **{name: f"{number:.2f}" for name, number in numbers.items()}))
    body = spans.sentence(trace.text, marks(words, from_bio(mine)))
    st.html(spans.rows([(w("who.learner"), body), (w("who.model"), model_line(trace))]))
