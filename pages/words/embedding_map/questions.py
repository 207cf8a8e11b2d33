"""What the embedding map asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from app.questions import Question, Said
from app.text import Markdown, number
from nlpcore.words.projection import Projection
from nlpcore.words.projection_toys import ToyMap, gaps, islands, pieces, spreads
from nlpcore.words.projection_words import WordMap

# The least value of the second option, and of the third.
_WIDER, _FARTHER = (2.0, 5.0), (1.5, 3.5)
_FEW = 5  # up to so many islands are "a few"
_CANDIDATES = 200  # frequent words, whose labels the map has room for


@dataclass(frozen=True, slots=True)
class Pretence:
    """A word of a map with two that lie among its nearest there, of which only one is near by the vectors.

    Attributes:
        word, true, false: the word, its true neighbour, and the one that the map made up.
        place: of the false one among the neighbours of the word by the vectors (1 = nearest).
    """

    word: str
    true: str
    false: str
    place: int


@lru_cache(maxsize=16)
def pretences(trace: WordMap) -> tuple[Pretence, ...]:
    """Return what the map pretends about its frequent words, the grossest first: whose false neighbour is the farthest."""
    near, drawn = trace.projection.neighbours, trace.projection.quality.neighbours
    found = []
    for i in np.argsort(trace.ranks, kind="stable")[:_CANDIDATES].tolist():
        cosines = trace.unit @ trace.unit[i]
        kept = [j for j in near[i].tolist() if j in drawn[i]]
        false = {
            j: int((cosines > cosines[j]).sum()) for j in drawn[i].tolist() if j not in near[i]
        }  # itself is counted
        if kept and false:
            worst = max(false, key=false.__getitem__)
            found.append(Pretence(trace.words[i], trace.words[kept[0]], trace.words[worst], false[worst]))
    return tuple(sorted(found, key=lambda one: -one.place))


def true_neighbour(trace: WordMap, chosen: str | None, about: Hashable = None) -> Question | None:
    """Ask which of two words that the map draws near a third is near it by the vectors too.

    Not about the ``chosen`` word, whose neighbours are on the screen. None where the map pretends nothing. ``about``: what
    made the map.
    """
    shown = (one for one in pretences(trace) if chosen not in (one.word, one.true, one.false))
    one = next(shown, None)
    if one is None:
        return None
    pair = sorted((one.true, one.false))
    values: dict[str, str | int | float | Said] = {
        "word": one.word, "first": pair[0], "second": pair[1], "true": one.true, "false": one.false,
        "k": trace.projection.quality.k, "place": one.place, "others": len(trace.words) - 1,
        "near": _cosine(trace, one.word, one.true), "far": _cosine(trace, one.word, one.false),
    }  # fmt: skip
    options: tuple[str | Said, ...] = (*pair, Said("predict.near.both"))
    return Question("near", options, pair.index(one.true), "predict.near.because", values, (one.word, about))


def _cosine(trace: WordMap, one: str, other: str) -> Markdown:
    return Markdown(number(trace.closeness(one, other).cosine))


def toy_shape(trace: ToyMap, about: Hashable = None) -> Question | None:
    """Ask what the map shows of a toy set; None for a set with no question. ``about``: what made the map."""
    groups, name = trace.toy.groups, trace.toy.name
    truth, drawn, method = trace.toy.truth, trace.projection.coordinates, trace.projection.method
    if name == "unequal":
        true_ratio, ratio = (float(s[1] / s[0]) for s in (spreads(truth, groups), spreads(drawn, groups)))
        return _ratio("spread", true_ratio, ratio, _WIDER, method, about)
    if name == "distances":
        true_ratio, ratio = (float(g[0, 2] / g[0, 1]) for g in (gaps(truth, groups), gaps(drawn, groups)))
        return _ratio("gap", true_ratio, ratio, _FARTHER, method, about)
    if name == "chain":
        count = pieces(drawn)
        options = (Said("options.pieces.one"), Said("options.pieces.some"), Said("options.pieces.many"))
        right = int(np.searchsorted([1, 5], count))
        return Question("chain", options, right, f"predict.chain.because_{method}", {"pieces": count}, about)
    if name == "noise":
        return _islands(trace.projection, about)
    return None


def _islands(projection: Projection, about: Hashable) -> Question:
    """Ask in how many islands the map draws noise, which has none."""
    count = islands(projection.coordinates)
    right = int(np.searchsorted([1, _FEW], count))
    reason = "pca" if projection.perplexity is None else "one" if count == 1 else "more"
    values: dict[str, str | int | float | Said] = {"islands": count}
    if projection.perplexity is not None:
        values["perplexity"] = Markdown(f"{projection.perplexity:g}")
    options = tuple(Said(f"options.islands.{size}") for size in ("one", "some", "many"))
    name = f"noise_{projection.method}"
    return Question(name, options, right, f"predict.{name}.because_{reason}", values, about)


def _ratio(
    name: str, truth: float, drawn: float, limits: tuple[float, float], method: str, about: Hashable
) -> Question:
    options = tuple(Said(f"options.{name}.{size}") for size in ("little", "some", "much"))
    right = int(np.searchsorted(limits, drawn, side="right"))
    values = {"truth": _tenths(truth), "drawn": _tenths(drawn)}
    return Question(name, options, right, f"predict.{name}.because_{method}", values, about)


def _tenths(value: float) -> Markdown:
    return Markdown(f"{value:.1f}")
