"""How good a model that was trained here is: the figures measured for its card, kept in ``metrics.json`` beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nlpcore.models.catalogue import BundledSource, entry


def figures(content: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number in nested dictionaries and lists with the path to it: ``("test.all.f1", 0.87)``."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from figures(value, f"{name}.{key}" if name else str(key))
    elif isinstance(content, list):
        for place, value in enumerate(content):
            yield from figures(value, f"{name}.{place}")
    elif isinstance(content, int | float):
        yield name, float(content)


def quality(model_id: str) -> Mapping[str, float]:
    """Return the measured figures by name, such as ``"test.accuracy"``: shares 0 to 1; none for a model made elsewhere.

    Raises ModelUnknown.
    """
    for source in entry(model_id).sources:
        if isinstance(source, BundledSource) and (source.folder / "metrics.json").is_file():
            return _of(source.folder / "metrics.json")
    return MappingProxyType({})


@lru_cache(maxsize=64)
def _of(file: Path) -> Mapping[str, float]:
    return MappingProxyType(dict(figures(json.loads(file.read_text(encoding="utf-8"))["quality"])))
