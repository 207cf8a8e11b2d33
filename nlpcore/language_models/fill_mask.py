"""What a masked language model says about words that it is not shown.

Devlin et al. 2019, section 3.1: the final hidden vector of each mask goes through an output softmax over the whole
vocabulary. Masks of one text are filled independently of each other; filling one after another, the most certain first,
follows the idea of mask-predict (Ghazvininejad et al. 2019, "Mask-Predict: Parallel Decoding of Conditional Masked
Language Models") without its second thoughts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nlpcore.arguments import as_words, check_option
from nlpcore.arrays import Floats, Integers, descending, log_softmax, ranks
from nlpcore.chinese import as_learned
from nlpcore.errors import LearnerError, Note
from nlpcore.language_models.masked_input import TOKEN_LIMIT, MaskedInput, Site, masked_input
from nlpcore.models.forward import forward_all
from nlpcore.models.serving import served_on
from nlpcore.text import clean

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

Order = Literal["together", "certain_first"]
MOST_ROUNDS = 32  # one run of the network for each mask that is filled one after another


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token at a mask.

    Attributes:
        token: as the vocabulary writes it.
        token_id: its number in the vocabulary.
        logit: the network's output z.
        probability: exp(z) / Σ exp(z), 0 to 1.
        log_probability: its natural logarithm.
        rank: 1 is the likeliest of the vocabulary.
    """

    token: str
    token_id: int
    logit: float
    probability: float
    log_probability: float
    rank: int


@dataclass(frozen=True, slots=True)
class Fill:
    """What the model says about one mask.

    Attributes:
        position: index in the tokens.
        word: index in the words.
        candidates: the k likeliest tokens, likeliest first.
        original: the token that stood there, None where none is known.
        guesses: the learner's own words, as far as each is one token, in the order given.
        log_normaliser: ln Σ exp(z) over the vocabulary, so that probability = exp(logit − log_normaliser).
        entropy_bits: −Σ p·log2 p, 0 (certain) to log2 of the vocabulary's size (no idea).
        step: 1 for the masks filled first, 2 for the next, …
    """

    position: int
    word: int
    candidates: tuple[Candidate, ...]
    original: Candidate | None
    guesses: tuple[Candidate, ...]
    log_normaliser: float
    entropy_bits: float
    step: int

    @property
    def answer(self) -> Candidate:
        """The likeliest token."""
        return self.candidates[0]


@dataclass(frozen=True, slots=True)
class FillMask:
    """The masks of a text, filled.

    Attributes:
        text: what was read, with every mask as the model writes it.
        tokens: what the model was shown, special tokens and masks included.
        original_tokens: the same before masking.
        filled_tokens: the same with the likeliest token at each mask.
        fills: one for each mask, in the order of the text.
        order: "together", or "certain_first": one after another.
        vocabulary: number of tokens that share the probability.
        notes: what was changed about the input.
    """

    text: str
    tokens: tuple[str, ...]
    original_tokens: tuple[str, ...]
    filled_tokens: tuple[str, ...]
    fills: tuple[Fill, ...]
    order: Order
    vocabulary: int
    notes: tuple[Note, ...]


@served_on("masked-lm")
def fill_mask(
    model: LoadedModel,
    text: str,
    k: int = 10,
    *,
    words: Sequence[int] = (),
    order: Order = "together",
    guesses: str | Sequence[str] = (),
    limit: int = TOKEN_LIMIT,
) -> FillMask:
    """Return the ``k`` likeliest tokens for each mask of ``text``, at least one, with probabilities (softmax over the
    vocabulary).

    words: indices (``split_words``) of words to mask besides the [MASK]s of the text; a word of several pieces gets one
    mask for each. order: "together" fills every mask without a look at the others' answers; "certain_first" puts in the
    likeliest token of the most certain mask and asks again. guesses: words to score at every mask.
    limit: most tokens. Raises LearnerError ``empty_text``, ``no_mask``, ``no_such_word``, ``too_many_masks``, ValueError for
    another order.
    """
    check_option("order", order, Order)
    given = masked_input(model, text, words, limit)
    if not given.sites:
        raise LearnerError("no_mask")
    if order == "certain_first" and len(given.sites) > MOST_ROUNDS:
        raise LearnerError("too_many_masks", most=MOST_ROUNDS, given=len(given.sites))
    guess_ids, guess_notes = known_words(model, as_words(guesses))
    fill = _fill_together if order == "together" else _fill_one_by_one
    fills = fill(model, given, max(1, k), guess_ids)
    filled = list(given.tokens)
    for each in fills:
        filled[each.position] = each.answer.token
    mask = model.tokenizer.mask_token
    sites = {site.position for site in given.sites}
    return FillMask(
        text=given.text,
        tokens=tuple(mask if i in sites else token for i, token in enumerate(given.tokens)),
        original_tokens=given.tokens,
        filled_tokens=tuple(filled),
        fills=tuple(fills),
        order=order,
        vocabulary=int(model.network.config.vocab_size),
        notes=(*given.notes, *guess_notes),
    )


