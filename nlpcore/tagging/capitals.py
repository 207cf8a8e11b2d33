"""How a word is written, as an input beside an uncased vocabulary's word pieces.

Collobert et al. 2011 ("Natural Language Processing (Almost) from Scratch") read words in lower case and give the network
their capitals as a feature of its own. BERT has a place for such a feature in a tagger of single texts, which has no use
for two segments: the segment embedding (Devlin et al. 2019, figure 2), one learned vector for each number.
"""

from __future__ import annotations

from collections.abc import Sequence

SMALL, INITIAL, ALL, MIXED = range(4)  # rain, Rain, RAIN, iRain
KINDS = 4


def capitals(word: str) -> int:
    """Return how ``word`` is written: SMALL (also what has no capitals), INITIAL, ALL (two or more) or MIXED."""
    cased = [letter for letter in word if letter.isupper() or letter.islower()]
    count = sum(letter.isupper() for letter in cased)
    if not count:
        return SMALL
    if count == len(cased) > 1:
        return ALL
    return INITIAL if count == 1 and word[0].isupper() else MIXED


def segment_ids(words: Sequence[str], word_of: Sequence[int | None]) -> list[int]:
    """Return the segment number of each word piece: the capitals of its word; SMALL for [CLS] and [SEP].

    ``word_of``: for each piece the number of its word in ``words``; None or below 0 where it belongs to none.
    """
    kinds = [capitals(word) for word in words]
    return [SMALL if number is None or number < 0 else kinds[number] for number in word_of]
