"""The idea of the lesson in a small picture: one word looks at others, and how its weight is shared out among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import markdown_escape
from app.words import Words
from nlpcore.arrays import descending
from nlpcore.attention import AttentionMaps, AttentionReading
from nlpcore.text import shortened
from pages.transformers.attention.screen import PRONOUNS, Row

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
_TOP, _ROW, _BAR = 28, 36, 84
_MIX = 26  # px: height of the bar of all shares


@dataclass(frozen=True)
class Meeting:
    """One query and the keys that it gives most to.

    Attributes:
        query: the token that looks.
        keys: (token, weight) of up to KEYS keys, the largest weight first; a special token only as the first.
        layer, head: where, counted from 1.
        sentence: the text around the query.
        special: whether a special token is among the keys.
        pronoun: the token that the page asks about, where that is a pronoun of the sentence, else "".
    """

    query: str
    keys: tuple[tuple[str, float], ...]
    layer: int
    head: int
    sentence: str
    special: bool
    pronoun: str

    @property
    def is_of_a_word(self) -> bool:
        """Whether something looks that means something: no sign of the model's own, none that it does not know, no mark."""
        return self.query[:1] not in "[<" and any(character.isalnum() for character in self.query)

    @property
    def rest(self) -> float:
        """The weight that all other tokens have together."""
        return max(0.0, 1 - sum(weight for _, weight in self.keys))

    @property
    def seen(self) -> str:
        """What the weights of the picture make together for who adds them up as they are written: rounding may take 0.01."""
        shares = (*(weight for _, weight in self.keys), self.rest)
        return f"{sum(round(share, 2) for share in shares):.2f}"

    def said(self, words: Words, plain: bool = False) -> dict[str, object]:
        """Return what fills the blanks of the texts, which are Markdown, or ``plain``."""
        write = str if plain else markdown_escape
        listed = words.listed(f"{write(key)} {weight:.2f}" for key, weight in self.keys)
        key, weight = self.keys[0]
        return {
            "query": write(self.query),
            "key": write(key),
            "weight": f"{weight:.2f}",
            "weights": listed,
            "rest": f"{self.rest:.2f}",
            "layer": self.layer,
            "head": self.head,
            "sentence": write(self.sentence),
            "pronoun": write(self.pronoun),
        }

    def told(self, words: Words, heads: int, here: tuple[int, int]) -> dict[str, object]:
        """Return what fills the blanks of ``idea.text``.

        ``heads``: how many the model has; ``here``: layer and head of the figure, from 1.
        """
        said = self.said(words)
        problem = words(f"idea.problem.{'pronoun' if self.pronoun else 'word'}", **said)
        special = words("idea.special") if self.special else ""
        elsewhere = words("idea.elsewhere") if (self.layer, self.head) != here else ""
        rounded = words("idea.rounded", sum=self.seen) if self.seen != "1.00" else ""
        later = words("idea.later", **said) if self.pronoun else ""
        return said | {
            "problem": problem, "later": later, "special": special, "elsewhere": elsewhere, "heads": heads,
            "rounded": rounded,
        }  # fmt: skip


def meeting(reading: AttentionReading, layer: int, head: int, asked: Row) -> Meeting:
    """Return a query that tells something: a word of content that looks most at another one.

    Never the row ``asked`` about: neither its query nor its answer is the word that looks, or what that looks at most. In
    the head on the screen where that has such a row, else in the head in which one is clearest; in a text without such words
    whichever token of the head on the screen gives most to another one.
    """
    maps = reading.maps
    best = maps.weights.max(axis=-1)
    tops = maps.weights.argmax(axis=-1)
    content = np.array([_is_content(maps, place) for place in range(len(maps.tokens))])
    barred = (asked.query, int(tops[asked.layer, asked.head, asked.query]))
    places = np.arange(len(maps.tokens))
    distance = np.abs(tops - places)
    free = ~np.isin(places, barred) & ~np.isin(tops, barred)
    telling = (best >= _TELLING) & content & content[tops] & (distance > 0) & free
    here = np.where(telling[layer, head], best[layer, head], 0)
    if here.any():
        return _meeting(reading, layer, head, int(here.argmax()), asked.query)
    # A head that looks at the token beside, whatever it is, would always be the clearest.
    clear = np.where(telling & (distance > 1), best / np.maximum(distance, 1), 0)
    if clear.any():
        layer, head, query = (int(place) for place in np.unravel_index(int(clear.argmax()), clear.shape))
        return _meeting(reading, layer, head, query, asked.query)
    return _meeting(reading, layer, head, _busiest(maps, layer, head, barred), asked.query)


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
    order = sorted(range(len(weights)), key=lambda i: (i != query, i != answer, not told[i], plain[i], elsewhere[i]))
    return order[-1]


