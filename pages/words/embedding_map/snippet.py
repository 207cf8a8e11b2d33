"""The lines of Python that give the numbers of the embedding map."""

from __future__ import annotations

from collections.abc import Mapping
from pprint import pformat
from textwrap import dedent, indent
from typing import Any

_WIDTH = 72  # characters of a line


def code(model: str | None, settings: Mapping[str, Any], word: str | None = None) -> str:
    """Return a program that draws the same map and prints its quality, and the neighbours of ``word``.

    ``settings`` are the arguments of ``map_words``, or of ``map_toy`` where ``model`` is None.
    """
    arguments = "".join(_argument(name, value) for name, value in settings.items())
    if model is None:
        head = "from nlpcore.words.projection_toys import map_toy\n\n" + f"trace = map_toy(\n{arguments})\n"
    else:
        head = (
            "from nlpcore.models import load\nfrom nlpcore.words.projection_words import map_words\n\n"
            f"trace = map_words(\n    load({model!r}),\n{arguments})\n"
        )
    lines = [
        "for name in ('quality', 'pca', 'random'):",
        "    measured = getattr(trace.projection, name)",
        "    trust, recall = measured.trustworthiness, measured.knn_recall",
        "    print(f'{name:8} trustworthiness {trust:.2f}  kNN recall {recall:.2f}')",
    ]
    if model is not None and word is not None:
        lines += [
            f"for near in trace.neighbourhood({word!r}):",
            "    print(f'{near.word:14} cosine {near.cosine:.2f}', end='  ')",
            "    print(f'rank in the map {near.map_rank}  kept {near.kept}')",
        ]
    return head + "\n" + "\n".join(lines) + "\n"


def _argument(name: str, value: Any) -> str:
    """Return one argument of a call on lines of its own, none too long to be read on a laptop."""
    lines = pformat(value, width=_WIDTH, compact=True)
    if "\n" in lines and isinstance(value, str):  # pieces of a text in brackets, each on a line
        lines = f"(\n{indent(dedent(' ' + lines[1:-1]), '    ')}\n)"
    return f"    {name}={indent(lines, '    ').lstrip()},\n"
