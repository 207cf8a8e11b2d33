"""Lecture mode: large type, nothing on the screen that a hall does not need."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

import streamlit as st

from app.shell import state
from app.shell.language import language, shell_words
from app.shell.visit import give, held, holds
from app.words import LOCALES, Words

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
    st.html((_sheets("page.css", "lecture.css") if is_on() else _sheets("page.css")) + _how_to_end_typing(language()))


@lru_cache(maxsize=2)
def _sheets(*names: str) -> str:
    """Return style sheets without their comments, in one line: they go to the browser with every run."""
    whole = "".join(f"<style>{(_STYLES / name).read_text(encoding='utf-8')}</style>" for name in names)
    return re.sub(r"/\*.*?\*/|\s*\n\s*", " ", whole, flags=re.DOTALL)


@lru_cache(maxsize=4)
def _how_to_end_typing(language_id: str) -> str:
    """Return a style that says it in the page's language under a field: Streamlit says it in English in every one."""
    words, hint = Words(LOCALES / "shell.yaml", language_id), '[data-testid="InputInstructions"]'
    fields = ((".stTextInput", "typing.line"), (".stTextArea", "typing.lines"))
    said = "".join(
        f"{field} {hint}::after {{ content: {json.dumps(words(key), ensure_ascii=False)}; }}" for field, key in fields
    )
    return f"<style>{hint} {{ font-size: 0; }} {hint}::after {{ font-size: 0.875rem; }} {said}</style>"
