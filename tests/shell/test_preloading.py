"""What a host who expects a class can have loaded beforehand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.lessons import LESSONS
from app.shell import preloading
from nlpcore.models import loading, store, unload

pytestmark = pytest.mark.models


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    preloading.preload.cache_clear()
    yield
    preloading.preload.cache_clear()


def test_what_is_named_is_in_memory_and_what_is_not_there_is_said(caplog: pytest.LogCaptureFixture) -> None:
    unload("lstm-imdb")
    preloading.preload("lstm-imdb, no-such-model ,missing").join()
    assert "lstm-imdb" in loading.memory.ids()
    assert "1 of 3 models are in memory" in caplog.text
    assert "no-such-model" in caplog.text and "missing" in caplog.text


def test_all_means_what_is_in_the_store_and_a_lesson_uses() -> None:
    used = {found.id for lesson in LESSONS for found in lesson.models}
    here = {name for name in used if store().state(name) in ("here", "bundled")}
    assert set(preloading._ids("all")) == here >= {"lstm-imdb", "minilm-l6"}


def test_it_begins_once_and_only_where_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NLPCORE_PRELOAD", raising=False)
    preloading.preload_as_set()
    assert preloading.preload.cache_info().currsize == 0
    monkeypatch.setenv("NLPCORE_PRELOAD", "lstm-chars")
    preloading.preload_as_set()
    preloading.preload_as_set()
    assert preloading.preload.cache_info().misses == 1
    preloading.preload("lstm-chars").join()
