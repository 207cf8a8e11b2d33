"""Lecture mode: large type, nothing on the screen that a hall does not need."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import streamlit as st

from app.shell import state
from app.shell.language import shell_words
from app.shell.visit import give, held, holds

_STYLES = Path(__file__).parent / "styles"


def is_on() -> bool:
    """True where this run is for a projector, known before the switch is drawn."""
    if holds("lecture"):
        return bool(held("lecture"))
    return st.query_params.get("lecture", "").lower() in ("true", "1")


def switch() -> None:
    """Draw the switch of lecture mode."""
    words = shell_words()
    give("lecture", is_on())
    on = st.toggle(words("lecture.label"), key="lecture", help=words("lecture.help"))
    state.share("lecture", "true" if on else None)


def style() -> None:
    """Send the style sheets: that of every page, and that of lecture mode where it is on."""
    st.html(_sheets("page.css", "lecture.css") if is_on() else _sheets("page.css"))


@lru_cache(maxsize=2)
def _sheets(*names: str) -> str:
    """Return style sheets without their comments, in one line: they go to the browser with every run."""
    whole = "".join(f"<style>{(_STYLES / name).read_text(encoding='utf-8')}</style>" for name in names)
    return re.sub(r"/\*.*?\*/|\s*\n\s*", " ", whole, flags=re.DOTALL)
