"""What the embedding map asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from app.questions import Question, Said
from app.text import Markdown
from nlpcore.words.projection_toys import ToyMap, gaps, pieces, spreads
from nlpcore.words.projection_words import WordMap

_ASKED = ("orange", "橙子")  # words of two groups, whose neighbours are hard to guess
_KEPT = ("0–2", "3–5", "6–8", "9–10")
# The least value of the second option, and of the third.
_WIDER, _FARTHER = (2.0, 5.0), (1.5, 3.5)


def kept_neighbours(trace: WordMap, chosen: str | None, about: Hashable = None) -> Question | None:
    """Ask how many of a word's ten nearest the map kept; not of the ``chosen`` one, whose answer is on the screen.

    None for a map of so few words that less than ten neighbours are compared. ``about``: what made the map.
    """
    if trace.projection.quality.k != 10:
        return None
    word = next(word for word in (*_ASKED, *trace.words) if word in trace.words and word != chosen)
    hood = trace.neighbourhood(word)
    lost = [near.word for near in hood if not near.kept]
    kept = len(hood) - len(lost)
    values: dict[str, str | int | float | Said] = {"word": word, "kept": kept, "lost": _lost(lost)}
    return Question("kept", _KEPT, _kept_option(kept), "predict.kept.because", values, (word, about))


def _lost(words: list[str]) -> Said:
    """Say which neighbours were lost."""
    if not words:
        return Said("predict.kept.lost_none")
    listed: str | Said = words[0]
    for word in words[1:]:
        listed = Said("predict.kept.and", {"words": listed, "word": word})
    return Said("predict.kept.lost", {"words": listed})


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
    if name == "noise" and trace.projection.quality.k == 10:
        kept, chance = trace.projection.quality.knn_recall * 10, 100 / (len(groups) - 1)
        values = {"kept": _tenths(kept), "chance": _tenths(chance)}
        return Question("noise", _KEPT, _kept_option(round(kept)), f"predict.noise.because_{method}", values, about)
    return None


def _kept_option(kept: int) -> int:
    return int(np.searchsorted([2, 5, 8], kept))


def _ratio(
    name: str, truth: float, drawn: float, limits: tuple[float, float], method: str, about: Hashable
) -> Question:
    options = tuple(Said(f"options.{name}.{size}") for size in ("little", "some", "much"))
    right = int(np.searchsorted(limits, drawn, side="right"))
    values = {"truth": _tenths(truth), "drawn": _tenths(drawn)}
    return Question(name, options, right, f"predict.{name}.because_{method}", values, about)


def _tenths(value: float) -> Markdown:
    return Markdown(f"{value:.1f}")
