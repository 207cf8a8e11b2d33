"""The lines of Python that give the numbers of the embedding map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def code(model: str | None, settings: Mapping[str, Any], word: str | None = None) -> str:
    """Return a program that draws the same map and prints its quality, and the neighbours of ``word``.

    ``settings`` are the arguments of ``map_words``, or of ``map_toy`` where ``model`` is None.
    """
    arguments = "".join(f"    {name}={value!r},\n" for name, value in settings.items())
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
        "    print(f'{name:8} trustworthiness {measured.trustworthiness:.2f}  kNN recall {measured.knn_recall:.2f}')",
    ]
    if model is not None and word is not None:
        lines += [
            f"for near in trace.neighbourhood({word!r}):",
            "    print(f'{near.word:14} cosine {near.cosine:.2f}  rank in the map {near.map_rank}  kept {near.kept}')",
        ]
    return head + "\n" + "\n".join(lines) + "\n"
