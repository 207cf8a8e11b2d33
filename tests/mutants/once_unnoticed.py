"""Faults that no test noticed once: kept as data, so that they can be tried again whenever tests are changed."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.faults import Fault, statement

LIST = Path(__file__).with_name("once_unnoticed.toml")


@dataclass(frozen=True, slots=True)
class Kept:
    """A line that is wrong in one way.

    Attributes:
        file: relative to the root of the tree, with "/".
        line: the right line without its indentation; it stands once in the file.
        becomes: the wrong one.
        means: what a learner would be told, or a caller given, then.
    """

    file: str
    line: str
    becomes: str
    means: str


def read(path: Path = LIST) -> list[Kept]:
    """Read the list. Raises TypeError where an entry lacks a field or has one too many."""
    return [Kept(**entry) for entry in tomllib.loads(path.read_text("utf-8")).get("fault", [])]


def places(root: Path, kept: Kept) -> list[int]:
    """Return the numbers, from 0, of the lines of the file that are the entry's."""
    path = root / kept.file
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return [number for number, line in enumerate(lines) if line.strip() == kept.line]


def make(root: Path, entries: Iterable[Kept]) -> list[Fault]:
    """Return the faults. Raises ValueError where a line is not there exactly once, or the faulty file is no Python."""
    return [_fault(root, kept) for kept in entries]


def _fault(root: Path, kept: Kept) -> Fault:
    found = places(root, kept)
    if len(found) != 1:
        raise ValueError(f"{kept.file} has the line {len(found)} times: {kept.line}")
    (number,) = found
    code = (root / kept.file).read_text("utf-8")
    lines = code.splitlines(keepends=True)
    lines[number] = lines[number].replace(kept.line, kept.becomes)
    faulty = "".join(lines)
    try:
        ast.parse(faulty)
    except SyntaxError as error:
        raise ValueError(f"{kept.file} would be no Python with {kept.becomes}") from error
    span = statement(ast.parse(code), number + 1)
    return Fault(kept.file, number + 1, kept.line, kept.becomes, "kept", faulty, span)
