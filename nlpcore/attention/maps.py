"""Attention weights of a pretrained encoder or decoder for a learner's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpcore.arrays import Reals
from nlpcore.attention.labels import is_unknown, readable_tokens, word_numbers
from nlpcore.chinese import as_learned
from nlpcore.errors import LearnerError, Note
from nlpcore.graphemes import whole_end
from nlpcore.models.catalogue import TRANSFORMERS
from nlpcore.models.forward import forward
from nlpcore.models.serving import served_on
from nlpcore.text import as_trained, clean, language_notes, without_special_tokens

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel


@dataclass(frozen=True, slots=True)
class AttentionMaps:
    """Who looks at whom: the attention weights of every layer and head for one text, with the tokens' names.

    Attributes:
        weights: (layers, heads, queries, keys) float32, between 0 and 1. As they leave the model each row sums to 1
            (Vaswani et al. 2017, eq. 1); after :func:`hide` without renormalising a row sums to what is left.
        tokens: one readable label a position (see :func:`nlpcore.attention.labels.readable_tokens`).
        pieces: the vocabulary's own strings.
        word_ids: the word of the text that each token belongs to, None for special tokens.
        special: True for tokens that the tokenizer added, such as [CLS] and [SEP].
        offsets: the span of characters of its text that each token covers; (0, 0) for special tokens.
        segments: 0 for the first text, 1 for the second.
        causal: True for a decoder, where a token sees only itself and the tokens before it.
        texts: the text, and the second where there is one; ``offsets`` count in that of the token's segment.
        notes: what was changed about the input.
    """

    weights: Reals
    tokens: tuple[str, ...]
    pieces: tuple[str, ...]
    word_ids: tuple[int | None, ...]
    special: tuple[bool, ...]
    offsets: tuple[tuple[int, int], ...]
    segments: tuple[int, ...]
    causal: bool
    texts: tuple[str, ...]
    notes: tuple[Note, ...] = ()

    @property
    def layers(self) -> int:
        """How many layers the weights hold."""
        return int(self.weights.shape[0])

    @property
    def heads(self) -> int:
        """How many heads the weights hold; 1 after averaging."""
        return int(self.weights.shape[1])


@dataclass(frozen=True, slots=True)
class Encoded:
    """A learner's text as one model reads it.

    Attributes:
        ids: the token numbers that go into the network.
        type_ids: the segment numbers for models that take them (Devlin et al. 2019), else None.
        tokens, pieces, word_ids, special, offsets, segments, texts, notes: as in :class:`AttentionMaps`.
    """

    ids: tuple[int, ...]
    type_ids: tuple[int, ...] | None
    tokens: tuple[str, ...]
    pieces: tuple[str, ...]
    word_ids: tuple[int | None, ...]
    special: tuple[bool, ...]
    offsets: tuple[tuple[int, int], ...]
    segments: tuple[int, ...]
    texts: tuple[str, ...]
    notes: tuple[Note, ...]


@served_on(*TRANSFORMERS)
def attention_maps(model: LoadedModel, text: str, pair: str | None = None, max_tokens: int = 128) -> AttentionMaps:
    """Return the attention weights of ``model`` for ``text`` (and a second text ``pair``).

    Args:
        model: an encoder or decoder of the catalogue.
        text: the learner's text.
        pair: a second text; an encoder reads it as its second segment, a decoder as the continuation after a space.
        max_tokens: longer input is cut, with a note.

    Raises:
        LearnerError: ``empty_text`` where there is nothing to read, ``no_tokens`` where the tokenizer finds nothing.
    """
    encoded = encode(model, text, pair, max_tokens)
    return maps_of(model, encoded, run_network(model, encoded, "attentions"))


def maps_of(model: LoadedModel, encoded: Encoded, outputs: Any) -> AttentionMaps:
    """Collect the attentions in a network's outputs."""
    weights = np.stack([layer[0].float().cpu().numpy() for layer in outputs.attentions])
    return AttentionMaps(
        weights=weights,
        tokens=encoded.tokens,
        pieces=encoded.pieces,
        word_ids=encoded.word_ids,
        special=encoded.special,
        offsets=encoded.offsets,
        segments=encoded.segments,
        causal=is_causal(model),
        texts=encoded.texts,
        notes=encoded.notes,
    )


def is_causal(model: LoadedModel) -> bool:
    """Tell whether each token sees only itself and what stands before it."""
    return str(model.network.config.model_type) in ("llama", "gpt2")


def run_network(model: LoadedModel, encoded: Encoded, *wanted: str) -> Any:
    """Run the network without its output head, as the prediction itself is not needed; see :func:`forward`."""
    return forward(model, encoded.ids, encoded.type_ids, head=False, wanted=wanted)


