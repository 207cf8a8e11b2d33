"""The top of every page, one row: title on the left, language, lecture mode and the link on the right."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.shell import language, lecture

_JS = """
export default function({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = async () => {
    const url = window.location.href;
    try {
      await navigator.clipboard.writeText(url);
    } catch (refused) {  // a page without https has no clipboard: the old way still works there
      const field = document.createElement("textarea");
      field.value = url;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.textContent = data.done;
    setTimeout(() => { button.textContent = data.label; }, 2000);
  };
}
"""
_CSS = """
button { font: inherit; white-space: nowrap; padding: 0.4rem 0.8rem; border-radius: 0.5rem; cursor: pointer;
  color: var(--st-text-color); background: transparent; border: 1px solid var(--st-border-color, #8886); }
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
"""


@st.cache_resource
def _link_button() -> Any:
    return st.components.v2.component("copy_link", html="<button></button>", css=_CSS, js=_JS)


def header(title: str) -> DeltaGenerator:
    """Draw the header of a page; return the row on its right, which may take more.

    The link that it copies opens exactly this screen, in this language.
    """
    words = language.shell_words()
    lecture.style()
    with st.container(key="header"):
        left, right = st.columns([1, 1.3], vertical_alignment="center")
    with left:
        st.title(title, anchor=False)
    tools = right.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="tools")
    with tools:
        language.switch()
        lecture.switch()
        _link_button()(
            key="copy_link",
            data={"label": words("link.copy"), "done": words("link.copied")},
            width="content",
        )
    return tools
