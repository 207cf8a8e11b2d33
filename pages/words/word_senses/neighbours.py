"""The panel of static neighbours: near which words the one static point of a word lies."""

from __future__ import annotations

import streamlit as st

from app import glossary
from app.shell.frame import LessonPage
from app.text import markdown_escape, number
from nlpcore.text import mostly_chinese
from nlpcore.words.analogy_input import neighbours
from nlpcore.words.senses import Senses

TABLES = {"en": "glove-6b-50d", "zh": "words-zh-64d"}
SHOWN = 8


def draw_neighbours(lesson: LessonPage, trace: Senses) -> None:
    """List the words that a static table holds for nearest to the word: which of its senses has won the one point."""
    w = lesson.words
    table = TABLES["zh" if mostly_chinese(trace.word) else "en"]
    st.markdown(
        glossary.with_links(w("neighbours.text", word=markdown_escape(trace.word), table=table), lesson.language)
    )
    found = lesson.attempt(neighbours, table, words=(trace.word.lower(),), k=SHOWN)
    if not found:
        return
    rows = [f"| {markdown_escape(each.word)} | {number(each.cosine)} |" for each in found[0]]
    st.markdown("\n".join([w("neighbours.head"), "|---|--:|", *rows]))
