"""How pip is called, which wheel is taken, and how often it is tried."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nlpcore.models import Store, errors, fetching, hub, wheels
from nlpcore.models.__main__ import main
from nlpcore.models.catalogue import FileSpec, WheelSource, entry
from nlpcore.models.fetching import fetch
from nlpcore.models.files import git_hash_of
from nlpcore.models.filling import Filling
from nlpcore.models.store import Record, Verified
from tests.models.conftest import RUN_PIP
from tests.models.makers import House, build_wheel, extend, place, word_files


def test_pip_downloads_a_wheel_alone_and_keeps_its_files_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def run(command: list[str], **more: Any) -> Any:
        seen.update(more, command=command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("A_SETTING", "kept")
    RUN_PIP(["--dest", "x", "a==1"], tmp_path)
    command, environment = seen["command"], seen["env"]
    assert command[:4] == [sys.executable, "-m", "pip", "download"] and command[-3:] == ["--dest", "x", "a==1"]
    flags = ["--no-deps", "--only-binary=:all:", "--no-input", "--quiet", "--disable-pip-version-check"]
    assert set(flags) < set(command)
    assert [command[command.index(name) + 1] for name in ("--retries", "--progress-bar")] == ["2", "off"]
    assert {environment[name] for name in ("TMPDIR", "TEMP", "TMP")} == {str(tmp_path)}
    assert environment["A_SETTING"] == "kept"
    assert (seen["capture_output"], seen["text"], seen["errors"], seen["check"]) == (True, True, "replace", False)
    from pip._internal.commands import create_command

    parsed, rest = create_command("download").parser.parse_args(command[4:])  # pip itself understands them
    assert rest == ["a==1"] and parsed.download_dir == "x" and parsed.ignore_dependencies


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("House_Words-1.0-py3-none-any.whl", True),
        ("house.words-1.0-py3-none-any.whl", True),
        ("house_words-1.0.1-py3-none-any.whl", False),
        ("house_word-1.0-py3-none-any.whl", False),
        ("house_words-1.0.tar.gz", False),
    ],
)
def test_a_wheel_is_known_by_its_project_and_version(name: str, found: bool, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    source = WheelSource("house-words", "1.0", 1, ())
    assert wheels.find_wheel(source, tmp_path) == (tmp_path / name if found else None)


def test_a_bad_wheel_is_downloaded_once_more_past_the_cache_and_then_given_up(
    words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    pip = wheels.run_pip

    def run_pip(arguments: list[str], temporary: Path) -> Any:
        asked.append(arguments[2:])
        done = pip(arguments, temporary)
        if len(asked) <= bad:
            for wheel in Path(arguments[1]).glob("*.whl"):
                wheel.write_bytes(wheel.read_bytes()[:-400])
        return done

    monkeypatch.setattr(wheels, "run_pip", run_pip)
    bad = 1
    assert fetch(own_store, "words")
    assert asked == [["house-words==1.0"], ["--no-cache-dir", "house-words==1.0"]]
    shutil.rmtree(place("words"))
    asked.clear()
    bad = 9
    with pytest.raises(errors.Truncated, match="is damaged"):
        fetch(own_store, "words")
    assert len(asked) == 2
    assert not list(own_store.root.rglob("*.whl"))


def test_what_a_killed_download_left_is_deleted_and_an_end_without_a_wheel_is_an_error(
    words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = own_store.root / ".downloads" / place("words").name / ".pip-1"
    left.mkdir(parents=True)
    (left / "half.whl").touch()
    monkeypatch.setattr(wheels, "run_pip", lambda *_: subprocess.CompletedProcess([], 0, "", "ERROR: odd"))
    with pytest.raises(errors.FetchError, match=r"could not download house-words 1\.0: odd"):
        fetch(own_store, "words")
    assert not left.exists()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("", "could not download x 1: no reason"),
        ("\n  \n", "could not download x 1: no reason"),
        ("ERROR: Exception:\nTraceback\nValueError: odd page", "could not download x 1: ValueError: odd page"),
        ("ERROR: first\nERROR: Exception:\nlast", "could not download x 1: first"),
        ("ERROR: one\nERROR: two\nnoise", "could not download x 1: two"),
    ],
)
def test_the_reason_is_what_pip_calls_an_error_else_its_last_line(output: str, said: str) -> None:
    assert str(wheels._pip_error(WheelSource("x", "1", 1, ()), output)).endswith(said)


@pytest.mark.parametrize(
    "line",
    [
        "NewConnectionError",
        "ConnectTimeout",
        "name resolution",
        "Failed to establish",
        "ConnectionError",
        "Read timed out",
        "Network is unreachable",
        "ProxyError",
        "connection refused",
        "Connection reset",
        "Connection broken",
        "RemoteDisconnected",
        "sslerror",
        "ReadTimeout",
        "RetryError",
        "too many 503 error responses",
    ],
)
def test_every_way_of_not_reaching_the_index_is_known(line: str) -> None:
    assert type(wheels._pip_error(WheelSource("x", "1", 1, ()), f"ERROR: {line}")) is errors.NoNetwork


@pytest.mark.parametrize("line", ["No space left", "Disk quota exceeded", "Errno 28", "hash mismatch"])
def test_a_full_disk_and_another_hash_are_known(line: str) -> None:
    kind = errors.WrongHash if "hash" in line else errors.DiskFull
    assert type(wheels._pip_error(WheelSource("x", "1", 1, ()), f"ERROR: {line}")) is kind


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let a hub offer ``gpt2`` from a branch, without its files' names; return what is downloaded."""
    got: list[str] = []

    def download(source: Any, commit: str, file: Any, target: Path, downloads: Path, progress: Any) -> None:
        got.append(file.spec.name)
        (target / file.spec.name).write_bytes(b"1234")

    extend(tmp_path / "more.toml", gpt2={"kind": "decoder", "sources": [{"from": "hub", "repository": "a/b"}]})
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    monkeypatch.setattr(hub, "download", download)
    return got


