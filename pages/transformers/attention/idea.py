"""The idea of the lesson in a small picture: one query meets three keys; the scores become weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import markdown_escape, shorten
from nlpcore.arrays import descending
from nlpcore.attention import AttentionReading

KEYS = 3
_LONGEST = 11  # characters of a token
_TOP, _ROW = 14, 46


@dataclass(frozen=True)
class Meeting:
    """One query and the keys that it gives most to.

    Attributes:
        query: the token that looks.
        keys: (token, scaled score, weight) of up to KEYS keys, the largest weight first.
        layer, head: where, counted from 1.
    """

    query: str
    keys: tuple[tuple[str, float, float], ...]
    layer: int
    head: int

    def said(self, plain: bool = False) -> dict[str, object]:
        """Return what fills the blanks of the texts, which are Markdown, or ``plain``."""
        write = str if plain else markdown_escape
        bold = "" if plain else "**"
        listed = ", ".join(f"{bold}{write(key)}{bold} {weight:.2f}" for key, _, weight in self.keys)
        key, score, _ = self.keys[0]
        return {
            "query": write(self.query),
            "key": write(key),
            "score": number(score),
            "weights": listed,
            "layer": self.layer,
            "head": self.head,
        }


def number(value: float) -> str:
    """Return a number with one digit and a true minus."""
    return f"{value:.1f}".replace("-", "−")


def meeting(reading: AttentionReading, layer: int, head: int, asked: int) -> Meeting:
    """Return the query of a head whose weights are the most telling; never ``asked``, which the page may ask about.

    Most telling is the one that gives most to another word than itself.
    """
    maps, trace = reading.maps, reading.vectors.trace(layer, head)
    weights = maps.weights[layer, head]
    elsewhere = np.where(np.eye(len(weights), dtype=bool) | np.array(maps.special)[None, :], 0, weights).max(axis=1)
    elsewhere[[place for place, special in enumerate(maps.special) if special]] = 0
    if len(weights) > 1:
        elsewhere[asked] = -1
    query = int(elsewhere.argmax())
    seen = query + 1 if maps.causal else len(weights)
    keys = [int(key) for key in descending(weights[query, :seen])[:KEYS]]
    rows = tuple((maps.tokens[key], float(trace.scaled[query, key]), float(weights[query, key])) for key in keys)
    return Meeting(maps.tokens[query], rows, layer + 1, head + 1)


def sketch(at: Meeting) -> Sketch:
    """Draw the query on the left, an arrow to each key with its score, and the keys' weights as bars."""
    picture = Sketch(430, _TOP + _ROW * KEYS)
    middle = _TOP + _ROW * len(at.keys) / 2
    picture.labelled(4, middle - 16, 100, 32, colours.QUERY, shorten(at.query, _LONGEST))
    for row, (key, score, weight) in enumerate(at.keys):
        y = _TOP + _ROW * row + _ROW / 2
        picture.arrow(106, middle, 186, y)
        picture.labelled(188, y - 15, 100, 30, colours.KEY, shorten(key, _LONGEST))
        picture.text(296, y - 5, f"q · k / √d = {number(score)}", "start", size=13)
        picture.bar(296, y + 2, 80 * weight, colours.VALUE, 12)
        picture.text(296 + max(80 * weight, 1) + 6, y + 13, f"{weight:.2f}", "start", size=13, bold=True)
    return picture
