"""Which language the page speaks: the link says so, else the learner's choice, else the browser."""

from __future__ import annotations

import streamlit as st

from app.shell import state
from app.words import LANGUAGES, LOCALES, Words

NAMES = {"en": "English", "zh": "中文"}


def browser_language() -> str:
    """Return the language that the browser asks for, where it is one of ours; else English."""
    locale = (st.context.locale or "en").lower()
    return "zh" if locale.startswith("zh") else "en"


def language() -> str:
    """Return the language of this run, known before its switch is drawn."""
    for candidate in (st.session_state.get("lang"), st.query_params.get("lang")):
        if candidate in LANGUAGES:
            return str(candidate)
    return browser_language()


def shell_words() -> Words:
    """Return the words of the shell in the language of this run."""
    return Words(LOCALES / "shell.yaml", language())


def switch() -> None:
    """Draw the language switch. Its labels are the same in every language, and its ids are what the URL carries."""
    st.session_state["lang"] = language()
    st.segmented_control(
        shell_words()("language"),
        LANGUAGES,
        required=True,
        format_func=NAMES.__getitem__,
        key="lang",
        label_visibility="collapsed",
    )
    state.share("lang", st.session_state["lang"])