def test_a_model_that_came_before_is_not_fetched_again_from_the_hub(
    own_store: Store, offered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that stand there and were verified at the same commit stay; at another commit all that differ are fetched."""
    names = ["b.safetensors", "c.model", "config.json"]
    hashes = dict.fromkeys(names, "another")
    monkeypatch.setattr(
        hub, "look_up", lambda _: (commit, [hub.HubFile(FileSpec(name, 4), hashes[name]) for name in names])
    )
    commit = "1"
    fetch(own_store, "gpt2")
    assert sorted(offered) == names
    record = own_store.record(entry("gpt2"))
    assert record.commit == "1" and sorted(record.files) == sorted(record.names) == names
    for commit, fetched in (("1", ["c.model"]), ("2", names), ("3", ["b.safetensors", "c.model"])):
        offered.clear()
        (place("gpt2") / "c.model").unlink()
        if commit == "3":
            hashes["config.json"] = git_hash_of(place("gpt2") / "config.json")
        fetch(own_store, "gpt2")
        assert sorted(offered) == fetched and own_store.state("gpt2") == "here"
        assert own_store.record(entry("gpt2")).commit == commit
    names.remove("config.json")
    commit = "4"
    (place("gpt2") / "c.model").unlink()
    fetch(own_store, "gpt2")
    assert sorted(own_store.record(entry("gpt2")).files) == names, "what the commit before had is none of its files"


def test_the_small_files_of_a_hub_model_come_first(
    own_store: Store, offered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong repository is noticed before its weights are downloaded."""
    sizes = {"weights.safetensors": 900, "config.json": 3, "unknown.model": None, "vocab.txt": 50}
    files = [hub.HubFile(FileSpec(name, size), "g") for name, size in sizes.items()]
    monkeypatch.setattr(hub, "look_up", lambda _: ("1", files))
    fetch(own_store, "gpt2")
    assert offered == ["unknown.model", "config.json", "vocab.txt", "weights.safetensors"]


def test_the_next_source_is_asked_where_one_has_it_not_and_a_damaged_one_ends_it(
    words: House, own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = entry("words")
    nobody = replace(found.sources[0], project="nobody")
    filling = Filling(own_store, replace(found, sources=(nobody, *found.sources)))
    with filling.begun():
        fetching._from_any_source(filling, lambda *_: None)
        filling.put()
    assert own_store.state("words") == "here"
    (place("words") / "vectors.npy").unlink()
    filling = Filling(own_store, replace(found, sources=(nobody,)))
    with filling.begun(), pytest.raises(errors.NotOffered, match="nobody"):
        fetching._from_any_source(filling, lambda *_: None)


def test_progress_is_told_what_is_done(words: House, own_store: Store) -> None:
    told: list[tuple[int, str]] = []
    fetch(own_store, "words", lambda size, doing: told.append((size, doing)))
    size = entry("words").sources[0].size  # type: ignore[union-attr]
    assert [(size, "downloading"), (size, "converting")] == [row for row in told if row[0] == size]


def test_a_record_is_read_as_it_was_written_and_files_are_compared_by_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    known = Verified.of(path)
    assert (known.size, known.mtime_ns) == (5, path.stat().st_mtime_ns) and known.unchanged(path)
    record = Record(("a", "b"), {"a": known}, "commit", {"a": "what it was made from"})
    record.write(tmp_path)
    assert Record.read(tmp_path) == record
    path.write_bytes(b"123456")
    assert not known.unchanged(path)


def test_seal_and_verify_report_what_they_did(capsys: pytest.CaptureFixture[str], own_store: Store) -> None:
    build_wheel(own_store.root.parent, "unused", word_files())
    assert main(["verify", "minilm-l6-mlm"]) == 0
    assert capsys.readouterr().out.split() == ["minilm-l6-mlm", "bundled"]
