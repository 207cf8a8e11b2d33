"""The same mask in two sentences: how far the model's expectation moves when the sentence around it changes.

The difference of log probabilities is how bias in masked models is measured by Kurita, Vyas, Pareek, Black & Tsvetkov
2019, "Measuring Bias in Contextualized Word Representations": they compare a sentence with its template, in which the
attribute is masked as well, so that a word's general frequency (its prior) cancels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpcore.arrays import Floats, Integers, descending, log_softmax, ranks
from nlpcore.errors import LearnerError, Note
from nlpcore.language_models.fill_mask import known_words, mask_logits
from nlpcore.language_models.masked_input import TOKEN_LIMIT, masked_input
from nlpcore.models.serving import served_on

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel


@dataclass(frozen=True, slots=True)
class FillComparison:
    """One mask in two sentences.

    Attributes:
        first, second: the sentences' tokens as the model was shown them.
        first_mask, second_mask: the index of the mask compared.
        words: the w tokens scored: the learner's own, or the likeliest of either sentence.
        first_log_probability, second_log_probability: (w,), natural logarithms of p in each sentence, 0 at most.
        first_rank, second_rank: (w,), 1 is the likeliest of the vocabulary.
        asked: whether ``words`` are the learner's own.
        notes: what was changed about the input.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    first_mask: int
    second_mask: int
    words: tuple[str, ...]
    first_log_probability: Floats
    second_log_probability: Floats
    first_rank: Integers
    second_rank: Integers
    asked: bool
    notes: tuple[Note, ...]

    @property
    def difference(self) -> Floats:
        """ln p(first) − ln p(second), (words,), in nats; above zero where the first makes a word likelier."""
        return self.first_log_probability - self.second_log_probability


@served_on("masked-lm")
def compare_fills(
    model: LoadedModel,
    first: str,
    second: str,
    k: int = 10,
    *,
    watched: Sequence[str] = (),
    limit: int = TOKEN_LIMIT,
) -> FillComparison:
    """Compare the first mask of two sentences, each of which holds a [MASK].

    k: how many of each sentence's likeliest tokens are scored, where ``watched`` names no word of the vocabulary.
    limit: most tokens. Raises LearnerError ``empty_text``, ``no_mask_to_compare``.
    """
    log_p: list[Floats] = []
    tokens: list[tuple[str, ...]] = []
    masks: list[int] = []
    notes: list[Note] = []
    for text in (first, second):
        given = masked_input(model, text, (), limit)
        if not given.sites:
            raise LearnerError("no_mask_to_compare")
        position = given.sites[0].position
        log_p.append(log_softmax(mask_logits(model, given.shown_ids, [position])[0])[0])
        masks.append(position)
        tokens.append(_shown(model, given.shown_ids))
        notes.extend(given.notes)
    watched_ids, watched_notes = known_words(model, watched)
    ids = watched_ids or _likeliest_of_both(log_p[0], log_p[1], max(1, k))
    return FillComparison(
        first=tokens[0],
        second=tokens[1],
        first_mask=masks[0],
        second_mask=masks[1],
        words=tuple(model.tokenizer.convert_ids_to_tokens(ids)),
        first_log_probability=log_p[0][ids],
        second_log_probability=log_p[1][ids],
        first_rank=ranks(log_p[0], ids),
        second_rank=ranks(log_p[1], ids),
        asked=bool(watched_ids),
        notes=tuple(dict.fromkeys((*notes, *watched_notes))),
    )


def _shown(model: LoadedModel, ids: Integers) -> tuple[str, ...]:
    return tuple(model.tokenizer.convert_ids_to_tokens(ids.tolist()))


def _likeliest_of_both(first: Floats, second: Floats, k: int) -> list[int]:
    """Return the ids among the ``k`` likeliest of either, likeliest on average first."""
    ids = np.union1d(descending(first)[:k], descending(second)[:k])
    average = np.logaddexp(first[ids], second[ids])
    return [int(i) for i in ids[descending(average)]]
