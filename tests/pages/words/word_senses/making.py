"""Traces for the tests of the lesson on senses, made without a model."""

from __future__ import annotations

import numpy as np

from nlpcore.words.one_hot import cosine_table
from nlpcore.words.senses import Senses, spread


def made(senses: tuple[str, ...], layers: int = 3, seed: int = 0, wrong: int | None = None, size: int = 5) -> Senses:
    """Return points of so many layers that lie apart by sense; the one with the index ``wrong`` lies with another sense."""
    rng = np.random.default_rng(seed)
    told = list(dict.fromkeys(senses))
    own, size = [told.index(sense) for sense in senses], max(size, len(told))
    if wrong is not None:
        own[wrong] = (own[wrong] + 1) % len(told)
    centres = rng.normal(size=(len(told), size))
    points = np.stack([centres[own] + (0.3 + 0.2 * rng.random()) * rng.normal(size=(len(senses), size))
                       for _ in range(layers + 1)])  # fmt: skip
    if seed == 0:
        points = np.stack([np.eye(size)[own] + (0.1 + 0.05 * layer) * rng.normal(size=(len(senses), size))
                           for layer in range(layers + 1)])  # fmt: skip
    cosines = np.stack([cosine_table(layer) for layer in points])
    each = [spread(layer, senses) for layer in cosines]
    count = len(senses)
    return Senses(
        word="bank",
        sentences=tuple(f"Sentence {n} has a bank." for n in range(1, count + 1)),
        senses=senses,
        numbers=tuple(range(1, count + 1)),
        pieces=("bank",),
        static=rng.normal(size=size),
        points=points,
        cosines=cosines,
        flat=rng.normal(size=(layers + 1, count, 2)),
        kept=np.full(layers + 1, 0.5),
        own=np.stack([own for own, _, _ in each]),
        other=np.stack([other for _, other, _ in each]),
        silhouettes=np.stack([told for _, _, told in each]),
    )
