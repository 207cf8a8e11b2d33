"""What each head mostly does, in a few numbers (after Clark et al. 2019, "What Does BERT Look At?", § 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlpcore.arrays import Reals
from nlpcore.attention.maps import AttentionMaps

MEASURES = ("entropy", "distance", "special", "first", "previous", "next", "itself")
_PATTERN = 0.5  # a head has a pattern where most of its attention follows it


@dataclass(frozen=True, slots=True)
class HeadSummaries:
    """Each field is (layers, heads): a mean over the queries that are words (not [CLS], [SEP]) and have a choice: the
    first token of a decoder can look at nothing but itself and is left out.

    Attributes:
        entropy: bits; 0 where all goes to one key, log2(keys) where it is spread evenly (Clark et al. 2019, § 3.3).
        distance: tokens between a query and where it looks, weighted by attention.
        special: share that goes to special tokens.
        first: share that goes to the first position.
        previous: share that goes to the token just before.
        next: share that goes to the token just after.
        itself: share that stays on the query's own position.
    """

    entropy: Reals
    distance: Reals
    special: Reals
    first: Reals
    previous: Reals
    next: Reals
    itself: Reals

    def pattern(self, layer: int, head: int) -> str:
        """Name what most of a head's attention follows: one of "special", "first", "previous", "next", "itself" or
        "mixed" where no single pattern takes half of it."""
        shares = {name: float(getattr(self, name)[layer, head]) for name in MEASURES[2:]}
        name, share = max(shares.items(), key=lambda item: item[1])
        return name if share >= _PATTERN else "mixed"


def summarise(maps: AttentionMaps) -> HeadSummaries:
    """Summarise every head of ``maps``; positions are those of the maps as given."""
    weights = maps.weights.astype(np.float64)
    size = len(maps.tokens)
    special = np.asarray(maps.special, dtype=bool)
    queries = _queries(maps)
    rows = weights[:, :, queries]
    steps = np.arange(size) - queries[:, None]  # (queries, keys): how far to the right

    def share(chosen: NDArray[np.bool_]) -> Reals:
        where = np.broadcast_to(chosen, steps.shape)
        result: Reals = (rows * where).sum(-1).mean(-1)
        return result

    logarithms = np.log2(rows, out=np.zeros_like(rows), where=rows > 0)
    return HeadSummaries(
        entropy=np.abs((rows * logarithms).sum(-1)).mean(-1),
        distance=(rows * np.abs(steps)).sum(-1).mean(-1),
        special=share(special),
        first=share(np.arange(size) == 0),
        previous=share(steps == -1),
        next=share(steps == 1),
        itself=share(steps == 0),
    )


def _queries(maps: AttentionMaps) -> NDArray[np.intp]:
    free = [i for i, special in enumerate(maps.special) if not special and not (maps.causal and i == 0)]
    return np.asarray(free or range(len(maps.tokens)), dtype=np.intp)
