"""Tagging by hand: a palette of types, then a click on a word or a drag over several; by mouse, touch and keyboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app.charts import colours
from app.shell.choice import chosen_before_drawing
from app.shell.frame import LessonPage, Slot
from pages.tasks.bio_tagging.spans import colour_of

TYPES = ("PER", "LOC", "ORG", "MISC")
OUTSIDE = "O"
_HERE = Path(__file__).parent
_HTML = """\
<div class="palette" role="radiogroup"></div><div class="words" role="group"></div>
<span class="said" aria-live="polite"></span>
"""


@st.cache_resource
def _field() -> Any:
    css, js = ((_HERE / f"by_hand.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return st.components.v2.component("tagging_by_hand", html=_HTML, css=css, js=js)


def tags_of(types: Sequence[str]) -> tuple[str, ...]:
    """Return the tags of IOB2 for entities of these types: ``("O", "B-PER", "I-PER", …)``."""
    return (OUTSIDE, *(f"{prefix}-{kind}" for kind in types for prefix in "BI"))


def read(value: object, count: int, tags: Sequence[str]) -> tuple[int, tuple[str, ...]] | None:
    """Return the turn and the ``count`` tags that the browser sent as ``"3 O B-PER …"``; None where it is no such text.

    The browser counts its turns, so that it knows of which of them the page has heard. What it sends may be anything.
    """
    turn, *sent = (value.split() if isinstance(value, str) else []) or [""]
    if not (turn.isascii() and turn.isdigit()) or len(turn) > 9 or len(sent) != count or not set(sent) <= set(tags):
        return None
    return int(turn), tuple(sent)


def tag_by_hand(lesson: LessonPage, words: Sequence[str], name: str, types: Sequence[str] = TYPES) -> tuple[str, ...]:
    """Draw the words with a palette of ``types`` and return the learner's tags; ``?<name>1=B-PER`` in the URL, from 1."""
    key, tags = f"by_hand_{name}", tags_of(types)
    controls = [f"{name}{n + 1}" for n in range(len(words))]
    value = (lesson.value(key) or {}).get("tags")
    taken: Slot[Any] = lesson.slot(key, None)
    sent = read(value, len(words), tags)
    if sent and value != taken.value:
        lesson.put(**dict(zip(controls, sent[1], strict=True)))
    taken.value = value
    mine = tuple(str(chosen_before_drawing(tags, control, OUTSIDE)) for control in controls)
    told = {"words": list(words), "tags": mine, "turn": sent[0] if sent else 0}
    # As text: for every list or mapping in a component's data Streamlit asks pandas whether it is a table.
    _field()(key=key, data=json.dumps(told | _looks(lesson, types)), on_tags_change=lambda: None)
    return mine


def tell_how(lesson: LessonPage, characters: bool = False) -> None:
    """Say how words, or ``characters``, are tagged by hand; a screen that is touched does not speak of keys."""
    w = lesson.words
    st.html("<style>@media (hover: none) { .st-key-by_keyboard { display: none; } }</style>")
    with st.container(gap=None):
        st.markdown(w("yours.how") + (w("yours.characters") if characters else ""))
        with st.container(key="by_keyboard"):
            st.markdown(w("yours.keys"))


def _looks(lesson: LessonPage, types: Sequence[str]) -> dict[str, Any]:
    """Return names and colours of the palette, and what a screen reader is told."""
    w = lesson.words
    palette = [
        {
            "id": kind,
            "name": w(f"palette.{kind}"),
            "colour": colour_of(kind),
            "tint": colours.with_alpha(colour_of(kind), 0.25),
            "ink": colours.readable_on(colour_of(kind)),
        }
        for kind in (*types, OUTSIDE)
    ]
    return {"types": palette, "labels": {"palette": w("palette.label"), "words": w("palette.words")}}
