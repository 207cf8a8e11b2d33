"""What a learner has done in the course, kept in the browser alone: which lessons were opened, which predictions were right.

The server never hears of it: a page writes into the browser's own store, and the home page reads it there.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.shell.language import shell_words

_RIGHT = "_right_in_lesson"  # lesson -> question and what it was about -> whether the first answer was right

_STORE = """
const KEY = "course";
function read() {
  try { return JSON.parse(window.localStorage.getItem(KEY)) ?? {}; } catch (refused) { return {}; }
}
"""
_RECORD_JS = (
    _STORE
    + """
export default function({ data }) {
  const course = read(), lesson = course[data.lesson] ?? { answers: {} };
  Object.entries(data.answers).forEach(([question, right]) => { lesson.answers[question] ??= right; });
  course[data.lesson] = lesson;
  try { window.localStorage.setItem(KEY, JSON.stringify(course)); } catch (refused) { /* it keeps nothing */ }
}
"""
)
_MARK_JS = (
    _STORE
    + """
export default function({ parentElement, data }) {
  const lesson = read()[data.lesson], mark = parentElement.querySelector("span");
  mark.textContent = "";
  if (!lesson) { return; }
  const answers = Object.values(lesson.answers), right = answers.filter(Boolean).length;
  const score = data.score.replace("{right}", right).replace("{asked}", answers.length);
  mark.textContent = `✓ ${data.visited}` + (answers.length ? ` · ${score}` : "");
}
"""
)
_MARK_CSS = "span { color: var(--st-text-color); font-size: 0.875rem; }"


@st.cache_resource
def _record() -> Any:
    return st.components.v2.component("course_record", html="<span hidden></span>", js=_RECORD_JS)


@st.cache_resource
def _mark() -> Any:
    return st.components.v2.component("course_mark", html="<span></span>", css=_MARK_CSS, js=_MARK_JS)


def take_note(lesson_id: str, question: str, right: bool) -> None:
    """Remember for this visit whether the first answer to a question was right."""
    st.session_state.setdefault(_RIGHT, {}).setdefault(lesson_id, {}).setdefault(question, right)


def record(lesson_id: str) -> None:
    """Have the browser keep that the lesson was opened, and how its questions were answered in this visit."""
    answers = st.session_state.get(_RIGHT, {}).get(lesson_id, {})
    _record()(key="course_record", data={"lesson": lesson_id, "answers": answers}, height=0)


def mark(lesson_id: str) -> None:
    """Draw what the browser keeps of a lesson; nothing where it was never opened."""
    words = shell_words()
    data = {"lesson": lesson_id, "visited": words("course.visited"), "score": words("course.score")}
    _mark()(key=f"course_mark_{lesson_id}", data=data)
