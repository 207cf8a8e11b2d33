"""The list of models says everything that it must, and an extension is read or refused in plain words."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nlpcore.models import ModelUnknown, catalogue, entry
from nlpcore.models.__main__ import main
from nlpcore.models.catalogue import SEAL, Entry, HubSource, Source, WheelSource, faults
from tests.models.makers import extend


def test_every_entry_is_complete() -> None:
    for found in catalogue().values():
        assert set(found.title) == {"en", "zh"}
        assert found.licence and found.citation and found.languages, found.id
        assert found.memory_bytes > 0 and found.sources, found.id


def test_every_file_of_a_wheel_has_a_hash_and_every_hub_entry_a_commit() -> None:
    for found in catalogue().values():
        for source in found.sources:
            if isinstance(source, WheelSource):
                assert all(re.fullmatch(r"[0-9a-f]{64}", member.file.sha256 or "") for member in source.members)
            if isinstance(source, HubSource):
                assert re.fullmatch(r"[0-9a-f]{40}", source.revision), found.id
                assert all(file.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", file.sha256) for file in source.files)


def test_hub_weights_are_safetensors_only() -> None:
    for found in catalogue().values():
        for source in found.sources:
            if isinstance(source, HubSource):
                assert not [
                    file.name for file in source.files if file.name.endswith((".bin", ".h5", ".pt", ".pkl", ".py"))
                ]


def test_a_set_is_named_by_what_its_files_hold() -> None:
    """The folders of the store: as many as there are sets, and the same one wherever the same bytes come from."""
    sets = [found.pinned_set for found in catalogue().values() if isinstance(found.sources[0], WheelSource | HubSource)]
    assert len(set(sets)) == len(sets) and all(re.fullmatch(r"[0-9a-f]{12}", each) for each in sets)
    mini, words, bert = entry("minilm-l6"), entry("words-zh-64d"), entry("bert-base-uncased")
    (wheel,) = words.sources
    assert isinstance(wheel, WheelSource)
    plain, pickled = wheel.members
    hub_source = bert.sources[0]
    assert isinstance(hub_source, HubSource)

    def named(found: Entry, *sources: Source) -> str:
        return replace(found, sources=sources).pinned_set

    assert named(mini, *mini.sources[::-1]) == mini.pinned_set
    assert named(words, replace(wheel, project="other", version="9", members=(pickled, plain))) == words.pinned_set
    other = replace(plain, file=replace(plain.file, sha256="0" * 64))
    others = [
        replace(wheel, members=(other, pickled)),
        replace(wheel, members=(replace(plain, file=replace(plain.file, name="v.npy")), pickled)),
        replace(wheel, members=(plain, replace(pickled, file=other.file))),
        replace(wheel, members=(plain, replace(pickled, convert="gguf"))),
        replace(wheel, members=(plain, replace(pickled, makes=("w.parquet",)))),
        replace(wheel, members=(plain,)),
    ]
    assert len({words.pinned_set, *(named(words, source) for source in others)}) == 1 + len(others)
    unnamed = [replace(hub_source, files=()), replace(hub_source, files=(), revision="main")]
    unnamed.append(replace(unnamed[1], repository="somebody/else"))
    assert len({named(bert, source) for source in unnamed}) == 3
    without = replace(pickled, file=replace(pickled.file, sha256=None))
    places = [replace(wheel, version=version, members=(plain, without)) for version in ("1", "2")]
    assert len({named(words, source) for source in places}) == 2, "what has no SHA-256 is known by where it comes from"


def test_unknown_model() -> None:
    with pytest.raises(ModelUnknown, match="no model nosuch") as caught:
        entry("nosuch")
    assert (caught.value.code, caught.value.params) == ("model_unknown", {"model": "nosuch"})


def test_an_extension_adds_and_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extend(
        tmp_path / "more.toml",
        mine={"kind": "encoder", "sources": [{"from": "folder", "path": "weights/mine"}]},
        gpt2={"kind": "decoder", "sources": [{"from": "hub", "repository": "somebody/gpt2-small"}]},
    )
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    assert catalogue()["mine"].sources[0].folder == (tmp_path / "weights/mine").resolve()  # type: ignore[union-attr]
    assert catalogue()["gpt2"].sources[0].repository == "somebody/gpt2-small"  # type: ignore[union-attr]
    assert "minilm-l6" in catalogue()


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"kind": "oracle", "sources": []}, "kind must be one of encoder, decoder"),
        ({"kind": "encoder", "sources": []}, "no source"),
        ({"kind": "encoder"}, "'sources' is missing"),
        ({"kind": "encoder", "sources": [{"from": "attic"}]}, "not attic"),
        (
            {"kind": "encoder", "sources": [{"from": "hub", "repository": "a/b", "files": [{"name": "../x"}]}]},
            "plain file",
        ),
        (
            {"kind": "encoder", "tokenizer": "none", "sources": [{"from": "folder", "path": "x"}]},
            "not in the catalogue",
        ),
    ],
)
def test_a_faulty_extension_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: dict[str, object], says: str
) -> None:
    extend(tmp_path / "more.toml", mine=table)
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    text = (tmp_path / "more.toml").read_text(encoding="utf-8")
    (found,) = faults()
    assert re.search(says, found.reason) and "mine" in found.reason
    assert text.splitlines()[found.line - 1].startswith("[mine") and str(found).startswith(f"{tmp_path}/more.toml:")
    assert "mine" not in catalogue() and "minilm-l6" in catalogue(), "the rest works"


def test_what_is_wrong_in_one_entry_harms_no_other_and_no_model_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = [{"from": "folder", "path": "x"}]
    extend(
        tmp_path / "more.toml",
        **{
            "good": {"kind": "encoder", "sources": folder},
            "minilm-l6": {"kind": "oracle", "sources": folder},
            "first": {"kind": "encoder", "tokenizer": "second", "sources": folder},
            "second": {"kind": "encoder", "tokenizer": "none", "sources": folder},
        },
    )
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    lines = (tmp_path / "more.toml").read_text(encoding="utf-8").splitlines()
    assert {lines[fault.line - 1].strip('[]"').split(".")[0] for fault in faults()} == {"minilm-l6", "first", "second"}
    assert "good" in catalogue() and not {"first", "second"} & set(catalogue())
    monkeypatch.delenv("NLPCORE_CATALOGUE")
    ours = catalogue()["minilm-l6"]
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    assert catalogue()["minilm-l6"] == ours and not [f for f in faults() if f.reason.startswith("good")]


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("licens", "MIT", "'licens' is not known"),
        ("title", {"en": "Mine"}, "no text in 'zh'"),
        ("title", "Mine", "title must be a table"),
        ("languages", "en", "languages must be a list"),
        ("languages", [1], "languages are texts"),
        ("max_tokens", -1, "max_tokens must be a whole number"),
        ("max_tokens", True, "max_tokens must be a whole number"),
        ("memory_bytes", "1 GB", "memory_bytes must be a whole number"),
        ("sources", ["here"], "sources are tables"),
    ],
)
def test_a_value_of_another_kind_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: object, says: str
) -> None:
    extend(tmp_path / "more.toml", mine={"kind": "encoder", "sources": [{"from": "folder", "path": "x"}], key: value})
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    assert [says in fault.reason for fault in faults()] == [True]


def test_a_file_that_is_no_toml_is_left_out_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "more.toml").write_text("[mine]\nkind = encoder\n", encoding="utf-8")
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    (found,) = faults()
    assert "line 2" in str(found) and "minilm-l6" in catalogue()


def test_the_commands_say_what_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    extend(tmp_path / "more.toml", mine={"kind": "oracle", "sources": []})
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "more.toml"))
    assert main(["list"]) == 0
    said = capsys.readouterr()
    assert "minilm-l6" in said.out and "more.toml:1: mine: kind must be one of" in said.err


def test_an_extension_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLPCORE_CATALOGUE", "no/such/file.toml")
    assert "cannot be read" in str(faults()[0]) and "minilm-l6" in catalogue()


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/b", "..", ".store.json", "a\\..\\b", ""])
@pytest.mark.parametrize("where", ["hub", "wheel", "makes", "known", "bundled"])
def test_no_file_of_a_model_leaves_its_folder(
    name: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    member: dict[str, object] = {"path": "p", "name": name if where == "wheel" else "words.pickle"}
    if where == "makes":
        member |= {"convert": "pickled-words", "makes": [name]}
    if where == "known":
        member |= {"convert": "pickled-words", "makes": ["words"], "known": [{"name": name, "sha256": "0" * 64}]}
    sources: dict[str, dict[str, object]] = {
        "hub": {"from": "hub", "repository": "o/r", "files": [{"name": name}]},
        "wheel": {"from": "wheel", "project": "p", "version": "1", "size": 1, "members": [member]},
        "bundled": {"from": "bundled"},
    }
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / SEAL).write_text(json.dumps({name: {"size": 1, "sha256": "0" * 64}}), encoding="utf-8")
    monkeypatch.setattr(sys.modules["nlpcore.models.catalogue"], "BUNDLED", tmp_path)
    extend(tmp_path / "e.toml", mine={"kind": "encoder", "sources": [sources.get(where, sources["wheel"])]})
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "e.toml"))
    assert "plain file name" in faults()[0].reason and "mine" not in catalogue()


@pytest.mark.parametrize("model_id", ["../evil", "..", ".hidden", "a/b", "a\\b", ""])
def test_no_id_leaves_the_store(model_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "e.toml").write_text(
        f'["{model_id}"]\ntitle = {{ en = "A", zh = "A" }}\nkind = "encoder"\nlanguages = []\nlicence = "x"\n'
        'sources = [{ from = "folder", path = "x" }]\n'.replace("\\", "\\\\"),
        encoding="utf-8",
    )
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "e.toml"))
    assert len(faults()) == 1 and model_id not in catalogue()
