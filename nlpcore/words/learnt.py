"""What has been learnt of a text so far, whoever learns it: the words, and the nearest of those that are watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpcore.arrays import Singles, descending
from nlpcore.words.table import Neighbour

NEAREST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What has been learnt of a text so far.

    Attributes:
        words: all that have a vector, the most frequent first.
        done: how much of the training, 0 to 1.
        watched: of the words that are watched, those that the text has.
        neighbours: of each, its nearest by cosine, nearest first.
        vectors: (watched, dimensions).
    """

    words: tuple[str, ...]
    done: float
    watched: tuple[str, ...]
    neighbours: tuple[tuple[Neighbour, ...], ...]
    vectors: Singles


def learnt(words: Sequence[str], vectors: Singles, watched: Sequence[str], rows: Sequence[int], done: float) -> Learnt:
    """Return what ``vectors`` (words, d) say of the words ``watched``, which stand in these ``rows``."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    near: list[tuple[Neighbour, ...]] = []
    for row in rows:
        cosines = unit @ unit[row]
        order = [i for i in descending(cosines)[: NEAREST + 1].tolist() if i != row][:NEAREST]
        near.append(tuple(Neighbour(words[i], float(cosines[i])) for i in order))
    return Learnt(tuple(words), done, tuple(watched), tuple(near), vectors[list(rows)].copy())
