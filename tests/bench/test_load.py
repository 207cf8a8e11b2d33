"""The load generator itself: one learner in each lesson of a real server, and what it reports."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any, TypeVar

import pytest

from app.lessons import LESSONS
from pages.words.analogies.learner import CAPITALS
from tests.bench.acting import WrongAnswer, scripts
from tests.bench.load import Class, Watch, percentiles, report, table
from tests.bench.protocol import ProtocolError, Tab
from tests.sample import visited
from tests.skips import needs_models

pytestmark = pytest.mark.models
T = TypeVar("T")


@pytest.fixture
def url(app_url: str) -> str:
    needs_models("glove-6b-50d", "minilm-l6")
    return app_url


def run(learning: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own: in this one the browser of other tests may have its loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, learning).result()


async def at_once() -> None:
    """Think about nothing."""


@pytest.mark.parametrize("lesson", visited([lesson.id for lesson in LESSONS]))
def test_a_learner_goes_through_a_lesson_and_gets_right_answers(url: str, lesson: str) -> None:
    async def learn() -> tuple[list[str], list[float]]:
        async with Tab(url) as tab:
            await tab.open("", "lang=en")
            await tab.go(lesson)
            await scripts()[lesson](tab, Random(7), at_once)
            return tab.errors(), [run.seconds for run in tab.runs]

    errors, seconds = run(learn())
    assert errors == []
    assert len(seconds) >= 5


def test_a_wrong_answer_is_noticed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client must not be content with anything that comes back: told a wrong capital, it objects."""
    monkeypatch.setitem(CAPITALS, "france", "moscow")
    monkeypatch.setitem(CAPITALS, "russia", "paris")

    async def learn() -> None:
        async with Tab(url) as tab:
            await tab.open("analogies", "lang=en")
            for seed in range(20):
                await scripts()["analogies"](tab, Random(seed), at_once)

    with pytest.raises(WrongAnswer, match="gave"):
        run(learn())


def test_what_is_not_on_the_page_cannot_be_used(url: str) -> None:
    async def lost() -> None:
        async with Tab(url) as tab:
            await tab.open("", "lang=en")
            await tab.set("perplexity", 30)

    with pytest.raises(ProtocolError, match="perplexity"):
        run(lost())


def test_a_small_class_is_measured(url: str) -> None:
    learners = Class(url, learners=3, seconds=6, think=0.3, lessons=("lstm-gates", "analogies"))
    run(learners.run())
    found = report(learners, Watch())
    assert found["errors"] == {}
    assert found["all"]["count"] == sum(row["count"] for row in found["lessons"].values()) > 6
    assert "lstm-gates" in table(found)


def test_percentiles() -> None:
    found = percentiles([float(n) for n in range(1, 101)])
    assert (found["count"], found["p50"], found["most"]) == (100, 50.5, 100.0)
    assert 95 <= found["p95"] <= 96
    assert percentiles([]) == {"count": 0}


def test_memory_and_processor_of_this_process() -> None:
    import os

    watch = Watch(os.getpid())
    watch.sample()
    held = bytearray(60_000_000)
    watch.sample()
    found = watch.summary(interactions=10, sessions=2)
    assert len(held) == 60_000_000
    assert 50 < found["memory_mb_end"] - found["memory_mb_start"] < 90
    assert found["processor_seconds"] >= 0


def test_opening_another_link_is_a_new_session(url: str) -> None:
    async def titles() -> list[list[str]]:
        async with Tab(url) as tab:
            found = []
            for path in ("analogies", "lstm-gates"):
                await tab.open(path, "lang=en")
                found.append([heading.body for heading in tab.elements("heading") if heading.tag == "h1"])
            return found

    assert run(titles()) == [["Analogies"], ["LSTM gates"]]
