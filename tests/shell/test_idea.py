"""The idea stands open on a browser's first visit to a lesson, at once, and folded from then on; a hall sees it whole."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st

from app.shell import idea
from app.words import LOCALES, Words
from tests.pages.screen import open_page, sound, switch

WORDS = Words(LOCALES / "shell.yaml", "en")


def is_open(app: Any) -> bool:
    (box,) = [each for each in app.expander if each.label.startswith(f"**{WORDS('idea')}**")]
    return bool(box.proto.expanded)


def known(monkeypatch: pytest.MonkeyPatch, *lessons: str) -> None:
    context = SimpleNamespace(
        cookies={idea.COOKIE: ".".join(lessons)} if lessons else {}, ip_address=None, locale="en", theme=st.context.theme,
        url="http://localhost/",
    )  # fmt: skip
    monkeypatch.setattr(st, "context", context)


@pytest.mark.parametrize(("seen", "opened"), [((), True), (("analogies",), True), (("analogies", "lstm-gates"), False)])
def test_it_is_open_where_the_browser_has_not_been(
    seen: tuple[str, ...], opened: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, *seen)
    app = sound(open_page("lstm-gates"))
    assert is_open(app) is opened
    assert is_open(app.run()) is opened, "it stays as it is while the learner works"


def test_it_is_folded_when_the_learner_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch)
    app = sound(open_page("lstm-gates"))
    assert is_open(app)
    assert is_open(switch(app, "bio-tagging").run()), "another one"
    assert not is_open(switch(app, "lstm-gates").run())
