"""The words of the interface: YAML files in which every leaf holds its languages side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.lessons import ROOT

LANGUAGES: tuple[str, ...] = ("en", "zh")
LOCALES = ROOT / "assets" / "locales"
BETWEEN_LISTED = {"en": ", ", "zh": "、"}
BETWEEN_SENTENCES = {"en": " ", "zh": ""}


def is_leaf(node: Any) -> bool:
    """True for a mapping that holds one text for each language."""
    return isinstance(node, Mapping) and set(node) == set(LANGUAGES)


@lru_cache(maxsize=128)
def read_tree(path: Path) -> Any:
    """Return the file's content, read once for each process. Do not modify what is returned."""
    text = path.read_text(encoding="utf-8")
    fast = hasattr(yaml, "CSafeLoader")  # ten times faster, where PyYAML came with its C library
    return (yaml.load(text, Loader=yaml.CSafeLoader) if fast else yaml.safe_load(text)) or {}


@lru_cache(maxsize=256)
def _texts(path: Path, language: str) -> dict[str, str]:
    """Return where the texts of a file in one language are kept by their keys: a run asks for some two hundred."""
    return {}


class Words:
    """Looks up one file's texts in one language.

    ``words("controls.layer")`` returns a text; ``words("alt.map", count=12)`` fills ``{count}`` in. Nothing else
    between braces is touched, so that LaTeX may stand in a text. KeyError names a key that is not there.
    Those of one file in one language are equal, so that what is made of them can be kept.
    """

    def __init__(self, path: Path, language: str) -> None:
        self.language = language
        self._path = path
        self._tree = read_tree(path)
        self._texts = _texts(path, language)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and (self._path, self.language) == (other._path, other.language)

    def __hash__(self) -> int:
        return hash((self._path, self.language))

    def __call__(self, key: str, /, **params: object) -> str:
        text = self._texts.get(key)
        if text is None:
            node = self.node(key)
            text = self._texts[key] = str(node[self.language] if is_leaf(node) else node)
        for name, value in params.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def listed(self, items: Iterable[str]) -> str:
        """Return the items in a row, with what stands between them in this language."""
        return BETWEEN_LISTED[self.language].join(items)

    def sentences(self, *told: str) -> str:
        """Return sentences as one text, those left out that are empty: a Chinese full stop has its blank in itself."""
        return BETWEEN_SENTENCES[self.language].join(filter(None, told))

    def node(self, key: str) -> Any:
        """Return what stands under a dotted key, leaf or tree."""
        node = self._tree
        for part in key.split("."):
            if not isinstance(node, Mapping) or part not in node:
                raise KeyError(f"{self._path.name} has no {key!r}")
            node = node[part]
        return node

    def has(self, key: str) -> bool:
        """True where something stands under ``key``."""
        try:
            self.node(key)
        except KeyError:
            return False
        return True

    def resolve(self, node: Any) -> Any:
        """Return ``node`` with every leaf in it replaced by its text in this language."""
        if is_leaf(node):
            return node[self.language]
        if isinstance(node, Mapping):
            return {key: self.resolve(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.resolve(value) for value in node]
        return node


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (dotted key, leaf) for every text under ``node``."""
    if is_leaf(node):
        yield path, node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}".lstrip("."))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, f"{path}.{index}")
