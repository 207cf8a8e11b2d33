"""Words with their places in the text, split as CoNLL-2003 splits English."""

from __future__ import annotations

import re

from nlpcore.text import Word

# Tried in this order: what stands first wins.
_WORD = re.compile(
    r"""
      (?:[^\W\d_]\.){2,}                                              # U.S.  e.g.
    | (?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Inc|Corp|Co|Ltd|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Mt|No|vs)\.(?=\s)
    | [\u3400-\u9fff\U00020000-\U0003134f]                             # Chinese: every character, as BERT does
    | \d+(?:[.,:/\-]\d+)+                                             # 3.5  1,000  14:30  2024-05-01
    | ['’](?:s|S|re|ve|ll|d|m)\b | n['’]t\b                           # the clitics of English
    | (?:(?!n['’]t\b|[\u3400-\u9fff])[\w\u0300-\u036f])+                               # a run of letters and marks,
      (?:[-‐&](?=\w)(?:(?!n['’]t\b|[\u3400-\u9fff])[\w\u0300-\u036f])+)*               # Franco-German  AT&T,
      (?:['’](?!(?:s|S|re|ve|ll|d|m|t)\b)\w+)?                         # O'Neill
    | \.\.\. | -- | ``| ''
    | \S
    """,
    re.VERBOSE,
)


def split_words(text: str) -> tuple[Word, ...]:
    """Return the words of ``text`` in order; white space belongs to none, every other character to exactly one.

    Punctuation stands alone, ``'s`` and ``n't`` are split off, abbreviations (``U.S.``), numbers (``1,000``) and
    hyphenated words (``Franco-German``) stay whole, as in the English data of CoNLL-2003.
    """
    return tuple(Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text))
