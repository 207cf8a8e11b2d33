"""Which words each position may see: ELMo, GPT and BERT, three ways to a vector that depends on the context.

* GPT (Radford et al. 2018): each position sees itself and what stands before it, in every layer.
* ELMo (Peters et al. 2018): one LSTM reads from the left, another one from the right, and their vectors are glued together; each
  half sees one side only.
* BERT (Devlin et al. 2019): each position sees all, in every layer; what it has to guess is hidden by a mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nlpcore.attention.dot_product import causal_mask
from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import served

Way = Literal["elmo", "gpt", "bert"]
WAYS: tuple[Way, ...] = get_args(Way)
MOST = 10  # words that are drawn


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """Who sees whom among n words.

    Attributes:
        words: (n,).
        at: the position that is asked about, and that BERT has to guess.
        forward: (n, n) booleans, row i: what the LSTM from the left has read when it gives out its vector i.
        backward: (n, n) likewise, from the right.
        gpt: (n, n), what position i may look at.
        bert: (n, n), likewise: everything.
        hidden: (n,), True where BERT is shown [MASK] in place of the word.
        notes: what was left out.
    """

    words: tuple[str, ...]
    at: int
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]
    gpt: NDArray[np.bool_]
    bert: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    notes: tuple[Note, ...] = ()

    def sees(self, way: Way, row: int, column: int) -> bool:
        """Whether the vector at ``row`` may depend on which word stands at ``column``; ELMo's is that of both halves."""
        seen = {"elmo": self.forward | self.backward, "gpt": self.gpt, "bert": self.bert & ~self.hidden}[way]
        return bool(seen[row, column])


@served
def sight(words: tuple[str, ...], at: int = 0) -> Sight:
    """Return who sees whom; the first :data:`MOST` words are kept. Raises LearnerError ``empty_text`` without words."""
    if not words:
        raise LearnerError("empty_text")
    notes = (Note("text_words_cut", {"given": len(words), "kept": MOST}),) if len(words) > MOST else ()
    kept = tuple(words[:MOST])
    count = len(kept)
    at = min(max(at, 0), count - 1)
    hidden = np.arange(count) == at
    before = causal_mask(count)
    found = (before, before.T.copy(), before.copy(), np.ones((count, count), bool), hidden)
    for array in found:
        array.flags.writeable = False
    return Sight(kept, at, *found, notes)
