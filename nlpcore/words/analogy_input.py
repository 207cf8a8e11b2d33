"""A sum of words as a learner types it, in three fields: a − b + c."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import served
from nlpcore.text import clean, is_han
from nlpcore.words.analogy import AnalogyTrace, solve
from nlpcore.words.analogy_plane import Parallelogram, parallelogram
from nlpcore.words.table import Neighbour, VectorTable, as_words

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

WORDS_IN_A_FIELD = 5
DRAWN_ANSWERS = 3  # words dropped onto the plane beside the expected one

_BETWEEN_WORDS = re.compile(r"[\s,，、;；+]+")


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


@served
def work_out(
    model: LoadedModel, a: str, b: str = "", c: str = "", expected: str = "", k: int = 10, exclude_inputs: bool = True
) -> AnalogyAnswer:
    """Work out a − b + c with the word vectors ``model``, fields as typed: see :func:`answer`.

    Raises LearnerError ``word_unknown`` or ``word_unknown_close``, ``word_other_language`` where a word is in a language
    that the table does not hold, ``no_word_added`` and ``no_direction``.
    """
    try:
        return answer(model.network, a, b, c, expected, k, exclude_inputs)
    except LearnerError as error:
        word = str(error.params.get("word", ""))
        if error.code == "word_unknown" and word and any(map(is_han, word)) != ("zh" in model.entry.languages):
            raise LearnerError("word_other_language", word=word) from error
        raise


def answer(
    vectors: VectorTable, a: str, b: str = "", c: str = "", expected: str = "", k: int = 10, exclude_inputs: bool = True
) -> AnalogyAnswer:
    """Work out a − b + c; each field holds up to five words, whose vectors are added, or none.

    Raises LearnerError: a word that is not in the vocabulary, nothing that is added, words that cancel out.
    """
    fields = [read_words(vectors, typed) for typed in (a, b, c)]
    (plus, minus, more), notes = [words for words, _ in fields], [note for _, found in fields for note in found]
    target, target_notes = _read_one(vectors, expected)
    trace = solve(vectors, plus + more, minus, k, exclude_inputs, target, tuple(notes) + target_notes)
    drawn = ((target,) if target else ()) + tuple(word for word, _ in trace.ranking(True)[:DRAWN_ANSWERS])
    others = [word for word in dict.fromkeys(drawn) if word not in trace.inputs]
    return AnalogyAnswer(plus, minus, more, trace, parallelogram(vectors, plus, minus, more, others))


def read_words(vectors: VectorTable, typed: str) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """Return the words of a field as they stand in the vocabulary, with notes on what was changed.

    Words are set apart by spaces, commas or "+". Raises LearnerError for a word that is not in the vocabulary.
    """
    text, notes = _cleaned(typed)
    parts = [text] if text in vectors else [part for part in _BETWEEN_WORDS.split(text) if part]
    if len(parts) > WORDS_IN_A_FIELD:
        notes += (Note("cut_words", {"kept": WORDS_IN_A_FIELD, "given": len(parts)}),)
    elif len(parts) > 1 and parts == text.split():
        notes += (Note("several_words", {"given": text, "count": len(parts)}),)
    words = []
    for part in parts[:WORDS_IN_A_FIELD]:
        word = vectors.words[vectors.row(part)]
        words.append(word)
        if word != part:
            notes += (Note("folded_case", {"given": part, "used": word}),)
    return tuple(words), notes


def _read_one(vectors: VectorTable, typed: str) -> tuple[str | None, tuple[Note, ...]]:
    text, notes = _cleaned(typed)
    if not text:
        return None, notes
    word = vectors.words[vectors.row(text)]
    return word, (*notes, Note("folded_case", {"given": text, "used": word})) if word != text else notes


def _cleaned(typed: str) -> tuple[str, tuple[Note, ...]]:
    try:
        cleaned = clean(typed)
    except LearnerError:  # an empty field is no mistake here
        return "", ()
    return cleaned.text, cleaned.notes


@served
def work_out_many(model: LoadedModel, sums: Iterable[tuple[str, str, str, str]]) -> tuple[AnalogyTrace, ...]:
    """Work out each (a, b, c, expected) of single words with the word vectors ``model``: see :func:`solve`.

    Raises LearnerError ``word_unknown`` or ``word_unknown_close``.
    """
    vectors = model.network
    return tuple(solve(vectors, [a, c], [b], k=1, expected=expected) for a, b, c, expected in sums)


@served
def neighbours(model: LoadedModel, words: str | Iterable[str], k: int = 10) -> tuple[tuple[Neighbour, ...], ...]:
    """Return the ``k`` nearest neighbours of each word in the word vectors ``model``.

    Raises LearnerError ``word_unknown`` or ``word_unknown_close``.
    """
    vectors = model.network
    return tuple(vectors.nearest(word, k) for word in as_words(words))