def _meeting(reading: AttentionReading, layer: int, head: int, query: int, asked: int) -> Meeting:
    maps = reading.maps
    weights = maps.weights[layer, head, query]
    ranked = [int(key) for key in descending(weights[: query + 1 if maps.causal else len(weights)])]
    keys = [key for place, key in enumerate(ranked) if place == 0 or not maps.special[key]][:KEYS]
    rows = tuple((maps.tokens[key], float(weights[key])) for key in keys)
    sentence, pronoun = _around(maps, query), _written(maps, asked)
    told = pronoun if pronoun.lower() in PRONOUNS and pronoun in sentence else ""
    return Meeting(maps.tokens[query], rows, layer + 1, head + 1, sentence, maps.special[keys[0]], told)


def _written(maps: AttentionMaps, place: int) -> str:
    """Return what stands in the text where a token is; "" for a special one."""
    start, end = maps.offsets[place]
    return maps.texts[maps.segments[place]][start:end].strip()


def _around(maps: AttentionMaps, place: int) -> str:
    """Return the text of a token, or of a long one what stands around it."""
    text, middle = maps.texts[maps.segments[place]], maps.offsets[place][0]
    if len(text) <= _SENTENCE:
        return text
    start = max(0, min(middle - _SENTENCE // 2, len(text) - _SENTENCE))
    cut = text[start : start + _SENTENCE]
    return f"{'…' if start else ''}{cut}{'…' if start + _SENTENCE < len(text) else ''}"


def sketch(at: Meeting, words: Words) -> Sketch:
    """Draw the word that looks on the left, an arrow to each that it looks at, as wide as the weight is large, the weights
    as bars, with what is left for all others, and under them all shares in one bar. ``words``: the lesson's."""
    rows = [*((shortened(key, _LONGEST), weight, colours.KEY) for key, weight in at.keys)]
    rows.append((words("idea.others"), at.rest, colours.MUTED))
    picture = Sketch(430, _TOP + _ROW * (KEYS + 1) + _MIX + 12)
    for x, name in ((54, "looks"), (233, "others"), (338, "weights")):
        picture.text(x, 16, words(f"idea.picture.{name}"), size=13)
    middle = _TOP + _ROW * len(rows) / 2
    picture.labelled(4, middle - 16, 100, 32, colours.QUERY, shortened(at.query, _LONGEST))
    for row, (name, weight, colour) in enumerate(rows):
        y = _TOP + _ROW * row + _ROW / 2
        picture.arrow(106, middle, 178, y, width=1 + 5 * weight)
        picture.labelled(180, y - 15, 106, 30, colour, name)
        picture.bar(296, y - 9, _BAR * weight, colour)
        picture.text(296 + max(_BAR * weight, 1) + 6, y + 5, f"{weight:.2f}", "start", bold=row == 0)
    return _mix(picture, rows, words)


def _mix(picture: Sketch, rows: Sequence[tuple[str, float, str]], words: Words) -> Sketch:
    """Draw the shares side by side, each with its name where there is room: what the word takes is a mix of them all."""
    left, top, width = 106.0, _TOP + _ROW * (KEYS + 1) + 6, 296.0
    picture.text(54, top + _MIX / 2 + 5, words("idea.picture.mix"), size=13)
    for name, weight, colour in rows:
        share = width * weight
        if share >= 1:
            fits = share > 9 * len(name) + 8
            picture.labelled(left, top, share, _MIX, colour, name if fits else "")
        left += share
    return picture
