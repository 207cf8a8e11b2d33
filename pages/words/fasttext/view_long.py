"""The fourth view: words that look alike, forms of long ones among them, and which share how many n-grams."""

from __future__ import annotations

import streamlit as st

from app.shell.frame import Below, LessonPage
from nlpcore.words.fasttext import overlaps
from pages.words.fasttext import charts, questions, snippet
from pages.words.fasttext.shared import is_chinese, lengths, tell_idea, typed_words

MOST_WORDS = 7


def long_view(lesson: LessonPage) -> Below:
    """Draw how many n-grams words have, and once it is predicted how many each two share."""
    w = lesson.words
    with lesson.controls():
        text = lesson.text("words", w("default.words"), limit=240, label=w("controls.words"))
    words = tuple(dict.fromkeys(typed_words(text)))
    chosen = lengths(lesson, lesson.settings(2), is_chinese(*words))
    if len(words) < 2:
        st.warning(w("long.too_few"), icon=":material/info:")
        return Below()
    if len(words) > MOST_WORDS:
        st.caption(f":material/info: {w('long.too_many', count=len(words), most=MOST_WORDS)}")
    words = words[:MOST_WORDS]
    tell_idea(lesson, words[0], chosen)
    found = lesson.attempt(overlaps, words=words, least=chosen.least, most=chosen.most)
    if found is None:
        return Below()
    question = questions.most_alike(found, chosen.least, chosen.most)
    figure, aside = lesson.stage()
    with aside:
        told = question is None or lesson.ask(question)
        lesson.look_for("long.look_for" if told else "long.look_first", long=told, least=chosen.least, most=chosen.most)
    with figure:
        listed = w.listed(words)
        if told:
            drawn = charts.overlaps_figure(found, w)
            lesson.figure("overlaps", drawn, w("alt.overlaps", words=listed), data=lambda: charts.overlap_rows(found))
        else:
            rows = [{"word": word, "ngrams": int(count)} for word, count in zip(words, found.counts, strict=True)]
            lesson.figure("counts", charts.counts_figure(found, w), w("alt.counts", words=listed), data=rows)
    if told and not lesson.lecture and not is_chinese(*words):
        with lesson.more():
            st.markdown(w("long.forms"))
    return Below(snippet.overlap(words, chosen.least, chosen.most))
