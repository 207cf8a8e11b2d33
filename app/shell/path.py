"""The path of the course: what comes before and after a lesson, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app.lessons import Lesson
from app.shell.language import language, shell_words
from app.words import Words

Pages = Mapping[Lesson, StreamlitPage]


def neighbours(lesson: Lesson, pages: Pages) -> tuple[Lesson | None, Lesson | None]:
    """Return the lessons before and after this one among those that have a page; None at either end."""
    order = list(pages)
    if lesson not in order:
        return None, None
    place = order.index(lesson)
    return (order[place - 1] if place else None), (order[place + 1] if place + 1 < len(order) else None)


def needed(lesson: Lesson, pages: Pages) -> None:
    """Draw links to the lessons that this one builds on."""
    wanted = [one for one in pages if one.id in lesson.needs]
    if not wanted:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(shell_words()("path.needs"), width="content")
        for one in wanted:
            st.page_link(pages[one], label=_title(one), icon=one.icon)


def onward(lesson: Lesson, pages: Pages) -> None:
    """Draw the links to the lessons before and after this one."""
    before, after = neighbours(lesson, pages)
    words = shell_words()
    with st.container(horizontal=True, horizontal_alignment="distribute" if before else "right"):
        if before:
            label = words("path.before", title=_title(before))
            st.page_link(pages[before], label=label, icon=":material/arrow_back:")
        if after:
            label = words("path.after", title=_title(after))
            st.page_link(pages[after], label=label, icon=":material/arrow_forward:", icon_position="right")


def _title(lesson: Lesson) -> str:
    return Words(lesson.words, language())("title")
