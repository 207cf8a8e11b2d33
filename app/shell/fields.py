"""The field of a learner's text, of one line or of several."""

from __future__ import annotations

import streamlit as st

from app.shell import state
from app.shell.language import shell_words
from app.shell.slot import Slot

AREA_HEIGHT = 76  # px: two lines; a longer text scrolls, and the figure stays on the screen of a laptop


def text_field(lesson_id: str, key: str, default: str, max_chars: int, area: bool, label: str) -> str:
    """Draw the field and return what stands in it (may be empty). ``area``: it has lines."""
    options = state.bound(key, default)
    was_area: Slot[bool] = Slot(lesson_id, f"area_{key}", area)
    if was_area.value != area:  # another widget, which takes what stands in the one before only when it is told to
        st.session_state[key] = st.session_state[key]
    was_area.value = area
    if area:
        value = st.text_area(label, max_chars=max_chars, height=AREA_HEIGHT, **options)
    else:
        value = st.text_input(label, max_chars=max_chars, **options)
    if key in state.left_out():
        st.caption(f":material/link_off: {shell_words()('link.too_long')}")
    return value or ""
