"""What a host who expects a class can have loaded beforehand, and when it is said to be there."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from app.hosting import preloading
from app.lessons import LESSONS
from nlpcore import models
from nlpcore.models import loading, store, unload

pytestmark = pytest.mark.models


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    preloading._asked.clear()
    yield
    preloading._asked.clear()


def test_what_is_named_is_in_memory_and_what_is_not_there_is_said(caplog: pytest.LogCaptureFixture) -> None:
    unload("lstm-imdb")
    preloading.preload("lstm-imdb, no-such-model ,missing,lstm-imdb").join()
    assert "lstm-imdb" in loading.models.ids()
    found = preloading.preloaded()
    assert (found.wanted, found.there) == (("lstm-imdb", "no-such-model", "missing"), ["lstm-imdb"])
    assert found.missing == ["no-such-model", "missing"]
    assert "1 of 3 models are in memory" in caplog.text
    assert "no-such-model" in caplog.text and "missing" in caplog.text


def test_all_means_what_is_in_the_store_and_a_lesson_uses() -> None:
    used = {found.id for lesson in LESSONS for found in lesson.models}
    here = {name for name in used if store().state(name) in ("here", "bundled")}
    assert set(preloading._ids("all")) == here >= {"lstm-imdb", "minilm-l6"}


def test_it_begins_only_where_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NLPCORE_PRELOAD", raising=False)
    assert preloading.preload_as_set() is None and preloading.ready()
    monkeypatch.setenv("NLPCORE_PRELOAD", "lstm-chars")
    begun = preloading.preload_as_set()
    assert begun is not None
    begun.join()
    assert preloading.preloaded().there == ["lstm-chars"]


def test_it_is_ready_when_the_last_one_is_there_or_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    go, reached = threading.Event(), threading.Event()

    def slowly(model_id: str) -> None:
        reached.set()
        assert go.wait(60)
        raise RuntimeError("it breaks as nobody foresaw")

    monkeypatch.setattr(models, "load", slowly)
    begun = preloading.preload("lstm-imdb")
    assert reached.wait(60) and not preloading.ready()
    go.set()
    begun.join()
    assert preloading.ready() and preloading.preloaded().missing == ["lstm-imdb"]
