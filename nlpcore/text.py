"""Text as learners type it, made fit for a tokenizer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlpcore.errors import LearnerError, Note

# Control, surrogate, private use and unassigned characters mean nothing to a tokenizer; format characters (Cf) stay, as
# they join emoji and shape Arabic and Indic script, except those that reorder text and could disguise it.
_DROPPED = frozenset({"Cc", "Cs", "Co", "Cn"})
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS_PER_LETTER = 8
_HAN_BLOCKS = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003134f"))
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A learner's text after :func:`clean`.

    Attributes:
        text: what is left.
        notes: what was taken away.
    """

    text: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a single symbol and its place: ``source[start:end] == text``.

    Attributes:
        text: as written.
        start, end: characters, end excluded.
        occurrence: 1 for the first time that this word stands in the text, 2 for the second, … (case ignored), where
            they are counted.
        occurrences: how often it stands there, where it is counted.
    """

    text: str
    start: int
    end: int
    occurrence: int = 1
    occurrences: int = 1


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


def shortened(text: str, most: int = 24) -> str:
    """Return ``text`` with at most ``most`` characters, the last of them "…" where some are left out."""
    return text if len(text) <= most else text[: most - 1] + "…"


def listed(names: Iterable[str], most: int, longest: int = 24, between: str = ", ") -> str:
    """Return the first ``most`` names in a row, each cut to ``longest`` characters, and "…" where there are more."""
    cut = [shortened(name, longest) for name in names]
    return between.join(cut[:most]) + (" …" if len(cut) > most else "")


def is_han(character: str) -> bool:
    """Whether this is a Chinese character (of the basic, a supplementary or the compatibility block)."""
    return any(first <= character <= last for first, last in _HAN_BLOCKS)


def mostly_chinese(text: str) -> bool:
    """Whether ``text`` has at least as many Chinese characters as words in letters, and any at all."""
    han, words = _counted(text)
    return 0 < han >= words


def language_notes(text: str, languages: Sequence[str], model: str) -> tuple[Note, ...]:
    """Return a note where ``text`` is Chinese and ``model`` did not learn Chinese, or learned nothing else.

    languages: the model's, as the catalogue names them. Nothing is said of a text without letters.
    """
    han, words = _counted(text)
    if 0 < han >= words and "zh" not in languages:
        return (Note("text_is_chinese", {"model": model}),)
    if words > han and tuple(languages) == ("zh",):
        return (Note("text_is_not_chinese", {"model": model}),)
    return ()


def _counted(text: str) -> tuple[int, int]:
    """Return how many Chinese characters and how many words in letters stand in ``text``."""
    han = sum(map(is_han, text))
    return han, len(_LETTERS.findall("".join(" " if is_han(character) else character for character in text)))
