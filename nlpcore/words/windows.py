"""What Word2Vec reads: a window that slides over a text, the pairs in it, and how often which word is drawn.

Mikolov, Chen, Corrado & Dean 2013 (CBOW and skip-gram) and Mikolov, Sutskever, Chen, Corrado & Dean 2013 (subsampling,
negative sampling); conventions are those of their program, which gensim follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nlpcore.arrays import Floats, Integers, descending


@dataclass(frozen=True, slots=True, eq=False)
class WordCounts:
    """How often each word of a text occurs.

    Attributes:
        words: the most frequent first; of equally frequent ones the one that came first in the text.
        counts: (words,), each at least 1.
    """

    words: tuple[str, ...]
    counts: Integers

    @property
    def total(self) -> int:
        """How many words the text has, repeated ones too."""
        return int(self.counts.sum())

    def index(self, word: str) -> int:
        """Return the row of a word. Raises ValueError where the text does not have it."""
        return self.words.index(word)


@dataclass(frozen=True, slots=True)
class Window:
    """One place of the window.

    Attributes:
        centre: place of the word in the middle, in the text.
        context: places of the words around it, from left to right; at the ends of a text there are fewer.
    """

    centre: int
    context: tuple[int, ...]

    @property
    def skip_gram(self) -> tuple[tuple[int, int], ...]:
        """The examples of skip-gram, which predicts each word around from the one in the middle: (centre, context) places."""
        return tuple((self.centre, place) for place in self.context)

    @property
    def cbow(self) -> tuple[tuple[tuple[int, ...], int], ...]:
        """The example of CBOW, which predicts the word in the middle from all around; none where nothing is around."""
        return ((self.context, self.centre),) if self.context else ()


def words_of(text: str) -> Iterator[str]:
    """Return the words of a text, what stands between blanks, a line after the other: never all of them in memory."""
    return (word for line in text.split("\n") for word in line.split())


def count_words(tokens: Iterable[str], at_least: int = 1) -> WordCounts:
    """Count the words of a text; rarer ones than ``at_least`` are left out."""
    counted = [(word, count) for word, count in Counter(tokens).items() if count >= at_least]
    order = descending([count for _, count in counted])
    return WordCounts(tuple(counted[i][0] for i in order), np.array([counted[i][1] for i in order], dtype=np.int64))


def windows(tokens: Sequence[str], size: int) -> tuple[Window, ...]:
    """Return every place of a window of ``size`` words to each side. Raises ValueError for a size below 1."""
    if size < 1:
        raise ValueError("a window has at least one word to each side")
    n = len(tokens)
    return tuple(Window(i, tuple(j for j in range(max(0, i - size), min(n, i + size + 1)) if j != i)) for i in range(n))


def kept_share(counts: WordCounts, sample: float) -> Floats:
    """Return how likely an occurrence of each word is kept by subsampling: (words,), 0 to 1.

    (√(f / t) + 1) · t / f for a share f of the text and the threshold t = ``sample``, at most 1: as in the program, which is
    not the paper's √(t / f) (2013b, eq. 5). 0 switches it off. Raises ValueError for a sample outside 0 to 1.
    """
    if not 0 <= sample < 1:
        raise ValueError("sample is a share of the text, 0 to 1")
    if not sample:
        return np.ones(len(counts.words))
    share = counts.counts / counts.total / sample
    kept: Floats = np.minimum((np.sqrt(share) + 1) / share, 1.0)
    return kept


def noise(counts: WordCounts, exponent: float = 0.75) -> Floats:
    """Return how likely each word is drawn as a negative sample: (words,), counts^``exponent``, summing to 1."""
    powers = counts.counts.astype(np.float64) ** exponent
    shares: Floats = powers / powers.sum()
    return shares
