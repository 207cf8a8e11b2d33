"""The binary tree of hierarchical softmax: frequent words have short ways (Huffman 1952; Mikolov et al. 2013)."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arrays import Integers


@dataclass(frozen=True, slots=True, eq=False)
class HuffmanTree:
    """Ways from the root to the words.

    Attributes:
        codes: of each word, the turns of its way: 0 is left, 1 right.
        points: of each word, the inner nodes on its way, the root first; as many as turns. Nodes are numbered from 0, the
            root being the last; each has a vector in place of the words' output vectors.
    """

    codes: tuple[tuple[int, ...], ...]
    points: tuple[tuple[int, ...], ...]

    @property
    def lengths(self) -> Integers:
        """How many turns lead to each word, which is how many dot products it costs: (words,)."""
        return np.array([len(code) for code in self.codes], dtype=np.int64)

    def mean_length(self, counts: ArrayLike) -> float:
        """Return the turns of a word of the text on average, frequent ones counting more."""
        return float(np.average(self.lengths, weights=np.asarray(counts)))


def huffman_tree(counts: Sequence[int]) -> HuffmanTree:
    """Return the tree over words with these ``counts``, joining the two rarest again and again.

    A single word has an empty way. Raises ValueError without a word.
    """
    if not len(counts):
        raise ValueError("a tree needs a word")
    n = len(counts)
    # (count, number): equal counts are told apart by what came first, so that the tree is the same each time.
    heap = [(int(count), number) for number, count in enumerate(counts)]
    heapq.heapify(heap)
    children: list[tuple[int, int]] = []
    while len(heap) > 1:
        (few, left), (more, right) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (few + more, n + len(children)))
        children.append((left, right))
    codes: list[tuple[int, ...]] = [()] * n
    points: list[tuple[int, ...]] = [()] * n
    stack: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = [(heap[0][1], (), ())]
    while stack:
        node, code, way = stack.pop()
        if node < n:
            codes[node], points[node] = code, way
            continue
        left, right = children[node - n]
        stack += [(left, (*code, 0), (*way, node - n)), (right, (*code, 1), (*way, node - n))]
    return HuffmanTree(tuple(codes), tuple(points))
