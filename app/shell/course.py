"""What a learner has done in the course, kept in the browser alone: which lessons were opened, which predictions were right.

The server never hears of it: a page writes into the browser's own store, and the home page reads it there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from app.shell.language import shell_words
from app.shell.visit import visit

_RIGHT = "right_in_lesson"  # lesson -> question and what it was about -> whether the first answer was right

_MARK_JS = """
export default function({ parentElement, data }) {
  const lesson = keptCourse()[data.lesson], mark = parentElement.querySelector("span");
  mark.textContent = "";
  if (!lesson) { return; }
  const answers = Object.values(lesson.answers), right = answers.filter(Boolean).length;
  const score = data.score.replace("{right}", right).replace("{asked}", answers.length);
  mark.textContent = `✓ ${data.visited}` + (answers.length ? ` · ${score}` : "");
}
"""
_MARK_CSS = "span { color: var(--st-text-color); font-size: 0.875rem; }"


@st.cache_resource
def _mark() -> Any:
    store = (Path(__file__).parent / "scripts" / "course.js").read_text(encoding="utf-8")
    return st.components.v2.component("course_mark", html="<span></span>", css=_MARK_CSS, js=store + _MARK_JS)


def take_note(lesson_id: str, question: str, right: bool) -> None:
    """Remember for this visit whether the first answer to a question was right."""
    visit().setdefault(_RIGHT, {}).setdefault(lesson_id, {}).setdefault(question, right)


def answers(lesson_id: str) -> dict[str, bool]:
    """Return the questions of a lesson that were answered on this visit, and whether the first answer was right."""
    found: dict[str, bool] = visit().get(_RIGHT, {}).get(lesson_id, {})
    return found


def mark(lesson_id: str) -> None:
    """Draw what the browser keeps of a lesson; nothing where it was never opened."""
    words = shell_words()
    data = {"lesson": lesson_id, "visited": words("course.visited"), "score": words("course.score")}
    _mark()(key=f"course_mark_{lesson_id}", data=data)
