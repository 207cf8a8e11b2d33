"""Which language the page speaks: the link says so, else the learner's choice, else the browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import streamlit as st

from app.shell import state
from app.shell.visit import give, held
from app.words import LANGUAGES, LOCALES, Words

NAMES = {"en": "English", "zh": "中文"}
_of_this_run: ContextVar[str | None] = ContextVar("language of this run", default=None)


def browser_language() -> str:
    """Return the language that the browser asks for, where it is one of ours; else English."""
    locale = (st.context.locale or "en").lower()
    return "zh" if locale.startswith("zh") else "en"


@contextmanager
def settled() -> Iterator[None]:
    """Find out once for all of a run which language it speaks: a page asks a hundred times."""
    token = _of_this_run.set(language())
    try:
        yield
    finally:
        _of_this_run.reset(token)


def language() -> str:
    """Return the language of this run, known before its switch is drawn."""
    if (known := _of_this_run.get()) is not None:
        return known
    for candidate in (held("lang"), st.query_params.get("lang")):
        if candidate in LANGUAGES:
            return str(candidate)
    return browser_language()


def shell_words() -> Words:
    """Return the words of the shell in the language of this run."""
    return _shell_words(language())


@cache
def _shell_words(language: str) -> Words:
    return Words(LOCALES / "shell.yaml", language)


def switch() -> None:
    """Draw the language switch. Its labels are the same in every language, and its ids are what the URL carries."""
    give("lang", language())
    st.segmented_control(
        shell_words()("language"),
        LANGUAGES,
        required=True,
        format_func=NAMES.__getitem__,
        key="lang",
        label_visibility="collapsed",
    )
    state.share("lang", held("lang"))
