"""Files of models: hashing, writing whole or not at all, and errors of the disk in plain English."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from nlpcore.models.catalogue import FileSpec
from nlpcore.models.errors import DiskFull, ReadOnlyStore, Truncated, WrongHash

Progress = Callable[[int, str], None]  # is told how many bytes have arrived, and what is being done
DOWNLOADING, CONVERTING = "downloading", "converting"
_BLOCK = 1 << 20
_SPARE = 50_000_000  # bytes to leave free on the disk


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_hash_of(path: Path) -> str:
    """Return git's hash of a file: SHA-1 over ``blob <size>``, a zero byte and the content."""
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def write_checked(content: IO[bytes], target: Path, spec: FileSpec) -> None:
    """Write ``content`` to ``target`` once it is known to be ``spec``'s file; until then nothing stands there.

    Raises Truncated or WrongHash.
    """
    part = target.with_name(f".{target.name}.part")
    digest = hashlib.sha256()
    size = 0
    try:
        with part.open("wb") as out:
            while block := content.read(_BLOCK):
                digest.update(block)
                size += out.write(block)
            out.flush()
            os.fsync(out.fileno())
        check(spec, size, digest.hexdigest())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def check(spec: FileSpec, size: int, digest: str) -> None:
    """Raise Truncated or WrongHash unless size and hash are those of ``spec``, as far as it names them."""
    if spec.size is not None and size < spec.size:
        raise Truncated(
            f"{spec.name} ends after {size:,} of {spec.size:,} bytes. The download was cut short: try again."
        )
    if (spec.size is not None and size != spec.size) or (spec.sha256 is not None and digest != spec.sha256):
        raise WrongHash(
            f"{spec.name} is not the file that the catalogue names (its SHA-256 is {digest}, not {spec.sha256}). "
            "It was thrown away; if this happens again, what the network delivers is not to be trusted."
        )


def write_text(target: Path, text: str) -> None:
    """Write a small file so that a reader sees the old or the new text, never a part."""
    part = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def keep_aside(path: Path) -> Path:
    """Give a damaged file a second name, which nothing reads, and return it: the first is about to be another file's.

    Where the file system knows no second names it is renamed.
    """
    stamp = time.strftime("%Y%m%dT%H%M%S")
    away = path.with_name(f"{path.name}.damaged-{stamp}")
    count = 1
    while away.exists():
        count += 1
        away = path.with_name(f"{path.name}.damaged-{stamp}-{count}")
    try:
        os.link(path, away)
    except OSError:
        path.rename(away)
    return away


def link_or_copy(source: Path, target: Path) -> None:
    """Give ``source`` the second name ``target``, or copy it where the system or another owner does not allow that."""
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        try:
            os.link(source.resolve(), part)
        except OSError:
            need_room(target.parent, source.stat().st_size)
            shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)  # it is still there where both were names of one file already


def is_file_of(spec: FileSpec, path: Path) -> bool:
    """Whether ``path`` is the file that ``spec`` names, by size and by reading every byte of it."""
    if not path.is_file() or spec.size not in {None, path.stat().st_size}:
        return False
    return sha256_of(path) == spec.sha256


def need_room(folder: Path, size: int) -> None:
    """Raise DiskFull unless ``size`` bytes and some to spare are free where ``folder`` is."""
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        raise DiskFull(
            f"{folder} has {free / 1e6:,.0f} MB free and {(size + _SPARE) / 1e6:,.0f} MB are needed. "
            "Free some space, or put the store elsewhere with the setting NLPCORE_MODELS."
        )


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn the errors of a full or read-only disk into DiskFull and ReadOnlyStore."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(
                f"The disk of {folder} is full. Free some space, or put the store elsewhere with NLPCORE_MODELS."
            ) from error
        if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            raise ReadOnlyStore(
                f"{error.filename or folder} cannot be written to. Change its permissions, or put the store elsewhere "
                "with the setting NLPCORE_MODELS."
            ) from error
        raise


@contextmanager
def watched(folder: Path, progress: Progress) -> Iterator[None]:
    """Tell ``progress`` several times a second how many bytes stand in ``folder``, which a download is filling."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            progress(_bytes_in(folder), DOWNLOADING)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            if path.is_file() and not path.is_symlink():
                total += path.stat().st_size
        except OSError:  # a temporary file that is gone already
            continue
    return total