def known_words(model: LoadedModel, words: Sequence[str]) -> tuple[list[int], list[Note]]:
    """Return the ids of the words that are one token of the vocabulary, and a note on each that is not."""
    ids: list[int] = []
    notes: list[Note] = []
    for word in dict.fromkeys(_readable(model, words)):
        # A leading space matters to tokenizers that write it into the token; WordPiece drops it.
        pieces = model.tokenizer(word, add_special_tokens=False, truncation=False, padding=False)["input_ids"]
        if len(pieces) == 1 and pieces[0] != model.tokenizer.unk_token_id:
            ids.append(int(pieces[0]))
        elif len(pieces) > 1:
            notes.append(Note("word_in_pieces", {"word": word, "pieces": len(pieces)}))
        else:
            notes.append(Note("word_unknown", {"word": word}))
    return list(dict.fromkeys(ids)), notes


def _readable(model: LoadedModel, words: Sequence[str]) -> Iterator[str]:
    """Yield the words as a model can read them, without those of which nothing is left."""
    for word in words:
        with contextlib.suppress(LearnerError):
            yield as_learned(clean(word).text, model.entry.languages, model.tokenizer, model.id).text


def mask_logits(model: LoadedModel, shown_ids: Integers, positions: Sequence[int]) -> Floats:
    """Return the network's logits at ``positions`` of one text: (len(positions), vocabulary)."""
    return all_mask_logits(model, [(shown_ids, positions)])[0]


def all_mask_logits(model: LoadedModel, texts: Sequence[tuple[Integers, Sequence[int]]]) -> list[Floats]:
    """Return :func:`mask_logits` of several (ids, positions), from one run of the network where they fit together.

    BERT's head, which multiplies by the whole vocabulary, is applied at the positions alone.
    """
    head = getattr(model.network, "cls", None)
    ids = [row.tolist() for row, _ in texts]
    if head is None:
        logits = [each.logits[0] for each in forward_all(model, ids)]
        found = [each[list(positions)] for each, (_, positions) in zip(logits, texts, strict=True)]
    else:
        import torch

        hidden = [each.hidden_states[-1][0] for each in forward_all(model, ids, head=False, wanted=("hidden_states",))]
        chosen = [each[list(positions)] for each, (_, positions) in zip(hidden, texts, strict=True)]
        with torch.inference_mode():
            found = list(head(torch.cat(chosen)).split([len(rows) for rows in chosen]))
    return [rows.double().cpu().numpy() for rows in found]


def _fill_together(model: LoadedModel, given: MaskedInput, k: int, guesses: Sequence[int]) -> list[Fill]:
    logits = mask_logits(model, given.shown_ids, [site.position for site in given.sites])
    return [_fill(model, site, z, k, guesses, 1) for site, z in zip(given.sites, logits, strict=True)]


def _fill_one_by_one(model: LoadedModel, given: MaskedInput, k: int, guesses: Sequence[int]) -> list[Fill]:
    shown, left, done = given.shown_ids.copy(), list(given.sites), []
    for step in range(1, len(left) + 1):
        logits = mask_logits(model, shown, [site.position for site in left])
        surest = int(np.argmax([log_softmax(z)[0].max() for z in logits]))
        fill = _fill(model, left.pop(surest), logits[surest], k, guesses, step)
        shown[fill.position] = fill.answer.token_id
        done.append(fill)
    return sorted(done, key=lambda each: each.position)


def _fill(model: LoadedModel, site: Site, logits: Floats, k: int, guesses: Sequence[int], step: int) -> Fill:
    log_p, normaliser = log_softmax(logits)
    best = descending(logits)[:k]

    def candidate(token_id: int) -> Candidate:
        token: Any = model.tokenizer.convert_ids_to_tokens(int(token_id))
        z, lp = float(logits[token_id]), float(log_p[token_id])
        return Candidate(token, int(token_id), z, float(np.exp(lp)), lp, int(ranks(logits, [token_id])[0]))

    p = np.exp(log_p)
    return Fill(
        position=site.position,
        word=site.word,
        candidates=tuple(candidate(i) for i in best),
        original=None if site.original_id is None else candidate(site.original_id),
        guesses=tuple(candidate(i) for i in guesses),
        log_normaliser=normaliser,
        entropy_bits=float(-(p * log_p).sum() / np.log(2)),
        step=step,
    )
