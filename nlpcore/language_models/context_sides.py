"""A masked model reads both sides of a mask: how its answer changes when one side is cut off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpcore.arrays import log_softmax
from nlpcore.errors import LearnerError
from nlpcore.language_models.fill_mask import all_mask_logits
from nlpcore.language_models.masked_input import TOKEN_LIMIT, masked_input
from nlpcore.models.serving import served_on

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel


@dataclass(frozen=True, slots=True)
class ContextSides:
    """One token at the first mask of a text, with both sides of the text and with one alone.

    Attributes:
        token: the likeliest one when both sides are shown.
        both: its probability, 0 to 1, with the whole text.
        left: the same with nothing after the mask.
        right: the same with nothing before the mask.
        tokens_left, tokens_right: how many tokens stand on each side, special tokens not counted.
        left_answer, right_answer: the likeliest token of each side alone and its probability, 0 to 1.
    """

    token: str
    both: float
    left: float
    right: float
    tokens_left: int
    tokens_right: int
    left_answer: tuple[str, float]
    right_answer: tuple[str, float]


@served_on("masked-lm")
def context_sides(
    model: LoadedModel, text: str, *, words: Sequence[int] = (), limit: int = TOKEN_LIMIT
) -> ContextSides:
    """Score the likeliest token of the first mask again with each side of the text cut off.

    words: indices of words to mask besides the [MASK]s of the text; other masks stay masks. limit: most tokens.
    The text has to begin and end with one special token ([CLS], [SEP]), as BERT's does.
    Raises LearnerError ``empty_text``, ``no_mask``, ``no_such_word``.
    """
    given = masked_input(model, text, words, limit)
    if not given.sites:
        raise LearnerError("no_mask")
    ids, position = given.shown_ids, given.sites[0].position
    left = np.concatenate([ids[: position + 1], ids[-1:]])
    right = np.concatenate([ids[:1], ids[position:]])
    logits = all_mask_logits(model, [(ids, [position]), (left, [position]), (right, [1])])
    log_p = [log_softmax(each[0])[0] for each in logits]
    token_id = int(np.argmax(log_p[0]))
    both, alone_left, alone_right = (float(np.exp(lp[token_id])) for lp in log_p)
    firsts = [int(np.argmax(lp)) for lp in log_p]
    token, *names = model.tokenizer.convert_ids_to_tokens(firsts)
    answers = [(name, float(np.exp(lp.max()))) for name, lp in zip(names, log_p[1:], strict=True)]
    return ContextSides(token, both, alone_left, alone_right, position - 1, len(ids) - position - 2, *answers)
