"""The lines of BertViz's views as a table."""

from __future__ import annotations

from typing import Any

from nlpcore.attention import AttentionMaps


def line_rows(
    maps: AttentionMaps, kept: int, layer: int | None = None, secret: tuple[int, int, int | None] | None = None
) -> list[dict[str, Any]]:
    """Return one row for each line between the first ``kept`` tokens: of one layer or of all, and of every head.

    ``secret``: layer, head and query of a row that the learner is still guessing, which is left out. All from 0.
    """
    return [
        {
            "layer": at + 1, "head": head + 1, "query_position": i, "query": maps.tokens[i], "key_position": j,
            "key": maps.tokens[j], "weight": float(maps.weights[at, head, i, j]),
        }
        for at in (range(maps.layers) if layer is None else (layer,))
        for head in range(maps.heads)
        for i in range(kept)
        if (at, head, i) != secret
        for j in range(kept)
    ]  # fmt: skip
