"""Which test modules should notice a fault in a file: the mapping, as data, and what imports the file."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

# File (a regular expression over the whole path) -> where its tests are, and the words that choose among tests that
# all lessons share (pytest's -k): a lesson's id, which is its folder's name with hyphens. \1 and \2 are the groups. What
# is not there is passed over.
RELATED: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (r"nlpcore/(\w+)/.+", ((r"tests/\1", ""), ("tests/contracts", ""))),
    (r"nlpcore/__init__\.py", (("tests/test_environment.py", ""),)),
    (r"nlpcore/(\w+)\.py", ((r"tests/test_\1.py", ""), ("tests/contracts", ""))),
    (r"pages/(\w+)/(\w+)/.+", ((r"tests/pages/\1/\2", ""), ("tests/pages/*.py", r"\2"))),
    (r"pages/(\w+)\.py", (("tests/shell", ""), ("tests/pages/*.py", ""))),
    (r"app/charts/.+", (("tests/charts", ""),)),
    (r"app/shell/.+", (("tests/shell", ""), ("tests/pages", ""))),
    (r"app/.+", (("tests/app", ""), ("tests/shell", ""), ("tests/pages", ""))),
)
# Tried only where all of those passed: what is built on the file.
FURTHER: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ((r"nlpcore/models/.+", (("tests/shell", ""),)),)
SCREENS = "tests/pages/test_screens.py"  # all that each lesson shows: no other module of its tests sees as much
NEVER = ("tests/e2e/", "tests/bench/", "tests/mutants/", "tests/gpu/")  # the browser's, and tools


@dataclass(frozen=True, order=True, slots=True)
class Tests:
    """A module of tests, or those of its tests that ``words`` (pytest's -k) chooses."""

    __test__: ClassVar[bool] = False  # nothing for pytest to collect
    path: str
    words: str = ""


def related(root: Path, file: str) -> tuple[list[Tests], frozenset[Tests]]:
    """Return the test modules for ``file`` and which of them import it, directly or by its package."""
    importers = {Tests(path) for path, names in _imports(root).items() if _module(file) in names}
    return list(dict.fromkeys([*sorted(importers), *_listed(root, file, RELATED)])), frozenset(importers)


def further(root: Path, file: str) -> list[Tests]:
    """Return the tests of what is built on ``file``: for a family of the library the screens of the lessons with it."""
    found = _listed(root, file, FURTHER)
    if family := re.fullmatch(r"nlpcore/(\w+)/.+", file):
        for folder in sorted(root.glob("pages/*/*/")):
            names = set[str]().union(*(_imported(path) for path in folder.glob("*.py")))
            # Every lesson takes its models from nlpcore.models: only those of one family are about it.
            if family[1] != "models" and any(name.startswith(f"nlpcore.{family[1]}") for name in names):
                found += _modules(root, SCREENS, folder.name.replace("_", "-"))
    return found


def _listed(root: Path, file: str, table: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> list[Tests]:
    """Return what the first entry of ``table`` says that fits ``file``."""
    for pattern, places in table:
        if matched := re.fullmatch(pattern, file):
            return [
                tests
                for place, words in places
                for tests in _modules(root, matched.expand(place), matched.expand(words).replace("_", "-"))
            ]
    return []


def _modules(root: Path, place: str, words: str) -> list[Tests]:
    pattern = f"{place}/**/test_*.py" if (root / place).is_dir() else place
    paths = (path.relative_to(root).as_posix() for path in root.glob(pattern) if path.name.startswith("test_"))
    return [Tests(path, words) for path in sorted(paths) if not path.startswith(NEVER)]


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@lru_cache(maxsize=2)
def _imports(root: Path) -> dict[str, frozenset[str]]:
    """Return, for each test module, the names it imports anywhere in it: modules, and what could be one."""
    return {
        path.relative_to(root).as_posix(): _imported(path)
        for path in sorted(root.glob("tests/**/test_*.py"))
        if not path.relative_to(root).as_posix().startswith(NEVER)
    }


def _imported(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)
