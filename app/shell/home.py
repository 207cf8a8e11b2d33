"""The home page: the path of the course. It imports nothing that computes, so that it is there at once."""

from __future__ import annotations

import streamlit as st

from app.lessons import LESSONS, Lesson
from app.shell import state
from app.shell.header import header
from app.shell.language import language, shell_words
from app.shell.words import Words

CARDS_A_ROW = 3


def home_page() -> None:
    """Draw the home page."""
    state.enter("home")
    words = shell_words()
    header(words("app.title"), words("app.promise"))
    st.markdown(words("home_path"))
    for start in range(0, len(LESSONS), CARDS_A_ROW):
        row = LESSONS[start : start + CARDS_A_ROW]
        for number, column, lesson in zip(range(start + 1, start + 4), st.columns(CARDS_A_ROW), row, strict=False):
            with column:
                _card(number, lesson)
    st.markdown(words("home_how"))
    state.remember()


def _card(number: int, lesson: Lesson) -> None:
    words = Words(lesson.words, language())
    with st.container(border=True, height="stretch"):
        if lesson.thumbnail.exists():
            st.image(lesson.thumbnail, width="stretch", alt=words("thumbnail_alt"))
        st.caption(shell_words()(f"groups.{lesson.group}"))
        st.page_link(lesson.page, label=f"**{number}. {words('title')}**", icon=lesson.icon)
        st.markdown(words("promise"))
