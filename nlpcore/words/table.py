"""Static word vectors: one vector a word, whatever the sentence (GloVe: Pennington et al. 2014).

The table keeps the frequency order of its source, so that "the first n words" are the n most frequent ones.
"""

from __future__ import annotations

import difflib
import mmap
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nlpcore.arrays import Singles, descending
from nlpcore.chinese import simplified
from nlpcore.errors import LearnerError, Note
from nlpcore.text import half_width, shortened, the_first, without_selectors

_SPELLING_POOL = 60_000  # the most frequent words, in which close spellings are looked for
_NAMED = 12  # words that a note names one by one


class Neighbour(NamedTuple):
    """A word with its cosine to what was asked (−1 to 1)."""

    word: str
    cosine: float


@dataclass(frozen=True, eq=False)
class VectorTable:
    """A vocabulary and its vectors: what can be asked of them without arithmetic on words.

    Attributes:
        model_id: the catalogue's id of the table.
        words: n distinct words, the most frequent first.
        vectors: (n, d) float32 or float16, as published; row i belongs to ``words[i]``. Read-only, possibly memory-mapped.
    """

    model_id: str
    words: tuple[str, ...]
    vectors: Singles

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.words) != len(self.vectors):
            raise ValueError(f"{len(self.words)} words do not fit vectors of shape {self.vectors.shape}")

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    def __getitem__(self, word: str) -> Singles:
        """Return the vector (d,) of ``word`` as published. Raises LearnerError where the word is unknown."""
        vector: Singles = self.vectors[self.row(word)]
        return vector

    @property
    def dimensions(self) -> int:
        """d, the length of each vector."""
        return int(self.vectors.shape[1])

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Row of each word, which is also its frequency rank counted from 0."""
        return MappingProxyType({word: row for row, word in enumerate(self.words)})

    @property
    def unit(self) -> Singles:
        """(n, d) float32: every vector divided by its length, so that a product of two rows is their cosine.

        Computed at first use and kept, once for all threads. A zero vector stays zero.
        """
        with _UNIT_LOCK:
            return self._unit

    @cached_property
    def _unit(self) -> Singles:
        unit = np.array(self.vectors, dtype=np.float32)
        unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
        unit.flags.writeable = False
        _leave_on_disk(self.vectors)
        return unit

    def find(self, word: str) -> int | None:
        """Return the row of ``word``: as typed, else without selectors of variants and full-width letters, else in lower
        case, else in simplified Chinese characters, as many tables hold no others; None where it is not there."""
        plain = _plain(word)
        for form in (word, plain, plain.lower(), simplified(plain)):
            if (row := self.index.get(form)) is not None:
                return row
        return None

    def row(self, word: str) -> int:
        """Return the row of ``word`` as :meth:`find` does.

        Raises LearnerError ``word_unknown_close`` (with spellings that exist) or ``word_unknown``.
        """
        if (row := self.find(word)) is not None:
            return row
        shown = shortened(word, 40)
        if close := self.close_spellings(word):
            raise LearnerError("word_unknown_close", word=shown, close=", ".join(close))
        raise LearnerError("word_unknown", word=shown)

    def read_as(self, words: Iterable[str]) -> tuple[Note, ...]:
        """Return notes on those of the known ``words`` that stand in the table in another form than they were typed."""
        forms = {word: self.words[self.row(word)] for word in words}
        notes: list[Note] = []
        for code, fits in (("folded_case", True), ("read_as_simplified", False)):
            other = {
                word: used
                for word, used in forms.items()
                if used not in (word, _plain(word)) and (used == _plain(word).lower()) is fits
            }
            if other:
                given, used = (the_first(them, _NAMED) for them in (other.keys(), other.values()))
                notes.append(Note(code, {"given": given, "used": used}))
        return tuple(notes)

    def close_spellings(self, word: str, count: int = 3) -> tuple[str, ...]:
        """Return at most ``count`` frequent words spelled like ``word`` (difflib ratio), best first."""
        word = word.lower()[:40]
        letters = set(word)
        pool = [
            candidate
            for candidate in self.words[:_SPELLING_POOL]
            if abs(len(candidate) - len(word)) <= 2 and len(letters.intersection(candidate)) * 2 > len(letters)
        ]
        return tuple(difflib.get_close_matches(word, pool, n=count, cutoff=0.72))

    def nearest(self, word: str, k: int = 10) -> tuple[Neighbour, ...]:
        """Return the ``k`` words with the highest cosine to ``word``, best first, without the word itself.

        Raises LearnerError where the word is unknown.
        """
        row = self.row(word)
        return self.nearest_to(self.unit[row], k, exclude=(row,))

    def nearest_to(self, direction: str | ArrayLike, k: int = 10, exclude: Sequence[int] = ()) -> tuple[Neighbour, ...]:
        """Return the ``k`` words with the highest cosine to ``direction``, best first, skipping excluded rows.

        ``direction``: (d,) numbers, or a word, which is then the first itself.
        """
        cosines = self.cosines(direction)
        rows = [row for row in top_rows(cosines, k + len(exclude)) if row not in exclude][:k]
        return tuple(Neighbour(self.words[row], float(cosines[row])) for row in rows)

    def cosines(self, direction: str | ArrayLike) -> Singles:
        """Return (n,) float32: the cosine of every word to ``direction``, all zero for a zero direction.

        ``direction``: (d,) numbers, or a word. Raises LearnerError where the word is unknown.
        """
        direction = self.unit[self.row(direction)] if isinstance(direction, str) else np.asarray(direction)
        length = float(np.linalg.norm(direction))
        scores: Singles = self.unit @ (direction / max(length, 1e-12)).astype(np.float32)
        return scores


_UNIT_LOCK = threading.Lock()


def _plain(word: str) -> str:
    """Return ``word`` as every table writes it, whose letters are the same: without selectors, in half width."""
    return half_width(without_selectors(word))


def top_rows(scores: Singles, k: int) -> list[int]:
    """Return the ``k`` indices with the highest ``scores`` (n,), best first; of equals the smaller index first."""
    if not (k := min(k, len(scores))):
        return []
    rows = np.flatnonzero(scores >= np.partition(scores, len(scores) - k)[len(scores) - k])
    return [int(row) for row in rows[descending(scores[rows])][:k]]


def _leave_on_disk(vectors: NDArray[Any]) -> None:
    """Give back the memory of a memory-mapped table that has been read from end to end; it can be read again."""
    mapped = getattr(vectors, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
