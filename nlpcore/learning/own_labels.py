"""Self-supervised learning: a text gives examples with labels by hiding a part of itself; nobody labels anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import served

MOST_WORDS = 10
UNSEEN, SEEN, ASKED = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class OwnExamples:
    """The examples that a text makes of itself.

    Attributes:
        words: n words, at most 10.
        next_word: (n − 1, n): row i asks for word i + 1 (2) of all that stand before (1); those behind are not seen (0).
        masked: (n, n): row i asks for word i (2) of all others (1).
        notes: what was changed about the text.
    """

    words: tuple[str, ...]
    next_word: NDArray[np.int8]
    masked: NDArray[np.int8]
    notes: tuple[Note, ...]


@served
def own_examples(words: tuple[str, ...]) -> OwnExamples:
    """Return the examples of a text, given as its words; of a long one the first 10 are taken, with a note.

    Raises LearnerError ``empty_text`` for no word, ``text_of_one_word`` for a single one.
    """
    if len(words) < 2:
        raise LearnerError("text_of_one_word" if words else "empty_text")
    notes = (Note("text_words_cut", {"given": len(words), "kept": MOST_WORDS}),) if len(words) > MOST_WORDS else ()
    kept = words[:MOST_WORDS]
    n = len(kept)
    rows, columns = np.indices((n, n))
    before = np.where(columns < rows, SEEN, np.where(columns == rows, ASKED, UNSEEN)).astype(np.int8)
    others = np.where(columns == rows, ASKED, SEEN).astype(np.int8)
    return OwnExamples(tuple(kept), before[1:], others, notes)
