"""How BERT's training text is made: 15 % of the positions are selected, of these 80/10/10 % masked, randomised, kept.

Devlin, Chang, Lee & Toutanova 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
section 3.1 and appendix A.1. Each position is selected by a throw of its own, anew every time a text is seen ("dynamic
masking", Liu et al. 2019, RoBERTa, section 4.1); BERT's first code selected a fixed number of positions once instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from nlpcore.arrays import Floats, Integers

IGNORED = -100  # the label of a position that is not to be predicted, as in torch's cross-entropy
CONFIDENCE = 0.95


class Fate(IntEnum):
    """What happened to a position."""

    UNSELECTED = 0  # left alone; the model predicts nothing here
    MASKED = 1  # selected, shown as [MASK]
    RANDOM = 2  # selected, shown as a token drawn from the vocabulary
    KEPT = 3  # selected, shown as it is; the model must predict it all the same


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What masking has to know about a tokenizer; the default is BERT's uncased English vocabulary.

    Attributes:
        size: number of ids.
        mask_id: the id of [MASK].
        special_ids: never selected and never drawn ([CLS], [SEP], [PAD], [UNK], [MASK]).
        reserved_ids: never drawn ([unused0] and its like, which stand for no word).
    """

    size: int = 30522
    mask_id: int = 103
    special_ids: frozenset[int] = frozenset({0, 100, 101, 102, 103})
    reserved_ids: frozenset[int] = frozenset((*range(1, 100), *range(104, 999)))

    def __post_init__(self) -> None:
        if not 0 <= self.mask_id < self.size:
            raise ValueError(f"mask_id {self.mask_id} is not in a vocabulary of {self.size}")
        if not self.drawable.size:
            raise ValueError("no token is left to draw as a random replacement")

    @classmethod
    def of(cls, tokenizer: Any) -> Vocabulary:
        """Return the vocabulary of a Hugging Face tokenizer."""
        ids: dict[str, int] = tokenizer.get_vocab()
        reserved = frozenset(i for token, i in ids.items() if token.startswith("[unused"))
        return cls(max(ids.values()) + 1, tokenizer.mask_token_id, frozenset(tokenizer.all_special_ids), reserved)

    @property
    def drawable(self) -> Integers:
        """The ids that a random replacement is drawn from, all equally likely: (drawable,)."""
        banned = np.fromiter(self.special_ids | self.reserved_ids | {self.mask_id}, dtype=np.int64)
        return np.setdiff1d(np.arange(self.size), banned)


BERT_UNCASED = Vocabulary()


@dataclass(frozen=True, slots=True)
class Corruption:
    """One draw of BERT's masking; every array has the shape of the token ids, (positions,) or (texts, positions).

    Attributes:
        token_ids: the text as it was.
        eligible: bool, True where a position may be selected (no special token).
        selection_draws: uniform in [0, 1); an eligible position is selected where it is below ``rate``.
        selected: bool; here the model has to predict the original token.
        fate_draws: uniform in [0, 1); decides the fate of a selected position by where it falls in ``split``.
        fates: values of :class:`Fate`.
        corrupted: the ids that the model is shown.
        labels: the original id where selected, -100 elsewhere: what the loss is computed on.
        rate: chance of selection, as given.
        split: (masked, random, kept), as given; sums to 1.
    """

    token_ids: Integers
    eligible: npt.NDArray[np.bool_]
    selection_draws: Floats
    selected: npt.NDArray[np.bool_]
    fate_draws: Floats
    fates: npt.NDArray[np.int8]
    corrupted: Integers
    labels: Integers
    rate: float
    split: tuple[float, float, float]


