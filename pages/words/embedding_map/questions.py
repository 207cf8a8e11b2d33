"""What the embedding map asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
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
_FEW = 5  # up to so many islands or pieces are "a few"
_CLOSE = 0.1  # nearer than this share to a limit between two options, who looks at the map may well see the other
_GAPS = (3.0, 4.0, 5.0, 6.0)  # times the usual step: gaps that one viewer sees as a sea and another overlooks
_PLAINLY = 1.5  # times as many as are called neighbours: a word whose place is beyond is plainly none
_SEVERAL = 5  # neighbours, with fewer of which a place right beyond them is none of them either
_GROSSLY = 2.0  # times as many as are called neighbours: from there on a pretence of the lesson's own words is worth a question
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
    frequent = np.argsort(trace.ranks, kind="stable")[:_CANDIDATES].tolist()
    found = [one for i in frequent if (one := _pretence(trace, i))]
    return tuple(sorted(found, key=lambda one: -one.place))


def _pretence(trace: WordMap, row: int) -> Pretence | None:
    """Return what the map pretends about one of its words: its nearest true neighbour, and its farthest false one."""
    quality = trace.projection.quality
    near, drawn, k = trace.projection.neighbours[row], quality.neighbours[row], quality.k
    cosines = trace.unit @ trace.unit[row]
    kept = [j for j in near.tolist() if j in drawn]
    false = {j: int((cosines > cosines[j]).sum()) for j in drawn.tolist() if j not in near}  # itself is counted
    worst = max(false, key=false.__getitem__, default=None)
    if not kept or worst is None or false[worst] <= (_PLAINLY * k if k >= _SEVERAL else k):
        return None
    return Pretence(trace.words[row], trace.words[kept[0]], trace.words[worst], false[worst])


def pretence_to_ask_about(trace: WordMap, own: Sequence[str] = ()) -> Pretence | None:
    """Return the pretence about which is asked; None where the map pretends nothing.

    ``own``: words that the lesson speaks of. It is about the first of them about which the map pretends something gross;
    without one it is the grossest of all.
    """
    rows = (trace.index(word) for word in own if word in trace.words)
    found = (one for row in rows if (one := _pretence(trace, row)))
    gross = (one for one in found if one.place >= _GROSSLY * trace.projection.quality.k)
    return next(gross, None) or next(iter(pretences(trace)), None)


@lru_cache(maxsize=16)
def true_neighbour(trace: WordMap, about: Hashable = None, own: tuple[str, ...] = ()) -> Question | None:
    """Ask which of two words that the map draws near a third is near it by the vectors too.

    None where the map pretends nothing. ``about``: what made the map. ``own``: as for :func:`pretence_to_ask_about`.
    """
    one = pretence_to_ask_about(trace, own)
    if one is None:
        return None
    pair = sorted((one.true, one.false))
    kept = sum(near.kept for near in trace.neighbourhood(one.word))
    values: dict[str, str | int | float | Said] = {
        "word": one.word, "first": pair[0], "second": pair[1], "true": one.true, "false": one.false,
        "k": trace.projection.quality.k, "nearer": one.place - 1, "others": len(trace.words) - 1,
        "kept": kept, "made_up": trace.projection.quality.k - kept, "words": len(trace.words),
        "share": f"{100 * trace.projection.quality.knn_recall:.0f}",
        "near": _cosine(trace, one.word, one.true), "far": _cosine(trace, one.word, one.false),
    }  # fmt: skip
    options: tuple[str | Said, ...] = (*pair, Said("predict.near.both"))
    return Question("near", options, pair.index(one.true), "predict.near.because", values, (one.word, about))


def words_of(question: Question | None, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a question about a word of the map under these names of its values; none without a question."""
    return tuple(str(question.values[name]) for name in names) if question else ()


def telling(trace: WordMap, asked: Sequence[str]) -> frozenset[str]:
    """Return the words whose nearest would tell the answer: those ``asked`` about (the word, then the two to choose from),
    and each that has the word and one of the two among its own nearest. None where nothing is asked."""
    return _telling(trace, tuple(asked)) if asked else frozenset()


@lru_cache(maxsize=16)
def _telling(trace: WordMap, asked: tuple[str, ...]) -> frozenset[str]:
    word, *options = (trace.projection.neighbours == trace.index(one) for one in asked)
    both = word.any(axis=1) & np.any(options, axis=(0, 2))
    return frozenset((*asked, *(trace.words[row] for row in np.flatnonzero(both))))


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
        return _counted("chain", "pieces", [pieces(drawn, gap) for gap in _GAPS], trace.projection, about)
    if name == "noise":
        counts = [islands(drawn, gap) or len(drawn) for gap in _GAPS]  # 0: all are too small to count
        return _counted(f"noise_{method}", "islands", counts, trace.projection, about)
    return None


def _counted(
    name: str, options: str, counts: Sequence[int], projection: Projection, about: Hashable
) -> Question | None:
    """Ask in how many parts the map draws what is one: one, a few, or many.

    ``counts``: with gaps of several widths. None where they do not lead to the same option: what is counted then need not
    be what is seen.
    """
    seen = {int(np.searchsorted([1, _FEW], count)) for count in counts}
    if len(seen) > 1:
        return None
    (right,) = seen
    reason = "pca" if projection.perplexity is None else "more" if right else "one"
    values: dict[str, str | int | float | Said] = {}
    if projection.perplexity is not None:
        values["perplexity"] = Markdown(f"{projection.perplexity:g}")
    offered = tuple(Said(f"options.{options}.{size}") for size in ("one", "some", "many"))
    return Question(name, offered, right, f"predict.{name}.because_{reason}", values, about)


def _ratio(
    name: str, truth: float, drawn: float, limits: tuple[float, float], method: str, about: Hashable
) -> Question | None:
    """Ask how many times as wide or as far the map draws something; None where that is close to another option."""
    if any(abs(drawn / limit - 1) < _CLOSE for limit in limits):
        return None
    options = tuple(Said(f"options.{name}.{size}") for size in ("little", "some", "much"))
    right = int(np.searchsorted(limits, drawn, side="right"))
    values = {"truth": _tenths(truth), "drawn": _tenths(drawn)}
    return Question(name, options, right, f"predict.{name}.because_{method}", values, about)


def _tenths(value: float) -> Markdown:
    return Markdown(f"{value:.1f}")
