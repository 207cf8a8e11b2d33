"""Files, devices and commands of the model store just at and just beside what is allowed."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.errors import LearnerError, Note
from nlpcore.models import Store, device, errors, files, forward, loading, sealing, turns, workers
from nlpcore.models import __main__ as command
from nlpcore.models.catalogue import FileSpec, Member, catalogue, entry, refresh
from nlpcore.models.convert import CONVERTERS, TOLERANCE, _same_logits
from nlpcore.models.fetching import _convert, fetch
from nlpcore.models.quality import figures, quality
from nlpcore.models.serving import InProcess, measure, served
from tests.models.makers import extend

Usage = namedtuple("Usage", "total used free")


def test_a_disk_must_have_room_for_the_file_and_50_megabytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for free, enough in ((150_000_000, True), (149_999_999, False)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Usage(10**12, 0, free))
        if enough:
            files.need_room(tmp_path, 100_000_000)
        else:
            with pytest.raises(errors.DiskFull, match=r"150 MB free and 150 MB are needed"):
                files.need_room(tmp_path, 100_000_000)


@pytest.mark.parametrize(
    ("size", "digest", "error"),
    [(5, "a", None), (4, "a", errors.Truncated), (4, "b", errors.Truncated), (6, "a", errors.WrongHash),
     (5, "b", errors.WrongHash)],
)  # fmt: skip
def test_a_file_has_the_size_and_the_hash_of_the_catalogue(size: int, digest: str, error: Any) -> None:
    if error is None:
        files.check(FileSpec("f", 5, "a"), size, digest)
    else:
        with pytest.raises(error):
            files.check(FileSpec("f", 5, "a"), size, digest)
    files.check(FileSpec("f"), size, digest)
    files.check(FileSpec("f", None, digest), size, digest)
    files.check(FileSpec("f", size), size, digest)


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20])
def test_hashes_are_those_of_git_and_hashlib(size: int, tmp_path: Path) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    path = tmp_path / "f"
    files.write_checked(io.BytesIO(content), path, FileSpec("f", size, hashlib.sha256(content).hexdigest()))
    assert path.read_bytes() == content and [each.name for each in tmp_path.iterdir()] == ["f"]
    git = subprocess.run(["git", "hash-object", str(path)], capture_output=True, text=True, check=True).stdout.strip()
    assert files.git_hash_of(path) == git and files.sha256_of(path) == hashlib.sha256(content).hexdigest()


def test_nothing_stands_where_a_wrong_file_was_written(tmp_path: Path) -> None:
    with pytest.raises(errors.WrongHash):
        files.write_checked(io.BytesIO(b"other"), tmp_path / "f", FileSpec("f", 5, "0" * 64))
    assert not any(tmp_path.iterdir())


def test_damaged_files_are_set_aside_under_names_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.time, "strftime", lambda form: {"%Y%m%dT%H%M%S": "20260102T030405"}[form])
    away = []
    for content in "abc":
        (tmp_path / "f").write_text(content)
        away.append(files.keep_aside(tmp_path / "f"))
        assert (tmp_path / "f").read_text() == content, "it stays until another one stands in its place"
        (tmp_path / "f").unlink()
    stem = "f.damaged-20260102T030405"
    assert [path.name for path in away] == [stem, f"{stem}-2", f"{stem}-3"]
    assert [path.read_text() for path in away] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, errors.DiskFull), (errno.EDQUOT, errors.DiskFull), (errno.EROFS, errors.ReadOnlyStore),
     (errno.EACCES, errors.ReadOnlyStore), (errno.EPERM, errors.ReadOnlyStore), (errno.EIO, OSError)],
)  # fmt: skip
def test_errors_of_the_disk_become_sentences(number: int, kind: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(kind) as caught, files.disk_errors(tmp_path):
        raise OSError(number, os.strerror(number))
    assert type(caught.value) is kind or kind is OSError
    if kind is errors.ReadOnlyStore:
        assert str(caught.value).startswith(f"{tmp_path} cannot be written to")
        with pytest.raises(kind, match="this/one cannot"), files.disk_errors(tmp_path):
            raise OSError(number, "no", "this/one")


def test_a_download_is_measured_in_all_its_folders_without_links(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"123")
    (tmp_path / "y").write_bytes(b"12345")
    (tmp_path / "link").symlink_to(tmp_path / "y")
    assert files._bytes_in(tmp_path) == 8


def test_a_file_that_has_just_gone_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(b"123")
    is_file = Path.is_file

    def gone(path: Path) -> bool:
        if path.name in gone_names:
            raise FileNotFoundError(path)
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", gone)
    for gone_names in ("", "a", "b", "c"):
        assert files._bytes_in(tmp_path) == (6 if gone_names else 9)


def test_what_a_conversion_raises_is_said_whatever_became_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(source: Path, work: Path) -> None:
        work.rmdir()
        raise errors.UnsafeFile(f"{source.name} holds code")

    monkeypatch.setitem(CONVERTERS, "made-up", convert)
    (tmp_path / "f").touch()
    with pytest.raises(errors.UnsafeFile, match="f holds code"):
        _convert(tmp_path, Member("f", FileSpec("f"), "made-up"), tmp_path)
    assert (tmp_path / "f").exists(), "what could not be converted stays, to be looked at"


def test_files_that_a_conversion_did_not_make_are_said_and_the_others_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(_: Path, work: Path) -> None:
        (work / "b").write_text("made")
        (work / "b").chmod(0o600)

    monkeypatch.setitem(CONVERTERS, "made-up", convert)
    (tmp_path / "f").touch()
    (tmp_path / ".convert").mkdir()
    (tmp_path / ".convert" / "a").write_text("left behind by a conversion that was killed")
    with pytest.raises(errors.FetchError, match=r"Converting f gave no a, c\."):
        _convert(tmp_path, Member("f", FileSpec("f"), "made-up", ("c", "b", "a")), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
    assert _convert(tmp_path, Member("f", FileSpec("f"), "made-up", ("b",)), tmp_path) == ["b"]
    assert (
        sorted(path.name for path in tmp_path.iterdir()) == ["b", "f"]
        and (tmp_path / "b").stat().st_mode & 0o777 == 0o644
    )
    room = []
    monkeypatch.setattr("nlpcore.models.fetching.need_room", lambda folder, size: room.append((folder, size)))
    (tmp_path / "f").touch()
    _convert(tmp_path, Member("f", FileSpec("f", 1000), "made-up"), tmp_path)
    assert room == [(tmp_path, 4000)], "a converted file is at most about four times as large"


@pytest.mark.parametrize("text", ["cuda out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "can't allocate memory: 5",
                                  "DefaultCPUAllocator: not enough memory"])  # fmt: skip
def test_what_is_short_of_memory(text: str) -> None:
    assert device.is_out_of_memory(RuntimeError(text)) and not device.is_lost(RuntimeError(text))
    assert not device.is_out_of_memory(ValueError(text))


@pytest.mark.parametrize(
    "text",
    ["CUDA error: unspecified", "CUDA driver error", "device-side assert", "an illegal memory access",
     "launch failure", "GPU is lost", "No CUDA GPUs are available", "CUBLAS_STATUS_NOT_INITIALIZED",
     "CUDNN_STATUS_BAD", "cusolver said no", "MPS backend failed", "MTLCommandBuffer"],
)  # fmt: skip
def test_what_is_lost(text: str) -> None:
    assert device.is_lost(RuntimeError(text)) and not device.is_out_of_memory(RuntimeError(text))
    assert not device.is_lost(ValueError(text))


@served
def fails_with(text: str) -> None:
    raise RuntimeError(text)


def test_out_of_memory_on_the_cpu_is_said_and_other_errors_are_not_taken_for_it() -> None:
    for text in ("DefaultCPUAllocator: not enough memory", "DefaultCPUAllocator: can't allocate memory"):
        with pytest.raises(LearnerError, match="out_of_memory"):
            InProcess().run(fails_with, None, text=text)
    with pytest.raises(RuntimeError, match=r"^memory$"):
        InProcess().run(fails_with, None, text="memory")


@pytest.mark.parametrize(("cores", "turns_at_once"), [(1, 2), (2, 2), (4, 2), (6, 3), (8, 4), (64, 4), (None, 2)])
def test_as_many_sessions_compute_at_once_as_half_the_cores_within_two_and_four(
    cores: int | None, turns_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert runpy.run_path(turns.__file__)["_turns"].size == turns_at_once
    busy = runpy.run_path(forward.__file__)["_busy"]
    assert busy._initial_value == (cores or 1)
    assert workers.Pool().size == max(1, min(4, (cores or 2) - 1)) and workers.Pool(7).size == 7


def test_without_the_systems_word_the_bound_is_eight_gigabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NLPCORE_MEMORY_MB", raising=False)
    for error in (ValueError, OSError, AttributeError):

        def sysconf(_: str, error: type[Exception] = error) -> int:
            raise error

        monkeypatch.setattr(os, "sysconf", sysconf)
        assert loading.memory_limit() == 8_000_000_000


def test_workers_have_half_of_the_cores_each_and_their_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], dict[str, Any]]] = []

    class Ended:
        def __init__(self, command: list[str], **options: Any) -> None:
            seen.append((command, options))

        def poll(self) -> int:
            return 1

        def kill(self) -> None:
            """It has ended."""

    monkeypatch.setattr(workers.subprocess, "Popen", Ended)
    for cores, threads in ((1, "1"), (2, "1"), (9, "4"), (None, "1")):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        with pytest.raises(workers.WorkerError, match="did not start"):
            workers._Worker()
        run, options = seen[-1]
        assert run == [sys.executable, "-m", "nlpcore.models.workers"] and options["stdin"] == subprocess.DEVNULL
        assert options["env"]["OMP_NUM_THREADS"] == threads and options["env"]["OMP_WAIT_POLICY"] == "passive"
        assert len(options["env"]["NLPCORE_WORKER_KEY"]) == 32 and options["env"]["NLPCORE_WORKER_PORT"].isdigit()
    assert len({options["env"]["NLPCORE_WORKER_KEY"] for _, options in seen}) == len(seen)


def test_the_size_of_an_answer_is_at_least_that_of_its_numbers_and_texts() -> None:
    numbers, text = np.zeros(1000), "a" * 1000
    for answer in (numbers, (numbers,), {"a": numbers}, [numbers], Note("a", {"b": text}), {text}, text):
        low = numbers.nbytes if answer is not text and not isinstance(answer, Note | set) else len(text)
        assert low < measure(answer) < low + 1000
    assert measure((numbers, numbers)) > 2 * numbers.nbytes


def test_figures_are_named_by_the_way_to_them() -> None:
    content = {"a": {"b": [1, {"c": 2.5}], "text": "no"}, "d": 3}
    assert list(figures(content)) == [("a.b.0", 1.0), ("a.b.1.c", 2.5), ("d", 3.0)]
    assert quality("gpt2") == {} and quality("minilm-l6-mlm")


def test_only_what_was_trained_here_is_sealed_and_only_with_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for model_id in ("gpt2", "glove-6b-50d"):
        with pytest.raises(errors.ModelMissing):
            sealing.seal(model_id)
    monkeypatch.setattr(sys.modules["nlpcore.models.catalogue"], "BUNDLED", tmp_path)
    refresh()
    folder = tmp_path / "lstm-chars"
    (folder / "inner").mkdir(parents=True)
    (folder / "README.md").write_text("not sealed")
    (folder / "config.json").write_text("{}")
    assert command.main(["seal", "lstm-chars"]) == 1
    assert capsys.readouterr().err.startswith("The model lstm-chars is not in the store")
    (folder / "model.safetensors").write_bytes(b"12345")
    assert command.main(["seal", "lstm-chars", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"id": "lstm-chars", "state": "bundled"}]
    sealed = json.loads((folder / "files.json").read_text())
    assert sealed == {
        name: {"size": size, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
        for name, size in (("config.json", 2), ("model.safetensors", 5))
    }
    store = Store(tmp_path / "store")
    (folder / "model.safetensors").write_bytes(b"1234")
    assert store.state("lstm-chars") == "damaged" and store.damaged("lstm-chars") == [folder / "model.safetensors"]
    (folder / "model.safetensors").unlink()
    assert store.state("lstm-chars") == "missing"
    with pytest.raises(errors.ModelMissing):
        fetch(store, "lstm-chars")


def test_ones_own_folder_is_used_where_it_stands_and_verified_without_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_store: Store
) -> None:
    extend(tmp_path / "more.toml", mine={"kind": "encoder", "sources": [{"from": "folder", "path": "x"}]})
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    refresh()
    assert own_store.state("mine") == "missing" and entry("mine").download_bytes == 0
    assert command.main(["verify", "mine"]) == 1
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "config.json").write_text("{}")
    assert own_store.state("mine") == "here" and own_store.folder("mine") == tmp_path / "x"
    assert own_store.damaged("mine") == [] and not fetch(own_store, "mine")
    capsys.readouterr()
    assert command.main(["verify", "mine"]) == 0
    assert capsys.readouterr().out.split() == ["mine", "bundled"]


def test_what_an_interrupted_command_says(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "fetch", interrupted)
    assert command.main(["fetch", "glove-6b-50d", "--json"]) == 130
    assert "Interrupted. The same command goes on from here." in capsys.readouterr().err
    for wrong in ([], ["seal"], ["fold"], ["list", "minilm-l6"], ["verify", "--hub"]):
        with pytest.raises(SystemExit):
            command.main(wrong)
    capsys.readouterr()
    assert command.main(["list", "--json"]) == 0
    (first, *_) = json.loads(capsys.readouterr().out)
    found = next(iter(catalogue().values()))
    assert first["id"] == found.id and first["title"] == found.title["en"] and first["kind"] == found.kind
    assert first["size_bytes"] == found.size_bytes and first["memory_bytes"] == found.memory_bytes
    assert command.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "" and len(lines) == 2 + len(catalogue())
    assert f"{found.size_bytes / 1e6:,.1f} MB" in lines[2] and lines[2].split()[:2] == [found.id, first["state"]]


def test_a_conversion_may_change_logits_by_no_more_than_the_tolerance() -> None:
    def giving(value: float) -> Any:
        return lambda _: SimpleNamespace(logits=torch.tensor([[value, 0.0]]))

    ids = torch.zeros(1, 2, dtype=torch.long)
    for other in (TOLERANCE / 2, -TOLERANCE / 2, float(torch.tensor(TOLERANCE)) - 1e-6):
        _same_logits(giving(0.0), giving(other), ids)
    for other in (2 * TOLERANCE, -2 * TOLERANCE, float("nan")):
        with pytest.raises(errors.FetchError, match="differs from the original"):
            _same_logits(giving(0.0), giving(other), ids)
