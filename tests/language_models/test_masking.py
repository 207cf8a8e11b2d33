"""The 15 % / 80-10-10 sampler against the binomial distribution and against transformers' own data collator."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2_contingency, chisquare

from nlpcore.language_models import Fate, Vocabulary, corrupt, corruption_counts
from nlpcore.language_models.masking import BERT_UNCASED, IGNORED, binomial_count

TEXT = [101, 1996, 3007, 1997, 2605, 2003, 3000, 1012, 102]  # [CLS] the capital of france is paris . [SEP]
SURE = 1e-6  # chance that a right sampler fails a test of one count (two-sided)


def within(count: int, trials: int, probability: float) -> bool:
    return bool(binom.ppf(SURE / 2, trials, probability) <= count <= binom.isf(SURE / 2, trials, probability))


@pytest.mark.parametrize("rate, split", [(0.15, (0.8, 0.1, 0.1)), (0.4, (1.0, 0.0, 0.0)), (0.15, (0.0, 0.2, 0.8))])
def test_counts_are_binomial(rate: float, split: tuple[float, float, float]) -> None:
    ids = np.tile(TEXT, (30_000, 1))
    drawn = corrupt(ids, np.random.default_rng(5), rate, split)
    trials = 30_000 * 7
    assert within(int(drawn.selected.sum()), trials, rate)
    for fate, share in zip((Fate.MASKED, Fate.RANDOM, Fate.KEPT), split, strict=True):
        assert within(int((drawn.fates == fate).sum()), trials, rate * share)
    for position in range(1, 8):  # no position is preferred
        assert within(int(drawn.selected[:, position].sum()), 30_000, rate)


def test_random_tokens_are_uniform_and_never_special() -> None:
    small = Vocabulary(size=40, mask_id=4, special_ids=frozenset({0, 1, 2, 3, 4}), reserved_ids=frozenset({5, 6}))
    drawn = corrupt(np.full(66_000, 10), np.random.default_rng(0), 1.0, (0.0, 1.0, 0.0), vocabulary=small)
    counts = np.bincount(drawn.corrupted, minlength=40)
    assert counts[:7].sum() == 0
    assert chisquare(counts[7:]).pvalue > SURE
    assert (drawn.fates == Fate.RANDOM).all()


def test_special_tokens_are_never_selected() -> None:
    ids = np.tile([101, 0, 100, 103, 102, 2000], (2000, 1))
    drawn = corrupt(ids, np.random.default_rng(1), rate=1.0)
    assert not drawn.selected[:, :5].any() and drawn.selected[:, 5].all()
    assert np.array_equal(drawn.corrupted[:, :5], ids[:, :5])


def test_the_choices_agree_with_transformers_data_collator(tmp_path: object) -> None:
    """Both samplers' fates on the same ids come from one distribution (chi-squared homogeneity, p > 0.001)."""
    import torch
    from transformers import BertTokenizerFast, DataCollatorForLanguageModeling

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"w{i}" for i in range(995))]
    tokenizer = BertTokenizerFast(vocab={word: i for i, word in enumerate(words)})
    vocabulary = Vocabulary.of(tokenizer)
    assert vocabulary == Vocabulary(1000, 4, frozenset(range(5)), frozenset())
    ids = np.concatenate([[2], np.random.default_rng(3).integers(5, 1000, 400), [3]])
    batch = np.tile(ids, (400, 1))
    ours = corrupt(batch, np.random.default_rng(4), vocabulary=vocabulary)
    collator = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.15, seed=7)
    collator.generator = torch.Generator().manual_seed(7)
    shown, labels = collator.torch_mask_tokens(torch.tensor(batch))
    theirs_shown, theirs_labels = shown.numpy(), labels.numpy()

    def kinds(original: np.ndarray, seen: np.ndarray, wanted: np.ndarray) -> list[int]:
        selected = wanted != IGNORED
        masked, same = selected & (seen == 4), selected & (seen == original)
        return [int((~selected).sum()), int(masked.sum()), int(same.sum()), int((selected & ~masked & ~same).sum())]

    table = [kinds(batch, ours.corrupted, ours.labels), kinds(batch, theirs_shown, theirs_labels)]
    assert chi2_contingency(table).pvalue > 0.001
    assert (theirs_labels[:, [0, -1]] == IGNORED).all() and (ours.labels[:, [0, -1]] == IGNORED).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 30521), max_size=60),
    st.integers(0, 2**32 - 1),
    st.floats(0, 1),
    st.sampled_from([(0.8, 0.1, 0.1), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.3, 0.0, 0.7)]),
)
def test_every_draw_is_consistent(ids: list[int], seed: int, rate: float, split: tuple[float, float, float]) -> None:
    drawn = corrupt(ids, np.random.default_rng(seed), rate, split)
    assert drawn.token_ids.tolist() == ids
    assert np.array_equal(drawn.selected, drawn.eligible & (drawn.selection_draws < rate))
    assert np.array_equal(drawn.selected, drawn.fates != Fate.UNSELECTED)
    assert np.array_equal(drawn.labels, np.where(drawn.selected, drawn.token_ids, IGNORED))
    assert (drawn.corrupted[drawn.fates == Fate.MASKED] == BERT_UNCASED.mask_id).all()
    untouched = (drawn.fates == Fate.UNSELECTED) | (drawn.fates == Fate.KEPT)
    assert np.array_equal(drawn.corrupted[untouched], drawn.token_ids[untouched])
    assert not np.isin(drawn.corrupted[drawn.fates == Fate.RANDOM], list(BERT_UNCASED.special_ids)).any()
    for fate, share in zip((Fate.MASKED, Fate.RANDOM, Fate.KEPT), split, strict=True):
        assert share > 0 or not (drawn.fates == fate).any()


