"""Words that a learner can click, found without a tokenizer, and the word pieces that lie under them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from nlpcore.text import Word, is_han

MASK = "[MASK]"
_MASK_AS_TYPED = re.compile(r"\[\s*mask\s*\]", re.IGNORECASE)
_JOINERS = frozenset("\u200c\u200d")
_APOSTROPHES = frozenset("'’")
_SPACE, _WORD, _HAN, _SYMBOL, _MARK = range(5)


def with_masks(text: str, mask_token: str = MASK) -> str:
    """Return ``text`` with every [mask], however it is written, as ``mask_token``."""
    return _MASK_AS_TYPED.sub(lambda _: mask_token, text)


def split_words(text: str, mask_token: str = MASK) -> tuple[Word, ...]:
    """Return the words of ``text`` in order: runs of letters and digits, single Chinese characters, single symbols.

    ``mask_token`` is one word; marks and joiners stay with the character before them, an apostrophe between two letters
    belongs to the word.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for found in [*re.finditer(re.escape(mask_token), text), None]:
        spans.extend(_spans(text, start, found.start() if found else len(text)))
        if found:
            spans.append(found.span())
            start = found.end()
    return _numbered(text, spans)


def pieces_under(word: Word, offsets: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Return the indices of the word pieces whose characters overlap the word's; an empty span never does."""
    return tuple(i for i, (start, end) in enumerate(offsets) if start < word.end and end > word.start and start < end)


def _numbered(text: str, spans: list[tuple[int, int]]) -> tuple[Word, ...]:
    keys = [text[start:end].casefold() for start, end in spans]
    totals, seen = Counter(keys), Counter[str]()
    words = []
    for key, (start, end) in zip(keys, spans, strict=True):
        seen[key] += 1
        words.append(Word(text[start:end], start, end, seen[key], totals[key]))
    return tuple(words)


def _kind(character: str) -> int:
    category = unicodedata.category(character)
    if character.isspace():
        return _SPACE
    if category[0] == "M" or character in _JOINERS or "\U0001f3fb" <= character <= "\U0001f3ff":
        return _MARK
    if is_han(character):
        return _HAN
    return _WORD if character.isalnum() or character == "_" else _SYMBOL


def _spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    before = _SPACE  # the kind of the character before, marks passed over
    for i in range(start, end):
        kind = _kind(text[i])
        joined = spans and spans[-1][1] == i and _joins(text, i, end, kind, before)
        if joined:
            spans[-1] = (spans[-1][0], i + 1)
        elif kind != _SPACE:
            spans.append((i, i + 1))
        if kind != _MARK and not (joined and kind == _SYMBOL):
            before = kind
    return spans


def _joins(text: str, i: int, end: int, kind: int, before: int) -> bool:
    """Whether the character at ``i`` belongs to the word that ends just before it."""
    if kind == _MARK:
        return True
    if kind == _SYMBOL:
        within_word = before == _WORD and i + 1 < end and _kind(text[i + 1]) == _WORD
        return text[i - 1] == "\u200d" or (text[i] in _APOSTROPHES and within_word)
    return kind == before == _WORD
