"""A spinner where an answer may take long enough for one to be seen, and none where it does not."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from app.shell import waiting


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the list of spinners that were shown; nothing was asked before."""
    seen: list[str] = []

    @contextlib.contextmanager
    def spinner(text: str, **_: Any) -> Iterator[None]:
        seen.append(text)
        yield

    monkeypatch.setattr(waiting, "st", SimpleNamespace(spinner=spinner))
    monkeypatch.setattr(waiting, "shell_words", lambda: lambda key: key)
    monkeypatch.setattr(waiting, "_quick", set())
    return seen


def ask(monkeypatch: pytest.MonkeyPatch, seconds: float, text: str = "a few words", model: str = "m") -> None:
    clock = iter((0.0, seconds))
    monkeypatch.setattr(waiting, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    with waiting.spinner(ask, model, {"text": text, "k": 3}):
        pass


def test_what_was_quick_has_no_spinner_the_next_time(shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    ask(monkeypatch, 0.02)
    assert len(shown) == 1  # nobody could know
    ask(monkeypatch, 0.02)
    assert len(shown) == 1


def test_another_model_or_a_much_longer_text_is_not_known_to_be_quick(
    shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(monkeypatch, 0.02)
    ask(monkeypatch, 0.02, model="n")
    ask(monkeypatch, 0.02, text="word " * 400)
    assert len(shown) == 3


def test_what_became_slow_has_its_spinner_again(shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    ask(monkeypatch, 0.02)
    ask(monkeypatch, 5.0)
    assert len(shown) == 1
    ask(monkeypatch, 0.02)
    assert len(shown) == 2


def test_a_run_that_is_broken_off_is_not_taken_for_quick(shown: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(KeyError), waiting.spinner(ask, "m", {"text": "x"}):
            raise KeyError
    assert len(shown) == 2
