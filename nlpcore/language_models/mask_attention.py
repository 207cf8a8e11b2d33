"""How the attention inside the model changes when words are masked, as exBERT lets one see (Hoover et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpcore.arrays import Floats, Integers, Singles
from nlpcore.errors import LearnerError, Note
from nlpcore.language_models.masked_input import TOKEN_LIMIT, masked_input
from nlpcore.models.forward import forward
from nlpcore.models.serving import served_on

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel


@dataclass(frozen=True, slots=True)
class AttentionChange:
    """Attention of one text with its words shown and with some of them masked.

    Attributes:
        tokens: as typed, (n,), special tokens included.
        masked: indices of the tokens that are masked.
        shown, hidden: (layers, heads, n, n) float32: weights[l, h, q, k] from query q to key k without and with the
            masks; each row sums to 1 (Vaswani et al. 2017, eq. 1).
        notes: what was changed about the input.
    """

    tokens: tuple[str, ...]
    masked: tuple[int, ...]
    shown: Singles
    hidden: Singles
    notes: tuple[Note, ...]

    def change(self, layer: int | None = None) -> Singles:
        """Return hidden − shown, averaged over the heads of ``layer`` (from 0) or of all layers: (n, n), −1 to 1."""
        difference = (self.hidden - self.shown).mean(axis=1)
        chosen: Singles = difference.mean(axis=0) if layer is None else difference[layer]
        return chosen

    def moved(self) -> Floats:
        """Return how much attention each head moved, (layers, heads), 0 to 1.

        It is half the sum of the absolute differences of a row (total variation distance), averaged over the rows.
        """
        distances: Floats = (np.abs(self.hidden - self.shown).sum(axis=-1) / 2).mean(axis=-1)
        return distances


@served_on("masked-lm")
def attention_change(
    model: LoadedModel, text: str, *, words: Sequence[int] = (), limit: int = TOKEN_LIMIT
) -> AttentionChange:
    """Return the attention weights of ``text`` with and without masks on ``words`` (indices into ``split_words``).

    A [MASK] typed in the text has no word to be compared with: it stays masked in both. The masked text has the same
    positions, as each word piece is masked by itself. limit: most tokens.
    Raises LearnerError ``empty_text``, ``no_such_word``; ``no_masked_word`` where no word of the text itself is masked.
    """
    given = masked_input(model, text, words, limit)
    changed = np.flatnonzero(given.shown_ids != given.token_ids)
    if not changed.size:
        raise LearnerError("no_masked_word")
    return AttentionChange(
        tokens=given.tokens,
        masked=tuple(int(i) for i in changed),
        shown=attention_weights(model, given.token_ids),
        hidden=attention_weights(model, given.shown_ids),
        notes=given.notes,
    )


def attention_weights(model: LoadedModel, ids: Integers) -> Singles:
    """Return the network's attention weights for one text: (layers, heads, n, n)."""
    import torch

    layers = forward(model, ids.tolist(), head=False, wanted=("attentions",)).attentions
    weights: Singles = torch.cat(layers).float().cpu().numpy()
    return weights
