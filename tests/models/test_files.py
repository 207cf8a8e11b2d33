"""Files of models one by one: hashes, limits, room, names of what is set aside, and what the disk says."""

from __future__ import annotations

import errno
import hashlib
import io
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from nlpcore.models import errors, files
from nlpcore.models.catalogue import FileSpec

CONTENT = b"weights, or anything else"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def test_hashes_are_those_of_hashlib_and_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a file"
    path.write_bytes(CONTENT)
    assert files.sha256_of(path) == DIGEST
    asked = subprocess.run(["git", "hash-object", str(path)], capture_output=True, text=True, check=True)
    assert files.git_hash_of(path) == asked.stdout.strip()
    monkeypatch.setattr(files, "_BLOCK", 7)  # read in several parts
    assert files.git_hash_of(path) == asked.stdout.strip()


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (FileSpec("a", 25, DIGEST), None),
        (FileSpec("a", None, DIGEST), None),
        (FileSpec("a", 25, None), None),
        (FileSpec("a"), None),
        (FileSpec("a", 26, DIGEST), errors.Truncated),
        (FileSpec("a", 24, DIGEST), errors.WrongHash),
        (FileSpec("a", 24, None), errors.WrongHash),
        (FileSpec("a", 25, "0" * 64), errors.WrongHash),
        (FileSpec("a", None, "0" * 64), errors.WrongHash),
    ],
)
def test_a_file_is_the_one_that_is_named_in_size_and_hash_or_it_is_not_there(
    spec: FileSpec, wanted: type[Exception] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_BLOCK", 10)
    target = tmp_path / "file"
    target.write_bytes(b"before")
    if wanted is None:
        files.write_checked(io.BytesIO(CONTENT), target, spec)
        assert target.read_bytes() == CONTENT
    else:
        with pytest.raises(wanted):
            files.write_checked(io.BytesIO(CONTENT), target, spec)
        assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_small_file_is_replaced_whole_and_nothing_else_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "record"
    files.write_text(target, "旧")
    files.write_text(target, "新")
    assert target.read_bytes() == "新".encode() and len(list(tmp_path.iterdir())) == 1

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError, match="full"):
        files.write_text(target, "x")
    assert target.read_text("utf-8") == "新" and len(list(tmp_path.iterdir())) == 1


def test_damaged_files_set_aside_in_one_second_have_names_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "strftime", lambda form: f"stamp {form}")
    names = []
    for content in (b"1", b"2", b"3"):
        (tmp_path / "w.npy").write_bytes(content)
        away = files.keep_aside(tmp_path / "w.npy")
        assert away.samefile(tmp_path / "w.npy"), "it stays until another one stands in its place"
        (tmp_path / "w.npy").unlink()
        assert away.read_bytes() == content
        names.append(away.name)
    first = "w.npy.damaged-stamp %Y%m%dT%H%M%S"
    assert names == [first, f"{first}-2", f"{first}-3"]


def test_a_download_needs_its_size_and_fifty_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    for free, enough in ((51_000_000, True), (50_999_999, False)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        if enough:
            files.need_room(tmp_path, 1_000_000)
        else:
            with pytest.raises(errors.DiskFull, match=r"has 51 MB free and 51 MB are needed"):
                files.need_room(tmp_path, 1_000_000)


@pytest.mark.parametrize(
    ("number", "file", "wanted", "words"),
    [
        (errno.ENOSPC, None, errors.DiskFull, "disk of /store is full"),
        (errno.EDQUOT, "/x", errors.DiskFull, "disk of /store is full"),
        (errno.EROFS, "/store/a", errors.ReadOnlyStore, "^/store/a cannot be written to"),
        (errno.EACCES, None, errors.ReadOnlyStore, "^/store cannot be written to"),
        (errno.EPERM, "/store/b", errors.ReadOnlyStore, "^/store/b cannot"),
        (errno.ENOENT, "/x", FileNotFoundError, "gone"),
    ],
)
def test_what_the_disk_says_is_a_sentence_that_names_the_place(
    number: int, file: str | None, wanted: type[Exception], words: str
) -> None:
    error = OSError(number, "gone", file) if file else OSError(number, "gone")
    with pytest.raises(wanted, match=words) as caught, files.disk_errors(Path("/store")):
        raise error
    assert caught.value is error or caught.value.__cause__ is error


def test_bytes_that_arrive_are_counted_in_all_folders_and_links_are_not(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a").write_bytes(b"12345")
    (tmp_path / "b").write_bytes(b"123")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    assert files._bytes_in(tmp_path) == 8


def test_a_file_that_vanishes_while_it_is_counted_does_not_end_the_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(b"12")
    real = Path.stat

    def stat(path: Path, **more: Any) -> Any:
        if path.name == "a":
            raise FileNotFoundError(path)
        return real(path, **more)

    monkeypatch.setattr(Path, "is_file", lambda path: True)
    monkeypatch.setattr(Path, "is_symlink", lambda path: False)
    monkeypatch.setattr(Path, "stat", stat)
    assert files._bytes_in(tmp_path) == 4


def test_a_download_is_watched_until_it_ends(tmp_path: Path) -> None:
    told: list[tuple[int, str]] = []
    heard = threading.Event()

    def progress(size: int, doing: str) -> None:
        told.append((size, doing))
        heard.set()

    (tmp_path / "part").write_bytes(b"1234")
    before = threading.active_count()
    with files.watched(tmp_path, progress):
        assert heard.wait(20)
    assert threading.active_count() == before
    assert set(told) == {(4, "downloading")}
