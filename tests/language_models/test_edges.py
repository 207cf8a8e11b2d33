"""Masked language models at the edges of what is allowed, and networks with another head than BERT's."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import binom

from nlpcore.errors import LearnerError
from nlpcore.language_models import fill_mask
from nlpcore.language_models.comparison import compare_fills
from nlpcore.language_models.fill_mask import MOST_ROUNDS, all_mask_logits, mask_logits
from nlpcore.language_models.masked_input import masked_input, tokenized
from nlpcore.language_models.masking import Vocabulary, binomial_count, corrupt, corruption_counts
from nlpcore.language_models.words import split_words


def test_the_bounds_belong_to_the_interval() -> None:
    for observed in range(31):
        found = binomial_count(observed, 30, 0.4)
        low, high = (int(bound) for bound in binom.interval(0.95, 30, 0.4))
        assert (found.low, found.high) == (low, high)
        assert found.inside == (low <= observed <= high)
        assert found.expected == pytest.approx(12)
    assert binomial_count(0, 0, 0.5).inside and not binomial_count(1, 0, 0.5).inside


def test_ids_and_the_mask_lie_within_the_vocabulary() -> None:
    small = {"special_ids": frozenset({0}), "reserved_ids": frozenset[int]()}
    for mask_id in (0, 4):
        assert Vocabulary(5, mask_id, **small).drawable.tolist() == [i for i in (1, 2, 3, 4) if i != mask_id]
    for mask_id in (-1, 5):
        with pytest.raises(ValueError, match="is not in a vocabulary of 5"):
            Vocabulary(5, mask_id, **small)
    with pytest.raises(ValueError, match="no token is left"):
        Vocabulary(2, 1, **small)
    vocabulary = Vocabulary(5, 4, **small)
    assert corrupt([0, 3, 4], 0, vocabulary=vocabulary).token_ids.tolist() == [0, 3, 4]
    assert corrupt([], 0, vocabulary=vocabulary).corrupted.tolist() == []
    for ids in ([-1], [5]):
        with pytest.raises(ValueError, match="0 … 4"):
            corrupt(ids, 0, vocabulary=vocabulary)


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_the_outermost_rates_select_nothing_and_everything(rate: float) -> None:
    found = corrupt(range(2000, 2100), 0, rate)
    assert found.selected.tolist() == [bool(rate)] * 100
    assert (found.labels.tolist() == list(range(2000, 2100))) == bool(rate)
    counts = corruption_counts(range(2000, 2004), 0, rate, draws=1)
    assert counts.draws == 1 and counts.selected_per_draw.sum() == 1
    for wrong in (-0.01, 1.01):
        with pytest.raises(ValueError, match="between 0 and 1"):
            corrupt([2000], 0, wrong)
    with pytest.raises(ValueError, match="at least 1"):
        corruption_counts([2000], 0, draws=0)


@pytest.mark.parametrize(
    ("split", "allowed"),
    [((1.0, 0.0, 0.0), {1}), ((0.0, 1.0, 0.0), {2}), ((0.0, 0.0, 1.0), {3}), ((0.5, 0.5, 0.0), {1, 2})],
)
def test_a_share_of_zero_is_impossible(split: Any, allowed: set[int]) -> None:
    fates = corrupt(np.full((100, 100), 2000), 1, 1.0, split).fates
    assert set(np.unique(fates).tolist()) == allowed


def test_one_after_another_as_many_as_there_are_rounds(tiny: Any) -> None:
    masks = " ".join(["[MASK]"] * MOST_ROUNDS)
    found = fill_mask(tiny, f"{masks} .", order="certain_first")
    assert sorted(fill.step for fill in found.fills) == list(range(1, MOST_ROUNDS + 1))
    with pytest.raises(LearnerError, match="too_many_masks") as caught:
        fill_mask(tiny, f"{masks} [MASK] .", order="certain_first")
    assert caught.value.params == {"most": MOST_ROUNDS, "given": MOST_ROUNDS + 1}
    assert len(fill_mask(tiny, f"{masks} [MASK] .").fills) == MOST_ROUNDS + 1


def test_the_surest_mask_is_filled_first(tiny: Any) -> None:
    """Against the network asked anew for each step."""
    found = fill_mask(tiny, "the [MASK] sat [MASK] a [MASK]", order="certain_first")
    encoded = tiny.tokenizer("the [MASK] sat [MASK] a [MASK]", return_tensors="pt")["input_ids"]
    left = {fill.position for fill in found.fills}
    for fill in sorted(found.fills, key=lambda each: each.step):
        with torch.no_grad():
            log_p = tiny.network(encoded).logits[0].double().log_softmax(-1)
        assert fill.position == max(left, key=lambda place: float(log_p[place].max()))
        assert fill.answer.token_id == int(log_p[fill.position].argmax())
        assert fill.answer.log_probability == pytest.approx(float(log_p[fill.position].max()), abs=1e-5)
        encoded[0, fill.position] = fill.answer.token_id
        left.remove(fill.position)


def test_at_least_one_candidate_is_given_and_as_many_as_are_asked_for(tiny: Any) -> None:
    for k in (-1, 0, 1):
        assert len(fill_mask(tiny, "the [MASK]", k).fills[0].candidates) == 1
        assert 1 <= len(compare_fills(tiny, "the [MASK]", "a [MASK]", k).words) <= 2
    assert len(fill_mask(tiny, "the [MASK]", 4).fills[0].candidates) == 4


@pytest.mark.parametrize("limit", [3, 4, 5, 6])
def test_the_last_token_is_the_texts_end_wherever_it_is_cut(tiny: Any, limit: int) -> None:
    found = tokenized(tiny, "the cat sat", limit)
    whole = ["[CLS]", "the", "cat", "sat", "[SEP]"]
    assert list(found.tokens) == (whole if limit >= 5 else [*whole[: limit - 1], "[SEP]"])
    said = [(note.code, dict(note.params)) for note in found.notes]
    assert said == ([] if limit >= 5 else [("cut_tokens", {"kept": limit, "given": 5})])


def test_words_are_counted_from_0_to_the_last(tiny: Any) -> None:
    text = "the cat sat"
    for index, word in enumerate(split_words(text)):
        (site,) = masked_input(tiny, text, [index]).sites
        assert tiny.tokenizer.convert_ids_to_tokens([site.original_id]) == [word.text]
    for index in (-1, 3):
        with pytest.raises(LearnerError, match="no_such_word") as caught:
            masked_input(tiny, text, [index])
        assert caught.value.params == {"count": 3}


def test_a_network_whose_head_has_another_name_gives_its_own_logits() -> None:
    """DistilBERT's head is no ``cls``: its logits are taken where the masks are."""
    from transformers import DistilBertConfig, DistilBertForMaskedLM

    torch.manual_seed(0)
    sizes = {"dim": 24, "n_layers": 2, "n_heads": 3, "hidden_dim": 32, "vocab_size": 40, "initializer_range": 0.5}
    network = DistilBertForMaskedLM(DistilBertConfig(**sizes)).eval()
    model: Any = SimpleNamespace(network=network, device="cpu", lock=threading.RLock())
    texts = [(np.array([2, 5, 6, 3]), [1]), (np.array([2, 7, 8, 9, 3]), [3, 1])]
    for (ids, positions), found in zip(texts, all_mask_logits(model, texts), strict=True):
        with torch.no_grad():
            wanted = network(torch.tensor([ids.tolist()])).logits[0, positions].double().numpy()
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, wanted, atol=1e-4)
        np.testing.assert_allclose(mask_logits(model, ids, positions), wanted, atol=1e-4)


def test_berts_head_multiplies_by_the_vocabulary_at_the_masks_alone(tiny: Any) -> None:
    seen: list[tuple[int, ...]] = []
    hook = tiny.network.cls.register_forward_hook(lambda _head, given, _made: seen.append(tuple(given[0].shape[:-1])))
    with hook:
        all_mask_logits(tiny, [(np.array([2, 5, 6, 3]), [1]), (np.array([2, 7, 8, 9, 3]), [3, 1])])
    assert seen == [(3,)]


@pytest.mark.models
def test_the_vocabulary_that_is_taken_where_none_is_named_is_that_of_berts_uncased_tokenizer() -> None:
    from nlpcore.models import load

    assert Vocabulary.of(load("minilm-l6").tokenizer) == Vocabulary()
