"""The idea in a minute: what a lesson is about, for someone who has never heard the word, with one small live picture.

It is open on the first visit of a browser to a lesson and folded from then on. A hall sees it at the key I.
"""

from __future__ import annotations

import streamlit as st

from app import glossary
from app.charts.sketch import Sketch
from app.lessons import Lesson
from app.shell import lecture, state
from app.shell.language import language, shell_words
from app.shell.path import Pages, needed
from app.shell.picture import picture_of
from app.shell.visit import visit
from app.text import markdown_escape
from app.words import Words

COOKIE = "nlp_ideas"  # ids of the lessons that this browser has been to, with dots between them
_SEEN, _OPEN = "ideas_seen", "idea_open"


def _is_first_visit(lesson: Lesson) -> bool:
    """Whether this browser is in the lesson for the first time, until it goes to another page."""
    kept = visit()
    here = lesson.id, state.arrival()
    if kept.get(_OPEN, (None,))[0] != here:
        seen: set[str] = kept.setdefault(_SEEN, set((st.context.cookies.get(COOKIE) or "").split(".")))
        kept[_OPEN] = here, lesson.id not in seen
        seen.add(lesson.id)
    return bool(kept[_OPEN][1])


def idea(
    words: Words, lesson: Lesson, sketch: Sketch, alt: str, values: dict[str, object], pages: Pages, gloss: str = ""
) -> None:
    """Draw the idea: ``idea.text`` of the words, filled with ``values``, beside the sketch, and what it builds on.

    ``gloss``: what the example means, where that is in another language.
    """
    hall = lecture.is_on()
    label = f"**{shell_words()('idea')}** · {words('promise')}"
    with st.expander(label, expanded=hall or _is_first_visit(lesson), key=f"idea_{lesson.id}"):
        # The style sheet puts the picture beside what is said.
        with st.container(key="idea_said"):
            st.markdown(glossary.with_links(words("idea.text", **values), language()))
            if gloss:
                st.caption(shell_words()("gloss", text=markdown_escape(gloss)))
            needed(lesson, pages)
        picture_of(f"sketch_{lesson.id}", sketch.svg(alt))
