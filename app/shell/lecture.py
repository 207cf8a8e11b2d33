"""Lecture mode: large type, nothing on the screen that a hall does not need."""

from __future__ import annotations

import streamlit as st

from app.shell.language import shell_words

# Streamlit sizes everything in rem, so one number enlarges type, controls and spacing together.
_LECTURE_CSS = """<style>
html { font-size: 23px !important; }
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"] { display: none; }
[data-testid="stMainBlockContainer"] { max-width: 100%; padding-inline: 1.2rem; }
[data-testid="stCaptionContainer"], small { font-size: 20px !important; }
code { font-size: max(0.9em, 20px) !important; }
.katex { font-size: 1.33em !important; }  /* so that subscripts, at 0.7 of it, are 20 px too */
</style>"""

_BASE_CSS = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 2.6rem; padding-bottom: 3rem; }
[data-testid="stHeader"] { background: transparent; }
h1 { padding: 0 !important; }
.katex-display { padding-block: 0.45em; }  /* else the top of a fraction is cut */
/* Plotly's theme draws these in a light grey that a hall cannot read */
.js-plotly-plot :is(.xtick, .ytick, .cbaxis, .legend, .slider-group) text { fill: currentColor !important; }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding-inline: 0.8rem; } }
</style>"""


def is_on() -> bool:
    """True where this run is for a projector, known before the switch is drawn."""
    if "lecture" in st.session_state:
        return bool(st.session_state["lecture"])
    return st.query_params.get("lecture", "").lower() in ("true", "1")


def switch() -> None:
    """Draw the switch of lecture mode."""
    words = shell_words()
    st.toggle(
        words("lecture.label"),
        key="lecture",
        bind="query-params",
        persist_state="session",
        help=words("lecture.help"),
    )


def style() -> None:
    """Send the style sheet of the mode that is on."""
    st.html(_BASE_CSS + (_LECTURE_CSS if is_on() else ""))
