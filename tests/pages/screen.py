"""A lesson's page run as Streamlit runs it, without a browser: opened as a link opens it, and read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest, local_script_runner

from app.formulas import Formula
from app.lessons import ROOT
from app.questions import Question
from app.shell.frame import LessonPage


def open_page(lesson_id: str, query: Mapping[str, Any] | None = None, **state: Any) -> AppTest:
    """Open a lesson as a link with this query does; ``state``: values of controls, as a visit has set them."""
    query = {"lang": "en", **(query or {})}
    app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=300)
    app.query_params |= query
    app.run()
    switch(app, lesson_id)
    app.query_params |= query
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def switch(app: AppTest, lesson_id: str) -> AppTest:
    """Have the next run open a lesson: ``AppTest.switch_page`` knows only pages that are files."""
    known = {page.get("url_pathname"): page_hash for page_hash, page in app._registered_pages.items()}
    app._page_hash = known[lesson_id]
    return app


@contextmanager
def in_history() -> Iterator[None]:
    """Have the runs meanwhile be those of a step back or forward in the browser's history."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "RerunData", partial(RerunData, is_history_navigation=True))
        yield


def sound(app: AppTest) -> AppTest:
    """Return the page after making sure that nothing went wrong in it."""
    assert not app.exception, [error.value for error in app.exception]
    assert not app.error, [error.value for error in app.error]
    return app


def figures(app: AppTest) -> list[dict[str, Any]]:
    """Return every figure as Plotly gets it, in the order of the page."""
    return [json.loads(item.proto.spec) for item in app.get("plotly_chart")]


def text_of(app: AppTest) -> str:
    """Return what the page says in words: Markdown, captions, and its boxes."""
    kinds = (app.markdown, app.caption, app.warning, app.info, app.success)
    return " ".join(element.value for kind in kinds for element in kind)


def html_of(app: AppTest) -> str:
    """Return what the page draws in HTML of its own: not the frame's buttons, of which one repeats the question."""
    bodies = (element.proto.body for element in app.get("html"))
    return " ".join(body for body in bodies if not body.startswith('<button type="button"'))


@dataclass
class Teaching:
    """The questions that pages asked and the formulas that they typeset, in order."""

    questions: list[Question] = field(default_factory=list)
    formulas: list[Formula] = field(default_factory=list)


@contextmanager
def teaching() -> Iterator[Teaching]:
    """Note what every page of this process asks and typesets meanwhile."""
    seen, ask, equation = Teaching(), LessonPage.ask, LessonPage.equation

    def noted_ask(page: LessonPage, question: Question, folded: bool = False) -> bool:
        seen.questions.append(question)
        return ask(page, question, folded)

    def noted_equation(page: LessonPage, formula: Formula) -> None:
        seen.formulas.append(formula)
        equation(page, formula)

    LessonPage.ask, LessonPage.equation = noted_ask, noted_equation  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        LessonPage.ask, LessonPage.equation = ask, equation  # type: ignore[method-assign]
