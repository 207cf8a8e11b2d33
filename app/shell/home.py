"""The home page: the path of the course. It imports nothing that computes, so that it is there at once."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app.lessons import Lesson
from app.shell import course, state
from app.shell.header import header
from app.shell.language import language, shell_words
from app.shell.picture import picture_of
from app.words import Words


def home_page(lessons: Mapping[Lesson, StreamlitPage]) -> None:
    """Draw the home page: a card for each lesson, in their order."""
    state.enter("home")
    words = shell_words()
    header(words("app.title"))
    st.markdown(words("app.promise"))
    st.markdown(words("home_path"))
    if lessons:
        first, page = next(iter(lessons.items()))
        title = words("path.start", title=Words(first.words, language())("title"))
        st.page_link(page, label=f"**{title}**", icon=":material/flag:")
    with st.container(key="cards"):
        for number, card in enumerate(lessons.items(), 1):
            _card(number, *card)
    st.markdown(words("home_how"))
    state.remember()


def _card(number: int, lesson: Lesson, page: StreamlitPage) -> None:
    words = Words(lesson.words, language())
    with st.container(border=True, height="stretch", key=f"card_{lesson.id}"):
        picture = lesson.thumbnail(language())
        if picture.exists():
            picture_of(f"picture_{lesson.id}", picture.read_text("utf-8"))
        st.caption(shell_words()(f"groups.{lesson.group}"))
        st.page_link(page, label=f"**{number}. {words('title')}**", icon=lesson.icon)
        st.markdown(words("promise"))
        course.mark(lesson.id)
