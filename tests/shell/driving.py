"""Parts of the frame run as Streamlit runs a page, without a browser: the body of a page is a function of the test."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from streamlit.testing.v1 import AppTest

from app.lessons import Lesson
from app.words import LOCALES, Words

WORDS = Path(__file__).parent / "lesson.yaml"
SHELL = {language: Words(LOCALES / "shell.yaml", language) for language in ("en", "zh")}


class MadeUp(Lesson):
    """A lesson with the words of ``lesson.yaml``."""

    words = WORDS  # type: ignore[assignment]


def made_up(lesson_id: str = "made-up", kinds: tuple[Any, ...] = ()) -> Lesson:
    return MadeUp(lesson_id, "words", ":material/star:", kinds)


def drawn(body: Callable[[], object], query: Mapping[str, str] | None = None, **state: Any) -> AppTest:
    """Run ``body`` as a page that was opened by a link with this ``query``, in a visit with this ``state``."""

    def script(body):  # type: ignore[no-untyped-def]  # AppTest runs its text, where no name of here is known
        body()

    app = AppTest.from_function(script, args=(body,), default_timeout=60)
    app.query_params |= {"lang": "en", **(query or {})}
    for name, value in state.items():
        app.session_state[name] = value
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    assert not app.exception, [error.value for error in app.exception]
    return app


def press(app: AppTest, label: str) -> AppTest:
    """Click the button with this label."""
    return sound(next(button for button in app.button if button.label == label).click().run())


def labels(app: AppTest, disabled: bool | None = None) -> list[str]:
    return [button.label for button in app.button if disabled in (None, button.disabled)]


def components(app: AppTest, name: str) -> list[Any]:
    """Return the data of the frame's own parts of this name, in order."""
    found = (part.proto for part in app.get("bidi_component"))
    return [json.loads(proto.json or "null") for proto in found if proto.component_name.endswith(name)]


def buttons(app: AppTest, selector: str) -> list[dict[str, str]]:
    """Return what the buttons that the browser answers say and know, by their ``class`` or the name of their data, in order."""
    found = []
    for part in app.get("html"):
        for tag, attributes, text in re.findall(r"<(\w+)([^>]*)>([^<]*)", part.proto.body):
            known = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', attributes)}
            if tag in ("button", "div") and (known.get("class") == selector or f"data-{selector}" in known):
                data = {
                    name.removeprefix("data-"): unquote(value)
                    for name, value in known.items()
                    if name.startswith("data-")
                }
                found.append({**data, "text": unescape(text)} if text else data)
    return found


def written(app: AppTest) -> dict[str, str | None]:
    """Return what the page has written into the address, names that it takes out as None."""
    url: dict[str, str | None] = {}
    for data in components(app, "address_bar"):
        url |= json.loads(data["query"])
    return url
