"""A short check at the end of a lesson: a few questions on the idea, each answered at once with the reason."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.shell.language import shell_words
from app.shell.options import options_of_a_question
from app.words import Words


def check(words: Words, lesson_id: str) -> None:
    """Draw the questions under ``check`` of a lesson's words, and how many of them are answered rightly."""
    shell = shell_words()
    items: list[dict[str, Any]] = words.resolve(words.node("check"))
    right = answered = 0
    for number, item in enumerate(items):
        with st.container(border=True):
            options: list[str] = item["options"]
            asked = f"**{number + 1}.** {item['question']}"
            chosen = options_of_a_question(asked, options, f"_check_{lesson_id}_{number}")
            if chosen is None:
                continue
            answered += 1
            right += chosen == item["right"]
            if chosen == item["right"]:
                st.success(item["because"], icon=":material/check:")
            else:
                answer = shell("predict.answer", answer=options[item["right"]])
                st.warning(f"{answer}\n\n{item['because']}", icon=":material/close:")
    if answered:
        st.caption(shell("check.score", right=right, count=len(items)))
