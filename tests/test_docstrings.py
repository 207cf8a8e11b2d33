"""The library says what everything is: public names have docstrings, and every field of a trace stands under Attributes."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from typing import Any

import pytest

import nlpcore

MODULES = [
    importlib.import_module(info.name)
    for info in pkgutil.walk_packages(nlpcore.__path__, "nlpcore.")
    if not info.name.endswith("__main__") and not info.name.startswith("nlpcore.training")
]


def public(kind: Any) -> list[Any]:
    """Return what the modules of the library define themselves and do not hide."""
    return [
        pytest.param(value, id=f"{module.__name__.removeprefix('nlpcore.')}.{name}")
        for module in MODULES
        for name, value in vars(module).items()
        if not name.startswith("_") and kind(value) and getattr(value, "__module__", "") == module.__name__
    ]


def frozen(value: Any) -> bool:
    return isinstance(value, type) and dataclasses.is_dataclass(value) and value.__dataclass_params__.frozen


def attributes(docstring: str) -> list[str]:
    """Return the names under ``Attributes:``, ``a, b: …`` being two."""
    section = re.search(r"^Attributes:\n((?:^(?: .*)?\n?)+)", inspect.cleandoc(docstring), re.M)
    entries = re.findall(r"^ {4}(\w[\w, ]*): \S", section[1] if section else "", re.M)
    return [name.strip() for entry in entries for name in entry.split(",")]


@pytest.mark.parametrize("dataclass", public(frozen))
def test_each_field_stands_under_attributes(dataclass: Any) -> None:
    fields = [field.name for field in dataclasses.fields(dataclass) if not field.name.startswith("_")]
    inherited = [
        name
        for base in dataclass.__mro__[1:]
        if dataclasses.is_dataclass(base)
        for name in attributes(base.__doc__ or "")
    ]
    stated = attributes(dataclass.__doc__ or "")
    assert set(fields) == {*inherited, *stated}
    assert len(stated) == len(set(stated))


@pytest.mark.parametrize("value", public(lambda v: inspect.isfunction(v) or isinstance(v, type)))
def test_public_names_have_docstrings(value: Any) -> None:
    parts = vars(value).items() if isinstance(value, type) else ()
    methods = [
        part for name, part in parts if name[0] != "_" and (inspect.isfunction(part) or isinstance(part, property))
    ]
    assert [each for each in (value, *methods) if not (each.__doc__ or "").strip()] == []
