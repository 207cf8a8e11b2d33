"""The words with the most similar vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpcore.arrays import Floats, Singles, descending
from nlpcore.words.table import Neighbour

_LEAST = 1e-12  # a vector of length 0 has the cosine 0 to all


def cosines_to(vectors: Floats | Singles, vector: Floats | Singles) -> Floats | Singles:
    """Return the cosine of ``vector`` (dimensions,) with each row of ``vectors`` (words, dimensions); 0 for length 0."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), _LEAST)
    found: Floats | Singles = vectors @ vector / lengths / np.maximum(np.linalg.norm(vector), _LEAST)
    return found


def nearest_to_vector(
    words: Sequence[str],
    vectors: Floats | Singles,
    vector: Floats | Singles,
    most: int | None = None,
    without: int | None = None,
) -> tuple[Neighbour, ...]:
    """Return the words by the cosine of their ``vectors`` (words, dimensions) with ``vector``, the nearest first.

    ``most``: how many at most; None for all. ``without``: the row of a word that is not to be among them.
    """
    cosines = cosines_to(vectors, vector)
    others = [place for place in descending(cosines).tolist() if place != without]
    return tuple(Neighbour(words[place], float(cosines[place])) for place in others[:most])


def nearest_words(
    words: Sequence[str], vectors: Floats | Singles, row: int, most: int | None = None
) -> tuple[Neighbour, ...]:
    """Return the other words by the cosine of their vectors (words, dimensions) with that of ``row``, the nearest first.

    ``most``: how many at most; None for all. A vector of length 0 has the cosine 0 to all.
    """
    return nearest_to_vector(words, vectors, vectors[row], most, without=row)
