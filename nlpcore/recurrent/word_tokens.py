"""Words for the recurrent classifier: the same splitting when it is trained and when it is read."""

from __future__ import annotations

import regex

from nlpcore.graphemes import END, IDEOGRAPH, KEYCAP, LETTER, REST, SIGN
from nlpcore.text import half_width

PAD, UNKNOWN = "<pad>", "<unk>"

# Typographic variants of one sign would each need a row of their own in the vocabulary.
_PLAIN = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})

_TOKEN = regex.compile(
    rf"""
    {KEYCAP}
  | [a-z]+?(?=n't{END})                    # do|n't, ca|n't, wo|n't: the Penn Treebank's way, and GloVe's
  | n't{END}
  | '(?:s|m|d|re|ve|ll){END}               # it|'s, i|'m, they|'re
  | \d+(?:[.,:/]\d+)*[a-z]*{REST}        # 1,000  3.5  8/10  1980s  3d
  | {IDEOGRAPH}
  | (?!\d)(?:(?!_){LETTER})+              # a word, with its marks
  | \.\.+{REST}                          # an ellipsis of any length
  | {SIGN}                               # any other sign; a joined emoji is one
    """,
    regex.VERBOSE,
)


def word_tokens(text: str) -> list[str]:
    """Return ``text`` in lower case as a list of words, numbers, contractions and single punctuation signs.

    ``"It isn't bad: 8/10…"`` becomes ``["it", "is", "n't", "bad", ":", "8/10", "..."]``. Contractions are split as in
    the Penn Treebank (Marcus et al. 1993), because the GloVe vectors that the classifier starts from were made so.
    Hyphens stand alone: the parts of a rare compound are still known words. Full-width letters are read as others. No
    grapheme cluster is split. Splitting is stable: the tokens joined by blanks give the same tokens again.
    """
    plain = half_width(text).translate(_PLAIN).lower()
    return ["..." if match.startswith("..") else match for match in _TOKEN.findall(plain)]
