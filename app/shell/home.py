"""The home page: the path of the course. It imports nothing that computes, so that it is there at once."""

from __future__ import annotations

import streamlit as st

from app.lessons import GROUPS, LESSONS, Lesson
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
    number = 0
    for group in GROUPS:
        members = [lesson for lesson in LESSONS if lesson.group == group and lesson.words.exists()]
        st.subheader(words(f"groups.{group}"), anchor=False)
        for start in range(0, len(members), CARDS_A_ROW):
            for column, lesson in zip(st.columns(CARDS_A_ROW), members[start : start + CARDS_A_ROW], strict=False):
                number += 1
                with column:
                    _card(number, lesson)
    st.markdown(words("home_how"))
    state.remember()


def _card(number: int, lesson: Lesson) -> None:
    words = Words(lesson.words, language())
    with st.container(border=True, height="stretch"):
        if lesson.thumbnail.exists():
            st.image(lesson.thumbnail, width="stretch", alt=words("thumbnail_alt"))
        st.page_link(lesson.page, label=f"**{number}. {words('title')}**", icon=lesson.icon)
        st.markdown(words("promise"))
