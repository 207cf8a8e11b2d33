"""The glossary: every term of the course in the language of the page, with its name in the other one."""

from __future__ import annotations

import streamlit as st

from app import glossary
from app.shell import state
from app.shell.header import header
from app.shell.language import language, shell_words
from app.words import LANGUAGES, Words


def glossary_page() -> None:
    """Draw the glossary, in the order of the terms' names."""
    state.enter("glossary")
    header(shell_words()("glossary.title"))
    here, other = language(), next(one for one in LANGUAGES if one != language())
    words, others = Words(glossary.PATH, here), Words(glossary.PATH, other)
    st.markdown(shell_words()("glossary.promise"))
    for term in sorted(glossary.terms(), key=lambda one: words(f"{one}.name").lower()):
        st.subheader(words(f"{term}.name"), anchor=term)
        st.caption(others(f"{term}.name"))
        st.markdown(words(f"{term}.meaning"))
    state.remember()
