"""Questions about an embedding map whose answers are computed from it: predict, then see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nlpcore.words.projection_toys import ToyMap, gaps, pieces, spreads
from nlpcore.words.projection_words import WordMap
from pages.words.embedding_map.charts_parts import Words

_KEPT = ("0–2", "3–5", "6–8", "9–10")
_ASKED = ("orange", "橙子")  # words of two groups, whose neighbours are hard to guess


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the lesson: ``name`` is its key under ``predict``, ``answer`` the index of the right option.

    ``word`` is what the question is about, "" where it is about the whole map.
    """

    name: str
    options: tuple[str, ...]
    answer: int
    because: str
    word: str = ""


def word_question(trace: WordMap, chosen: str | None, w: Words, escape: Callable[[str], str]) -> Question | None:
    """Ask how many of a word's ten nearest the map kept; not of the ``chosen`` one, whose answer is on the screen."""
    word = next((word for word in (*_ASKED, *trace.words) if word in trace.words and word != chosen), "")
    if trace.projection.quality.k != 10:
        return None
    hood = trace.neighbourhood(word)
    lost = [escape(near.word) for near in hood if not near.kept]
    kept = len(hood) - len(lost)
    rest = w("predict.kept.lost", words=w("predict.kept.join").join(lost)) if lost else w("predict.kept.lost_none")
    return Question("kept", _KEPT, _kept_option(kept), w("predict.kept.because", kept=kept, lost=rest), escape(word))


def toy_question(trace: ToyMap, w: Words, options: Callable[[str], Sequence[str]]) -> Question | None:
    """Ask what the map shows of a toy set. ``options``: key -> translated options. None for a set with no question."""
    groups, name = trace.toy.groups, trace.toy.name
    truth, drawn = trace.toy.truth, trace.projection.coordinates
    if name == "unequal":
        true_ratio, ratio = (float(s[1] / s[0]) for s in (spreads(truth, groups), spreads(drawn, groups)))
        return _ratio("spread", true_ratio, ratio, (2, 5), w, options)
    if name == "distances":
        true_ratio, ratio = (float(g[0, 2] / g[0, 1]) for g in (gaps(truth, groups), gaps(drawn, groups)))
        return _ratio("gap", true_ratio, ratio, (1.5, 3.5), w, options)
    if name == "chain":
        count = pieces(drawn)
        answer = int(np.searchsorted([1, 5], count))
        return Question("chain", tuple(options("pieces")), answer, w("predict.chain.because", pieces=count))
    if name == "noise" and trace.projection.quality.k == 10:
        kept, chance = trace.projection.quality.knn_recall * 10, 100 / (len(groups) - 1)
        because = w("predict.noise.because", kept=f"{kept:.1f}", chance=f"{chance:.1f}")
        return Question("noise", _KEPT, _kept_option(round(kept)), because)
    return None


def _kept_option(kept: int) -> int:
    return int(np.searchsorted([2, 5, 8], kept))


def _ratio(
    name: str,
    truth: float,
    drawn: float,
    limits: tuple[float, float],
    w: Words,
    options: Callable[[str], Sequence[str]],
) -> Question:
    because = w(f"predict.{name}.because", truth=f"{truth:.1f}", drawn=f"{drawn:.1f}")
    return Question(name, tuple(options(name)), int(np.searchsorted(limits, drawn, side="right")), because)
