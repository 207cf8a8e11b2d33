"""The list of models says everything that it must, and an extension is read or refused in plain words."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from nlpcore.models import CatalogueError, ModelUnknown, catalogue, entry
from nlpcore.models.catalogue import SEAL, HubSource, WheelSource
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
    with pytest.raises(CatalogueError, match=says):
        catalogue()


def test_an_extension_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLPCORE_CATALOGUE", "no/such/file.toml")
    with pytest.raises(CatalogueError, match="cannot be read"):
        catalogue()


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/b", "..", ".store.json", "a\\..\\b", ""])
@pytest.mark.parametrize("where", ["hub", "wheel", "makes", "bundled"])
def test_no_file_of_a_model_leaves_its_folder(
    name: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    member: dict[str, object] = {"path": "p", "name": name if where == "wheel" else "words.pickle"}
    if where == "makes":
        member |= {"convert": "pickled-words", "makes": [name]}
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
    with pytest.raises(CatalogueError, match="plain file name"):
        catalogue()


@pytest.mark.parametrize("model_id", ["../evil", "..", ".hidden", "a/b", "a\\b", ""])
def test_no_id_leaves_the_store(model_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "e.toml").write_text(
        f'["{model_id}"]\ntitle = {{ en = "A", zh = "A" }}\nkind = "encoder"\nlanguages = []\nlicence = "x"\n'
        'sources = [{ from = "folder", path = "x" }]\n'.replace("\\", "\\\\"),
        encoding="utf-8",
    )
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "e.toml"))
    with pytest.raises(CatalogueError):
        catalogue()
