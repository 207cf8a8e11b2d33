"""The folder in which fetched models live, shared by every process of the machine and by versions of the project.

A model lies in ``<id>@<its pinned set>``: two versions whose catalogues pin other files under one id have a folder each,
and neither ever changes anything in the other's. Beside a model's files stands ``.store.json``: their sizes, SHA-256 and
the time of last change when they were verified. Using a model compares size and time, which costs nothing; ``verify``
reads every byte.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from nlpcore.models.catalogue import BundledSource, Entry, FileSpec, FolderSource, catalogue, entry
from nlpcore.models.errors import ModelDamaged, ModelMissing
from nlpcore.models.files import disk_errors, is_file_of, sha256_of, write_text

State = Literal["here", "bundled", "missing", "needs_hub", "damaged"]
RECORD = ".store.json"


@dataclass(frozen=True, slots=True)
class Verified:
    """A file as it was when its hash was last computed.

    Attributes:
        size: bytes.
        sha256: hexadecimal.
        mtime_ns: time of its last change, in nanoseconds.
    """

    size: int
    sha256: str
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Verified:
        """Read every byte of ``path``."""
        stat = path.stat()
        return cls(stat.st_size, sha256_of(path), stat.st_mtime_ns)

    def unchanged(self, path: Path) -> bool:
        """Compare size and time only."""
        stat = path.stat()
        return (stat.st_size, stat.st_mtime_ns) == (self.size, self.mtime_ns)


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a model's folder.

    Attributes:
        names: the files that make it complete.
        files: the verified ones by name.
        commit: the hub's, if it came from there.
        made: what files were made from (see :meth:`WheelSource.origin`), by name, if they were made by converting.
    """

    names: tuple[str, ...]
    files: dict[str, Verified]
    commit: str = ""
    made: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Record:
        """Return what is recorded in ``folder``, an empty record where nothing or nothing legible stands."""
        try:
            table: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            files = {name: Verified(**file) for name, file in table["files"].items()}
            return cls(tuple(table["names"]), files, table["commit"], dict(table.get("made", {})))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls((), {})

    def write(self, folder: Path) -> None:
        """Write the record whole."""
        files = {name: {"size": f.size, "sha256": f.sha256, "mtime_ns": f.mtime_ns} for name, f in self.files.items()}
        table = {"names": list(self.names), "files": files, "commit": self.commit, "made": self.made}
        write_text(folder / RECORD, json.dumps(table, indent=1))

    def of(self, origin: str) -> dict[str, FileSpec]:
        """Return the files that were made from ``origin``, or came from that commit of the hub, by name."""
        return {
            name: FileSpec(name, file.size, file.sha256)
            for name, file in self.files.items()
            if origin in {self.made.get(name), self.commit}
        }


