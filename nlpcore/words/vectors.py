"""Word vectors with everything that this library does with them, and how a table of them is read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from nlpcore.models.catalogue import Entry
from nlpcore.models.loading import Parts, load, loader
from nlpcore.words.analogy import AnalogyTrace, solve
from nlpcore.words.analogy_evaluation import AnalogyScores, evaluate
from nlpcore.words.table import VectorTable


class WordVectors(VectorTable):
    """A vocabulary and its vectors, with analogies: see :class:`~nlpcore.words.table.VectorTable`."""

    def analogy(
        self,
        positive: str | Sequence[str],
        negative: str | Sequence[str] = (),
        k: int = 10,
        exclude_inputs: bool = True,
        expected: str | None = None,
    ) -> AnalogyTrace:
        """Add and subtract unit vectors of words, rank the vocabulary: see :func:`nlpcore.words.analogy.solve`, for what it
        raises too."""
        return solve(self, positive, negative, k, exclude_inputs, expected)

    def evaluate_analogies(self, path: str | os.PathLike[str], first: int | None = None) -> AnalogyScores:
        """Score a file of analogies: see :func:`nlpcore.words.analogy_evaluation.evaluate`, for what it raises too."""
        return evaluate(self, path, first)


def load_vectors(model_id: str) -> WordVectors:
    """Return the word vectors of a catalogue entry of kind "word-vectors", one shared copy a process.

    The same as ``nlpcore.models.load(model_id).network``. Raises what that raises, and ValueError for another kind.
    """
    found = load(model_id).network
    if not isinstance(found, WordVectors):
        raise ValueError(f"{model_id} is no table of word vectors")
    return found


@loader("word-vectors")
def _load(found: Entry, folder: Path) -> Parts:
    return Parts(read_folder(folder, found.id))


def read_folder(folder: str | os.PathLike[str], model_id: str) -> WordVectors:
    """Read a folder with one ``.npy`` of shape (n, d) and one list of n words (``.txt``, ``.json`` or ``.parquet``).

    The vectors are memory-mapped: of most of them only the unit vectors are ever needed.
    """
    folder = Path(folder)
    vectors = np.load(_only(folder, ".npy"), mmap_mode="r", allow_pickle=False)
    return WordVectors(model_id, tuple(_read_words(folder)), vectors)


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
