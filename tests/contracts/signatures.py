"""What the library promises beside its answers, as text: kept in signatures.txt and compared at each run.

    python -m tests.contracts.signatures      write it anew; the difference is for whoever reads the change

Each function and method with the defaults of its parameters, each field of a dataclass with its default, the members of
each enumeration, each constant: all that a notebook relies on without a word of its own, and that no answer shows where
the caller says what is wanted; and the options of the commands. It says nothing about what is right, which other tests
work out. Left out are regular expressions and what they are put together of: what they find is tested with texts.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import enum
import hashlib
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import nlpcore

KEPT = Path(__file__).with_name("signatures.txt")
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
_REGEX = re.compile(r"\(\?|\\\\[pwdsb]")
LONGEST = 400  # characters of a value that are written out
NOTHING = "…"  # what has no value that could be read: a lock, a type variable, a regular expression
_PLAIN = (str, bytes, int, float, complex, bool, type(None), slice)


def modules() -> list[ModuleType]:
    """Return every module of the library, by name."""
    names = sorted(info.name for info in pkgutil.walk_packages(nlpcore.__path__, "nlpcore."))
    return [nlpcore, *map(importlib.import_module, names)]


def lines() -> list[str]:
    """Return the name of each module and, indented below it, a line for each of its promises, in its own order."""
    return [line for module in modules() for line in (module.__name__, *(f"    {each}" for each in promises(module)))]


def promises(module: ModuleType) -> Iterator[str]:
    for name in _defined(module):
        value = vars(module).get(name)
        if inspect.isclass(value):
            yield from _of_class(name, value)
        elif callable(value) and typing.get_origin(value) is None:
            if _promises(name, value):
                yield f"{name}{signature(value)}"
        elif _is_constant(name, value) or typing.get_origin(value) is typing.Literal:
            yield f"{name} = {said(value)}"
    if hasattr(module, "main"):
        yield from _options(_parser(module.main), "python -m " + module.__name__.removesuffix(".__main__"))


class _Read(Exception):  # noqa: N818 - it ends a command before it does anything
    """A command is about to read its options with this parser."""


def _parser(main: Callable[..., Any]) -> argparse.ArgumentParser:
    def parse_args(self: argparse.ArgumentParser, *_: Any) -> Any:
        raise _Read(self)

    with mock.patch.object(argparse.ArgumentParser, "parse_args", parse_args):
        try:
            main()
        except _Read as found:
            parser: argparse.ArgumentParser = found.args[0]
            return parser
    raise AssertionError(f"{main.__module__} reads no options")


def _options(parser: argparse.ArgumentParser, command: str) -> Iterator[str]:
    """Return a line for each option of a command and of its subcommands: its names and what argparse is told of it."""
    for action in parser._actions:
        names = ", ".join(action.option_strings) or action.dest
        if isinstance(action, argparse._SubParsersAction):
            yield f"{command} {names}: one of {', '.join(action.choices)}{', required' if action.required else ''}"
            for name, each in action.choices.items():
                yield from _options(each, f"{command} {name}")
        elif not isinstance(action, argparse._HelpAction):
            told = [
                "dest",
                "nargs",
                "const",
                "default",
                "type",
                "choices",
                *(["required"] if action.option_strings else []),
            ]
            values = ((name, getattr(action, name)) for name in told)
            shown = ", ".join(f"{name}={_said(value)}" for name, value in values if value is not None)
            yield f"{command} {names}: {type(action).__name__} {shown}"


def _defined(module: ModuleType) -> list[str]:
    """Return the names that the module itself defines or assigns, in its order, each once."""
    names: dict[str, None] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = None
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                names.update(dict.fromkeys(part.id for part in ast.walk(target) if isinstance(part, ast.Name)))
    return list(names)


def _of_class(name: str, value: type) -> Iterator[str]:
    has_fields = dataclasses.is_dataclass(value) or hasattr(value, "_fields")
    if issubclass(value, enum.Enum):
        yield f"{name}: {', '.join(f'{member.name} = {said(member.value)}' for member in value)}"
    elif has_fields:
        yield f"{name}{signature(value)}"
    for part, content in vars(value).items():
        function = content.__func__ if isinstance(content, classmethod | staticmethod) else content
        if inspect.isfunction(function):
            if (part == "__init__" and not has_fields) or (not part.startswith("__") and _promises(part, function)):
                yield f"{name}.{part}{signature(function)}"
        elif _is_constant(part, content) and not issubclass(value, enum.Enum):
            yield f"{name}.{part} = {said(content)}"


def _promises(name: str, function: Any) -> bool:
    """Whether a function is public, or has a default that its callers in the library rely on."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of a type variable
        return False
    return not name.startswith("_") or any(parameter.default is not parameter.empty for parameter in parameters)


def _is_constant(name: str, value: Any) -> bool:
    return bool(_CONSTANT.fullmatch(name)) and said(value) != NOTHING and not _REGEX.search(said(value))


def signature(function: Any) -> str:
    """Return the parameters as they are called: names, defaults, ``*`` before those that need their names."""
    found = inspect.signature(function)
    fields = dataclasses.fields(function) if dataclasses.is_dataclass(function) else ()
    factories = {field.name: field.default_factory for field in fields}
    parameters = []
    for parameter in found.parameters.values():
        default = parameter.default
        if default is not parameter.empty:
            factory = factories.get(parameter.name, dataclasses.MISSING)
            default = _Default(said(default if factory is dataclasses.MISSING else factory()))
        parameters.append(parameter.replace(annotation=parameter.empty, default=default))
    return str(found.replace(parameters=parameters, return_annotation=found.empty))


@dataclasses.dataclass(frozen=True)
class _Default:
    """A default that is written as it is said."""

    text: str

    def __repr__(self) -> str:
        return self.text


def said(value: Any) -> str:
    """Return a value as text that is the same in every process and on every machine; of a long one the hash."""
    text = _said(value)
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 4]} … {len(text)} characters, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}"


def _said(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, _PLAIN):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_said(key)}: {_said(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Set):
        return "{" + _runs(sorted(value, key=_said)) + "}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (f"{field.name}={_said(getattr(value, field.name))}" for field in dataclasses.fields(value))
        return f"{type(value).__name__}({', '.join(fields)})"
    if isinstance(value, tuple | list | range):
        return _joined(value)
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return f"{value.dtype} {value.tolist()}"
    if isinstance(value, Path):
        return f"…/{value.name}"
    if isinstance(value, type) or inspect.isfunction(value) or inspect.ismodule(value):
        return getattr(value, "__qualname__", "") or value.__name__
    if typing.get_origin(value) is not None:
        return str(value).replace("typing.", "")
    return NOTHING


def _joined(values: Sequence[Any]) -> str:
    inner = ", ".join(map(_said, values))
    return f"[{inner}]" if isinstance(values, list) else f"({inner})"


def _runs(values: Sequence[Any]) -> str:
    """Return sorted members, whole numbers in a row as ``1 to 99``."""
    if not all(type(value) is int for value in values):
        return ", ".join(map(_said, values))
    out: list[list[int]] = []
    for value in sorted(values):
        if out and value == out[-1][-1] + 1:
            out[-1].append(value)
        else:
            out.append([value])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in out)


def written() -> str:
    """Return the text that is kept."""
    return "\n".join(lines()) + "\n"


def main() -> None:
    KEPT.write_text(written(), encoding="utf-8")
    print(f"{KEPT.name}: {KEPT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
