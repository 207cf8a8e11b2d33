"""From a learner's text and the words chosen in it to the ids that a masked language model is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpcore.arrays import Integers
from nlpcore.chinese import as_learned
from nlpcore.errors import LearnerError, Note
from nlpcore.language_models.words import MASK, pieces_under, split_words, with_masks
from nlpcore.text import Word, as_trained, clean, language_notes, the_first, without_special_tokens

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

TOKEN_LIMIT = 128  # more would make no readable figure
MOST_UNREAD = 6  # parts of a text that one note names


@dataclass(frozen=True, slots=True)
class Site:
    """One masked position.

    Attributes:
        position: its index in the tokens.
        word: the index of the word it belongs to.
        original_id: the id that stood there; None where [MASK] was typed, or where the vocabulary does not know what
            stood there.
    """

    position: int
    word: int
    original_id: int | None


@dataclass(frozen=True, slots=True)
class MaskedInput:
    """A text as tokens, with and without its masks.

    Attributes:
        text: cleaned, with every typed mask as the model's own mask token.
        words: of ``text``.
        tokens, token_ids: as typed, (positions,), special tokens included.
        shown_ids: (positions,), what the model is shown: the mask's id at every site.
        sites: the masked positions in order.
        notes: what was changed about the input.
    """

    text: str
    words: tuple[Word, ...]
    tokens: tuple[str, ...]
    token_ids: Integers
    shown_ids: Integers
    sites: tuple[Site, ...]
    notes: tuple[Note, ...]


def tokenized(model: LoadedModel, text: str, limit: int = TOKEN_LIMIT) -> MaskedInput:
    """Return ``text`` as tokens, where the only sites are the masks that stand in it.

    limit: most tokens, special ones included; the model's own limit holds too.
    Raises LearnerError ``empty_text``.
    """
    return masked_input(model, text, (), limit)


def masked_input(model: LoadedModel, text: str, words: Sequence[int] = (), limit: int = TOKEN_LIMIT) -> MaskedInput:
    """Mask the given words (indices into ``split_words``) and the masks typed in ``text``, one mask for a word piece.

    Raises LearnerError ``empty_text``, and ``no_such_word`` for an index outside the text.
    """
    tokenizer = model.tokenizer
    cleaned = clean(as_trained(text, model.id), lines=True)
    read = without_special_tokens(cleaned.text, _special_tokens(tokenizer))
    learned = as_learned(read.text, model.entry.languages, tokenizer, model.id)
    plain = with_masks(learned.text, tokenizer.mask_token)
    found = split_words(plain, tokenizer.mask_token)
    encoded = tokenizer(plain, return_offsets_mapping=True, truncation=False, padding=False, verbose=False)
    limit = min(limit, model.entry.max_tokens or limit)
    ids, offsets, cut = _cut(list(encoded["input_ids"]), list(encoded["offset_mapping"]), limit)
    sites, lost = _sites(plain, found, words, ids, offsets, tokenizer)
    strange = language_notes(plain.replace(tokenizer.mask_token, ""), model.entry.languages, model.id)
    token_ids = np.array(ids, dtype=np.int64)
    shown_ids = token_ids.copy()
    shown_ids[[site.position for site in sites]] = tokenizer.mask_token_id
    if parts := _unread(plain, shown_ids.tolist(), offsets, tokenizer):
        named = {"words": the_first(parts, MOST_UNREAD, between=" "), "token": tokenizer.unk_token}
        lost.append(Note("read_as_unknown", named))
    return MaskedInput(
        text=plain,
        words=found,
        tokens=tuple(tokenizer.convert_ids_to_tokens(ids)),
        token_ids=token_ids,
        shown_ids=shown_ids,
        sites=tuple(sites),
        notes=tuple(dict.fromkeys((*cleaned.notes, *read.notes, *learned.notes, *cut, *strange, *lost))),
    )


def _special_tokens(tokenizer: object) -> list[str]:
    """Return the tokenizer's special tokens but the mask, which may be typed."""
    masks = (MASK, getattr(tokenizer, "mask_token", MASK))
    return [token for token in getattr(tokenizer, "all_special_tokens", ()) if token not in masks]


def _cut(
    ids: list[int], offsets: list[tuple[int, int]], limit: int
) -> tuple[list[int], list[tuple[int, int]], list[Note]]:
    """Keep the first ``limit`` tokens; the last of them is always the text's last special token ([SEP])."""
    if len(ids) <= limit:
        return ids, offsets, []
    note = Note("cut_tokens", {"kept": limit, "given": len(ids)})
    return [*ids[: limit - 1], ids[-1]], [*offsets[: limit - 1], offsets[-1]], [note]


def _unread(text: str, ids: Sequence[int], offsets: Sequence[tuple[int, int]], tokenizer: Any) -> list[str]:
    """Return the parts of ``text``, each once, for which ``ids`` have the token that stands for everything unknown."""
    unknown = tokenizer.unk_token_id
    return list(dict.fromkeys(text[a:b] for i, (a, b) in zip(ids, offsets, strict=True) if i == unknown))


def _sites(
    text: str,
    found: Sequence[Word],
    chosen: Sequence[int],
    ids: Sequence[int],
    offsets: Sequence[tuple[int, int]],
    tokenizer: Any,
) -> tuple[list[Site], list[Note]]:
    if any(not 0 <= index < len(found) for index in chosen):
        raise LearnerError("no_such_word", count=len(found))
    typed = {i for i, word in enumerate(found) if word.text == tokenizer.mask_token}
    sites: list[Site] = []
    notes: list[Note] = []
    for index in sorted({*typed, *chosen}):
        word, own = found[index].text, index not in typed
        pieces = [p for p in pieces_under(found[index], offsets) if not (own and ids[p] == tokenizer.mask_token_id)]
        if not pieces:
            notes.append(Note("mask_out_of_reach", {"word": word}))
        if own:
            under = [ids[p] for p in pieces]
            strange = _unread(text, under, [offsets[p] for p in pieces], tokenizer)
            notes += [Note("word_unknown", {"word": part}) for part in strange]
            if len(pieces) > 1:
                written = " ".join(tokenizer.convert_ids_to_tokens(under))
                notes.append(Note("word_makes_masks", {"word": word, "count": len(pieces), "pieces": written}))
        taken = {site.position for site in sites}
        known = {p: ids[p] if own and ids[p] != tokenizer.unk_token_id else None for p in pieces if p not in taken}
        sites.extend(Site(p, index, original) for p, original in known.items())
    return sites, notes
