"""The Hugging Face hub, where it can be reached: one commit of a repository, safetensors only.

Asked when models are fetched, never while a page is drawn. Where the catalogue names no SHA-256 for a file, the hub's
own record of that file at that commit is what it is checked against.
"""

from __future__ import annotations

import os
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlpcore.models.catalogue import FileSpec, HubSource
from nlpcore.models.errors import FetchError, NoNetwork, NotOffered, UnsafeFile, WrongHash
from nlpcore.models.files import Progress, check, git_hash_of, is_file_of, need_room, sha256_of, watched

TIMEOUT = 3.0  # seconds that the hub has to answer whether it is there
_WANTED = (
    "model*.safetensors", "model.safetensors.index.json", "config.json", "generation_config.json", "tokenizer.json",
    "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt",
    "*.model",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as the hub records it at one commit.

    Attributes:
        spec: its name and size, and the SHA-256 of a large file.
        git_hash: git's own hash of a small file, None for a large one.
    """

    spec: FileSpec
    git_hash: str | None


@lru_cache(maxsize=1)
def reachable() -> bool:
    """Return whether the hub answers within TIMEOUT seconds. Asked once per process; ``HF_HUB_OFFLINE`` says no."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        return False
    answer: list[bool] = []
    # In a thread, because looking up a host's name heeds no timeout.
    thread = threading.Thread(target=lambda: answer.append(_answers()), daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    return bool(answer and answer[0])


def _answers() -> bool:
    from huggingface_hub import constants

    try:
        with urllib.request.urlopen(f"{constants.ENDPOINT}/api/models?limit=1", timeout=TIMEOUT):
            return True
    except (OSError, ValueError):
        return False


def look_up(source: HubSource) -> tuple[str, list[HubFile]]:
    """Return the commit that ``source.revision`` names and its files that a model needs.

    Raises NoNetwork, FetchError where the repository is not there, UnsafeFile where it has no safetensors.
    """
    info = _model_info(source)
    wanted = {file.name: file for file in source.files}
    found = [_hub_file(sibling, wanted) for sibling in info.siblings or [] if _is_wanted(sibling.rfilename, wanted)]
    if absent := wanted.keys() - {file.spec.name for file in found}:
        raise WrongHash(f"{source.repository} at {source.revision} lacks {', '.join(sorted(absent))}.")
    if not any(file.spec.name.endswith(".safetensors") for file in found):
        raise UnsafeFile(f"{source.repository} has no weights as safetensors; other formats are not read.")
    return str(info.sha), found


def download(source: HubSource, commit: str, file: HubFile, target: Path, downloads: Path, progress: Progress) -> None:
    """Put one file into the folder ``target``, checked. An interrupted download goes on where it stopped."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    cache = downloads / "hub"
    cache.mkdir(exist_ok=True)
    need_room(downloads, file.spec.size or 0)
    try:
        with watched(cache, progress):
            name = file.spec.name
            got = Path(hf_hub_download(source.repository, name, revision=commit, cache_dir=cache, etag_timeout=TIMEOUT))
    except Exception as error:
        raise _explained(error, source) from error
    content = got.resolve()
    try:
        _check(file, content)
    except FetchError:
        content.unlink(missing_ok=True)  # or the next attempt would be given the same bytes
        raise
    content.replace(target / file.spec.name)
    got.unlink(missing_ok=True)


def holds(file: HubFile, path: Path) -> bool:
    """Whether ``path`` is ``file``, by reading every byte of it."""
    if file.spec.sha256 is not None:
        return is_file_of(file.spec, path)
    return path.is_file() and file.spec.size in {None, path.stat().st_size} and git_hash_of(path) == file.git_hash


def _check(file: HubFile, path: Path) -> None:
    check(file.spec, path.stat().st_size, sha256_of(path) if file.spec.sha256 else "")
    if file.spec.sha256 is None and git_hash_of(path) != file.git_hash:
        raise WrongHash(f"{file.spec.name} is not what the hub records for this commit. It was thrown away: try again.")


def _is_wanted(name: str, wanted: dict[str, FileSpec]) -> bool:
    return name in wanted if wanted else any(fnmatch(name, pattern) for pattern in _WANTED)


def _hub_file(sibling: Any, wanted: dict[str, FileSpec]) -> HubFile:
    """Combine what the catalogue pins with what the hub records; the catalogue wins."""
    recorded = sibling.lfs.sha256 if sibling.lfs else None
    pinned = wanted.get(sibling.rfilename, FileSpec(sibling.rfilename))
    spec = FileSpec(pinned.name, pinned.size or sibling.size, pinned.sha256 or recorded)
    return HubFile(spec, sibling.blob_id)


def _model_info(source: HubSource) -> Any:
    from huggingface_hub import HfApi

    if not reachable():
        raise NoNetwork(f"The Hugging Face hub could not be reached, and {source.repository} is only there.")
    try:
        return HfApi().model_info(source.repository, revision=source.revision, files_metadata=True, timeout=5 * TIMEOUT)
    except Exception as error:
        raise _explained(error, source) from error


def _explained(error: Exception, source: HubSource) -> Exception:
    """Return the error to raise instead: what the disk says stays, what the hub says becomes a sentence."""
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    what = f"{source.repository} at {source.revision}"
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError):
        return NotOffered(f"The Hugging Face hub has no {what}, or does not show it without a token.")
    if isinstance(error, HfHubHTTPError) or not isinstance(error, OSError) or error.errno is None:
        return NoNetwork(
            f"The Hugging Face hub broke off while {what} was fetched ({type(error).__name__}). Try again."
        )
    return error
