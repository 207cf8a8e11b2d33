"""Models in memory: one bound in bytes for all kinds, the least recently used goes first, nothing keeps a copy back."""

from __future__ import annotations

import dataclasses
import gc
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nlpcore.models import load, loading, unload
from nlpcore.models.loading import ModelCache, Parts, loader
from nlpcore.tagging import tag_chinese, tag_time_and_money
from nlpcore.words import WordVectors
from tests.skips import needs_models


def model(name: str, size: int) -> Any:
    return SimpleNamespace(id=name, entry=SimpleNamespace(memory_bytes=size), folder=Path())


def test_the_least_recently_used_makes_room(caplog: pytest.LogCaptureFixture) -> None:
    cache, made = ModelCache(100), []

    def get(name: str, size: int = 40) -> Any:
        return cache.get(("store", name, "cpu"), lambda: made.append(name) or model(name, size))

    first = get("a")
    get("b")
    assert get("a") is first
    get("c")
    assert cache.ids() == ("a", "c"), "b was used longest ago"
    assert get("a") is first
    get("b")
    assert cache.ids() == ("a", "b")
    assert made == ["a", "b", "c", "b"]


def test_one_model_may_be_larger_than_the_bound_and_is_then_alone() -> None:
    cache = ModelCache(100)
    for name, size in (("a", 60), ("large", 500), ("b", 10)):
        cache.get(("store", name, "cpu"), lambda name=name, size=size: model(name, size))
        assert cache.ids()[-1] == name
    assert cache.ids() == ("b",)


def test_a_model_is_forgotten_on_every_device() -> None:
    cache = ModelCache(1000)
    for device in ("cpu", "cuda"):
        cache.get(("store", "a", device), lambda: model("a", 1))
    cache.get(("store", "b", "cpu"), lambda: model("b", 1))
    cache.drop("a")
    assert cache.ids() == ("b",)


@pytest.mark.parametrize(("setting", "limit"), [("250", 250_000_000), ("0", 0), ("1.5", 1_500_000)])
def test_the_bound_can_be_set(monkeypatch: pytest.MonkeyPatch, setting: str, limit: int) -> None:
    monkeypatch.setenv("NLPCORE_MEMORY_MB", setting)
    assert loading.memory_limit() == limit


def test_a_setting_that_is_no_number_is_said(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("NLPCORE_MEMORY_MB", "much")
    assert loading.memory_limit() > 1e8
    assert "NLPCORE_MEMORY_MB=much" in caplog.text


def test_a_loader_is_registered_by_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_loaders", {})

    @loader("lac", "lstm")
    def made_up(*_: Any) -> Parts:
        return Parts("network")

    assert loading._loaders == {"lac": made_up, "lstm": made_up}


REAL = {
    "lstm-imdb": None,
    "glove-6b-50d": lambda each: each.network.nearest("king", 1),
    "lac-zh": lambda each: tag_chinese(each, "北京"),
    "minilm-l6-ner": lambda each: tag_time_and_money(each, "On 3 May 2021"),
}


def references(value: Any) -> list[weakref.ref[Any]]:
    """Return references to an object, or to the arrays of one that has slots, that do not keep it alive."""
    if not dataclasses.is_dataclass(value) or isinstance(value, WordVectors):
        return [weakref.ref(value)]
    fields = [getattr(value, field.name) for field in dataclasses.fields(value)]
    return [weakref.ref(field) for field in fields if isinstance(field, np.ndarray)]


@pytest.mark.models
@pytest.mark.parametrize("model_id", REAL)
def test_nothing_of_a_model_outlives_it(monkeypatch: pytest.MonkeyPatch, model_id: str) -> None:
    """A network, vectors, a dictionary or a second head that some other memory kept would be counted by nobody."""
    monkeypatch.delenv("NLPCORE_MODELS")  # the real store
    needs_models(model_id)
    unload(model_id)
    found = load(model_id)
    if (use := REAL[model_id]) is not None:
        use(found)
    kept = [reference for each in (found.network, *found._parts.values()) for reference in references(each)]
    assert kept
    if hasattr(found.tokenizer, "__weakref__"):
        others = [each.tokenizer for each in loading.models._models.values() if each is not found]
        kept += [] if found.tokenizer in others else [weakref.ref(found.tokenizer)]
    unload(model_id)
    del found
    gc.collect()
    assert [reference() for reference in kept] == [None] * len(kept)
