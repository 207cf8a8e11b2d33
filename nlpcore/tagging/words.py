"""Words with their places in the text, split as CoNLL-2003 splits English."""

from __future__ import annotations

import regex

from nlpcore.graphemes import END, IDEOGRAPH, KEYCAP, LETTER, REST, SIGN
from nlpcore.text import Word

_LETTERS = rf"(?:(?!n['’]t{END}){LETTER})+"

# Tried in this order: what stands first wins.
_WORD = regex.compile(
    rf"""
      (?:\p{{L}}\.){{2,}}{REST}                                          # U.S.  e.g.
    | (?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Inc|Corp|Co|Ltd|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Mt|No|vs)\.(?=\s)
    | {IDEOGRAPH}                                                      # Chinese: every character, as BERT does
    | {KEYCAP}
    | \d+(?:[.,:/\-]\d+)+{REST}                                        # 3.5  1,000  14:30  2024-05-01
    | ['’](?:s|S|re|ve|ll|d|m){END} | n['’]t{END}                         # the clitics of English
    | {_LETTERS}
      (?:[-‐&](?=[\p{{L}}\p{{N}}_]){_LETTERS})*                          # Franco-German  AT&T,
      (?:['’](?!(?:s|S|re|ve|ll|d|m|t){END}){LETTER}+)?                 # O'Neill
    | (?:\.\.\. | -- | `` | ''){REST}
    | {SIGN}
    """,
    regex.VERBOSE,
)


def split_words(text: str) -> tuple[Word, ...]:
    """Return the words of ``text`` in order; white space belongs to none, every other character to exactly one.

    Punctuation stands alone, ``'s`` and ``n't`` are split off, abbreviations (``U.S.``), numbers (``1,000``) and
    hyphenated words (``Franco-German``) stay whole, as in the English data of CoNLL-2003. No grapheme cluster is split.
    """
    return tuple(Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text))
