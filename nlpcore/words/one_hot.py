"""One-hot vectors: every word of a vocabulary has a dimension of its own; what that says of words, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arrays import Floats, Integers, descending
from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import served_on
from nlpcore.text import clean, the_first
from nlpcore.word_lists import split_list
from nlpcore.words.table import VectorTable

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

MOST = 10  # words of a vocabulary whose vectors are written out
NUMBER = 4  # bytes of a number in single precision, and of an index
_CHARACTERS = 60_000
_NAMED = 12  # words that a note names one by one


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Words as one-hot vectors, and the same words as the dense vectors of a table.

    Attributes:
        words: n distinct words, as typed and in that order: a small letter for a capital one makes another word.
        one_hot: (n, n), row i is the vector of ``words[i]``: 1 in column i, 0 in all others.
        one_hot_cosines: (n, n), of every pair of rows of ``one_hot``.
        dense: (n, d), the vectors of the table as published; NaN in the row of a word that it does not have.
        dense_cosines: (n, n), of every pair of rows of ``dense``; NaN where one of the two has no vector.
        notes: what was changed about the learner's words.
    """

    words: tuple[str, ...]
    one_hot: Integers
    one_hot_cosines: Floats
    dense: Floats
    dense_cosines: Floats
    notes: tuple[Note, ...] = ()

    @property
    def known(self) -> tuple[bool, ...]:
        """Whether each word has a dense vector."""
        return tuple(bool(row.all()) for row in np.isfinite(self.dense))

    def nearest(self, i: int) -> tuple[tuple[int, float], ...]:
        """Return (row, cosine) of the other words that have a dense vector, the nearest to word ``i`` first."""
        cosines = self.dense_cosines[i]
        order = descending(np.where(np.isnan(cosines), -np.inf, cosines))
        return tuple((int(j), float(cosines[j])) for j in order if j != i and np.isfinite(cosines[j]))


@served_on("word-vectors")
def vocabulary(model: LoadedModel, text: str, most: int = MOST) -> Vocabulary:
    """Return the first ``most`` words listed in ``text`` as one-hot vectors and as those of a loaded table.

    Raises LearnerError ``empty_text`` and ``map_no_words`` (only signs are listed).
    """
    return of_words(model.network, text, most)


def of_words(vectors: VectorTable, text: str, most: int = MOST) -> Vocabulary:
    """Return what :func:`vocabulary` does, of a table of vectors, for what it raises too. ValueError for ``most`` below 1."""
    if most < 1:
        raise ValueError("a vocabulary has at least one word")
    cleaned = clean(text, _CHARACTERS)
    listed = split_list(cleaned.text, vectors.index)
    words = list(dict.fromkeys(listed))
    if not words:
        raise LearnerError("map_no_words", fewest=2)
    notes = list(cleaned.notes)
    if len(words) < len(listed):
        notes.append(Note("map_words_repeated", {"count": len(listed) - len(words)}))
    if len(words) > most:
        notes.append(Note("map_words_cut", {"given": len(words), "kept": most}))
    words = words[:most]
    found = {word: row for word in words if (row := vectors.find(word)) is not None}
    notes += vectors.read_as(found)
    if unknown := [word for word in words if word not in found]:
        notes.append(Note("no_dense_vector", {"words": the_first(unknown, _NAMED)}))
    dense = np.full((len(words), vectors.dimensions), np.nan)
    for i, word in enumerate(words):
        if word in found:
            dense[i] = vectors.vectors[found[word]]
    one_hot = np.eye(len(words), dtype=np.int64)
    cosines = cosine_table(one_hot), cosine_table(dense)
    for array in (one_hot, dense, *cosines):
        array.flags.writeable = False
    return Vocabulary(tuple(words), one_hot, cosines[0], dense, cosines[1], tuple(notes))


def cosine_table(vectors: ArrayLike) -> Floats:
    """Return (n, n): the cosine of every pair of rows of ``vectors`` (n, d), cos(a, b) = a · b / (|a| |b|), −1 to 1.

    NaN where a vector has the length 0, which points nowhere, or is not known (NaN).
    """
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.sqrt((rows**2).sum(axis=1))
    unit = rows / np.where(lengths > 0, lengths, np.nan)[:, None]
    table: Floats = np.clip(unit @ unit.T, -1, 1)
    places = np.flatnonzero(np.isfinite(np.diag(table)))
    table[places, places] = 1  # the same vector, whatever was rounded
    return table


@dataclass(frozen=True, slots=True)
class Stored:
    """What one way to keep the vectors of a vocabulary takes.

    Attributes:
        numbers: how many.
        bytes: of them all.
    """

    numbers: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Storage:
    """What the vectors of a vocabulary take, three ways, in single precision (4 bytes a number).

    Attributes:
        words: V, of the vocabulary.
        dimensions: d, of a dense vector.
        one_hot: all V · V numbers.
        sparse: only the ones, as scipy.sparse keeps them by rows (CSR): V values, V columns and V + 1 places.
        dense: V · d numbers.
    """

    words: int
    dimensions: int
    one_hot: Stored
    sparse: Stored
    dense: Stored


def storage(words: int, dimensions: int = 300) -> Storage:
    """Return what a vocabulary of ``words`` takes. ValueError for fewer than 1 word or dimension."""
    if words < 1 or dimensions < 1:
        raise ValueError(f"no vocabulary of {words} words in {dimensions} dimensions")
    counts = (words * words, 3 * words + 1, words * dimensions)
    return Storage(words, dimensions, *(Stored(count, NUMBER * count) for count in counts))
