"""The glossary: every term of the course in the language of the page, with its name in the other one."""

from __future__ import annotations

import streamlit as st

from app import glossary
from app.shell import state
from app.shell.header import header
from app.shell.language import language, shell_words
from app.words import LANGUAGES, Words


def glossary_page() -> None:
    """Draw the glossary, in the order of the language's own dictionaries."""
    state.enter("glossary")
    header(shell_words()("glossary.title"))
    here, other = language(), next(one for one in LANGUAGES if one != language())
    words, others = Words(glossary.PATH, here), Words(glossary.PATH, other)
    st.markdown(shell_words()("glossary.promise"))
    for term in glossary.in_order(here):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.subheader(words(f"{term}.name"), anchor=term, width="content")
            st.caption(others(f"{term}.name"), width="content")
        st.markdown(words(f"{term}.meaning"))
    state.remember()
