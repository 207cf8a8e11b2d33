"""Words for the recurrent classifier: the same splitting when it is trained and when it is read."""

from __future__ import annotations

import re

PAD, UNKNOWN = "<pad>", "<unk>"

# Typographic variants of one sign would each need a row of their own in the vocabulary.
_PLAIN = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})

# Vowel signs and other marks that Python's \w leaves out, and the joiners inside emoji, stay with what they modify.
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u0e00-\u109f\u1ab0-\u1aff"
)
_JOINERS = "\u200c\u200d\ufe0f\U0001f3fb-\U0001f3ff"
_SIGN_BY_SIGN = "\u3040-\u30ff\u3400-\u9fff"  # Chinese and Japanese are written without spaces

_TOKEN = re.compile(
    rf"""
    [a-z]+?(?=n't\b)                     # do|n't, ca|n't, wo|n't: the Penn Treebank's way, and GloVe's
  | n't\b
  | '(?:s|m|d|re|ve|ll)\b                # it|'s, i|'m, they|'re
  | \d+(?:[.,:/]\d+)*[a-z]*              # 1,000  3.5  8/10  1980s  3d
  | [{_SIGN_BY_SIGN}]
  | [^\W\d_{_SIGN_BY_SIGN}](?:[{_MARKS}]|[^\W_{_SIGN_BY_SIGN}])*              # a word, with its marks
  | \.\.+                                # an ellipsis of any length
  | \S[{_JOINERS}{_MARKS}]*(?:(?<=\u200d)\S[{_JOINERS}]*)*                    # any other sign; a joined emoji is one
    """,
    re.VERBOSE,
)


def word_tokens(text: str) -> list[str]:
    """Return ``text`` in lower case as a list of words, numbers, contractions and single punctuation signs.

    ``"It isn't bad: 8/10…"`` becomes ``["it", "is", "n't", "bad", ":", "8/10", "..."]``. Contractions are split as in
    the Penn Treebank (Marcus et al. 1993), because the GloVe vectors that the classifier starts from were made so.
    Hyphens stand alone: the parts of a rare compound are still known words. Splitting is stable: the tokens joined by
    blanks give the same tokens again.
    """
    plain = text.translate(_PLAIN).lower()
    return ["..." if match.startswith("..") else match for match in _TOKEN.findall(plain)]
