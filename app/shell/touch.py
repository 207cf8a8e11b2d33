"""Figures under a finger: one tap chooses the mark that was tapped."""

from __future__ import annotations

from typing import Any

import streamlit as st

# Plotly selects what the pointer was over before it went down. A finger is over nothing before: the first tap would select
# nothing, and the next one what the first had touched. So it is told where the finger is before it hears of the touch.
_JS = """
export default function() {
  const point = (event) => {
    const layer = event.target.closest?.(".js-plotly-plot .nsewdrag"), finger = event.changedTouches[0];
    if (layer && event.touches.length === 1) {
      const { clientX, clientY } = finger;
      layer.dispatchEvent(new MouseEvent("mousemove", { clientX, clientY, view: window }));
    }
  };
  document.addEventListener("touchstart", point, { capture: true, passive: true });
  return () => document.removeEventListener("touchstart", point, { capture: true });
}
"""


@st.cache_resource
def _fingers() -> Any:
    return st.components.v2.component("fingers", html="<span hidden></span>", js=_JS)


def take_taps() -> None:
    """Have every figure of the page take a tap for what it is; once on a page."""
    _fingers()(key="fingers", height=0)
