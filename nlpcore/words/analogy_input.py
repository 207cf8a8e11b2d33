"""A sum of words as a learner types it, in three fields: a − b + c."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlpcore.arguments import as_words
from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import served_on
from nlpcore.text import clean
from nlpcore.word_lists import split_list
from nlpcore.words.analogy import AnalogyTrace, solve
from nlpcore.words.analogy_plane import Parallelogram, parallelogram
from nlpcore.words.languages import naming_languages
from nlpcore.words.table import Neighbour, VectorTable

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

WORDS_IN_A_FIELD = 5
_DASHES = re.compile("[-–—－−]")  # someone may mean a minus by it
DRAWN_ANSWERS = 3  # words dropped onto the plane beside the expected one


@dataclass(frozen=True, slots=True)
class AnalogyAnswer:
    """A typed sum, worked out.

    Attributes:
        a, b, c: the words of each field, as they stand in the vocabulary; b is taken away. An empty field is ().
        trace: the sum, its answers and their cosines.
        plane: the drawing in the plane of a, b and c, with the expected word and the first answers in it.
    """

    a: tuple[str, ...]
    b: tuple[str, ...]
    c: tuple[str, ...]
    trace: AnalogyTrace
    plane: Parallelogram


@served_on("word-vectors")
def work_out(
    model: LoadedModel, a: str, b: str = "", c: str = "", expected: str = "", k: int = 10, exclude_inputs: bool = True
) -> AnalogyAnswer:
    """Work out a − b + c with the word vectors ``model``, fields as typed: see :func:`answer`.

    Raises LearnerError ``word_unknown`` or ``word_unknown_close``, ``word_other_language`` or ``word_no_language`` where a
    word is in a language that the table does not hold, ``no_word_added`` and ``no_direction``.
    """
    with naming_languages(model.entry.languages):
        return answer(model.network, a, b, c, expected, k, exclude_inputs)


def answer(
    vectors: VectorTable, a: str, b: str = "", c: str = "", expected: str = "", k: int = 10, exclude_inputs: bool = True
) -> AnalogyAnswer:
    """Work out a − b + c; each field holds up to five words, whose vectors are added, or none.

    Raises LearnerError: a word that is not in the vocabulary, nothing that is added, words that cancel out.
    """
    fields = [read_words(vectors, typed) for typed in (a, b, c)]
    (plus, minus, more), notes = [words for words, _ in fields], [note for _, found in fields for note in found]
    hoped, target_notes = read_words(vectors, expected, most=1)
    target = next(iter(hoped), None)
    trace = solve(vectors, plus + more, minus, k, exclude_inputs, target, tuple(notes) + target_notes)
    drawn = ((target,) if target else ()) + tuple(word for word, _ in trace.ranking(True)[:DRAWN_ANSWERS])
    others = [word for word in dict.fromkeys(drawn) if word not in trace.inputs]
    return AnalogyAnswer(plus, minus, more, trace, parallelogram(vectors, plus, minus, more, others))


def read_words(
    vectors: VectorTable, typed: str, most: int = WORDS_IN_A_FIELD
) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """Return the words of a field as they stand in the vocabulary, at most ``most``, with notes on what was changed.

    The words are listed in whatever way: see :func:`nlpcore.word_lists.split_list`. Raises LearnerError for a word that is not
    in the vocabulary.
    """
    text, notes = _cleaned(typed)
    if not text:
        return (), notes
    parts = (text,) if vectors.find(text) is not None else split_list(text, vectors.index) or (text,)
    if len(parts) > most:
        notes += (Note("cut_words", {"kept": most, "given": len(parts)}),)
    elif len(parts) > 1 and _DASHES.sub(" ", " ".join(parts)).split() == _DASHES.sub(" ", text).split():
        notes += (Note("several_words", {"given": text, "count": len(parts)}),)
    kept = parts[:most]
    words = tuple(vectors.words[vectors.row(part)] for part in kept)
    return words, notes + vectors.read_as(kept)


def _cleaned(typed: str) -> tuple[str, tuple[Note, ...]]:
    try:
        cleaned = clean(typed)
    except LearnerError:  # an empty field is no mistake here
        return "", ()
    return cleaned.text, cleaned.notes


@served_on("word-vectors")
def work_out_many(model: LoadedModel, sums: Iterable[tuple[str, str, str, str]]) -> tuple[AnalogyTrace, ...]:
    """Work out each (a, b, c, expected) of single words with the word vectors ``model``: see :func:`solve`.

    Raises LearnerError ``word_unknown`` or ``word_unknown_close``.
    """
    vectors = model.network
    return tuple(solve(vectors, [a, c], [b], k=1, expected=expected) for a, b, c, expected in sums)


@served_on("word-vectors")
def neighbours(model: LoadedModel, words: str | Iterable[str], k: int = 10) -> tuple[tuple[Neighbour, ...], ...]:
    """Return the ``k`` nearest neighbours of each word in the word vectors ``model``.

    Raises LearnerError ``word_unknown`` or ``word_unknown_close``.
    """
    vectors = model.network
    return tuple(vectors.nearest(word, k) for word in as_words(words))
