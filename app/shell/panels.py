"""The panels below a lesson's figure. Only the open one is computed and drawn, and which it is stands in the URL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from app.shell.check import check
from app.shell.choice import choice
from app.shell.language import shell_words
from app.words import Words


@dataclass(frozen=True)
class Below:
    """What a lesson has for the part below the figure; its page returns it.

    Attributes:
        code: the lines that reproduce the screen; "" where there is nothing to reproduce.
        panels: the lesson's own views in their order: id -> what draws it. The title is ``panels.<id>`` of its words.
        model: id of the model whose quality is told under the figure; "" for none.
        tells: panel -> name of the question whose answer it gives away: closed until that question is answered.
    """

    code: str = ""
    panels: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    model: str = ""
    tells: Mapping[str, str] = field(default_factory=dict)


def panels(words: Words, lesson_id: str, below: Below, open_questions: Collection[str], lecture: bool = False) -> None:
    """Draw the panels: the lesson's own views, then what every lesson has, which a hall does not need.

    None is open at first: a page begins with one thing. ``open_questions`` names those that wait for an answer.
    """
    shell = shell_words()
    own: dict[str, tuple[str, Callable[[], None]]] = {
        name: (words(f"panels.{name}"), draw) for name, draw in below.panels.items()
    }
    if not lecture:
        own["mistakes"] = (shell("panels.mistakes"), lambda: _mistakes(words))
        if words.has("check"):
            own["check"] = (shell("panels.check"), lambda: check(words, lesson_id))
        if below.code:
            own["code"] = (shell("panels.code"), lambda: _code(below.code))
        own["sources"] = (shell("panels.sources"), lambda: _sources(words))
    st.divider()
    chosen = choice(
        "pills",
        shell("panels.label"),
        list(own),
        "panel",
        labels=lambda name: own[name][0],
        label_visibility="collapsed",
    )
    _show_locks([number for number, name in enumerate(own, 1) if below.tells.get(name) in open_questions])
    if chosen is None:
        return
    with st.container(key="panel_body"):
        if below.tells.get(chosen) in open_questions:
            st.caption(f":material/lock: {shell('panels.tells')}")
        else:
            own[chosen][1]()


def _show_locks(numbers: Collection[int]) -> None:
    """Draw a lock before the names of these panels, counted from 1: not in the names, by which the choice is known."""
    if numbers:
        places = ", ".join(f".st-key-panel [role=radio]:nth-child({number})::before" for number in numbers)
        look = "font: 1.1em 'Material Symbols Rounded'; content: 'lock' / ''; margin-right: 0.3em"
        st.html(f"<style>{places} {{ {look} }}</style>")


def _mistakes(words: Words) -> None:
    shell = shell_words()
    for item in words.resolve(words.node("misconceptions")):
        with st.container(border=True):
            st.markdown(f":material/close: **{shell('panels.claim')}** {item['claim']}")
            st.markdown(f":material/check: {item['truth']}")


def _code(code: str) -> None:
    st.markdown(shell_words()("panels.code_hint"))
    st.code(code, language="python", wrap_lines=True)


def _sources(words: Words) -> None:
    items: list[dict[str, Any]] = words.resolve(words.node("sources"))
    st.markdown("\n".join(f"- [{i['text']}]({i['url']})" if i.get("url") else f"- {i['text']}" for i in items))
