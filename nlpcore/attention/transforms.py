"""What is commonly done to attention maps before they are shown; each function returns new maps and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arrays import Reals
from nlpcore.attention.labels import SPACE
from nlpcore.attention.maps import AttentionMaps
from nlpcore.errors import LearnerError
from nlpcore.graphemes import whole_end


def renormalise(weights: ArrayLike) -> Reals:
    """Scale each row of (…, queries, keys) to sum to 1, in the precision of ``weights`` (whole numbers: float64); a row of
    zeros stays zero."""
    values = np.asarray(weights)
    values = values if np.issubdtype(values.dtype, np.floating) else values.astype(np.float64)
    total = values.sum(axis=-1, keepdims=True)
    result: Reals = (values / np.where(total == 0, 1, total)).astype(values.dtype)
    return result


def hide(maps: AttentionMaps, hidden: Sequence[bool], again: bool = True) -> AttentionMaps:
    """Leave out the tokens marked in ``hidden``, as queries and as keys.

    Args:
        maps: the maps.
        hidden: one flag a token.
        again: True scales each row to sum to 1 again; False leaves what is left, so that 1 minus the sum of a row is
            what went to the tokens left out.

    Raises:
        LearnerError: ``no_tokens`` where nothing would be left.
        ValueError: where there is not one flag a token.
    """
    if len(hidden) != len(maps.tokens):
        raise ValueError(f"{len(hidden)} flags for {len(maps.tokens)} tokens")
    keep = np.flatnonzero(~np.asarray(hidden, dtype=bool))
    if keep.size == 0:
        raise LearnerError("no_tokens")
    weights = maps.weights[..., keep[:, None], keep]
    return replace(_picked(maps, keep.tolist()), weights=renormalise(weights) if again else weights)


def hide_special(maps: AttentionMaps, again: bool = True) -> AttentionMaps:
    """Leave out the tokens that the tokenizer added ([CLS], [SEP]); see :func:`hide`."""
    return hide(maps, maps.special, again)


def merge_words(maps: AttentionMaps) -> AttentionMaps:
    """Merge the pieces of each word: sum over the keys, average over the queries (Clark et al. 2019, § 4.1).

    Attention *to* a word is what all its pieces receive; attention *from* it is the mean of its pieces. Rows keep their
    sums.
    """
    starts = _word_starts(maps)
    sizes = np.diff([*starts, len(maps.tokens)])
    over_keys = np.add.reduceat(maps.weights, starts, axis=-1)
    weights = np.add.reduceat(over_keys, starts, axis=-2) / sizes[:, None]
    groups = [range(start, start + size) for start, size in zip(starts, sizes, strict=True)]
    return replace(
        _picked(maps, starts),
        weights=weights.astype(maps.weights.dtype),
        tokens=tuple(word_label(maps, group) for group in groups),
        pieces=tuple("".join(maps.pieces[i].removeprefix("##") for i in group) for group in groups),
        offsets=tuple((maps.offsets[group[0]][0], maps.offsets[group[-1]][1]) for group in groups),
    )


def word_groups(maps: AttentionMaps) -> tuple[int, ...]:
    """Return for each token the position of its word in ``merge_words(maps)``."""
    starts = set(_word_starts(maps))
    return tuple(int(i) for i in np.cumsum([i in starts for i in range(len(maps.tokens))]) - 1)


def shown_positions(maps: AttentionMaps, hidden: Sequence[bool], words: bool) -> tuple[tuple[int, ...], ...]:
    """Return for each token that is left after ``hide(maps, hidden)``, and ``merge_words`` where ``words``, the positions
    in ``maps`` that it stands for."""
    left = [i for i, gone in enumerate(hidden) if not gone]
    if not words:
        return tuple((i,) for i in left)
    groups: dict[int, list[int]] = {}
    for position, group in zip(left, word_groups(_picked(maps, left)), strict=True):
        groups.setdefault(group, []).append(position)
    return tuple(tuple(group) for group in groups.values())


def average_heads(maps: AttentionMaps) -> AttentionMaps:
    """Return maps with one head: the mean over the heads of each layer."""
    return replace(maps, weights=maps.weights.mean(axis=1, keepdims=True))


def rollout(maps: AttentionMaps) -> AttentionMaps:
    """Follow the attention down through all layers (Abnar & Zuidema 2020, § 3, attention rollout).

    In each layer the heads are averaged to A, the residual connection is counted as half of what passes,
    Ã = ½A + ½I with rows scaled to sum to 1, and R_l = Ã_l R_{l−1}, R_0 = I. The result has one head; layer l tells how
    much each *input* token has reached each position of layer l, if attention alone carried it.
    """
    identity = np.eye(len(maps.tokens), dtype=maps.weights.dtype)
    reached, layers = identity, []
    for layer in maps.weights.mean(axis=1):
        reached = renormalise(0.5 * layer + 0.5 * identity) @ reached
        layers.append(reached)
    return replace(maps, weights=np.stack(layers)[:, None])


def _picked(maps: AttentionMaps, keep: list[int]) -> AttentionMaps:
    """Return the maps with the tokens' descriptions at ``keep`` only; the weights are still all there."""
    return replace(
        maps,
        tokens=tuple(maps.tokens[i] for i in keep),
        pieces=tuple(maps.pieces[i] for i in keep),
        word_ids=tuple(maps.word_ids[i] for i in keep),
        special=tuple(maps.special[i] for i in keep),
        offsets=tuple(maps.offsets[i] for i in keep),
        segments=tuple(maps.segments[i] for i in keep),
    )


def _word_starts(maps: AttentionMaps) -> list[int]:
    words = list(zip(maps.segments, maps.word_ids, strict=True))
    return [i for i, (_, word) in enumerate(words) if i == 0 or word is None or words[i] != words[i - 1]]


def word_label(maps: AttentionMaps, group: Sequence[int]) -> str:
    """Return the label of the tokens at the positions ``group`` as one word: that slice of the text.

    A token alone keeps its own label. ``un``, ``##happi``, ``##ness`` become ``unhappiness`` as it is written in the text,
    with the marks at its end that the tokenizer may have stripped.
    """
    first, last = group[0], group[-1]
    if first == last:
        return maps.tokens[first]
    blank = SPACE if maps.tokens[first].startswith(SPACE) else ""
    text, start, end = maps.texts[maps.segments[first]], maps.offsets[first][0], maps.offsets[last][1]
    return blank + text[start : whole_end(text, end)].strip()