def corrupt(
    token_ids: Sequence[int] | npt.NDArray[np.integer[Any]],
    rng: np.random.Generator | int,
    rate: float = 0.15,
    split: tuple[float, float, float] = (0.8, 0.1, 0.1),
    *,
    vocabulary: Vocabulary = BERT_UNCASED,
) -> Corruption:
    """Select positions and change them as in BERT's training (Devlin et al. 2019, section 3.1, appendix A.1).

    token_ids: ids of one text (positions,) or of several (texts, positions). rng: where the throws come from, or its
    seed. rate: chance of selection, 0 to 1.
    split: chances of [MASK], a random token and the token itself, given selection; they sum to 1.
    A random token is drawn from all words of the vocabulary, so it is, rarely, the original one.
    Raises ValueError for a rate or split that are no probabilities, and for ids that are not in the vocabulary.
    """
    rng = np.random.default_rng(rng)  # a generator stays what it is
    ids = _checked_ids(token_ids, vocabulary)
    split = _checked(rate, split)
    eligible = ~np.isin(ids, np.fromiter(vocabulary.special_ids | {vocabulary.mask_id}, dtype=np.int64))
    selection_draws, fate_draws = rng.random(ids.shape), rng.random(ids.shape)
    replacements = rng.choice(vocabulary.drawable, size=ids.shape)
    selected = eligible & (selection_draws < rate)
    fates = np.where(selected, _fates_of(fate_draws, split), Fate.UNSELECTED).astype(np.int8)
    corrupted = np.where(fates == Fate.MASKED, vocabulary.mask_id, ids)
    corrupted = np.where(fates == Fate.RANDOM, replacements, corrupted)
    labels = np.where(selected, ids, IGNORED)
    return Corruption(
        ids, eligible, selection_draws, selected, fate_draws, fates, corrupted, labels, float(rate), split
    )


def _fates_of(draws: Floats, split: tuple[float, float, float]) -> npt.NDArray[np.int8]:
    """Return the fate whose part of [0, 1) each draw falls in; the parts lie in the order of ``split``."""
    _, random, kept = split
    edges = np.cumsum(split[:2])
    # A share of zero must stay impossible: rounding in the sum must leave no gap below 1.
    if kept == 0:
        edges[1:] = 1.0
        edges[0] = edges[0] if random else 1.0
    return (np.searchsorted(edges, draws, side="right") + Fate.MASKED).astype(np.int8)


def _checked_ids(token_ids: Sequence[int] | npt.NDArray[np.integer[Any]], vocabulary: Vocabulary) -> Integers:
    given = np.asarray(token_ids)
    if given.size and not np.issubdtype(given.dtype, np.integer):
        raise ValueError(f"token ids are whole numbers, not {given.dtype}")
    ids = np.array(given, dtype=np.int64)
    if ids.size and (ids.min() < 0 or ids.max() >= vocabulary.size):
        raise ValueError(f"token ids must lie in 0 … {vocabulary.size - 1}")
    return ids


def _checked(rate: float, split: tuple[float, float, float]) -> tuple[float, float, float]:
    masked, random, kept = (float(part) for part in split)
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must lie between 0 and 1, not {rate}")
    if min(masked, random, kept) < 0 or abs(masked + random + kept - 1) > 1e-9:
        raise ValueError(f"split must hold three shares that sum to 1, not {split}")
    return masked, random, kept


@dataclass(frozen=True, slots=True)
class Count:
    """How often something happened, beside what a binomial distribution expects.

    Attributes:
        observed: counted.
        trials: how often it could have happened.
        probability: the chance each time, 0 to 1.
        expected: trials × probability.
        low, high: the central interval that holds at least ``CONFIDENCE`` of Binomial(trials, probability); the bounds
            belong to it.
    """

    observed: int
    trials: int
    probability: float
    expected: float
    low: int
    high: int

    @property
    def inside(self) -> bool:
        """Whether the count lies in the interval."""
        return self.low <= self.observed <= self.high


