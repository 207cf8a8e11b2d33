"""Single-line faults that could be made in a module: mutmut's operators, at every place where a test could notice them.

mutmut's own runner puts all faults of a function into one file and picks one while the tests run. That does not reach
module level, dataclasses and pages, so only its operators are used here; a fault is a whole file with one line changed.
"""

from __future__ import annotations

import ast
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation import mutators

# "x = None" and "f(None)" are left out: whatever runs the line notices them, so they would only flatter the figure.
LEFT_OUT = {mutators.operator_assignment}
_LOG = m.Call(func=m.Attribute(value=m.Name("_log") | m.Name("log") | m.Name("logging") | m.Name("logger")))
_CAST = m.Call(func=m.Name("cast") | m.Name("TypeVar") | m.Name("ParamSpec"))
_ALL = m.Assign(targets=[m.AssignTarget(target=m.Name("__all__"))])
_TYPING_ONLY = m.If(test=m.Name("TYPE_CHECKING") | m.Attribute(attr=m.Name("TYPE_CHECKING")))
_DOCSTRING = m.Expr(value=m.SimpleString() | m.ConcatenatedString())
# "strict=True" is an assertion as well: that two sequences are as long as each other. What --help prints is for a reader.
_STRICT = m.Arg(keyword=m.Name("strict"), value=m.Name("True"))
_HELP = m.Arg(
    keyword=m.Name("help") | m.Name("metavar") | m.Name("prog") | m.Name("description") | m.Name("formatter_class")
)
# What only a reader or a type checker sees, and decorators (slots, size of a cache), which seldom change an answer.
_UNSEEN = (
    m.Annotation() | m.Import() | m.ImportFrom() | m.Decorator() | m.TypeAlias()
    | _LOG | _CAST | _ALL | _TYPING_ONLY | _DOCSTRING | m.Assert() | _STRICT | _HELP
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of one file changed.

    Attributes:
        file: relative to the root of the tree, with "/".
        line: number of the first line that differs, from 1.
        before, after: that line without its indentation; what was removed leaves ``after`` empty.
        operator: mutmut's name of what was done, without "operator_".
        code: the whole file with the fault.
        statement: numbers of the first and last line of the statement, of a loop, branch or function its head alone.
    """

    file: str
    line: int
    before: str
    after: str
    operator: str
    code: str
    statement: tuple[int, int]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names the fault for as long as its line stays as it is."""
        return self.file, self.before, self.after, self.operator


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    operator: str
    old: cst.CSTNode
    new: cst.CSTNode


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.places: list[_Place] = []
        self._raising = 0  # inside the statement that raises an error: its sentence is no code that a page looks up

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, _UNSEEN):
            return False
        self._raising += isinstance(node, cst.Raise)
        for kind, operator in mutators.mutation_operators:
            if operator in LEFT_OUT or not isinstance(node, kind):
                continue
            if self._raising and isinstance(node, cst.SimpleString) and " " in node.value:
                continue
            line = self.get_metadata(PositionProvider, node).start.line
            name = operator.__name__.removeprefix("operator_")
            self.places += [_Place(line, name, node, new) for new in _sensible(operator, node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._raising -= isinstance(original_node, cst.Raise)
        super().on_leave(original_node)


def _sensible(operator: object, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    made = list(operator(node))  # type: ignore[operator]
    if operator is mutators.operator_string:
        made = made[:1]  # upper and lower case say nothing more than "XX…XX"
    for new in made:
        if operator is mutators.operator_arg_removal:
            assert isinstance(node, cst.Call) and isinstance(new, cst.Call)
            kept = {id(argument) for argument in new.args}
            gone = [argument for argument in node.args if id(argument) not in kept]
            # A keyword forgotten is a fault that people make; a missing positional argument is a TypeError.
            if len(new.args) == len(node.args) or any(argument.keyword is None for argument in gone):
                continue
            if all(m.matches(argument, _STRICT | _HELP) for argument in gone):
                continue
        yield new


def places(code: str) -> tuple[cst.Module, dict[int, list[_Place]]]:
    """Return the parsed module and, by line, what could be done to it."""
    wrapper = MetadataWrapper(cst.parse_module(code))
    finder = _Finder()
    wrapper.visit(finder)
    by_line: dict[int, list[_Place]] = defaultdict(list)
    for place in finder.places:
        by_line[place.line].append(place)
    return wrapper.module, dict(by_line)


def make(file: str, code: str, module: cst.Module, place: _Place) -> Fault | None:
    """Return the fault, or None where the file would not compile or would mean the same."""
    changed = module.deep_replace(place.old, place.new)
    assert isinstance(changed, cst.Module)
    try:
        if ast.dump(ast.parse(changed.code)) == ast.dump(ast.parse(code)):
            return None
    except SyntaxError:
        return None
    before, after = code.splitlines(), changed.code.splitlines()
    first = next(i for i, (a, b) in enumerate(zip([*before, ""], [*after, ""], strict=False)) if a != b)
    new = after[first].strip() if len(after) == len(before) else ""
    span = statement(ast.parse(code), first + 1)
    return Fault(file, first + 1, before[first].strip(), new, place.operator, changed.code, span)


def statement(tree: ast.Module, line: int) -> tuple[int, int]:
    """Return the first and last line of the innermost statement on ``line``: not each of its lines counts as run."""
    found = (line, line)
    for node in ast.walk(tree):  # outer ones first
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None) or getattr(node, "cases", None)
            last = (node.end_lineno or node.lineno) if not body else _first_line(body[0]) - 1
            found = (node.lineno, max(node.lineno, last))
    return found


def _first_line(node: ast.AST) -> int:
    return node.pattern.lineno if isinstance(node, ast.match_case) else int(node.lineno)  # type: ignore[attr-defined]


def sample(root: Path, lines: dict[str, set[int] | None], count: int | None, seed: int) -> list[Fault]:
    """Return at most ``count`` faults (None: one on every line that can have one), each on a line of its own.

    lines: file -> line numbers that may be changed, None for all. Lines are drawn evenly, then the operator, then one of
    its places on that line: so that a line of many strings counts no more than a comparison. The same seed and files
    give the same faults.
    """
    rng = random.Random(seed)
    parsed = {file: (code := (root / file).read_text("utf-8"), *places(code)) for file in sorted(lines)}
    candidates = [
        (file, line)
        for file, (_, _, by_line) in parsed.items()
        for line in sorted(by_line)
        if (only := lines[file]) is None or line in only
    ]
    rng.shuffle(candidates)
    chosen: list[Fault] = []
    for file, line in candidates:
        if count is not None and len(chosen) == count:
            break
        code, module, by_line = parsed[file]
        options = list(by_line[line])
        while options:
            operator = rng.choice(sorted({place.operator for place in options}))
            place = rng.choice([place for place in options if place.operator == operator])
            options.remove(place)
            if fault := make(file, code, module, place):
                chosen.append(fault)
                break
    return chosen
