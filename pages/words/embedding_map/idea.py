"""The idea of the lesson in a small picture: a word is a row of numbers, and so a dot among its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin

import numpy as np

from app.charts import colours
from app.charts.sketch import Sketch
from app.text import number
from nlpcore.arrays import Floats, Singles
from nlpcore.text import shortened
from nlpcore.words.projection_toys import ToySet
from nlpcore.words.projection_words import WordMap

_OTHERS = 3  # words beside the one that the example is of
_NUMBERS = 5  # of the vector that are written out
_ANGLES = (-35, 25, 150)  # degrees, where the nearest and the far word lie from the dot
_NEAREST, _FARTHEST = 45.0, 150.0  # units of the picture from the dot: of a cosine of 1, and of one of 0 or less


@dataclass(frozen=True, slots=True)
class Example:
    """A word with its vector (d,), its two nearest and one that is far from it.

    Attributes:
        word, vector: which it is, and its d numbers.
        near, far: the others, each with its cosine to the word (−1 to 1); of a toy set's points, with its distance.
        away: how far from the dot each of the three is drawn, from 0 to 1.
    """

    word: str
    vector: Floats | Singles
    near: tuple[tuple[str, float], tuple[str, float]]
    far: tuple[str, float]
    away: tuple[float, float, float]


def of_map(trace: WordMap, word: str | None, not_yet: Collection[str] = (), asked: Collection[str] = ()) -> Example:
    """Return the example of a map: its ``word`` or its first, with the nearest and the farthest among its words.

    A chosen ``word`` goes without those ``asked`` about beside it, so that nothing is told of these. Where too few others
    are left, or none is chosen, it is none of those whose nearest are ``not_yet`` told, while there is another.
    """
    if word is not None and len(trace.words) - len({word, *asked} & set(trace.words)) >= _OTHERS:
        return _example(trace, word, frozenset(asked) - {word})
    free = (one for one in (word, *trace.words) if one is not None and one not in not_yet)
    return _example(trace, next(free, word or trace.words[0]))


@lru_cache(maxsize=16)
def _example(trace: WordMap, word: str, without: frozenset[str] = frozenset()) -> Example:
    """Return a word of the map with its nearest and its farthest, ``without`` some of the others."""
    i = trace.index(word)
    cosines = trace.unit @ trace.unit[i]
    order = [int(j) for j in (-cosines).argsort(kind="stable") if j != i and trace.words[j] not in without]
    first, second, last = ((trace.words[j], float(cosines[j])) for j in (order[0], order[1], order[-1]))
    return Example(trace.words[i], trace.unit[i], (first, second), last, _by_cosine(first, second, last))


def _by_cosine(*others: tuple[str, float]) -> tuple[float, float, float]:
    first, second, last = (1 - max(cosine, 0.0) for _, cosine in others)
    return first, second, last


def of_toy(toy: ToySet, name: Callable[[int], str]) -> Example:
    """Return the example of a toy set: its first point, the two nearest and the farthest; ``name`` of a point's number."""
    distances = np.linalg.norm(toy.points - toy.points[0], axis=1)
    order = np.argsort(distances, kind="stable").tolist()
    first, second, last = ((name(row + 1), float(distances[row])) for row in (order[1], order[2], order[-1]))
    away = (first[1] / last[1], second[1] / last[1], 1.0) if last[1] else (0.0, 0.0, 0.0)
    return Example(name(1), toy.points[0], (first, second), last, away)


def sketch(example: Example) -> Sketch:
    """Draw the first numbers of the vector above the word's dot, its two nearest near it and the far word far from it."""
    picture = Sketch(420, 190)
    _row(picture, example.vector)
    x, y = 220.0, 108.0
    others = zip((*example.near, example.far), example.away, _ANGLES, strict=True)
    for (word, cosine), away, angle in others:
        reach = _NEAREST + away * (_FARTHEST - _NEAREST)
        to_x, to_y = x + reach * cos(radians(angle)), y + min(reach, 80) * sin(radians(angle))
        picture.line(x, y, to_x, to_y, colours.MUTED)
        picture.dot(to_x, to_y, colours.BLUE)
        if to_x < x:  # under its dot, as at its side it might be cut
            picture.text(max(to_x, 70), to_y + 22, _name(word, cosine))
        else:
            picture.text(to_x + 10, to_y + 5, _name(word, cosine), "start")
    picture.dot(x, y, colours.FOCUS, 7)
    return picture.text(x - 12, y - 8, shortened(example.word, 14), "end", bold=True)


def _row(picture: Sketch, vector: Sequence[float] | Floats | Singles) -> None:
    """Draw the first numbers in boxes, and how many there are."""
    for place, value in enumerate(vector[:_NUMBERS]):
        picture.labelled(8 + 62 * place, 8, 58, 28, colours.FOCUS, number(float(value)), 0.12)
    if len(vector) > _NUMBERS:
        picture.text(8 + 62 * _NUMBERS + 4, 27, f"… {len(vector)}", "start")


def _name(word: str, cosine: float) -> str:
    return f"{shortened(word, 12)}  {number(cosine)}"


def values(example: Example) -> dict[str, object]:
    """Return what fills the blanks of the idea's text."""
    (near, cosine), (far, far_cosine) = example.near[0], example.far
    return {
        "word": example.word, "dimensions": len(example.vector), "near": near, "cosine": number(cosine), "far": far,
        "far_cosine": number(far_cosine),
    }  # fmt: skip
