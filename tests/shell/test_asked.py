"""What outlives a run holds the question: the answer is there during the run, and asked for again after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.shell import exports
from app.shell.asked import Asked
from nlpcore.models import serving
from nlpcore.models.serving import InProcess, served
from tests.pages.screen import open_page, sound

calls: list[int] = []


@served
def squared(n: int) -> tuple[int, ...]:
    calls.append(n)
    return (n * n,)


@pytest.fixture
def own() -> Iterator[InProcess]:
    before, fresh = serving.serving(), InProcess()
    serving.use(fresh)
    calls.clear()
    yield fresh
    serving.use(before)


def test_the_answer_is_this_run_s_and_later_what_serving_says(own: InProcess) -> None:
    held: dict[int, Any] = {}
    answer = own.run(squared, None, n=3)
    asked = Asked(answer, held, squared, None, {"n": 3})
    own.clear()
    assert asked.answer is answer and calls == [3]
    held.clear()
    del answer
    assert asked.answer == (9,) and asked.answer == (9,) and calls == [3, 3], "asked again once, then remembered"


@pytest.mark.models
def test_the_data_of_a_figure_is_the_same_when_its_answer_was_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    menus: dict[str, Any] = {}
    monkeypatch.setattr(exports, "export_menu", lambda key, name, data, caption="": menus.update({key: data}))
    sound(open_page("attention", {"text": "The cat sat because it was tired.", "panel": "values"}))
    before = {key: exports.to_csv(data) for key, data in menus.items() if data is not None}
    serving.serving().clear()  # type: ignore[attr-defined]
    assert {key: exports.to_csv(data) for key, data in menus.items() if data is not None} == before
    assert len(before) >= 1 and all(len(rows) > 100 for rows in before.values())
