"""The field of a learner's text, of one line or of several, and what is read of it.

A field takes whatever is pasted: Streamlit's ``max_chars`` would have the browser drop a longer text without a word. What is
over the limit, and what no one sees, stays in the field and is not read, and the field says so. A text that came with lines
(by a link, from another model) keeps them, also where one line is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.shell import state
from app.shell.language import shell_words
from app.shell.slot import Slot
from app.shell.visit import give, held
from nlpcore.errors import Note
from nlpcore.graphemes import cluster_spans, word_spans
from nlpcore.text import without_invisible

AREA_HEIGHT = 76  # px: two lines; a longer text scrolls, and the figure stays on the screen of a laptop
LONGEST = 4_000  # characters of running text, as many as nlpcore.text.clean reads
# Characters of a text for which the address has room: the shorter ones go first, and no page has six fields of text.
_ALWAYS_LINKED = 100
_NEAR = 200  # characters before the limit in which the end of a line or of a word is looked for


@dataclass(frozen=True, slots=True)
class Field:
    """A field of text: ``key`` is its name in the address, ``area``: it always has lines, ``limit``: characters that are read."""

    key: str
    label: str
    default: str = ""
    limit: int = LONGEST
    area: bool = False
    placeholder: str | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a field.

    Attributes:
        text: what is read of it; may be empty.
        cut_from: characters that stand in it where that is more than are read; else 0.
        notes: what was taken away of what is read.
    """

    text: str
    cut_from: int
    notes: tuple[Note, ...]


def text_field(lesson_id: str, field: Field) -> Typed:
    """Draw the field; return what stands in it."""
    key = field.key
    options = state.bound(key, field.default) | {"placeholder": field.placeholder}
    # A browser takes line ends out of a field of one line, and what stood on two lines would become one word.
    area = field.area or bool({"\n", "\r"} & set(str(held(key, field.default))))
    was_area: Slot[bool] = Slot(lesson_id, f"area_{key}", area)
    if was_area.value != area:  # another widget, which takes what stands in the one before only when it is told to
        give(key, held(key))
    was_area.value = area
    if area:
        value = st.text_area(field.label, height=AREA_HEIGHT, **options) or ""
    else:
        value = st.text_input(field.label, **options) or ""
    read = beginning(value, field.limit)
    words = shell_words()
    if read != value:
        said = words("text_cut", given=f"{len(value):,}", limit=f"{field.limit:,}", kept=f"{len(read):,}")
        st.caption(f":material/content_cut: {said}")
    if len(value) > _ALWAYS_LINKED and key in state.left_out():
        st.caption(f":material/link_off: {words('link.too_long')}")
    visible = without_invisible(read)
    return Typed(visible.text, len(value) if read != value else 0, visible.notes)


def beginning(text: str, limit: int) -> str:
    """Return the beginning of ``text`` that has at most ``limit`` characters, up to the end of a line or of a word.

    A line of columns is read whole or not at all. Where no line and no word ends nearby, a character is whole.
    """
    if len(text) <= limit:
        return text
    near = max(0, limit - _NEAR)
    last, beyond = text[near : limit + 1], text[near : limit + _NEAR]
    ends = [last.rfind("\n")]
    ends.append(max((place for place, character in enumerate(last) if character.isspace()), default=-1))
    for spans in (word_spans(beyond), cluster_spans(beyond)):
        ends.append(max((end for _, end in spans if near + end <= limit), default=-1))
    end = next((end for end in ends if end > 0), limit - near)
    return text[: near + end].rstrip()