def test_a_seed_repeats_the_draw() -> None:
    one, two = (corrupt(TEXT, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one.corrupted, two.corrupted) and np.array_equal(one.fates, two.fates)


@pytest.mark.parametrize(
    "bad", [{"rate": 1.2}, {"rate": -0.1}, {"split": (0.8, 0.1, 0.2)}, {"split": (1.2, -0.1, -0.1)}]
)
def test_what_is_no_probability_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        corrupt(TEXT, np.random.default_rng(0), **bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("ids", [[-1], [30522]])
def test_ids_outside_the_vocabulary_are_refused(ids: list[int]) -> None:
    with pytest.raises(ValueError, match=r"0 … 30521$"):
        corrupt(ids, np.random.default_rng(0))


def test_a_vocabulary_without_words_is_refused() -> None:
    with pytest.raises(ValueError):
        Vocabulary(size=2, mask_id=1, special_ids=frozenset({0, 1}), reserved_ids=frozenset())
    with pytest.raises(ValueError):
        Vocabulary(size=10, mask_id=10)


def test_counts_over_a_thousand_draws() -> None:
    counts = corruption_counts(TEXT, np.random.default_rng(2))
    assert (counts.draws, counts.eligible) == (1000, 7)
    assert counts.selected.expected == pytest.approx(1000 * 7 * 0.15)
    assert counts.masked.expected == pytest.approx(1000 * 7 * 0.12)
    assert counts.random.expected == counts.kept.expected == pytest.approx(1000 * 7 * 0.015)
    assert counts.empty_draws.expected == pytest.approx(1000 * 0.85**7)
    assert counts.selected.observed == counts.masked.observed + counts.random.observed + counts.kept.observed
    assert counts.selected_per_draw.sum() == 1000 and counts.selected_per_draw[0] == counts.empty_draws.observed
    assert counts.expected_per_draw.sum() == pytest.approx(1000)
    assert (counts.position_fates.sum(axis=1) == 1000).all()
    assert counts.position_fates[0].tolist() == [1000, 0, 0, 0]
    assert counts.visibly_changed.observed <= counts.masked.observed + counts.random.observed


def test_intervals_hold_what_they_promise() -> None:
    """What is drawn lies in the interval as often as the interval says: of 100 runs 90 or more, but for one time in a hundred."""
    inside = [corruption_counts(TEXT, np.random.default_rng(seed), draws=50).selected.inside for seed in range(100)]
    assert np.mean(inside) >= 0.9


@pytest.mark.parametrize(
    "trials, probability", [(7000, 0.15), (10, 0.5), (1, 0.015), (500, 0.0), (500, 1.0), (0, 0.15)]
)
def test_the_interval_covers_at_least_95_percent(trials: int, probability: float) -> None:
    count = binomial_count(0, trials, probability)
    covered = binom.cdf(count.high, trials, probability) - binom.cdf(count.low - 1, trials, probability)
    assert covered >= 0.95 and count.low <= count.expected <= count.high + 1


def test_a_text_of_special_tokens_only_counts_nothing() -> None:
    counts = corruption_counts([101, 102], np.random.default_rng(0), draws=10)
    assert counts.eligible == 0 and counts.selected.observed == 0 and counts.empty_draws.observed == 10
    with pytest.raises(ValueError):
        corruption_counts(TEXT, np.random.default_rng(0), draws=0)


@pytest.mark.parametrize(("trials", "low", "high"), [(100, 40, 60), (20, 6, 14), (1000, 469, 531)])
def test_the_interval_holds_95_per_cent(trials: int, low: int, high: int) -> None:
    """Of fair coins, as any table of the binomial distribution has it."""
    count = binomial_count(low, trials, 0.5)
    assert (count.low, count.high) == (low, high)
    assert count.inside and not binomial_count(low - 1, trials, 0.5).inside
