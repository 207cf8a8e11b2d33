"""Whose run it is: the tabs of one browser are one visitor, and in a run of theirs the library knows it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from app.hosting.guards import VISITOR
from app.shell import visitor
from nlpcore.models import line, turns


def comes(monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str], address: str | None) -> None:
    monkeypatch.setattr(st, "context", SimpleNamespace(cookies=cookies, ip_address=address))


def test_a_browser_is_known_by_its_name_and_else_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    comes(monkeypatch, {VISITOR: "abc"}, "10.0.0.7")
    assert visitor.visitor() == "abc"
    comes(monkeypatch, {"other": "abc"}, "10.0.0.7")
    assert visitor.visitor() == "10.0.0.7"
    comes(monkeypatch, {}, None)
    assert visitor.visitor() is None


def test_a_run_and_a_fragment_are_the_visitor_s(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    @visitor.turn()
    def fragment() -> None:
        seen.append((line.visitor(), turns.held()[0]))

    for name in ("abc", "def"):
        comes(monkeypatch, {VISITOR: name}, None)
        fragment()
    assert seen == [("abc", 1), ("def", 1)] and turns.held()[0] == 0
