"""What an example sets in the menu of settings is there when the menu is opened, however many runs later that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.lessons import LESSONS
from tests.pages.screen import open_page, sound


def in_the_menu(app: AppTest) -> Iterator[Any]:
    """Yield what Streamlit sends of each control in the popover of the header's tools."""

    def under(node: Any, inside: bool) -> Iterator[Any]:
        proto = getattr(node, "proto", None)
        if inside and "set_value" in getattr(getattr(proto, "DESCRIPTOR", None), "fields_by_name", ()):
            yield proto
        for child in getattr(node, "children", {}).values():
            yield from under(child, inside or getattr(child, "type", "") == "popover")

    yield from under(app.main, False)


def untold(app: AppTest) -> list[str]:
    """Return the names of controls with a value that is not said; what begins with _ does something and has none."""
    found = [(proto.id.rsplit("-", 1)[-1], proto.set_value) for proto in in_the_menu(app)]
    assert found, "the lesson has no settings"
    return [name for name, told in found if not told and not name.startswith("_")]


@pytest.mark.models
@pytest.mark.parametrize("lesson_id", [item.id for item in LESSONS])
def test_the_browser_is_told_the_settings_in_every_run(lesson_id: str) -> None:
    """It makes a menu's controls when the menu is opened, and at their defaults where that run does not say their values."""
    app = sound(open_page(lesson_id, {"view": "own"} if lesson_id == "bio-tagging" else {}))
    for _ in range(2):
        assert untold(app) == []
        sound(app.run())
