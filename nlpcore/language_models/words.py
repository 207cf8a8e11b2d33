"""Words that a learner can click, found without a tokenizer, and the word pieces that lie under them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import regex

from nlpcore.graphemes import LETTER, SIGN
from nlpcore.text import Word

MASK = "[MASK]"
# As BERT, RoBERTa, a Chinese keyboard and exercises write it.
_NAME = r"(?:mask|ｍａｓｋ)"
_MASK_AS_TYPED = regex.compile(
    rf"""[\[［【〔]\s*{_NAME}\s*[\]］】〕] | [<＜〈]\s*{_NAME}\s*[>＞〉] | [{{｛]\s*{_NAME}\s*[}}｝]
    | （\s*） | 【\s*】 | 〔\s*〕 | (?<=\p{{Han}})\(\s*\) | \(\s*\)(?=\p{{Han}})
    | (?<![a-z0-9_\\])(?:_{{3,}}|＿{{2,}}|(?:\\_){{3,}}|_(?:\ _){{2,}})(?![a-z0-9_])
    """,
    regex.IGNORECASE | regex.VERBOSE,
)
# A gap and what it touches, up to a blank or another gap.
_GAP = regex.compile(
    r"(?<=(?P<front>[\s_\\]|^)(?P<before>[^\s_\\]*))(?:(?<!\\)_{3,}|(?:\\_){3,})(?=(?P<after>[^\s_\\]*)(?P<back>[\s_\\]|$))"
)
_SIGNS = ("_", "\\")
_WORD_BEFORE = regex.compile(r"(?:\S*\p{Han}|[\"'“‘(\[]*)[a-z][a-z'’-]*", regex.IGNORECASE)
_WORD_AFTER = regex.compile(r"[a-z][a-z'’-]*(?:\p{Han}\S*|[\"'”’)\].,;:!?…]*)", regex.IGNORECASE)
_WORD = regex.compile(rf"{LETTER}+(?:['’]{LETTER}+)*|{SIGN}")


def with_masks(text: str, mask_token: str = MASK) -> str:
    """Return ``text`` with every [mask], however it is written, as ``mask_token``.

    Read as a mask: [MASK], 【MASK】, ［MASK］, 〔MASK〕, <mask> and {mask} in any case and width, the empty brackets of a
    Chinese exercise, and a gap of three or more underscores (two or more full-width ones). One at a Latin word, as in
    ``of___.``, is parted from it; but ``5___``, ``___init___`` and, where nothing else stands, ``snake___case`` stay.
    """
    return _MASK_AS_TYPED.sub(lambda _: mask_token, _GAP.sub(_parted, text))


def _parted(found: regex.Match[str]) -> str:
    """Return underscores with a blank to each Latin word that they touch, where they are a gap and no part of a name."""
    before, after = found["before"], found["after"]
    left, right = before[-1:].isascii() and before[-1:].isalnum(), after[:1].isascii() and after[:1].isalnum()
    name = (left and (found["front"] in _SIGNS or not _WORD_BEFORE.fullmatch(before))) or (
        right and (found["back"] in _SIGNS or not _WORD_AFTER.fullmatch(after))
    )
    if name or (left and right and len(found.string.split()) == 1):
        return found[0]
    return f"{' ' if left else ''}{found[0]}{' ' if right else ''}"


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
