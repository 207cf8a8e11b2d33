"""A sentence as one vector, three ways: counted words, counted words weighted by how rare they are, the mean of dense vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from nlpcore.arrays import Floats, Integers
from nlpcore.errors import LearnerError, Note
from nlpcore.graphemes import word_spans
from nlpcore.models.serving import served, served_on
from nlpcore.text import clean, the_first
from nlpcore.words.one_hot import cosine_table
from nlpcore.words.table import VectorTable

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

Way = Literal["bag", "tfidf", "dense"]
WAYS: tuple[Way, ...] = get_args(Way)
_NAMED = 12  # words that a note names one by one


@dataclass(frozen=True, slots=True, eq=False)
class SentenceVectors:
    """Some sentences as vectors, three ways.

    Attributes:
        sentences: the words of each, in their order.
        words: V, all words of all sentences, each once, in the order in which they come.
        known: whether each of ``words`` has a dense vector.
        counts: (sentences, V), the bag of words: how often each word stands in each sentence, the sum of the one-hot vectors
            of its words.
        idf: (V,), how rare a word is: ln((1 + n) / (1 + df)) + 1 for n sentences, df of which have it, as scikit-learn
            smooths it.
        tfidf: (sentences, V), counts times idf, each row divided by its length.
        dense: (sentences, d), the mean of the vectors of the words that have one; NaN where none has.
        cosines: (3, sentences, sentences), of each pair, in the order of :data:`WAYS`; NaN where a sentence has no vector.
        notes: what was left out.
    """

    sentences: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    known: tuple[bool, ...]
    counts: Integers
    idf: Floats
    tfidf: Floats
    dense: Floats
    cosines: Floats
    notes: tuple[Note, ...] = ()

    def cosine(self, way: Way, one: int, other: int) -> float:
        """Return the cosine of two sentences, from 0, in one of the three ways; NaN where one has no vector."""
        return float(self.cosines[WAYS.index(way), one, other])

    def shared(self, one: int, other: int) -> tuple[str, ...]:
        """Return the words that stand in both of two sentences."""
        both = (self.counts[one] > 0) & (self.counts[other] > 0)
        return tuple(word for word, common in zip(self.words, both.tolist(), strict=True) if common)


@served
def sentence_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, without punctuation; each Chinese character is one.

    Raises LearnerError ``empty_text``, ``no_word_in_text`` for a text of signs alone.
    """
    cleaned = clean(text).text
    spans = (cleaned[start:end] for start, end in word_spans(cleaned))
    found = tuple(word.lower() for word in spans if any(character.isalnum() for character in word))
    if not found:
        raise LearnerError("no_word_in_text" if cleaned.strip() else "empty_text")
    return found


@served_on("word-vectors")
def compare_sentences(model: LoadedModel, sentences: tuple[tuple[str, ...], ...]) -> SentenceVectors:
    """Return sentences, given as their words, as vectors three ways, the dense ones of a loaded table.

    Raises LearnerError ``empty_text`` where one has no word.
    """
    return of_sentences(model.network, sentences)


def of_sentences(vectors: VectorTable, sentences: Sequence[Sequence[str]]) -> SentenceVectors:
    """Return what :func:`compare_sentences` does, of a table of vectors, for what it raises too."""
    told = tuple(tuple(sentence) for sentence in sentences)
    if not told or not all(told):
        raise LearnerError("empty_text")
    words = tuple(dict.fromkeys(word for sentence in told for word in sentence))
    rows = [vectors.find(word) for word in words]
    counts = np.array([[sentence.count(word) for word in words] for sentence in told], dtype=np.int64)
    idf = np.log((1 + len(told)) / (1 + (counts > 0).sum(axis=0))) + 1
    weighted = counts * idf
    tfidf = weighted / np.sqrt((weighted**2).sum(axis=1, keepdims=True))
    dense = np.full((len(told), vectors.dimensions), np.nan)
    for i, sentence in enumerate(told):
        if found := [row for word in sentence if (row := rows[words.index(word)]) is not None]:
            dense[i] = np.asarray(vectors.vectors[found], dtype=np.float64).mean(axis=0)
    cosines = np.stack([cosine_table(each) for each in (counts, tfidf, dense)])
    unknown = [word for word, row in zip(words, rows, strict=True) if row is None]
    notes = (Note("left_out_of_mean", {"words": the_first(unknown, _NAMED)}),) if unknown else ()
    for array in (counts, idf, tfidf, dense, cosines):
        array.flags.writeable = False
    return SentenceVectors(
        told, words, tuple(row is not None for row in rows), counts, idf, tfidf, dense, cosines, notes
    )
