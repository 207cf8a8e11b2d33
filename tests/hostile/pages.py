"""The lessons' pages driven without a browser: which fields and parameters they have, and whether they stayed sound."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from streamlit.testing.v1 import AppTest

from app.words import LANGUAGES, LOCALES, Words
from nlpcore.models.serving import InProcess, serving, use
from tests.pages.asking import with_its_panel
from tests.pages.screen import open_page

UNFORESEEN = [Words(LOCALES / "notes.yaml", language)("unexpected") for language in LANGUAGES]
_SWITCHES = ("view", "source", "panel")  # the choices that decide which controls a page has
_WITHIN = ("goal", "kind")  # and those within a view


@dataclass(frozen=True)
class Screen:
    """A screen of a lesson: the query that opens it, its text fields, and every parameter that it registers."""

    query: Mapping[str, str]
    fields: tuple[str, ...]
    parameters: tuple[str, ...]


def fields_of(app: AppTest) -> dict[str, Any]:
    """Return the text fields of the open screen by their public names."""
    return {field.key: field for field in [*app.text_input, *app.text_area]}


def open_screen(lesson_id: str, query: Mapping[str, str]) -> AppTest:
    """Open a screen by its link, with its panel: the question that it waits for is answered."""
    return with_its_panel(open_page(lesson_id, dict(query)))


@cache
def screens(lesson_id: str) -> tuple[Screen, ...]:
    """Return the lesson's screens: as it opens, and with each option of the choices that decide on its controls."""
    app = open_page(lesson_id, {})
    found = [_screen({}, app)]
    for name in _SWITCHES:
        labels = _labels(app, name)
        for label in labels:
            _choice(app, name).set_value(label)
            app.run()
            with_its_panel(app)
            found.append(_screen({name: str(app.session_state[name])}, app))
            found += _within({name: str(app.session_state[name])}, app) if name == "view" else []
        if labels:
            _choice(app, name).set_value(labels[0])
            app.run()
    return tuple(found)


def _within(query: dict[str, str], app: AppTest) -> list[Screen]:
    """Return the screens of a view's own choice, but that which it has at first; it is left at the first."""
    found = []
    for name in _WITHIN:
        first, *others = _labels(app, name) or [""]
        for label in others:
            _choice(app, name).set_value(label)
            app.run()
            with_its_panel(app)
            found.append(_screen(query | {name: str(app.session_state[name])}, app))
        if others:
            _choice(app, name).set_value(first)
            app.run()
    return found


def _choice(app: AppTest, name: str) -> Any:
    return next((w for w in [*app.button_group, *app.selectbox, *app.radio] if w.key == name), None)


def _labels(app: AppTest, name: str) -> list[str]:
    widget = _choice(app, name)
    return list(widget.options) if widget is not None else []


def _screen(query: dict[str, str], app: AppTest) -> Screen:
    return Screen(query, tuple(fields_of(app)), tuple(sorted(app.session_state["_visit"]["controls"])))


def assert_sound(app: AppTest, caplog: Any, about: object) -> None:
    """Fail on a traceback, an error box, the sentence for unforeseen exceptions, or an error in the log."""
    assert not app.exception, (about, [box.value for box in app.exception])
    assert not app.error, (about, [box.value for box in app.error])
    said = [box.value for box in app.warning]
    assert not any(sentence in text for sentence in UNFORESEEN for text in said), (about, said)
    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
    assert not logged, (about, logged, caplog.text[-2000:])


def has_figure(app: AppTest) -> bool:
    return bool(app.get("plotly_chart"))


def is_answered(app: AppTest) -> bool:
    """Whether the page shows a figure (one for the hand too), a drawing of its own in HTML, or a sentence for the learner."""
    of_the_frame = ("<style", '<button type="button"', '<div class="take-away"')
    drawn = any(not element.proto.body.startswith(of_the_frame) for element in app.get("html"))
    moved = any("hand_" in part.proto.component_name for part in app.get("bidi_component"))
    return has_figure(app) or bool(app.warning or app.info) or drawn or moved


class Recorder:
    """A way of serving that notes which functions were asked, with what."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, str | None, dict[str, Any]]] = []
        self._server = InProcess()

    def run(
        self, function: Any, model_id: str | None, *, on_progress: Any = None, on_place: Any = None, **data: Any
    ) -> Any:
        self.calls.append((function, model_id, data))
        return self._server.run(function, model_id, on_progress=on_progress, on_place=on_place, **data)


@contextmanager
def recorded() -> Iterator[Recorder]:
    """Serve by a :class:`Recorder` meanwhile."""
    before, recorder = serving(), Recorder()
    use(recorder)
    try:
        yield recorder
    finally:
        use(before)
