"""What the shell and the lessons keep of a visit beside its controls, in one entry of Streamlit's session, and what those hold.

Nobody else opens the session but :mod:`app.shell.state`, which says what the values of controls mean to the address.

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


def held(name: str, default: Any = None) -> Any:
    """Return what a control, or another part of the page with this key, holds; ``default`` where it holds nothing yet."""
    return st.session_state.get(name, default)


def holds(name: str) -> bool:
    """Whether it holds anything, None too: not before it was drawn, and not once its page was left."""
    return name in st.session_state


def give(name: str, value: Any) -> None:
    """Have a control hold a value, as the part of the page does that draws it: others have :func:`app.shell.state.put`."""
    st.session_state[name] = value


def take(name: str, default: Any = None) -> Any:
    """Return what a part of the page holds, and have it hold nothing from then on."""
    return st.session_state.pop(name, default)
