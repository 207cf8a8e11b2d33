"""Completing the folder of one model's pinned set.

What arrives waits in a folder of its own until all of it is there and checked; only then does it go into the model's
folder, and only then does a damaged file make way. What fails before that changes nothing.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from nlpcore.models.catalogue import Entry, FileSpec, HubSource, Member, WheelSource
from nlpcore.models.files import check, disk_errors, is_file_of, keep_aside, link_or_copy
from nlpcore.models.store import Record, Store, Verified


class Filling:
    """One model's folder while it is filled. The caller holds the model's lock.

    Attributes:
        found: the catalogue's entry.
        place: the model's folder.
        downloads: where unfinished downloads lie, kept when interrupted.
        unpacked: what was taken out of a wheel.
        arriving: where checked files of the model wait.
        lacking: the files still to be had, by name, as far as they are known beforehand.
        moved: where damaged files went.
    """

    def __init__(self, store: Store, found: Entry) -> None:
        """Read every byte of what is there already."""
        self.found = found
        self.place = store.place(found)
        self.downloads = store.root / ".downloads" / self.place.name
        self.unpacked = self.downloads / "unpacked"
        self.arriving = self.downloads / "arriving"
        self.record = store.record(found)
        self.damaged = {path.name for path in store.damaged(found.id)}
        self.lacking = self.damaged | set(store.missing(found))
        self.moved: list[Path] = []
        self._store = store
        self._arrived: dict[str, str] = {}  # what each file was made from, or ""

    @property
    def complete(self) -> bool:
        """Whether nothing is to be had."""
        return not self.lacking and bool(self.record.files or self._arrived)

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Have folders for what arrives, and say what the disk says in plain words."""
        with disk_errors(self._store.root):
            for folder in (self.unpacked, self.arriving):
                folder.mkdir(parents=True, exist_ok=True)
            yield

    def arrived(self, names: Collection[str], origin: str = "") -> None:
        """Note that checked files wait to be put, and what they were made from."""
        self._arrived |= dict.fromkeys(names, origin)
        self.lacking -= set(names)

    def from_commit(self, commit: str, names: tuple[str, ...]) -> None:
        """Note which commit of the hub the files are from; what is there from another one counts no longer."""
        kept = self.record.files if self.record.commit in {"", commit} else {}
        self.record = replace(self.record, names=names, files=kept, commit=commit)

    def take(self, name: str, right: Callable[[Path], bool]) -> bool:
        """Have the file ``name`` from any folder in which the ``right`` one stands; return whether there is one."""
        for folder in self._folders():
            if right(folder / name):
                if folder != self.arriving:
                    link_or_copy(folder / name, self.arriving / name)
                self.arrived([name])
                return True
        return False

    def take_what_is_here(self) -> None:
        """Have what the machine holds: left by an interruption, put there by hand, or in the folder of another set.

        A file with a SHA-256 is known by it. Without one it must be recorded as made from the same source, or be one of
        those that converting is known to give; then all that were made with it are had together.
        """
        for spec in self.found.files:
            if spec.name in self.lacking and spec.sha256:
                self.take(spec.name, partial(is_file_of, spec))
        for source in self.found.sources:
            if isinstance(source, WheelSource):
                for member in source.members:
                    if self.lacking & set(member.makes):
                        self._take_made(source.origin(member), member)
            elif isinstance(source, HubSource) and re.fullmatch("[0-9a-f]{40}", source.revision):
                self._take_commit(source.revision)

    def put(self) -> None:
        """Move what has arrived into the model's folder, tidy up and record it. To be called while it is :meth:`begun`."""
        self.place.mkdir(exist_ok=True)
        verified = {name: Verified.of(self.arriving / name) for name in self._arrived}
        pinned = {spec.name: spec for spec in self.found.files}
        for name in verified.keys() & pinned.keys():
            check(pinned[name], verified[name].size, verified[name].sha256)
        self.moved = [keep_aside(self.place / name) for name in sorted(self.damaged & self._arrived.keys())]
        for name in self._arrived:
            (self.arriving / name).replace(self.place / name)
        standing = {name: file for name, file in self.record.files.items() if (self.place / name).is_file()}
        files, made = standing | verified, self.record.made | self._arrived
        self.record = Record(
            names=tuple(pinned) or self.record.names,
            files=files,
            commit=self.record.commit,
            made={name: made[name] for name in files if made.get(name)},
        )
        self.tidy()  # before it is complete, which is when nobody looks here again
        self.record.write(self.place)

    def tidy(self) -> None:
        """Delete what processes that were killed have left behind: a wheel that had been emptied, files begun."""
        shutil.rmtree(self.downloads, ignore_errors=True)
        for begun in self.place.glob(".*.part"):
            begun.unlink(missing_ok=True)

    def _folders(self) -> list[Path]:
        return [self.arriving, self.place, *self._store.others(self.found)]

    def _take_made(self, origin: str, member: Member) -> None:
        known = {spec.name: spec for spec in member.known}
        for folder in self._folders()[1:]:  # what was being made when a process was killed proves nothing
            for specs in (Record.read(folder).of(origin), known):
                if set(member.makes) <= specs.keys() and self._take_all(folder, specs, origin):
                    return

    def _take_commit(self, commit: str) -> None:
        for folder in self._folders()[1:]:
            record = Record.read(folder)
            specs, needed = record.of(commit), self.lacking or set(record.names)
            if (
                not self.complete
                and needed <= specs.keys()
                and self._take_all(folder, {name: specs[name] for name in needed})
            ):
                self.from_commit(commit, record.names)

    def _take_all(self, folder: Path, specs: dict[str, FileSpec], origin: str = "") -> bool:
        """Have these files from ``folder``, all or none."""
        if not specs or not all(is_file_of(spec, folder / name) for name, spec in specs.items()):
            return False
        for name in specs:
            link_or_copy(folder / name, self.arriving / name)
        self.arrived(specs, origin)
        return True
