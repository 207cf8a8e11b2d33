"""What the shell and the lessons keep of a visit beside its controls, in one entry of Streamlit's session.

For each field that it draws Streamlit looks at every entry of the session, one by one: forty of them took a twentieth of a run.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

_ENTRY = "_visit"


def visit() -> dict[str, Any]:
    """Return what is kept, by name; it lasts as long as the session, and what is put into it stays."""
    kept: dict[str, Any] = st.session_state.setdefault(_ENTRY, {})
    return kept
