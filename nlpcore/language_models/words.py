"""Words that a learner can click, found without a tokenizer, and the word pieces that lie under them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import regex

from nlpcore.graphemes import LETTER, SIGN
from nlpcore.text import Word

MASK = "[MASK]"
# As BERT, RoBERTa, a Chinese keyboard and exercises write it. Underscores at a Latin letter or a digit belong to a name.
_MASK_AS_TYPED = re.compile(
    r"[\[［【]\s*(?:mask|ｍａｓｋ)\s*[\]］】] | <\s*mask\s*> | ＜\s*mask\s*＞ | \{\s*mask\s*\} | ｛\s*mask\s*｝"
    r" | (?<![a-z0-9])(?:_{3,}|＿{2,})(?![a-z0-9])",
    re.IGNORECASE | re.VERBOSE,
)
_WORD = regex.compile(rf"{LETTER}+(?:['’]{LETTER}+)*|{SIGN}")


def with_masks(text: str, mask_token: str = MASK) -> str:
    """Return ``text`` with every [mask], however it is written, as ``mask_token``.

    Read as a mask: [MASK], 【MASK】, ［MASK］, <mask> and {mask} in any case, and a gap of three or more underscores (two or
    more full-width ones) that touches no Latin letter or digit, so that ``snake___case`` stays what it is.
    """
    return _MASK_AS_TYPED.sub(lambda _: mask_token, text)


def split_words(text: str, mask_token: str = MASK) -> tuple[Word, ...]:
    """Return the words of ``text`` in order: runs of letters and digits, single Chinese characters, single symbols.

    ``mask_token`` is one word; no grapheme cluster is split, so that marks and joiners stay with the character before
    them; an apostrophe between two letters belongs to the word.
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


def _spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [found.span() for found in _WORD.finditer(text, start, end)]
