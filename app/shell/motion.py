"""Figures that move: what Plotly leaves behind when a learner stops one."""

from __future__ import annotations

from typing import Any

import streamlit as st

# Whoever pauses a run or moves its slider interrupts it. Plotly then rejects the promise of the animation without a reason,
# and nobody can be told, since its own buttons started it: the browser would report an error "undefined".
_JS = """
export default function() {
  const stopped = (event) => { if (event.reason === undefined) { event.preventDefault(); } };
  window.addEventListener("unhandledrejection", stopped);
  return () => window.removeEventListener("unhandledrejection", stopped);
}
"""


@st.cache_resource
def _interrupted() -> Any:
    return st.components.v2.component("interrupted", html="<span hidden></span>", js=_JS)


def may_be_stopped(name: str) -> None:
    """Let a learner stop the figure of this name, which moves."""
    _interrupted()(key=f"interrupted_{name}", height=0)
