"""The words of what a learner has typed: Chinese, which writes no blanks between them, is cut by the catalogue's segmenter."""

from __future__ import annotations

import streamlit as st

from app.shell.frame import LessonPage
from app.shell.language import shell_words
from nlpcore.tagging import tag_chinese
from nlpcore.text import mostly_chinese
from nlpcore.words.sentence_vectors import sentence_words

SEGMENTER = "lac-zh"


def cut(lesson: LessonPage, text: str) -> tuple[str, ...] | None:
    """Return the words of a text in lower case, signs left out; None after saying what is wrong with it."""
    if not mostly_chinese(text):
        return lesson.attempt(sentence_words, None, text=text)
    found = lesson.attempt(tag_chinese, SEGMENTER, text=text)
    if found is None:
        return None
    words = (segment.text.lower() for segment in found.segments)
    return tuple(word for word in words if any(character.isalnum() for character in word))


def tell(lesson: LessonPage, *texts: str) -> None:
    """Say that Chinese was cut, where it was; a hall has no room for it."""
    if any(map(mostly_chinese, texts)) and not lesson.lecture:
        st.caption(shell_words()("cut_into_words", model=SEGMENTER))
