"""The idea of the lesson in a small picture: a count, its logarithm, and two vectors whose product shall be that."""

from __future__ import annotations

import math

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import markdown_escape, number
from nlpcore.text import shortened
from nlpcore.words.glove_reading import Cooccurrences

_LONGEST = 9  # characters of a word
Told = tuple[str, str, float]  # two words, and how often they were counted near each other


def told_pair(read: Cooccurrences, asked: tuple[str, str] | None) -> Told:
    """Return the pair that is counted most, but for the one that is ``asked`` about; of equals the first."""
    counted = read.counted
    best: Told | None = None
    for row, column, value in zip(counted.rows, counted.columns, counted.values, strict=True):
        one, other = counted.words[row], counted.words[column]
        if (asked and {one, other} == set(asked)) or row > column:
            continue
        if best is None or value > best[2]:
            best = one, other, float(value)
    if best is None:  # a text with one pair alone
        row, column = int(counted.rows[0]), int(counted.columns[0])
        best = counted.words[row], counted.words[column], float(counted.values[0])
    return best


def sketch(read: Cooccurrences, pair: Told) -> Sketch:
    """Draw the text's pair with its count, and under it two vectors with what their product shall be."""
    one, other, count = pair
    picture = Sketch(440, 140)
    for x, word, colour in ((6.0, one, colours.ORANGE), (116.0, other, colours.SKY)):
        picture.labelled(x, 8, 96, 32, colour, shortened(word, _LONGEST), 0.35)
    picture.text(226, 30, f"X = {number(count)}", "start", bold=True)
    picture.arrow(268, 42, 268, 88)
    picture.text(278, 70, "ln", "start")
    for x, colour in ((6.0, colours.ORANGE), (116.0, colours.SKY)):
        for cell in range(4):
            picture.box(x + 24 * cell, 96, 22, 30, colour, 0.1 + 0.2 * ((cell * 3 + int(x)) % 4))
    picture.text(109, 117, "·")
    picture.text(226, 117, f"≈ {number(math.log(count))}", "start", bold=True)
    return picture


def values(read: Cooccurrences, pair: Told, plain: bool = False) -> dict[str, object]:
    """Return what fills the blanks of the idea's texts, which are Markdown, or ``plain``."""
    one, other, count = pair

    def said(word: str) -> str:
        return word if plain else f"**{markdown_escape(word)}**"

    return {"one": said(one), "other": said(other), "count": number(count), "log": number(math.log(count)),
            "window": read.counted.window}  # fmt: skip
