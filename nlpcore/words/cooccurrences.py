"""How often words stand near each other: the matrix from which GloVe learns (Pennington, Socher & Manning 2014).

As the authors' program counts (cooccur.c): rarer words than wanted are taken out first, so that those around move together;
a window ends with its line; two words d places apart count 1 / d; and both directions are counted, so that X is symmetric
and a word beside itself counts twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from nlpcore.arrays import Floats, Integers
from nlpcore.words.windows import WordCounts, count_words, words_of


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What was counted of a text: the cells of X that are not 0.

    Attributes:
        counts: the words, the most frequent first, and how often each occurs.
        rows, columns: (cells,), of each cell the word and the word near it; rows rise, and in a row the columns.
        values: (cells,), X_ij, more than 0.
        window: places to each side.
        by_distance: whether d places apart count 1 / d, and not 1.
    """

    counts: WordCounts
    rows: Integers
    columns: Integers
    values: Floats
    window: int
    by_distance: bool

    @property
    def words(self) -> tuple[str, ...]:
        """Of the rows and of the columns."""
        return self.counts.words

    def dense(self) -> Floats:
        """Return X whole: (words, words)."""
        found = np.zeros((len(self.words),) * 2)
        found[self.rows, self.columns] = self.values
        return found

    def row_of(self, word: str) -> Floats:
        """Return the row of a word: (words,). Raises ValueError where the text does not have it."""
        row = self.counts.index(word)
        first, last = np.searchsorted(self.rows, (row, row + 1))
        found = np.zeros(len(self.words))
        found[self.columns[first:last]] = self.values[first:last]
        return found


@dataclass(frozen=True)
class Places:
    """The words of a text one after the other, as rows of its vocabulary.

    Attributes:
        counts: the vocabulary.
        words: (n,), the row of each occurrence; rare words are left out.
        lines: (n,), the line in which it stands.
    """

    counts: WordCounts
    words: Integers
    lines: Integers

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The row of each word."""
        return {word: row for row, word in enumerate(self.counts.words)}


def places(text: str, at_least: int = 1) -> Places:
    """Return the words of a text with a sentence a line, its words apart by blanks; rarer ones than ``at_least`` left out."""
    counts = count_words(words_of(text), at_least)
    index = {word: row for row, word in enumerate(counts.words)}
    words = np.fromiter((index.get(word, -1) for word in words_of(text)), dtype=np.int64)
    lengths = [len(line.split()) for line in text.split("\n")]
    numbers = np.repeat(np.arange(len(lengths)), lengths)
    return Places(counts, words[words >= 0], numbers[words >= 0])


def count_cooccurrences(text: str, window: int = 10, at_least: int = 1, by_distance: bool = True) -> Counted:
    """Count how often each word of a text stands near each other one: X of Pennington et al. 2014, section 3.

    ``by_distance``: words d places apart count 1 / d (section 4.2), else 1. Raises ValueError for a window below 1.
    """
    if window < 1:
        raise ValueError("a window has at least one word to each side")
    found = places(text, at_least)
    size = max(len(found.counts.words), 1)
    total = sparse.csr_array((size, size), dtype=np.float64)
    for apart in range(1, window + 1):
        near = found.lines[apart:] == found.lines[:-apart]
        left, right = found.words[:-apart][near], found.words[apart:][near]
        each = np.full(len(left), 1.0 / apart if by_distance else 1.0)
        total = total + sparse.coo_array((each, (left, right)), shape=(size, size)).tocsr()
    total = (total + total.T).tocsr()
    total.sort_indices()
    rows = np.repeat(np.arange(size), np.diff(total.indptr))
    return Counted(found.counts, rows, total.indices.astype(np.int64), total.data, window, by_distance)


def distances(lines: Sequence[Sequence[str]], one: str, other: str, window: int) -> tuple[int, ...]:
    """Return how far apart two words stand each time that they do within a window: what X counts, one after the other.

    Of a word beside itself each time is there twice, once for each direction.
    """
    found: list[int] = []
    for line in lines:
        for at, word in enumerate(line):
            if word == one:
                near = range(max(0, at - window), min(len(line), at + window + 1))
                found += [abs(place - at) for place in near if place != at and line[place] == other]
    return tuple(found)
