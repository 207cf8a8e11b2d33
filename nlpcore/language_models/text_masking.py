"""BERT's masking on a learner's text, with what the model loses on it: one training example, taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpcore.arrays import Floats, log_softmax
from nlpcore.errors import Note
from nlpcore.language_models.fill_mask import mask_logits
from nlpcore.language_models.masked_input import tokenized
from nlpcore.language_models.masking import Corruption, CorruptionCounts, Vocabulary, corrupt, corruption_counts
from nlpcore.models.serving import served_on

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

EXAMPLE_LIMIT = 42  # tokens of one drawn example: six rows of seven
COUNT_LIMIT = 128


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A text as the model would meet it once in training.

    Attributes:
        tokens, shown_tokens: (positions,), as it stands and as the model is shown it.
        corruption: every draw behind it.
        losses: (positions,), −ln p(original token | shown tokens) where selected, NaN elsewhere; Devlin et al. 2019,
            section 3.1: cross-entropy on the selected positions only.
        notes: what was changed about the input.
    """

    tokens: tuple[str, ...]
    shown_tokens: tuple[str, ...]
    corruption: Corruption
    losses: Floats
    notes: tuple[Note, ...]

    @property
    def loss(self) -> float | None:
        """The mean loss over the selected positions, what training would lower; None where nothing is selected."""
        selected = self.losses[self.corruption.selected]
        return float(selected.mean()) if selected.size else None


@dataclass(frozen=True, slots=True)
class CountedText:
    """Many draws on one text.

    Attributes:
        tokens: (positions,), as typed.
        counts: see :class:`CorruptionCounts`.
        notes: what was changed about the input.
    """

    tokens: tuple[str, ...]
    counts: CorruptionCounts
    notes: tuple[Note, ...]


@served_on("masked-lm")
def training_example(
    model: LoadedModel,
    text: str,
    *,
    seed: int = 0,
    rate: float = 0.15,
    split: tuple[float, float, float] = (0.8, 0.1, 0.1),
    limit: int = EXAMPLE_LIMIT,
) -> TrainingExample:
    """Corrupt ``text`` once, as :func:`corrupt` does, and score the model on it. ``limit``: most tokens.

    Raises LearnerError ``empty_text``, ValueError as :func:`corrupt`.
    """
    given = tokenized(model, text, limit)
    vocabulary = Vocabulary.of(model.tokenizer)
    corruption = corrupt(given.token_ids, np.random.default_rng(seed), rate, split, vocabulary=vocabulary)
    losses = np.full(len(given.tokens), np.nan)
    positions = np.flatnonzero(corruption.selected).tolist()
    if positions:
        logits = mask_logits(model, corruption.corrupted, positions)
        losses[positions] = [-log_softmax(z)[0][given.token_ids[i]] for i, z in zip(positions, logits, strict=True)]
    shown = tuple(model.tokenizer.convert_ids_to_tokens(corruption.corrupted.tolist()))
    return TrainingExample(given.tokens, shown, corruption, losses, given.notes)


@served_on("masked-lm")
def count_corruptions(
    model: LoadedModel,
    text: str,
    *,
    seed: int = 0,
    rate: float = 0.15,
    split: tuple[float, float, float] = (0.8, 0.1, 0.1),
    draws: int = 1000,
    limit: int = COUNT_LIMIT,
) -> CountedText:
    """Corrupt ``text`` ``draws`` times and count. ``limit``: most tokens.

    Raises LearnerError ``empty_text``, ValueError as :func:`corrupt`.
    """
    given = tokenized(model, text, limit)
    vocabulary = Vocabulary.of(model.tokenizer)
    rng = np.random.default_rng(seed)
    counts = corruption_counts(given.token_ids.tolist(), rng, rate, split, draws, vocabulary=vocabulary)
    return CountedText(given.tokens, counts, given.notes)
