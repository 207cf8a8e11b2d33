"""What a page has its browser do: take note of what a learner did, say when the server is gone, mind taps and buttons.

One component does all of it, at the end of each run of a page: each costs every run of every learner some time.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from app.shell import course, idea, lecture
from app.shell.language import shell_words

_SCRIPTS = Path(__file__).parent / "scripts"


@cache
def _script() -> str:
    parts = [
        _SCRIPTS / "course.js",
        *sorted((_SCRIPTS / "pictures").glob("*.js")),
        *sorted((_SCRIPTS / "errands").glob("*.js")),
    ]
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component("errands", html="<span hidden></span>", js=_script())


def on(lesson_id: str | None) -> dict[str, Any]:
    """Return what there is to do on the page of a lesson; None for another page.

    ``outage`` is the sentence over the page as long as its server cannot be reached: nothing on the screen answers then.
    """
    errands: dict[str, Any] = {"outage": shell_words()("outage")}
    if lesson_id is not None:
        errands["note"] = {"lesson": lesson_id, "cookie": idea.COOKIE}
        if not lecture.is_on():
            errands["record"] = {"lesson": lesson_id, "answers": course.answers(lesson_id)}
    return errands


def run(lesson_id: str | None) -> None:
    """Have the browser do what :func:`on` says."""
    # As text: for every list or mapping in a component's data Streamlit asks pandas whether it is a table.
    _component()(key="errands", data={"errands": json.dumps(on(lesson_id))}, height=0)
