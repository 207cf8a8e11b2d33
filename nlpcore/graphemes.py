"""Characters as people count them: extended grapheme clusters (Unicode UAX #29), of which every lesson makes its words.

A flag is two code points, a family with its joiners seven, नरेन्द्र eight: no word may begin or end inside one. What the
splitters of the lessons have in common stands here as fragments of patterns for the module ``regex``; how English is
split besides (``n't``, ``U.S.``, hyphens) belongs to what each model was trained with.
"""

from __future__ import annotations

import regex

IDEOGRAPHS = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # Chinese, as the inside of a character class

# What a pattern that ends in a plain character adds, so that it ends where the cluster does. A few vowel signs of
# Myanmar begin a cluster (UAX #29, table 2), and never a word.
_MARK = r"[\p{M}\p{Grapheme_Cluster_Break=Extend}\p{Grapheme_Cluster_Break=SpacingMark}\u200d]"
# What a virama links to the character before it, whatever that is: regex's \X joins 7 and क in 7्क too.
_LINKED = r"(?<=\p{InCB=Linker}[\p{InCB=Extend}\p{InCB=Linker}]*)\p{InCB=Consonant}"
REST = f"(?:{_MARK}|{_LINKED})*"
END = rf"(?!\w|{_MARK})"  # of a word in plain letters
_CLUSTER = rf"(?:\p{{Grapheme_Cluster_Break=Prepend}}+(?!\S)|\X{REST})"  # \X alone would take a blank along with it
KEYCAP = rf"(?:[0-9\#*]\ufe0f?\u20e3{REST})"
IDEOGRAPH = rf"(?:(?=[{IDEOGRAPHS}]){_CLUSTER})"
# A letter or a digit of a word in letters; ``_`` counts as in Python's ``\w``.
LETTER = rf"(?:(?=[\p{{L}}\p{{N}}_])(?![{IDEOGRAPHS}])(?!{KEYCAP}){_CLUSTER})"
SIGN = rf"(?:(?=[^\s\x1c-\x1f]){_CLUSTER})"  # str.split takes four more controls for white space than Unicode

_REST = regex.compile(REST)
_ONE = regex.compile(r"\X")
_WORD = regex.compile(f"{LETTER}+|{SIGN}")


def graphemes(text: str) -> tuple[str, ...]:
    """Return the extended grapheme clusters of ``text`` in order; joined they are ``text``."""
    return tuple(_ONE.findall(text))


def cluster_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each extended grapheme cluster of ``text`` begins and ends."""
    return tuple(found.span() for found in _ONE.finditer(text))


def word_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return where the words of ``text`` stand: runs of letters, digits and their marks, each Chinese character, each
    other cluster that is no white space."""
    return tuple(found.span() for found in _WORD.finditer(text))


def whole_end(text: str, end: int) -> int:
    """Return ``end``, moved behind the marks that belong to the character before it."""
    found = _REST.match(text, end)
    return found.end() if found and end else end
