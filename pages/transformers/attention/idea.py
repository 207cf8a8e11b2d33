"""The idea of the lesson in a small picture: one query meets three keys, and scores become weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import markdown_escape, number, shorten
from nlpcore.arrays import descending
from nlpcore.attention import AttentionMaps, AttentionReading
from pages.transformers.attention.screen import Row

KEYS = 3
_LONGEST = 11  # characters of a token
_SENTENCE = 90  # characters of the text
_TELLING = 0.35  # the least weight that is worth a picture
# Words that mean little by themselves.
_ENGLISH = """
a an the this that these those i you he she it we they me him us them my your his her its our their and or but nor so if
because as while when than of in on at to into from with by for about over under through after before not no is am are was
were be been being do does did doesn didn don isn aren wasn have has had can could will would shall should may might must
too very there here what which who whom how all any some
"""
_CHINESE = "的了在是和与就也都不它他她我你因为而着这那有到把被"
_FUNCTION_WORDS = frozenset([*_ENGLISH.split(), *_CHINESE])
_TOP, _ROW = 14, 46


@dataclass(frozen=True)
class Meeting:
    """One query and the keys that it gives most to.

    Attributes:
        query: the token that looks.
        keys: (token, scaled score, weight) of up to KEYS keys, the largest weight first.
        layer, head: where, counted from 1.
        sentence: the text around the query.
    """

    query: str
    keys: tuple[tuple[str, float, float], ...]
    layer: int
    head: int
    sentence: str

    def said(self, plain: bool = False) -> dict[str, object]:
        """Return what fills the blanks of the texts, which are Markdown, or ``plain``."""
        write = str if plain else markdown_escape
        bold = "" if plain else "**"
        listed = ", ".join(f"{bold}{write(key)}{bold} {weight:.2f}" for key, _, weight in self.keys)
        key, _, weight = self.keys[0]
        return {
            "query": write(self.query),
            "key": write(key),
            "weight": f"{weight:.2f}",
            "weights": listed,
            "layer": self.layer,
            "head": self.head,
            "sentence": write(self.sentence),
        }


def meeting(reading: AttentionReading, layer: int, head: int, asked: Row) -> Meeting:
    """Return a query that tells something: a word of content that looks most at another one.

    Never the row ``asked`` about, and neither its answer as what is looked at most, nor its query. In the head on the screen
    where that has such a row, else in the head in which one is clearest; in a text without such words whichever token of the
    head on the screen gives most to another one.
    """
    maps = reading.maps
    best = maps.weights.max(axis=-1)
    tops = maps.weights.argmax(axis=-1)
    places = np.arange(len(maps.tokens))
    content = np.array([_is_content(maps, place) for place in range(len(places))])
    barred = (asked.query, int(tops[asked.layer, asked.head, asked.query]))
    distance = np.abs(tops - places)
    telling = (
        (best >= _TELLING) & content & content[tops] & (distance > 0) & (places != asked.query) & ~np.isin(tops, barred)
    )
    here = np.where(telling[layer, head], best[layer, head], 0)
    if here.any():
        return _meeting(reading, layer, head, int(here.argmax()))
    # A head that looks at the token beside, whatever it is, would always be the clearest.
    clear = np.where(telling & (distance > 1), best / np.maximum(distance, 1), 0)
    if clear.any():
        layer, head, query = (int(place) for place in np.unravel_index(int(clear.argmax()), clear.shape))
        return _meeting(reading, layer, head, query)
    return _meeting(reading, layer, head, _busiest(maps, layer, head, barred))


def _is_content(maps: AttentionMaps, place: int) -> bool:
    """Whether a token is a whole word that means something by itself."""
    word = (maps.segments[place], maps.word_ids[place])
    if maps.special[place] or list(zip(maps.segments, maps.word_ids, strict=True)).count(word) > 1:
        return False
    start, end = maps.offsets[place]
    text = maps.texts[maps.segments[place]][start:end].strip().lower()
    return text.isalpha() and text not in _FUNCTION_WORDS


def _busiest(maps: AttentionMaps, layer: int, head: int, barred: tuple[int, int]) -> int:
    """Return the token, special ones and the row asked about aside, that gives most to another word than itself."""
    weights = maps.weights[layer, head]
    plain = ~np.array(maps.special)
    elsewhere = np.where(np.eye(len(weights), dtype=bool) | ~plain[None, :], 0, weights).max(axis=1)
    query, answer = barred
    told = weights.argmax(axis=1) == answer
    order = sorted(range(len(weights)), key=lambda i: (i != query, not told[i], plain[i], elsewhere[i]))
    return order[-1]


def _meeting(reading: AttentionReading, layer: int, head: int, query: int) -> Meeting:
    maps, trace = reading.maps, reading.vectors.trace(layer, head)
    weights = maps.weights[layer, head]
    seen = query + 1 if maps.causal else len(weights)
    keys = [int(key) for key in descending(weights[query, :seen])[:KEYS]]
    rows = tuple((maps.tokens[key], float(trace.scaled[query, key]), float(weights[query, key])) for key in keys)
    return Meeting(maps.tokens[query], rows, layer + 1, head + 1, _around(maps, query))


def _around(maps: AttentionMaps, place: int) -> str:
    """Return the text of a token, or of a long one what stands around it."""
    text, middle = maps.texts[maps.segments[place]], maps.offsets[place][0]
    if len(text) <= _SENTENCE:
        return text
    start = max(0, min(middle - _SENTENCE // 2, len(text) - _SENTENCE))
    cut = text[start : start + _SENTENCE]
    return f"{'…' if start else ''}{cut}{'…' if start + _SENTENCE < len(text) else ''}"


def sketch(at: Meeting) -> Sketch:
    """Draw the query on the left, an arrow to each key with its score, and the keys' weights as bars."""
    picture = Sketch(430, _TOP + _ROW * KEYS)
    middle = _TOP + _ROW * len(at.keys) / 2
    picture.labelled(4, middle - 16, 100, 32, colours.QUERY, shorten(at.query, _LONGEST))
    for row, (key, score, weight) in enumerate(at.keys):
        y = _TOP + _ROW * row + _ROW / 2
        picture.arrow(106, middle, 186, y)
        picture.labelled(188, y - 15, 100, 30, colours.KEY, shorten(key, _LONGEST))
        picture.text(296, y - 5, f"q · k / √d = {number(score, '.1f')}", "start", size=13)
        picture.bar(296, y + 2, 80 * weight, colours.VALUE, 12)
        picture.text(296 + max(80 * weight, 1) + 6, y + 13, f"{weight:.2f}", "start", size=13, bold=True)
    return picture
