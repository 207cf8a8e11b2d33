"""Why BERT is trained with masks: a network that sees both sides of a place and the place itself finds its answer there.

"Bidirectional conditioning would allow each word to indirectly 'see itself', and the model could trivially predict the target
word" (Devlin et al. 2019, § 3.1). Here it is measured on a masked language model: each word is guessed once with the word
in its place, and once with [MASK] there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpcore.arrays import Floats, log_softmax, ranks
from nlpcore.errors import LearnerError, Note
from nlpcore.language_models.fill_mask import all_mask_logits
from nlpcore.language_models.masked_input import masked_input
from nlpcore.models.serving import served_on

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

MOST = 24  # tokens, each of which is one more run of the network


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The n tokens of a text, each guessed with and without a mask.

    Attributes:
        tokens: (n,), special tokens and typed masks left out.
        seen: (n,), the probability of the token at its own place while it stands there, 0 to 1.
        hidden: (n,), the same with [MASK] in its place, all others in sight.
        seen_rank, hidden_rank: (n,), 1 where it is the likeliest of the vocabulary.
        seen_first, hidden_first: (n,), the likeliest token.
        notes: what was changed about the input.
    """

    tokens: tuple[str, ...]
    seen: Floats
    hidden: Floats
    seen_rank: tuple[int, ...]
    hidden_rank: tuple[int, ...]
    seen_first: tuple[str, ...]
    hidden_first: tuple[str, ...]
    notes: tuple[Note, ...] = ()

    @property
    def seen_right(self) -> int:
        """How many tokens are the likeliest at their own place while they stand there."""
        return self.seen_rank.count(1)

    @property
    def hidden_right(self) -> int:
        """How many are the likeliest at their place while a mask stands there."""
        return self.hidden_rank.count(1)


@served_on("masked-lm")
def see_itself(model: LoadedModel, text: str) -> Seen:
    """Guess each token of ``text``, cut to :data:`MOST`, with the token in its place, and with [MASK] there.

    Raises LearnerError ``empty_text``, ``no_word_in_text`` where nothing but masks stands in it.
    """
    given = masked_input(model, text, (), MOST + 2)  # two of them special
    special = set(model.tokenizer.all_special_ids)
    places = [i for i, token in enumerate(given.shown_ids.tolist()) if token not in special]
    if not places:
        raise LearnerError("no_word_in_text")
    ids = [int(given.token_ids[i]) for i in places]
    covered = []
    for place in places:
        shown = given.shown_ids.copy()
        shown[place] = model.tokenizer.mask_token_id
        covered.append((shown, [place]))
    open_logits, *covered_logits = all_mask_logits(model, [(given.shown_ids, places), *covered])
    found = (open_logits, np.concatenate(covered_logits))
    seen, hidden = (
        np.array([np.exp(log_softmax(row)[0][token]) for row, token in zip(rows, ids, strict=True)]) for rows in found
    )
    seen_rank, hidden_rank = (
        tuple(int(ranks(row, [token])[0]) for row, token in zip(rows, ids, strict=True)) for rows in found
    )
    seen_first, hidden_first = (
        tuple(model.tokenizer.convert_ids_to_tokens([int(row.argmax()) for row in rows])) for rows in found
    )
    for array in (seen, hidden):
        array.flags.writeable = False
    tokens = tuple(given.tokens[i] for i in places)
    return Seen(tokens, seen, hidden, seen_rank, hidden_rank, seen_first, hidden_first, given.notes)
