"""What the attention lesson asks, worked out from the maps of a text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

import numpy as np

from app.questions import Question, Said, Value
from app.text import Markdown, markdown_escape, told_apart
from nlpcore.attention import AttentionMaps, part_of, summarise
from nlpcore.attention.labels import SPACE

MOST_OPTIONS = 4
STRONGEST_TOLD = 3  # keys whose weights are told as the reason
HABITS = ("special", "first", "previous", "next", "itself")  # measures of where a head looks, whatever the words are
A_HABIT = 0.5  # of a head's weight


def peak(maps: AttentionMaps, layer: int, head: int, query: int, about: Hashable, moral: str = "") -> Question | None:
    """Ask which key a query looks at most; None where it can see a single one.

    ``maps``: as they are on the screen, of whole words where pieces are merged; ``query`` is a position in them.
    ``moral``: key of the text that answers whether the head follows meaning or habit, where an example has its own.
    """
    keys = plausible_keys(maps, layer, head, query)
    if len(keys) < 2:
        return None
    row, names = maps.weights[layer, head, query], told_apart(maps.tokens)
    strongest = np.argsort(-row, kind="stable")[:STRONGEST_TOLD]
    special = dict.fromkeys(maps.tokens[key] for key in keys if maps.special[key])
    signs = " ".join(map(markdown_escape, special))
    values: dict[str, Value] = {
        "query": names[query],
        "layer": layer + 1,
        "head": head + 1,
        "weights": tuple(Markdown(f"{markdown_escape(names[key])} {row[key]:.2f}") for key in strongest),
        "part": part_told((maps.tokens[place], names[place]) for place in (query, *keys)),
        "blank": Said("predict.peak.blank") if any(names[place].startswith(SPACE) for place in (query, *keys)) else "",
        "special": Said("predict.peak.special", {"tokens": Markdown(signs)}) if signs else "",
        "moral": Said(moral) if moral else habit(maps, layer, head, query),
    }
    options = tuple(Said("predict.peak.at", {"key": names[key]}) for key in keys)
    right = keys.index(int(row.argmax()))
    return Question("peak", options, right, "predict.peak.because", values, (about, layer, head, query))


def part_told(tokens: Iterable[tuple[str, str]]) -> Said | str:
    """Say of the first token that is a part of a character which part it is; "" where none is. Each has its name with it."""
    for token, name in tokens:
        if part := part_of(token):
            whole, number, count = part
            return Said("predict.peak.part", {"name": name, "whole": whole, "number": number, "count": count})
    return ""


def habit(maps: AttentionMaps, layer: int, head: int, query: int) -> Said:
    """Say whether a head has a habit of place in this text: the place that gets most of its weight, mean over its words.

    A row of ``query`` that gives most to another place is no example of it, which is said too.
    """
    summary = summarise(replace(maps, weights=maps.weights[layer : layer + 1, head : head + 1]))
    shares = {name: float(getattr(summary, name)[0, 0]) for name in HABITS}
    name = max(HABITS, key=lambda one: shares[one])
    key = int(maps.weights[layer, head, query].argmax())
    follows = {
        "special": maps.special[key], "first": key == 0, "previous": key == query - 1, "next": key == query + 1,
        "itself": key == query,
    }[name]  # fmt: skip
    said = "mixed" if shares[name] < A_HABIT else "habit" if follows else "elsewhere"
    where, meaning = Said(f"predict.peak.where.{name}"), Said("predict.peak.meaning")
    return Said(f"predict.peak.{said}", {"share": shares[name], "where": where, "meaning": meaning})


def plausible_keys(maps: AttentionMaps, layer: int, head: int, query: int) -> list[int]:
    """Return the strongest key and up to three others that the layer's heads look at, in the order of the text.

    Of the others one at most is no word: what a reader would choose by the sense is not crowded out by marks.
    """
    visible = query + 1 if maps.causal else len(maps.tokens)
    answer = int(maps.weights[layer, head, query].argmax())
    others = [int(key) for key in np.argsort(-maps.weights[layer, :, query, :visible].mean(0), kind="stable")]
    others.remove(answer)
    words = [key for key in others if is_word(maps, key)]
    marks = [key for key in others if key not in words]
    ranked = [*words[: MOST_OPTIONS - 1 - bool(marks)], *marks]
    return sorted([answer, *ranked[: MOST_OPTIONS - 1]])


def is_word(maps: AttentionMaps, key: int) -> bool:
    """Whether a token is neither special nor a mark alone."""
    return not maps.special[key] and any(c.isalnum() for c in maps.tokens[key])
