"""Text as learners type it, made fit for a tokenizer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from nlpcore.errors import LearnerError, Note

# Control, surrogate, private use and unassigned characters mean nothing to a tokenizer; format characters (Cf) stay, as
# they join emoji and shape Arabic and Indic script, except those that reorder text and could disguise it.
_DROPPED = frozenset({"Cc", "Cs", "Co", "Cn"})
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS_PER_LETTER = 8


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A learner's text after :func:`clean`, with notes on what was taken away."""

    text: str
    notes: tuple[Note, ...] = ()


def clean(text: str, limit: int = 4000) -> Cleaned:
    """Return ``text`` in NFC with white space folded, without control characters, cut to ``limit`` characters.

    Raises LearnerError ``empty_text`` where nothing is left.
    """
    given = len(text)
    # Normalising costs time with every character, so a book is cut before it is read in full.
    folded = " ".join(text[: 4 * limit].split())
    kept = "".join(c for c in folded if unicodedata.category(c) not in _DROPPED and c not in _BIDI_CONTROLS)
    notes = [Note("removed_characters", {"count": len(folded) - len(kept)})] if len(kept) < len(folded) else []
    kept = _without_mark_towers(unicodedata.normalize("NFC", kept)).strip()
    if not kept:
        raise LearnerError("empty_text")
    if len(kept) > limit or given > 4 * limit:
        kept = kept[:limit].rstrip()
        notes.append(Note("cut_characters", {"kept": len(kept), "given": given}))
    return Cleaned(kept, tuple(notes))


def _without_mark_towers(text: str) -> str:
    """Drop combining marks past the eighth on one letter: no script stacks more, and they spill over the page."""
    out: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_PER_LETTER:
            out.append(character)
    return "".join(out)