@dataclass(frozen=True, slots=True)
class CorruptionCounts:
    """Many draws of :func:`corrupt` on one text, counted.

    Attributes:
        draws: how often the text was corrupted.
        eligible: positions that may be selected.
        selected, masked, random, kept: over all eligible positions of all draws.
        visibly_changed: positions where the shown token differs from the original one.
        empty_draws: draws in which nothing was selected: the model learns nothing from the text this time.
        selected_per_draw: (eligible + 1,) number of draws in which 0, 1, … positions were selected.
        expected_per_draw: (eligible + 1,) the same by the binomial distribution.
        position_fates: (positions, 4) how often each position had each :class:`Fate`; each row sums to ``draws``.
        rate: chance of selection, as given.
        split: (masked, random, kept), as given; sums to 1.
    """

    draws: int
    eligible: int
    selected: Count
    masked: Count
    random: Count
    kept: Count
    visibly_changed: Count
    empty_draws: Count
    selected_per_draw: Integers
    expected_per_draw: Floats
    position_fates: Integers
    rate: float
    split: tuple[float, float, float] = field(default=(0.8, 0.1, 0.1))


def corruption_counts(
    token_ids: Sequence[int],
    rng: np.random.Generator | int,
    rate: float = 0.15,
    split: tuple[float, float, float] = (0.8, 0.1, 0.1),
    draws: int = 1000,
    *,
    vocabulary: Vocabulary = BERT_UNCASED,
) -> CorruptionCounts:
    """Corrupt one text ``draws`` times and count, with the numbers that a binomial distribution expects.

    Positions and draws are independent of each other, so each count is binomial with draws × eligible trials.
    Raises ValueError as :func:`corrupt`, and where ``draws`` is below 1.
    """
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    drawn = corrupt(np.tile(np.asarray(token_ids, dtype=np.int64), (draws, 1)), rng, rate, split, vocabulary=vocabulary)
    eligible = int(drawn.eligible[0].sum())
    trials = draws * eligible
    by_fate = [int((drawn.fates == fate).sum()) for fate in Fate]
    per_draw = drawn.selected.sum(axis=1)
    masked, random, kept = (share * rate for share in drawn.split)
    luck = _chance_of_the_original(drawn.token_ids[0][drawn.eligible[0]], vocabulary)
    return CorruptionCounts(
        draws=draws,
        eligible=eligible,
        selected=binomial_count(int(per_draw.sum()), trials, rate),
        masked=binomial_count(by_fate[Fate.MASKED], trials, masked),
        random=binomial_count(by_fate[Fate.RANDOM], trials, random),
        kept=binomial_count(by_fate[Fate.KEPT], trials, kept),
        visibly_changed=binomial_count(
            int((drawn.corrupted != drawn.token_ids).sum()), trials, masked + random * (1 - luck)
        ),
        empty_draws=binomial_count(int((per_draw == 0).sum()), draws, (1 - rate) ** eligible),
        selected_per_draw=np.bincount(per_draw, minlength=eligible + 1),
        expected_per_draw=draws * _binomial_chances(eligible, rate),
        position_fates=np.stack([(drawn.fates == fate).sum(axis=0) for fate in Fate], axis=1),
        rate=float(rate),
        split=drawn.split,
    )


def _chance_of_the_original(ids: Integers, vocabulary: Vocabulary) -> float:
    """The chance that a random replacement is the token it replaces, averaged over ``ids``."""
    return float(np.isin(ids, vocabulary.drawable).mean()) / len(vocabulary.drawable) if ids.size else 0.0


def binomial_count(observed: int, trials: int, probability: float) -> Count:
    """Return ``observed`` beside the expectation and the central interval of Binomial(trials, probability)."""
    from scipy.stats import binom

    tail = (1 - CONFIDENCE) / 2
    low, high = (int(binom.ppf(q, trials, probability)) if trials else 0 for q in (tail, 1 - tail))
    return Count(observed, trials, probability, trials * probability, low, high)


def _binomial_chances(trials: int, probability: float) -> Floats:
    """Return the chances of 0, 1, … ``trials`` successes: (trials + 1,)."""
    from scipy.stats import binom

    chances: Floats = binom.pmf(np.arange(trials + 1), trials, probability)
    return chances
