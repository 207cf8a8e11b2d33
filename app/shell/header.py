"""The top of every page, one row: title on the left, language, lecture mode and the link on the right."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.shell import language, lecture
from app.text import html_escape


def header(title: str) -> DeltaGenerator:
    """Draw the header of a page; return the row on its right, which may take more.

    The link that it copies opens exactly this screen, in this language.
    """
    words = language.shell_words()
    lecture.style()
    with st.container(key="header", horizontal=True, vertical_alignment="center"):
        st.title(title, anchor=False)
        tools = st.container(
            horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="tools", width="content"
        )
    with tools:
        language.switch()
        lecture.switch()
        # The browser does it: app/shell/scripts/errands/link.js.
        done, label = html_escape(words("link.copied")), html_escape(words("link.copy"))
        st.html(f'<button type="button" class="plain" data-copied="{done}">{label}</button>', width="content")
    return tools
