"""Maps of words: which words to show, their map, and what is near what in the original space and in the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from nlpcore.arguments import as_words, check_option
from nlpcore.arrays import Floats, Integers
from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import served_on
from nlpcore.text import Cleaned, clean, shortened, the_first
from nlpcore.word_lists import split_list
from nlpcore.words.languages import naming_languages
from nlpcore.words.projection import FEWEST, MOST, USUAL, MapSettings, Method, Projection, Start, lay_out
from nlpcore.words.projection_quality import rank_of, ranks_of
from nlpcore.words.table import VectorTable, top_rows

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

Source = Literal["categories", "frequency", "around", "list"]

_CATEGORY_FILE = Path(__file__).with_name("projection_categories.yaml")
_LIST_CHARACTERS = 60_000
_NAMED = 12  # unknown words that a note names one by one
_FREQUENT = 50_000  # rarer words (names, misspellings) are not offered as neighbours of a query


@dataclass(frozen=True, slots=True)
class Category:
    """Words of one kind.

    Attributes:
        id: its name in the file.
        name, words: by language ("en", "zh").
    """

    id: str
    name: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]


class MapNeighbour(NamedTuple):
    """One of a word's nearest in the original space: its row in the map, its cosine (−1 to 1), its rank by distance in the map
    (1 = nearest) and whether the map kept it, that is, has it among as many nearest."""

    row: int
    word: str
    cosine: float
    map_rank: int
    kept: bool


class Closeness(NamedTuple):
    """How near two words are: cosine (−1 to 1), and the rank of the second among the neighbours of the first (1 = nearest),
    by cosine in the original space and by distance in the map, of ``others`` words."""

    cosine: float
    original_rank: int
    map_rank: int
    others: int


@dataclass(frozen=True, slots=True, eq=False)
class WordMap:
    """A map of n words.

    Attributes:
        words: n distinct words, in the order in which they were asked for.
        categories: n category ids, "" for a word of no category.
        ranks: (n,) frequency rank in the table's corpus, 1 = most frequent.
        unit: (n, d) vectors of length 1, so that Euclidean and cosine order agree: |a − b|² = 2 − 2 cos(a, b).
        projection: where the words lie, with neighbours and quality in the space of ``unit``.
        notes: what was changed about the learner's words and settings.
    """

    words: tuple[str, ...]
    categories: tuple[str, ...]
    ranks: Integers
    unit: Floats
    projection: Projection
    notes: tuple[Note, ...] = ()

    def index(self, word: str) -> int:
        """Return the index of ``word`` (also in lower case). LearnerError ``map_word_not_shown`` where it is not there."""
        for form in (word, word.lower()):
            if form in self.words:
                return self.words.index(form)
        raise LearnerError("map_word_not_shown", word=shortened(word, 40))

    def neighbourhood(self, word: str) -> tuple[MapNeighbour, ...]:
        """Return the nearest of ``word`` in the original space among the words of the map, nearest first."""
        return _neighbourhood(self, self.index(word))

    def closeness(self, first: str, second: str) -> Closeness:
        """Return how near ``second`` is to ``first``. LearnerError where a word is not in the map."""
        i, j = self.index(first), self.index(second)
        return Closeness(
            float(self.unit[i] @ self.unit[j]),
            rank_of(self.unit, i, j),
            rank_of(self.projection.coordinates, i, j),
            len(self.words) - 1,
        )


@lru_cache(maxsize=16)
def _neighbourhood(trace: WordMap, i: int) -> tuple[MapNeighbour, ...]:
    """Return the nearest of the word at ``i``: a page asks for those of one or two words again and again."""
    near = trace.projection.neighbours[i].tolist()
    ranks = ranks_of(trace.projection.coordinates, i, near).tolist()
    in_map = set(trace.projection.quality.neighbours[i].tolist())
    return tuple(
        MapNeighbour(j, trace.words[j], float(trace.unit[i] @ trace.unit[j]), rank, j in in_map)
        for j, rank in zip(near, ranks, strict=True)
    )


@lru_cache(maxsize=1)
def categories() -> Mapping[str, Category]:
    """Return the word categories of the course, by id."""
    import yaml

    read = yaml.safe_load(_CATEGORY_FILE.read_text("utf-8"))
    return MappingProxyType(
        {
            name: Category(name, entry["name"], {lang: tuple(entry[lang].split()) for lang in ("en", "zh")})
            for name, entry in read.items()
        }
    )


@served_on("word-vectors")
def map_words(
    model: LoadedModel,
    source: Source = "categories",
    chosen: str | tuple[str, ...] = (),
    text: str = "",
    count: int = 200,
    first: int = 1,
    method: Method = "tsne",
    perplexity: float = 30.0,
    early_exaggeration: float = 4.0,
    start: Start = "pca",
    seed: int = 0,
) -> WordMap:
    """Return the map of words out of a loaded table of word vectors; see :func:`word_map`.

    Raises LearnerError ``map_no_category``, ``map_no_words`` (nothing is listed), ``map_no_word``, ``word_unknown`` or
    ``word_unknown_close`` (of the word in the middle), ``word_other_language``, ``word_no_language``,
    ``map_too_few_known`` and ``map_too_few``.
    """
    languages = model.entry.languages
    settings = MapSettings(method, perplexity, early_exaggeration, start, seed)
    with naming_languages(languages):
        return word_map(model.network, languages[0], source, chosen, text, count, first, settings)


def word_map(
    vectors: VectorTable,
    language: str,
    source: Source = "categories",
    chosen: str | Sequence[str] = (),
    text: str = "",
    count: int = 200,
    first: int = 1,
    settings: MapSettings = USUAL,
) -> WordMap:
    """Choose words and lay them out by ``settings``.

    source "categories": the words of the ``chosen`` categories in ``language``; "frequency": ``count`` words from
    frequency rank ``first`` on; "around": the word in ``text`` and the ``count`` − 1 nearest to it among the 50,000 most
    frequent words; "list": the words in ``text``, however they are listed: see :func:`nlpcore.word_lists.split_list`.

    Raises LearnerError where nothing is typed or chosen, where the query word is unknown, or where fewer than five words
    remain, ValueError for another source.
    """
    check_option("source", source, Source)
    chosen = as_words(chosen)
    count = max(FEWEST, min(int(count), MOST))
    if source == "categories":
        rows, notes = _of_categories(vectors, language, chosen)
    elif source == "frequency":
        rows, notes = _by_frequency(vectors, count, first), ()
    elif source == "around":
        rows, notes = _around(vectors, text, count)
    else:
        rows, notes = _of_list(vectors, text)
    unit = np.asarray(vectors.vectors[rows], dtype=np.float64)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    projection = lay_out(unit, settings)
    words = tuple(vectors.words[row] for row in rows)
    kinds = _category_of(language, chosen if source == "categories" else tuple(categories()))
    return WordMap(
        words,
        tuple(kinds.get(word, "") for word in words),
        np.asarray(rows, dtype=np.int64) + 1,
        unit,
        projection,
        (*notes, *projection.notes),
    )


def _category_of(language: str, chosen: Iterable[str]) -> dict[str, str]:
    """Return word -> category id; a word of two categories belongs to the first."""
    kinds: dict[str, str] = {}
    for name in chosen:
        if name in categories():
            for word in categories()[name].words.get(language, ()):
                kinds.setdefault(word, name)
    return kinds


def _of_categories(vectors: VectorTable, language: str, chosen: Sequence[str]) -> tuple[list[int], tuple[Note, ...]]:
    words = list(_category_of(language, chosen))
    if not words:
        raise LearnerError("map_no_category")
    return _rows(vectors, words, ())


def _typed(text: str, limit: int, missing: LearnerError) -> Cleaned:
    """Return what is typed, made clean; raise ``missing`` where it is nothing, as it is no sentence that is missing here."""
    try:
        return clean(text, limit)
    except LearnerError as error:
        if error.code == "empty_text":
            raise missing from error
        raise


def _of_list(vectors: VectorTable, text: str) -> tuple[list[int], tuple[Note, ...]]:
    cleaned = _typed(text, _LIST_CHARACTERS, LearnerError("map_no_words", fewest=FEWEST))
    return _rows(vectors, split_list(cleaned.text, vectors.index), cleaned.notes)


def _rows(vectors: VectorTable, words: Sequence[str], notes: tuple[Note, ...]) -> tuple[list[int], tuple[Note, ...]]:
    """Return the rows of the known among ``words``, each once, at most 3,000, and notes on what was left out."""
    rows: dict[int, None] = {}
    unknown: dict[str, None] = {}
    for word in words:
        row = vectors.find(word)
        if row is None:
            unknown[word] = None
        else:
            rows[row] = None
    notes += vectors.read_as(word for word in words if word not in unknown)
    if unknown:
        notes += (Note("map_words_unknown", {"count": len(unknown), "words": _named(unknown)}),)
    repeated = sum(word not in unknown for word in words) - len(rows)
    if repeated:
        notes += (Note("map_words_repeated", {"count": repeated}),)
    if len(rows) > MOST:
        notes += (Note("map_words_cut", {"kept": MOST, "given": len(rows)}),)
    if len(rows) < FEWEST and unknown:
        raise LearnerError("map_too_few_known", count=len(rows), fewest=FEWEST, unknown=_named(unknown))
    return list(rows)[:MOST], notes


def _named(words: Iterable[str]) -> str:
    return the_first(words, _NAMED)


def _by_frequency(vectors: VectorTable, count: int, first: int) -> list[int]:
    """Return the rows of ``count`` words (no digits, punctuation or placeholders) from rank ``first`` (from 1) on."""
    rows: list[int] = []
    start = max(0, min(int(first) - 1, len(vectors) - 1))
    for row in range(start, len(vectors)):
        if _is_word(vectors.words[row]):
            rows.append(row)
            if len(rows) == count:
                break
    return rows


def _is_word(token: str) -> bool:
    """True for letters only. All-capital ASCII stands for a placeholder such as TNUMBER in the Chinese table."""
    return token.isalpha() and not (token.isascii() and token.isupper())


def _around(vectors: VectorTable, text: str, count: int) -> tuple[list[int], tuple[Note, ...]]:
    cleaned = _typed(text, 60, LearnerError("map_no_word"))
    row = vectors.row(cleaned.text)
    table = np.asarray(vectors.vectors[:_FREQUENT], dtype=np.float32)
    cosines = table @ vectors.vectors[row] / np.maximum(np.linalg.norm(table, axis=1), 1e-12)
    # The frequent words that are left out (digits, punctuation) make room for others, so twice as many are looked at.
    ranked = top_rows(cosines, min(2 * count, len(cosines)))
    near = [other for other in ranked if other != row and _is_word(vectors.words[other])]
    return [row, *near][:count], cleaned.notes + vectors.read_as([cleaned.text])
