"""Static word vectors: one vector a word, whatever the sentence (GloVe: Pennington et al. 2014).

The table keeps the frequency order of its source, so that "the first n words" are the n most frequent ones.
"""

from __future__ import annotations

import difflib
import json
import mmap
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcore.errors import LearnerError

if TYPE_CHECKING:
    from nlpcore.words.analogy import AnalogyTrace
    from nlpcore.words.analogy_evaluation import AnalogyScores

Floats = NDArray[np.float32]

_SPELLING_POOL = 60_000  # the most frequent words, in which close spellings are looked for


class Neighbour(NamedTuple):
    """A word with its cosine to what was asked (−1 to 1)."""

    word: str
    cosine: float


@dataclass(frozen=True, eq=False)
class WordVectors:
    """A vocabulary and its vectors.

    Attributes:
        model_id: the catalogue's id of the table.
        words: n distinct words, the most frequent first.
        vectors: (n, d) float32 or float16, as published; row i belongs to ``words[i]``. Read-only, possibly memory-mapped.
    """

    model_id: str
    words: tuple[str, ...]
    vectors: Floats

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.words) != len(self.vectors):
            raise ValueError(f"{len(self.words)} words do not fit vectors of shape {self.vectors.shape}")

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    @property
    def dimensions(self) -> int:
        """d, the length of each vector."""
        return int(self.vectors.shape[1])

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Row of each word, which is also its frequency rank counted from 0."""
        return MappingProxyType({word: row for row, word in enumerate(self.words)})

    @property
    def unit(self) -> Floats:
        """(n, d) float32: every vector divided by its length, so that a product of two rows is their cosine.

        Computed at first use and kept, once for all threads. A zero vector stays zero.
        """
        with _UNIT_LOCK:
            return self._unit

    @cached_property
    def _unit(self) -> Floats:
        unit = np.array(self.vectors, dtype=np.float32)
        unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
        unit.flags.writeable = False
        _leave_on_disk(self.vectors)
        return unit

    def row(self, word: str) -> int:
        """Return the row of ``word``: as typed, else in lower case, as many tables hold lower case only.

        Raises LearnerError ``word_unknown_close`` (with spellings that exist) or ``word_unknown``.
        """
        for form in (word, word.lower()):
            if (row := self.index.get(form)) is not None:
                return row
        shown = word if len(word) <= 40 else word[:39] + "…"
        if close := self.close_spellings(word):
            raise LearnerError("word_unknown_close", word=shown, close=", ".join(close))
        raise LearnerError("word_unknown", word=shown)

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

    def nearest_to(self, direction: Floats, k: int = 10, exclude: Sequence[int] = ()) -> tuple[Neighbour, ...]:
        """Return the ``k`` words with the highest cosine to ``direction`` (d,), best first, skipping excluded rows."""
        cosines = self.cosines(direction)
        rows = [row for row in top_rows(cosines, k + len(exclude)) if row not in exclude][:k]
        return tuple(Neighbour(self.words[row], float(cosines[row])) for row in rows)

    def analogy(
        self,
        positive: Sequence[str],
        negative: Sequence[str] = (),
        k: int = 10,
        exclude_inputs: bool = True,
        expected: str | None = None,
    ) -> AnalogyTrace:
        """Add and subtract unit vectors of words, rank the vocabulary: see :func:`nlpcore.words.analogy.solve`."""
        from nlpcore.words.analogy import solve

        return solve(self, positive, negative, k, exclude_inputs, expected)

    def evaluate_analogies(self, path: Path, first: int | None = None) -> AnalogyScores:
        """Score a file of analogies: see :func:`nlpcore.words.analogy_evaluation.evaluate`."""
        from nlpcore.words.analogy_evaluation import evaluate

        return evaluate(self, path, first)

    def cosines(self, direction: Floats) -> Floats:
        """Return (n,) float32: the cosine of every word to ``direction`` (d,), all zero for a zero direction."""
        length = float(np.linalg.norm(direction))
        scores: Floats = self.unit @ (direction / max(length, 1e-12)).astype(np.float32)
        return scores


_UNIT_LOCK = threading.Lock()
_LOAD_LOCK = threading.Lock()


def top_rows(scores: Floats, k: int) -> list[int]:
    """Return the ``k`` indices with the highest ``scores`` (n,), best first; of equals the smaller index first."""
    k = min(k, len(scores))
    rows = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
    return [int(row) for row in rows[np.lexsort((rows, -scores[rows]))]]


def load_vectors(model_id: str) -> WordVectors:
    """Return the word vectors of a catalogue entry of kind "word-vectors", one shared copy a process.

    Raises LearnerError ``model_missing`` where the files are not on this computer.
    """
    with _LOAD_LOCK:
        return _load(model_id)


@lru_cache(maxsize=4)
def _load(model_id: str) -> WordVectors:
    from nlpcore.models import store

    return read_folder(store().folder(model_id), model_id)


def read_folder(folder: Path, model_id: str) -> WordVectors:
    """Read a folder with one ``.npy`` of shape (n, d) and one list of n words (``.txt``, ``.json`` or ``.parquet``).

    The vectors are memory-mapped: of most of them only the unit vectors are ever needed.
    """
    vectors = np.load(_only(folder, ".npy"), mmap_mode="r", allow_pickle=False)
    return WordVectors(model_id, tuple(_read_words(folder)), vectors)


def _leave_on_disk(vectors: NDArray[Any]) -> None:
    """Give back the memory of a memory-mapped table that has been read from end to end; it can be read again."""
    mapped = getattr(vectors, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def _read_words(folder: Path) -> Iterable[str]:
    path = _only(folder, *_WORD_READERS)
    return _WORD_READERS[path.suffix](path)


def _read_parquet(path: Path) -> list[str]:
    import pyarrow.parquet as parquet

    words: list[str] = parquet.read_table(path).column(0).to_pylist()
    return words


def _read_json(path: Path) -> list[str]:
    words: list[str] = json.loads(path.read_text("utf-8"))
    return words


def _read_lines(path: Path) -> list[str]:
    return path.read_text("utf-8").removesuffix("\n").split("\n")


_WORD_READERS: Mapping[str, Callable[[Path], list[str]]] = {
    ".parquet": _read_parquet,
    ".txt": _read_lines,
    ".json": _read_json,
}


def _only(folder: Path, *suffixes: str) -> Path:
    """Return the one file of the first suffix that occurs in ``folder``."""
    for suffix in suffixes:
        if found := sorted(folder.glob(f"*{suffix}")):
            return found[0]
    raise FileNotFoundError(f"no file ending in {' or '.join(suffixes)} in {folder.name}")
