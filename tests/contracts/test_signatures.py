"""No default, field or constant of the library changes without being meant to; and the text that keeps them sees all."""

from __future__ import annotations

import difflib
import sys
from types import ModuleType

import pytest

from tests.contracts import signatures

RENEW = "if that is meant: python -m tests.contracts.signatures"


def test_every_default_field_and_constant_is_as_it_is_kept() -> None:
    kept = signatures.KEPT.read_text("utf-8").splitlines()
    other = list(difflib.unified_diff(kept, signatures.lines(), "kept", "now", n=0, lineterm=""))
    assert not other, f"{RENEW}\n" + "\n".join(other)


SOURCE = """
import argparse, dataclasses, enum, re, threading
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar

T = TypeVar("T")
LIMIT = 2 * 30
_FREQUENT, lower = 7, 8
_LOCK = threading.Lock()
_WORD = re.compile("[a-z]+")
_PART = r"(?:a|b)"
IDS = frozenset((*range(1, 4), 9))
TABLE = MappingProxyType({"a": (1, 2.5), "b": [None]})
Order = Literal["first", "last"]


class Fate(enum.IntEnum):
    KEPT = 3


@dataclasses.dataclass
class Recipe:
    rate: float
    seed: int = 0
    seen: list = dataclasses.field(default_factory=lambda: [4])
    BLOCKS = ("i", "f")

    def again(self, k: int = 5) -> int: ...
    @classmethod
    def of(cls, *, loud: bool = False): ...
    def _hidden(self): ...


class Near(NamedTuple):
    row: int
    rank: int = 1


class Store:
    def __init__(self, home=None): ...


def corrupt(ids, /, rate: float = 0.15, *, fate: Fate = Fate.KEPT): ...
def _helper(a, b): ...
def _helped(a, b=2): ...


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("one")
    one.add_argument("--share", type=int, default=1, help="how much")
    one.add_argument("models", nargs="*", choices=["a", "b"])
    one.add_argument("--json", action="store_true")
    parser.parse_args()
"""
WANTED = """\
LIMIT = 60
_FREQUENT = 7
IDS = {1 to 3, 9}
TABLE = {'a': (1, 2.5), 'b': [None]}
Order = Literal['first', 'last']
Fate: KEPT = 3
Recipe(rate, seed=0, seen=[4])
Recipe.BLOCKS = ('i', 'f')
Recipe.again(self, k=5)
Recipe.of(cls, *, loud=False)
Near(row, rank=1)
Store.__init__(self, home=None)
corrupt(ids, /, rate=0.15, *, fate=Fate.KEPT)
_helped(a, b=2)
main()
python -m made_up command: one of one, required
python -m made_up one --share: _StoreAction dest='share', default=1, type=int, required=False
python -m made_up one models: _StoreAction dest='models', nargs='*', choices=['a', 'b']
python -m made_up one --json: _StoreTrueAction dest='json', nargs=0, const=True, default=False, required=False
"""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    made = ModuleType("made_up")
    monkeypatch.setitem(sys.modules, "made_up", made)
    exec(SOURCE, vars(made))
    monkeypatch.setattr(signatures.inspect, "getsource", lambda _: SOURCE)
    return made


def test_what_a_module_promises(module: ModuleType) -> None:
    assert list(signatures.promises(module)) == WANTED.splitlines()


def test_a_long_value_is_told_by_its_hash() -> None:
    one, other = ("x" * 500 + end for end in "ab")
    assert signatures.said(one) != signatures.said(other)
    assert len(signatures.said(one)) < 250
    assert signatures.said(one) == signatures.said(str(one))
