"""Small wheels, stores and models on disk: nothing here needs a network or the real models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nlpcore.models import hub, wheels
from nlpcore.models.catalogue import refresh
from nlpcore.models.store import Store, store
from tests.models.makers import House, word_files

RUN_PIP = wheels.run_pip


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Give each test an empty store and no hub; what other tests put into caches is forgotten."""
    monkeypatch.setenv("NLPCORE_MODELS", str(tmp_path / "store"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("NLPCORE_CATALOGUE", raising=False)
    hub.reachable.cache_clear()
    refresh()
    yield store()
    refresh()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Offer wheels in a folder instead of an index, without starting pip for them, and an empty catalogue extension."""
    wheels, extension = tmp_path / "wheels", tmp_path / "extension.toml"
    wheels.mkdir()
    extension.touch()
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(extension))
    monkeypatch.setattr("nlpcore.models.wheels.run_pip", House.pip(wheels))
    return House(wheels, extension)


@pytest.fixture
def real_pip(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip itself fetch from the folder of wheels."""
    monkeypatch.setattr("nlpcore.models.wheels.run_pip", RUN_PIP)
    settings = {"CONFIG_FILE": "/dev/null", "NO_INDEX": "1", "FIND_LINKS": str(house.wheels), "NO_CACHE_DIR": "1"}
    for name, value in settings.items():
        monkeypatch.setenv(f"PIP_{name}", value)


@pytest.fixture
def words(house: House) -> House:
    """Offer ``words``: an array and a pickled list of words."""
    house.add("words", word_files(), pickled="words.pickle")
    return house
