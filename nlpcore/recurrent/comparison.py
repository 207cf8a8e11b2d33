"""A text and its edited version read by the same network: which tokens belong together, and what differs there."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.models.serving import served_on
from nlpcore.recurrent.gates import values
from nlpcore.recurrent.reading import MOST_TOKENS, CharacterReading, SentimentReading, read

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

SAME, REPLACED, REMOVED, INSERTED = "same", "replaced", "removed", "inserted"


@dataclass(frozen=True, slots=True)
class Pair:
    """One place in the alignment of two texts.

    Attributes:
        kind: ``same``, ``replaced``, ``removed`` (only in the first) or ``inserted`` (only in the second).
        before: step in the first text, from 0; None where the token was inserted.
        after: step in the second text, from 0; None where the token was removed.
    """

    kind: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two readings and their alignment.

    Attributes:
        before: the reading of the first text.
        after: the reading of the edited one.
        pairs: in text order; every step of either text stands in exactly one pair.
    """

    before: SentimentReading | CharacterReading
    after: SentimentReading | CharacterReading
    pairs: tuple[Pair, ...]

    def difference(self, quantity: str) -> Floats:
        """Return after minus before of i, f, g, o, c or h as (pairs, hidden); nan where a side has no token."""
        old, new = values(self.before.trace, quantity), values(self.after.trace, quantity)
        out = np.full((len(self.pairs), old.shape[1]), np.nan)
        for row, pair in enumerate(self.pairs):
            if pair.before is not None and pair.after is not None:
                out[row] = new[pair.after] - old[pair.before]
        return out


@served_on("lstm")
def compare(model: LoadedModel, text: str, edited: str, limit: int = MOST_TOKENS) -> Comparison:
    """Read both texts and align them token by token. Raises LearnerError ``empty_text`` where either is empty."""
    before, after = read(model, text, limit), read(model, edited, limit)
    return Comparison(before, after, align(before.tokens, after.tokens))


def align(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Pair, ...]:
    """Align two token sequences by their longest common blocks (difflib); replaced tokens are paired in order."""
    pairs: list[Pair] = []
    for tag, a, a_end, b, b_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        both = min(a_end - a, b_end - b)
        kind = SAME if tag == "equal" else REPLACED
        pairs += [Pair(kind, a + n, b + n) for n in range(both)]
        pairs += [Pair(REMOVED, n, None) for n in range(a + both, a_end)]
        pairs += [Pair(INSERTED, None, n) for n in range(b + both, b_end)]
    return tuple(pairs)
