"""The panels below a lesson's figure. Only the open one is computed and drawn, and which it is stands in the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.shell.choice import choice
from app.shell.language import shell_words
from app.shell.words import Words


def below(
    words: Words, code: str | None, more: Mapping[str, tuple[str, Callable[[], None]]], lecture: bool = False
) -> None:
    """Draw the panels: the lesson's own views, then what every lesson has. ``more``: id -> (title, function that draws)."""
    shell = shell_words()
    panels: dict[str, tuple[str, Callable[[], None]]] = dict(more)
    if not lecture:
        panels["mistakes"] = (shell("panels.mistakes"), lambda: _mistakes(words))
        if code:
            panels["code"] = (shell("panels.code"), lambda: _code(code))
        panels["sources"] = (shell("panels.sources"), lambda: _sources(words))
    st.divider()
    first = next(iter(panels))
    chosen = choice(
        "segmented",
        shell("panels.label"),
        list(panels),
        "panel",
        default=first,
        labels=lambda name: panels[name][0],
        label_visibility="collapsed",
    )
    with st.container(key="panel_body"):
        panels[chosen or first][1]()


def _mistakes(words: Words) -> None:
    shell = shell_words()
    for item in words.resolve(words.node("misconceptions")):
        with st.container(border=True):
            st.markdown(f":material/close: **{shell('panels.claim')}** {item['claim']}")
            st.markdown(f":material/check: {item['truth']}")


def _code(code: str) -> None:
    st.markdown(shell_words()("panels.code_hint"))
    st.code(code, language="python")


def _sources(words: Words) -> None:
    items: list[dict[str, Any]] = words.resolve(words.node("sources"))
    st.markdown("\n".join(f"- [{i['text']}]({i['url']})" if i.get("url") else f"- {i['text']}" for i in items))
