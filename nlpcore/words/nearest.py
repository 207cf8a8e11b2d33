"""The words with the most similar vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpcore.arrays import Floats, Singles, descending
from nlpcore.words.table import Neighbour


def nearest_words(
    words: Sequence[str], vectors: Floats | Singles, row: int, most: int | None = None
) -> tuple[Neighbour, ...]:
    """Return the other words by the cosine of their vectors (words, dimensions) with that of ``row``, the nearest first.

    ``most``: how many at most; None for all. A vector of length 0 has the cosine 0 to all.
    """
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)
    cosines = vectors @ vectors[row] / lengths / lengths[row]
    others = [place for place in descending(cosines).tolist() if place != row]
    return tuple(Neighbour(words[place], float(cosines[place])) for place in others[:most])
