"""The view that compares one mask in two sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from app.shell.frame import Below, LessonPage
from app.text import markdown_escape, signed
from nlpcore.language_models.comparison import FillComparison, compare_fills
from pages.transformers.masked_language_model import charts, formulas, questions, snippet
from pages.transformers.masked_language_model.shared import Places, between_commas, words_of

FEW = 10  # words whose figure leaves a hall's height free for all that is said about it
_ENGLISH = """
he she him her his hers man woman men women boy girl boys girls male female mother father mom dad son daughter brother
sister husband wife uncle aunt king queen gentleman lady mr mrs ms
"""
_CHINESE = "他她男女爸妈父母夫妻哥姐弟妹"
PEOPLE = frozenset([*_ENGLISH.split(), *_CHINESE])


def compare_view(lesson: LessonPage, places: Places, model: str, first: str, second: str) -> Below:
    """Draw the view, its settings in ``places``."""
    w = lesson.words
    left, right = places
    with left:
        watched = lesson.entry("watched", w("controls.watched"), limit=300, hint=w("controls.watched_hint"))
    with right:
        k = st.slider(w("controls.k"), **lesson.bound("k", 8, 3, 20))
    words = between_commas(watched)
    data: dict[str, Any] = {"first": first, "second": second, "k": k, "watched": words}
    figure, aside = lesson.stage()
    trace = lesson.attempt(compare_fills, model, **data)
    if trace:
        with aside:
            told = lesson.ask(questions.sides(trace, about=(first, second, model, words)))
        with figure:
            draw_comparison(lesson, trace, told)
        with figure if lesson.lecture else lesson.more():
            tell_comparison(lesson, trace, k, told)
        few = len(trace.words) <= FEW
        # A hall's figure of few words leaves room for this too; one of many leaves none, after the answer nowhere.
        if few or not (lesson.lecture and told):
            with lesson.more() if not lesson.lecture else figure if few else aside:
                st.caption(w("compare.people" if is_about_people(first, second, words) else "compare.care"))
    return Below(snippet.code("compare", model=model, **data), model=model)


def is_about_people(first: str, second: str, watched: Sequence[str]) -> bool:
    """Whether women and men are compared: by the words in which the sentences differ, or by those that were asked for."""
    one, other = (Counter(word.text.lower() for word in words_of(text, "")) for text in (first, second))
    return not PEOPLE.isdisjoint([*(one - other), *(other - one), *(word.lower() for word in watched)])


def largest(trace: FillComparison) -> int:
    return int(np.abs(trace.difference).argmax())


def times(factor: float) -> str:
    """Return a factor of at least 1 with two digits: 1.6, 41,000."""
    rounded = float(f"{factor:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"


def draw_comparison(lesson: LessonPage, trace: FillComparison, told: bool) -> None:
    """Draw every word's probability in both sentences; until the question is answered, in the first alone."""
    w = lesson.words
    lesson.notes(trace.notes)
    i = largest(trace)
    values = {"count": len(trace.words), "word": trace.words[i], "difference": signed(trace.difference[i])}
    lesson.figure(
        "compare",
        charts.comparison_dots(trace, w, told, lesson.lecture),
        alt=w("alt.compare" if told else "alt.compare_first", **values),
        data=lambda: charts.comparison_rows(trace, told),
    )


def tell_comparison(lesson: LessonPage, trace: FillComparison, k: int, told: bool) -> None:
    """Say what to look for, and once it is answered the largest difference, as a formula too."""
    lesson.look_for("compare.look_for" if told else "compare.look_first")
    if told:
        tell_differences(lesson, trace, k)


def tell_differences(lesson: LessonPage, trace: FillComparison, k: int) -> None:
    """The largest difference in words and as a formula, and what the two sentences have in common."""
    w = lesson.words
    i = largest(trace)
    side = w("compare.side_first" if trace.difference[i] >= 0 else "compare.side_second")
    factor = times(float(np.exp(abs(trace.difference[i]))))
    difference = signed(trace.difference[i])
    said = [w("compare.largest", word=markdown_escape(trace.words[i]), difference=difference, factor=factor, side=side)]
    if trace.asked and len(trace.words) == 2:
        values = {"a": markdown_escape(trace.words[0]), "b": markdown_escape(trace.words[1])}
        said.append(w("compare.pair", **values, score=signed(trace.difference[0] - trace.difference[1])))
    if not trace.asked:
        shared = int(((trace.first_rank <= k) & (trace.second_rank <= k)).sum())
        said.append(w("compare.same_top", k=k, shared=shared))
    # A hall has room for one paragraph.
    for paragraph in [("" if lesson.language == "zh" else " ").join(said)] if lesson.lecture else said:
        st.markdown(paragraph)
    lesson.formula(formulas.difference(trace, i, short=lesson.lecture))  # the reason is below it
