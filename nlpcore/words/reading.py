"""A text as Word2Vec reads it, all of it at once: words, windows, what is drawn, the tree; and a small training on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, Integers
from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, train
from nlpcore.words.huffman import HuffmanTree, huffman_tree
from nlpcore.words.nearest import nearest_words
from nlpcore.words.table import Neighbour
from nlpcore.words.windows import Window, WordCounts, count_words, kept_share, noise, windows
from nlpcore.words.word2vec_step import Matrices, SmallWord2Vec

MOST_WORDS = 200  # of a text whose windows are looked at
MOST_LEARNT = 16  # different words of a text of which every weight is looked at
MOST_STEPS = 20_000
Output = Literal["softmax", "negatives", "tree"]


@dataclass(frozen=True, slots=True, eq=False)
class WindowReading:
    """A text cut into windows.

    Attributes:
        tokens: the words in their order.
        size: words to each side of the middle.
        counts: how often each word occurs.
        windows: one for each token.
        kept: (words,), how likely an occurrence of each word is kept by subsampling.
        shares: (words,), the share of each word in the text; sums to 1.
        noise: (words,), how likely each word is drawn as a negative sample; sums to 1.
        tree: the Huffman tree over the words.
        notes: what was changed about the text.
    """

    tokens: tuple[str, ...]
    size: int
    counts: WordCounts
    windows: tuple[Window, ...]
    kept: Floats
    shares: Floats
    noise: Floats
    tree: HuffmanTree
    notes: tuple[Note, ...] = ()

    @property
    def pairs(self) -> int:
        """How many examples skip-gram makes of the text: one for each word around each middle."""
        return sum(len(window.context) for window in self.windows)

    @property
    def turns(self) -> float:
        """How many turns of the tree lead to a word of the text on average."""
        return self.tree.mean_length(self.counts.counts)


@served
def read_windows(words: tuple[str, ...], size: int = 2, sample: float = 0.0) -> WindowReading:
    """Cut a text, given as its words, into windows of ``size`` to each side.

    Of a long one the first ``MOST_WORDS`` are read. Raises LearnerError ``empty_text`` for no word, ``text_of_one_word`` for
    a single one, ValueError for a size below 1 or a sample outside 0 to 1.
    """
    tokens, notes = _first(words, MOST_WORDS)
    counts = count_words(tokens)
    shares: Floats = counts.counts / counts.total
    return WindowReading(
        tokens, size, counts, windows(tokens, size), kept_share(counts, sample), shares, noise(counts),
        huffman_tree(counts.counts.tolist()), notes,
    )  # fmt: skip


def _first(words: Sequence[str], most: int) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    if len(words) < 2:
        raise LearnerError("text_of_one_word" if words else "empty_text")
    cut = (Note("text_words_cut", {"given": len(words), "kept": most}),) if len(words) > most else ()
    return tuple(words[:most]), cut


@cache
def zipf_turns(size: int) -> float:
    """Return the mean length of the ways in a tree over ``size`` words of which the r-th occurs as often as 1 / r.

    What hierarchical softmax costs where words are as frequent as Zipf (1935) found them, in dot products a word.
    """
    ranks = np.arange(1, size + 1)
    counts: Integers = np.maximum(1, np.rint(10 * size / ranks)).astype(np.int64)
    return huffman_tree(counts.tolist()).mean_length(counts)


# -- a training of which every number is seen --------------------------------------------------------------------------


@served
def learn_words(
    words: tuple[str, ...],
    steps: int,
    size: int = 2,
    skip_gram: bool = True,
    output: Output = "softmax",
    negatives: int = 2,
    dimensions: int = 4,
    rate: float = 0.1,
    seed: int = 1,
) -> Run:
    """Return Word2Vec on a few words after so many steps, an example each; its ``shown`` are :class:`Matrices`.

    ``negatives`` counts where ``output`` is "negatives". Raises LearnerError ``empty_text`` for no word,
    ``text_of_one_word`` for a single one, ``vocabulary_too_large`` for more than ``MOST_LEARNT`` different ones, ValueError
    for settings with which there is no training, or more than ``MOST_STEPS``.
    """
    check_option("output", output, Output)
    tokens, _ = _first(words, MOST_WORDS)
    different = len(set(tokens))
    if different > MOST_LEARNT:
        raise LearnerError("vocabulary_too_large", given=different, most=MOST_LEARNT)
    if not (0 <= steps <= MOST_STEPS and dimensions >= 1 and negatives >= 1 and 0 <= rate < np.inf):
        raise ValueError("no such training")
    drawn = {"softmax": 0, "negatives": negatives, "tree": -1}[output]
    return train(SmallWord2Vec, (tokens, size, skip_gram, dimensions, drawn, rate, seed), steps)


def nearest(matrices: Matrices, word: str) -> tuple[Neighbour, ...]:
    """Return all other words by the cosine of their vectors with that of ``word``, the nearest first.

    Raises ValueError for a word that was not learnt.
    """
    return nearest_words(matrices.words, matrices.first, matrices.words.index(word))


@dataclass(frozen=True, slots=True)
class Seed:
    """The nearest words of one, after a training that began from other random numbers.

    Attributes:
        seed: of which.
        neighbours: the nearest, nearest first.
    """

    seed: int
    neighbours: tuple[Neighbour, ...]


@served
def compare_seeds(
    words: tuple[str, ...],
    word: str,
    steps: int,
    seeds: int = 5,
    size: int = 2,
    skip_gram: bool = True,
    output: Output = "softmax",
    negatives: int = 2,
    dimensions: int = 4,
    rate: float = 0.1,
) -> tuple[Seed, ...]:
    """Return the neighbours of ``word`` after the same training with the seeds 1, 2, …

    Raises LearnerError ``empty_text``, ``text_of_one_word`` and ``vocabulary_too_large`` and ValueError as
    :func:`learn_words`, ValueError for a word that the text does not have.
    """
    runs = [
        learn_words(words, steps, size, skip_gram, output, negatives, dimensions, rate, seed)
        for seed in range(1, seeds + 1)
    ]
    return tuple(Seed(seed, nearest(run.shown, word)) for seed, run in enumerate(runs, 1))
