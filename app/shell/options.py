"""The options of a question: which one is chosen stays chosen, whatever a learner does before committing to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.shell.visit import give, held, holds, visit


def options_of_a_question(label: str, options: Sequence[str], key: str, **more: Any) -> int | None:
    """Draw the options, none of which is chosen at first; return the index of the chosen one. ``more`` goes to the widget.

    Streamlit knows a chosen option by its text and forgets it when that is in another language, and when the page is left.
    """
    shown: dict[str, tuple[str, ...]] = visit().setdefault("shown_options", {})
    chosen: dict[str, int | None] = visit().setdefault("chosen_options", {})
    there = holds(key)
    if there:
        chosen[key] = held(key)
    if chosen.get(key) is not None and (not there or shown.get(key) != tuple(options)):
        give(key, chosen[key])
    shown[key] = tuple(options)
    found: int | None = st.radio(
        label, range(len(options)), index=None, format_func=options.__getitem__, key=key, **more
    )
    chosen[key] = found
    return found