def encode(model: LoadedModel, text: str, pair: str | None = None, max_tokens: int = 128) -> Encoded:
    """Tokenize as ``model`` does and keep what is needed to show the tokens to people.

    Raises:
        LearnerError: ``empty_text`` or ``no_tokens``.
        ValueError: where ``max_tokens`` leaves no room beside the special tokens.
    """
    parts = [
        clean(as_trained(part, model.id), lines=True) for part in [text, *([pair] if pair and pair.strip() else [])]
    ]
    plain = [without_special_tokens(part.text, model.tokenizer.all_special_tokens) for part in parts]
    learned = [as_learned(part.text, model.entry.languages, model.tokenizer, model.id) for part in plain]
    texts = [part.text for part in learned]
    if len(texts) > 1 and is_causal(model):
        texts[1] = " " + texts[1]  # without it the two texts would run into one word
    limit = min(max_tokens, model.entry.max_tokens or max_tokens)
    if limit <= model.tokenizer.num_special_tokens_to_add(pair=len(texts) > 1):
        raise ValueError(f"max_tokens {max_tokens} leaves no room for text")
    notes = tuple(note for part in (*parts, *plain, *learned) for note in part.notes)
    notes += language_notes(" ".join(texts), model.entry.languages, model.id)
    given = len(model.tokenizer(*texts)["input_ids"])
    if given > limit:
        notes += (Note("cut_tokens", {"kept": limit, "given": given}),)
    batch = model.tokenizer(
        *texts, truncation=True, max_length=limit, return_offsets_mapping=True, return_special_tokens_mask=True
    )
    return _described(model, batch, texts, notes)


def _described(model: LoadedModel, batch: Any, texts: list[str], notes: tuple[Note, ...]) -> Encoded:
    sequence = batch.sequence_ids()
    if not any(number is not None for number in sequence):
        raise LearnerError("no_tokens")
    offsets = tuple((int(a), int(b)) for a, b in batch["offset_mapping"])
    pieces = tuple(batch.tokens())
    surfaces = _surfaces(texts, sequence, offsets, pieces)
    tokens: tuple[str, ...] = ()
    words: tuple[int | None, ...] = ()
    for start, end in _runs(sequence):  # the offsets count from the start of each text
        part = slice(start, end)
        tokens += readable_tokens(pieces[part], surfaces[part], offsets[part])
        if sequence[start] is None:
            words += (None,) * (end - start)
        else:
            words += word_numbers(batch.word_ids()[part], texts[sequence[start]], offsets[part])
    return Encoded(
        ids=tuple(batch["input_ids"]),
        type_ids=_type_ids(model, batch),
        tokens=tokens,
        pieces=pieces,
        word_ids=words,
        special=tuple(number is None for number in sequence),
        offsets=offsets,
        segments=_segments(batch, sequence),
        texts=tuple(texts),
        notes=notes,
    )


def _surfaces(
    texts: Sequence[str], sequence: Sequence[int | None], offsets: Sequence[tuple[int, int]], pieces: Sequence[str]
) -> list[str]:
    """Return the characters of its text that each piece covers, "" for a special token.

    A word that the vocabulary does not hold has the marks at its end too, which the tokenizer strips before it looks.
    """
    surfaces = []
    for n, (number, (start, end)) in enumerate(zip(sequence, offsets, strict=True)):
        if number is not None and is_unknown(pieces[n]):
            following = offsets[n + 1][0] if sequence[n + 1 : n + 2] == [number] else len(texts[number])
            end = min(whole_end(texts[number], end), max(following, end))
        surfaces.append("" if number is None else texts[number][start:end])
    return surfaces


def _runs(sequence: list[int | None]) -> list[tuple[int, int]]:
    edges = [0, *(i for i in range(1, len(sequence)) if sequence[i] != sequence[i - 1]), len(sequence)]
    return list(pairwise(edges))


def _type_ids(model: LoadedModel, batch: Mapping[str, Any]) -> tuple[int, ...] | None:
    takes_types = getattr(model.network.config, "type_vocab_size", 0) > 1
    return tuple(batch["token_type_ids"]) if takes_types and "token_type_ids" in batch else None


def _segments(batch: Mapping[str, Any], sequence: list[int | None]) -> tuple[int, ...]:
    """Segment of each token; a special token belongs to the text before it, as in BERT."""
    if "token_type_ids" in batch:
        return tuple(batch["token_type_ids"])
    out, current = [], 0
    for number in sequence:
        current = current if number is None else number
        out.append(current)
    return tuple(out)
