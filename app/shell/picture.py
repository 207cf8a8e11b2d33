"""A sketch on a page, in the page's own colours and font: Streamlit's own image would be black on every theme."""

from __future__ import annotations

from typing import Any

import streamlit as st

_JS = """
export default function({ parentElement, data }) { parentElement.querySelector("div").innerHTML = data.svg; }
"""
_CSS = """
div { color: var(--st-text-color); font-family: var(--st-font); }
svg { display: block; width: 100%; height: auto; max-width: 460px; margin-inline: auto; }
"""


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component("sketch", html="<div></div>", css=_CSS, js=_JS)


def picture_of(key: str, svg: str) -> None:
    """Draw what :meth:`app.charts.sketch.Sketch.svg` gives, as wide as there is room."""
    _component()(key=key, data={"svg": svg})
