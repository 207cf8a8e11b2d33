"""The garbage collector is kept off what lives as long as the server, and only when much has come."""

from __future__ import annotations

import gc
import sys
from types import SimpleNamespace

import pytest

from app.shell import memory


def test_it_acts_when_many_modules_have_come_since(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    modules = dict.fromkeys(range(500))
    collector = {name: lambda *_, name=name: done.append(name) for name in ("collect", "freeze", "set_threshold")}
    monkeypatch.setattr(memory, "gc", SimpleNamespace(**collector))
    monkeypatch.setattr(memory, "sys", SimpleNamespace(modules=modules))
    monkeypatch.setattr(memory, "_settled", 0)
    memory.settle()
    assert done == ["collect", "freeze", "set_threshold"], "what is garbage must not be kept"
    memory.settle()
    modules |= dict.fromkeys(range(500, 599))
    memory.settle()
    assert len(done) == 3
    modules[599] = None
    memory.settle()
    assert done == ["collect", "freeze", "set_threshold"] * 2


def test_what_is_settled_is_out_of_the_collectors_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gc.get_threshold()
    monkeypatch.setattr(memory, "_settled", len(sys.modules) - memory._MANY_NEW_MODULES)
    try:
        memory.settle()
        assert gc.get_freeze_count() > 1000
        assert gc.get_threshold()[0] > 2000, "a run's own objects are looked at before it ends"
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
