"""Writes into the address before a page's end, where something comes first that takes long; all else: :mod:`app.shell.state`."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

_JS = """
export default function({ data }) {
  const url = new URL(window.location.href);
  Object.entries(JSON.parse(data)).forEach(([name, value]) => url.searchParams.set(name, value));
  if (url.href !== window.location.href) { window.history.replaceState(window.history.state, "", url.href); }
}
"""


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component("address_now", html="<span hidden></span>", js=_JS)


def write_now(**texts: str) -> None:
    """Write these controls, as their texts in a link, into the URL."""
    _component()(key="address_now", data=json.dumps(texts), height=0)
