"""The idea in a minute: what a lesson is about, for someone who has never heard the word, with one small live picture.

It is open on the first visit of a browser to a lesson and folded from then on. A hall sees it at the key I.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import glossary
from app.charts.sketch import Sketch
from app.lessons import Lesson
from app.shell import lecture
from app.shell.language import language, shell_words
from app.shell.path import Pages, needed
from app.shell.picture import picture_of
from app.words import Words

# The folding is the browser's own and runs nothing on the server. An expander is drawn folded, so that it does not close
# before the eyes of who comes back.
_JS = """
export default function({ data }) {
  const key = `idea:${data.lesson}`;
  let tries = 0;
  const unfold = () => {
    const box = document.querySelector(".st-key-idea details");
    if (!box) { if (tries++ < 60) { requestAnimationFrame(unfold); } return; }
    if (box.dataset.lesson === data.lesson) { return; }  // another run of the same visit
    box.dataset.lesson = data.lesson;
    let known = false;
    try {
      known = window.localStorage.getItem(key) !== null;
      window.localStorage.setItem(key, "seen");
    } catch (refused) { /* a browser that keeps nothing: each visit is its first */ }
    if ((data.hall || !known) && !box.open) { box.querySelector("summary").click(); }
  };
  unfold();
}
"""


@st.cache_resource
def _folding() -> Any:
    return st.components.v2.component("idea_folding", html="<span hidden></span>", js=_JS)


def idea(words: Words, lesson: Lesson, sketch: Sketch, alt: str, values: dict[str, object], pages: Pages) -> None:
    """Draw the idea: ``idea.text`` of the words, filled with ``values``, beside the sketch, and what it builds on."""
    hall = lecture.is_on()
    label = f"**{shell_words()('idea')}** · {words('promise')}"
    with st.expander(label, key=f"idea_{lesson.id}"):
        text, picture = st.columns([1.1, 1], vertical_alignment="center")
        text.markdown(glossary.with_links(words("idea.text", **values), language()))
        with text:
            needed(lesson, pages)
        with picture:
            picture_of(f"sketch_{lesson.id}", sketch.svg(alt))
    _folding()(key="idea_folding", data={"lesson": lesson.id, "hall": hall}, height=0)
