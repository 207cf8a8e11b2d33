"""What the attention lesson asks, worked out from the maps of a text."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from app.questions import Question, Said
from app.text import Markdown, markdown_escape
from nlpcore.attention import AttentionMaps

MOST_OPTIONS = 4
STRONGEST_TOLD = 3  # keys whose weights are told as the reason


def peak(maps: AttentionMaps, layer: int, head: int, query: int, about: Hashable, moral: str = "") -> Question | None:
    """Ask which key a query looks at most; None where it can see a single one.

    ``moral``: key of a text that belongs to the reason: what the head does is not always what it should do.
    """
    keys = plausible_keys(maps, layer, head, query)
    if len(keys) < 2:
        return None
    row = maps.weights[layer, head, query]
    strongest = np.argsort(-row, kind="stable")[:STRONGEST_TOLD]
    weights = ", ".join(f"{markdown_escape(maps.tokens[key])} {row[key]:.2f}" for key in strongest)
    values: dict[str, str | int | float | Said] = {
        "query": maps.tokens[query],
        "layer": layer + 1,
        "head": head + 1,
        "weights": Markdown(weights),
    }
    because = "predict.peak.because"
    if moral:
        because, values["moral"] = "predict.peak.because_but", Said(moral)
    options = tuple(Said("predict.peak.at", {"key": key_name(maps, key)}) for key in keys)
    right = keys.index(int(row.argmax()))
    return Question("peak", options, right, because, values, (about, layer, head, query))


def key_name(maps: AttentionMaps, key: int) -> str:
    """Return a token, with its position where the text holds it more than once; a token itself holds no space."""
    token = maps.tokens[key]
    return token if maps.tokens.count(token) == 1 else f"{token} ({key})"


def plausible_keys(maps: AttentionMaps, layer: int, head: int, query: int) -> list[int]:
    """Return the strongest key and up to three that the layer's heads look at, in the order of the text."""
    visible = query + 1 if maps.causal else len(maps.tokens)
    answer = int(maps.weights[layer, head, query].argmax())
    others = np.argsort(-maps.weights[layer, :, query, :visible].mean(0), kind="stable")
    return sorted([answer, *[int(key) for key in others if key != answer][: MOST_OPTIONS - 1]])
