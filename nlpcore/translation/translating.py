"""A learner's sentence translated, with what the decoder looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nlpcore.errors import Note
from nlpcore.models.serving import served_on
from nlpcore.text import clean, language_notes
from nlpcore.translation.pieces import END, MARKS, detokenized
from nlpcore.translation.search import beam_search

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

SOURCE_LIMIT, TARGET_LIMIT = 60, 80  # tokens; training saw no pair of more than 40


@dataclass(frozen=True, slots=True)
class Translation:
    """One way in which a model translates a sentence.

    Attributes:
        text: the translation.
        source_tokens: what was read, ``</s>`` at its end.
        target_tokens: what was written, with ``</s>`` where it was reached.
        weights: (target tokens, source tokens), the attention when each was written; rows sum to 1.
        log_probability: natural logarithm of the probability of all target tokens, at most 0.
        notes: what was changed about the text.
    """

    text: str
    source_tokens: tuple[str, ...]
    target_tokens: tuple[str, ...]
    weights: npt.NDArray[np.float64]
    log_probability: float
    notes: tuple[Note, ...] = ()


@served_on("translator")
def translate(model: LoadedModel, text: str, beam: int = 4) -> tuple[Translation, ...]:
    """Return the best translations that beam search of width ``beam`` finds, best first; 1 is greedy.

    A text of more than SOURCE_LIMIT tokens is cut, with a note. Raises LearnerError ``empty_text``, ValueError for a beam
    below 1.
    """
    import torch

    if beam < 1:
        raise ValueError(f"a beam is at least 1 wide, not {beam}")
    cleaned = clean(text)
    read = model.tokenizer.source.encode(cleaned.text)
    # The first of its languages is the one it reads.
    strange = language_notes(cleaned.text, model.entry.languages[:1], model.id)
    ids, notes = list(read.ids), [*cleaned.notes, *strange]
    if len(ids) >= SOURCE_LIMIT:
        notes.append(Note("cut_tokens", {"kept": SOURCE_LIMIT - 1, "given": len(ids)}))
    ids = [*ids[: SOURCE_LIMIT - 1], END]
    found = beam_search(model.network, torch.tensor(ids, device=model.device), TARGET_LIMIT, beam)
    tokens = (*read.tokens[: SOURCE_LIMIT - 1], MARKS[END])
    written = [tuple(model.tokenizer.target.id_to_token(i) for i in each.ids) for each in found]
    return tuple(
        Translation(
            detokenized(pieces), tokens, pieces, each.weights.double().cpu().numpy(), each.log_probability, tuple(notes)
        )
        for pieces, each in zip(written, found, strict=True)
    )