class Store:
    """The models under ``root``. Safe for several threads and processes: whoever fetches holds that model's lock."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)
        self._bundled_checked: set[tuple[Path, tuple[FileSpec, ...]]] = set()

    def state(self, model_id: str) -> State:
        """Return whether the model can be used, without a network and without reading its files."""
        found = entry(model_id)
        state = self._own_state(found)
        if state not in {"here", "bundled"} or found.tokenizer == model_id:
            return state
        others = self._own_state(entry(found.tokenizer))
        return state if others in {"here", "bundled"} else others

    def folder(self, model_id: str) -> Path:
        """Return the folder of a complete, verified model.

        Raises ModelUnknown, ModelMissing (``model_missing``, ``model_needs_hub``) or ModelDamaged (``model_damaged``).
        """
        found = entry(model_id)
        source = found.sources[0]
        match self._own_state(found):
            case "missing":
                raise ModelMissing("model_missing", model=model_id)
            case "needs_hub":
                raise ModelMissing("model_needs_hub", model=model_id)
            case "damaged":
                raise ModelDamaged("model_damaged", model=model_id)
        if isinstance(source, FolderSource):
            return source.folder
        if isinstance(source, BundledSource):
            self._check_bundled(model_id, source)
            return source.folder
        return self.place(found)

    def place(self, found: Entry) -> Path:
        """Return the folder of a fetched model's pinned set, there or not."""
        return self.root / f"{found.id}@{found.pinned_set}"

    def others(self, found: Entry) -> list[Path]:
        """Return the folders of other sets of the same model, also the one without a set that there was before."""
        places = [*sorted(self.root.glob(f"{found.id}@*")), self.root / found.id]
        return [place for place in places if place.is_dir() and place != self.place(found)]

    def unnamed(self) -> list[Path]:
        """Return the folders of models that no entry of this catalogue names: another version may use them."""
        named = {self.place(found).name for found in catalogue().values()}
        return sorted(path.parent for path in self.root.glob(f"*/{RECORD}") if path.parent.name not in named)

    def damaged(self, model_id: str) -> list[Path]:
        """Return the files of the model that are not what they were, after reading every byte of it."""
        found = entry(model_id)
        source = found.sources[0]
        if isinstance(source, BundledSource):
            return [
                source.folder / spec.name for spec in source.sealed if not is_file_of(spec, source.folder / spec.name)
            ]
        if isinstance(source, FolderSource):
            return []
        folder, record = self.place(found), self.record(found)
        pinned = {spec.name: spec.sha256 for spec in found.files}
        expected = {
            name: FileSpec(name, file.size, pinned.get(name) or file.sha256) for name, file in record.files.items()
        }
        return [
            folder / name
            for name, spec in expected.items()
            if (folder / name).exists() and not is_file_of(spec, folder / name)
        ]

    def missing(self, found: Entry) -> list[str]:
        """Return the names of files that must still be fetched, as far as they are known beforehand."""
        record = self.record(found)
        pinned = {spec.name: spec.sha256 for spec in found.files}
        names = tuple(pinned) or record.names
        return [name for name in names if not self._has(found, name, record, pinned.get(name))]

    def record(self, found: Entry) -> Record:
        """Return what is recorded of a model's pinned set."""
        return Record.read(self.place(found))

    @contextmanager
    def locked(self, model_id: str) -> Iterator[None]:
        """Hold the model's lock between processes, one for all its sets. Raises DiskFull or ReadOnlyStore."""
        from filelock import FileLock

        with disk_errors(self.root):
            locks = self.root / ".locks"
            locks.mkdir(parents=True, exist_ok=True)
            with FileLock(locks / f"{model_id}.lock"):
                yield

    def _own_state(self, found: Entry) -> State:
        source = found.sources[0]
        if isinstance(source, FolderSource):
            return "here" if (source.folder / "config.json").is_file() else "missing"
        if isinstance(source, BundledSource):
            return _bundled_state(source)
        record = self.record(found)
        changed = [name for name, file in record.files.items() if self._changed(found, name, file)]
        if any(not self._still(found, name) for name in changed):
            return "damaged"
        if record.files and not self.missing(found):
            return "here"
        return "needs_hub" if found.needs_hub else "missing"

    def _has(self, found: Entry, name: str, record: Record, sha256: str | None) -> bool:
        """Whether the file stands in the store, is recorded, and is the one that the catalogue names."""
        known = record.files.get(name)
        return known is not None and (self.place(found) / name).is_file() and sha256 in {None, known.sha256}

    def _changed(self, found: Entry, name: str, file: Verified) -> bool:
        path = self.place(found) / name
        return path.is_file() and not file.unchanged(path)

    def _still(self, found: Entry, name: str) -> bool:
        """Look again at a file whose time changed, as when a store is copied, and record it if it is the same."""
        place, record = self.place(found), self.record(found)
        now = Verified.of(place / name)
        if now.sha256 != record.files[name].sha256:
            return False
        with suppress(OSError):  # in a read-only store it is hashed again next time
            replace(record, files={**record.files, name: now}).write(place)
        return True

    def _check_bundled(self, model_id: str, source: BundledSource) -> None:
        """Hash a bundled model once per process: a checkout keeps no times to compare."""
        key = (source.folder, source.sealed)
        if key in self._bundled_checked:
            return
        if not all(is_file_of(spec, source.folder / spec.name) for spec in source.sealed):
            raise ModelDamaged("model_damaged", model=model_id)
        self._bundled_checked.add(key)


def _bundled_state(source: BundledSource) -> State:
    if not source.sealed:
        return "missing"
    paths = [source.folder / spec.name for spec in source.sealed]
    if not all(path.is_file() for path in paths):
        return "missing"
    whole = all(path.stat().st_size == spec.size for path, spec in zip(paths, source.sealed, strict=True))
    return "bundled" if whole else "damaged"


def store() -> Store:
    """Return the store: ``NLPCORE_MODELS``, or ``nlpcore/models`` in the user's cache folder."""
    return _store(os.environ.get("NLPCORE_MODELS", ""))


@lru_cache(maxsize=8)
def _store(setting: str) -> Store:
    import platformdirs

    root = Path(setting).expanduser() if setting else Path(platformdirs.user_cache_dir("nlpcore")) / "models"
    return Store(root.resolve())
