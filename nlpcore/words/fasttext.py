"""FastText: a word is its n-grams of characters, so a word that was never seen has a vector (Bojanowski et al. 2017).

Conventions are those of the program of its authors, which gensim follows: a word stands between < and >, each n-gram is
hashed into one of a fixed number of buckets, and a word's vector is the mean of the vectors of its buckets and, where the
word was learnt, of one of its own (the paper's equation has the sum).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpcore.arrays import Floats, Integers, Singles, ranks
from nlpcore.models.serving import served
from nlpcore.words.nearest import cosines_to, nearest_to_vector

LEAST, MOST = 3, 6  # characters of an n-gram, as the authors advise
BUCKETS = 20_000  # the authors' program has 2,000,000; a text of a few megabytes has 200,000 different n-grams
_BASIS, _PRIME = 2_166_136_261, 16_777_619  # of FNV-1a with 32 bits


@dataclass(frozen=True, slots=True, eq=False)
class WordNgrams:
    """The n-grams of characters of a word.

    Attributes:
        word: the word.
        marked: the word between < and >.
        spans: of each n-gram, where it begins and ends in ``marked``; by where they begin, the shorter ones first.
        buckets: (n-grams,), the bucket of each, from 0.
    """

    word: str
    marked: str
    spans: tuple[tuple[int, int], ...]
    buckets: Integers

    @property
    def ngrams(self) -> tuple[str, ...]:
        """The n-grams themselves; one that stands twice in the word is there twice."""
        return tuple(self.marked[start:end] for start, end in self.spans)


def fnv1a(text: str) -> int:
    """Return the FNV-1a hash of a text in UTF-8, 32 bits, as FastText computes it: bytes above 127 count as negative."""
    value = _BASIS
    for byte in text.encode(errors="surrogatepass"):  # half a character is no reason to fail
        signed = byte | 0xFFFFFF00 if byte > 127 else byte
        value = ((value ^ signed) * _PRIME) & 0xFFFFFFFF
    return value


def word_ngrams(word: str, least: int = LEAST, most: int = MOST, buckets: int = BUCKETS) -> WordNgrams:
    """Return the n-grams of ``least`` to ``most`` characters of ``<word>``; < and > alone are none.

    Raises ValueError for lengths or a number of buckets with which there are none.
    """
    if not (1 <= least <= most and buckets >= 1):
        raise ValueError(f"no n-grams of {least} to {most} characters in {buckets} buckets")
    marked = f"<{word}>"
    spans = [
        (start, start + length)
        for start in range(len(marked))
        for length in range(least, most + 1)
        if start + length <= len(marked) and not (length == 1 and start in (0, len(marked) - 1))
    ]
    hashed = [fnv1a(marked[start:end]) % buckets for start, end in spans]
    return WordNgrams(word, marked, tuple(spans), np.array(hashed, dtype=np.int64))


def shared_ngrams(first: str, second: str, least: int = LEAST, most: int = MOST) -> tuple[str, ...]:
    """Return the different n-grams that two words share, in the order of the first."""
    other = set(word_ngrams(second, least, most).ngrams)
    return tuple(dict.fromkeys(ngram for ngram in word_ngrams(first, least, most).ngrams if ngram in other))


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """Which words share how many n-grams.

    Attributes:
        words: n different words, as they were given.
        counts: (n,), the different n-grams of each.
        shared: (n, n), how many different n-grams two words share.
        shares: (n, n), these as a share of all that either has (Jaccard), 0 to 1; 0 where neither has any.
    """

    words: tuple[str, ...]
    counts: Integers
    shared: Integers
    shares: Floats


@served
def overlaps(words: Sequence[str], least: int = LEAST, most: int = MOST) -> Overlaps:
    """Return how many n-grams each two of some words share. A word that comes again is left out."""
    different = tuple(dict.fromkeys(words))
    sets = [set(word_ngrams(word, least, most).ngrams) for word in different]
    shared = np.array([[len(one & other) for other in sets] for one in sets], dtype=np.int64).reshape(
        len(sets), len(sets)
    )
    counts = np.array([len(each) for each in sets], dtype=np.int64)
    union = counts[:, None] + counts[None, :] - shared
    return Overlaps(different, counts, shared, shared / np.maximum(union, 1))


# -- vectors that were learnt ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class NgramVectors:
    """What FastText has learnt of a text so far.

    Attributes:
        words: all that were learnt, the most frequent first.
        done: how much of the training, 0 to 1.
        least: characters of an n-gram, at least.
        most: at most.
        vectors: (words, d), of each word: the mean of its own row and those of its buckets.
        own: (words, d), what each word has for itself.
        ngrams: (buckets, d).
    """

    words: tuple[str, ...]
    done: float
    least: int
    most: int
    vectors: Singles
    own: Singles
    ngrams: Singles

    def cut(self, word: str) -> WordNgrams:
        """Return the n-grams of a word, in the buckets of these vectors."""
        return word_ngrams(word, self.least, self.most, len(self.ngrams))

    def vector(self, word: str) -> Singles:
        """Return the vector of any word, (d,); zeros for one that was not learnt and has no n-gram."""
        if word in self.words:
            learnt: Singles = self.vectors[self.words.index(word)]
            return learnt
        buckets = self.cut(word).buckets
        made: Singles = self.ngrams[buckets].sum(axis=0) / np.float32(max(len(buckets), 1))
        return made

    def cosines(self, word: str) -> Singles:
        """Return the cosine of any word with each word that was learnt, (words,)."""
        return cosines_to(self.vectors, self.vector(word)).astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class NgramNeighbour:
    """A word that is near.

    Attributes:
        word: which.
        cosine: of both vectors, −1 to 1.
        shared: the share of n-grams that both have in common, 0 to 1 (Jaccard).
    """

    word: str
    cosine: float
    shared: float


@dataclass(frozen=True, slots=True, eq=False)
class WordReading:
    """How a word comes to its vector, and what is near.

    Attributes:
        ngrams: its n-grams.
        seen: of each, whether a word that was learnt has it; the bucket of another holds what other n-grams left there,
            or the random numbers of the beginning.
        parts: (n-grams, d), what the bucket of each holds.
        own: (d,), the word's own row; None for a word that was not learnt.
        vector: (d,), the mean of them all.
        neighbours: the nearest other words, nearest first.
    """

    ngrams: WordNgrams
    seen: tuple[bool, ...]
    parts: Singles
    own: Singles | None
    vector: Singles
    neighbours: tuple[NgramNeighbour, ...]

    @property
    def known(self) -> bool:
        """Whether the word was learnt."""
        return self.own is not None

    @property
    def share_seen(self) -> float:
        """How many of its n-grams have been seen, 0 to 1; 0 where it has none."""
        return sum(self.seen) / len(self.seen) if self.seen else 0.0


def read_word(vectors: NgramVectors, word: str, nearest: int = 10) -> WordReading:
    """Return how any word comes to its vector, and the ``nearest`` words that were learnt."""
    cut = vectors.cut(word)
    learnt = "".join(f"<{each}>" for each in vectors.words)
    row = vectors.words.index(word) if word in vectors.words else None
    vector = vectors.vector(word)
    mine = set(cut.ngrams)
    near = []
    for other in nearest_to_vector(vectors.words, vectors.vectors, vector, nearest, without=row):
        theirs = set(vectors.cut(other.word).ngrams)
        shared = len(mine & theirs) / max(len(mine | theirs), 1)
        near.append(NgramNeighbour(other.word, other.cosine, shared))
    return WordReading(
        cut, tuple(ngram in learnt for ngram in cut.ngrams), vectors.ngrams[cut.buckets],
        None if row is None else vectors.own[row], vector, tuple(near),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordPair:
    """Two words, and how near FastText and Word2Vec put them.

    Attributes:
        first, second: the words.
        known: whether each was learnt.
        shared: the n-grams that both have.
        share: these as a share of all that either has (Jaccard), 0 to 1.
        cosine: by FastText.
        rank: the place of the second among the words nearest to the first, from 1; None where it was not learnt, or
            both are one word.
        word2vec: the cosine by Word2Vec; None where it does not have both.
    """

    first: str
    second: str
    known: tuple[bool, bool]
    shared: tuple[str, ...]
    share: float
    cosine: float
    rank: int | None
    word2vec: float | None


def compare_pair(vectors: NgramVectors, first: str, second: str, words: Sequence[str], rows: Singles) -> WordPair:
    """Return how near two words are by FastText, and by the vectors ``rows`` (n, d) that Word2Vec has learnt of ``words``."""
    overlap = overlaps((first, second), vectors.least, vectors.most)
    cosines = vectors.cosines(first).copy()
    rank = None
    if second in vectors.words and first != second:
        if first in vectors.words:
            cosines[vectors.words.index(first)] = -2  # it is no neighbour of itself
        rank = int(ranks(cosines, [vectors.words.index(second)])[0])
    other = None
    if first in words and second in words:
        other = float(cosines_to(rows[[words.index(second)]], rows[words.index(first)])[0])
    cosine = float(cosines_to(vectors.vector(second)[None], vectors.vector(first))[0])
    return WordPair(
        first, second, (first in vectors.words, second in vectors.words),
        shared_ngrams(first, second, vectors.least, vectors.most), float(overlap.shares[0, -1]), cosine, rank, other,
    )  # fmt: skip
