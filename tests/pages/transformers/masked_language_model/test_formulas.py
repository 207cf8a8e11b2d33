"""The numbers under each formula are worked out again by torch, by scipy and in loops, and stand in their places."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from app.formulas import faults
from app.lessons import lesson
from app.text import probability
from app.words import LANGUAGES, Words
from nlpcore.language_models import fill_mask
from nlpcore.language_models.comparison import FillComparison, compare_fills
from nlpcore.language_models.fill_mask import Candidate, Fill
from nlpcore.language_models.mask_attention import AttentionChange, attention_change
from nlpcore.language_models.masking import Vocabulary, corrupt, corruption_counts
from nlpcore.language_models.text_masking import TrainingExample, training_example
from pages.transformers.masked_language_model import formulas
from pages.transformers.masked_language_model.view_sampler import SPLITS
from tests.pages.typeset import numbers_shown

W = Words(lesson("masked-language-model").words, "en")
TEXT = "the cat sat on the mat . the dog is not a bird ."
VOCABULARY = Vocabulary(size=40, mask_id=4, special_ids=frozenset(range(5)), reserved_ids=frozenset())
LOGITS = st.lists(st.floats(-20, 20), min_size=2, max_size=8)
SEEDS = st.integers(0, 10**6)


def as_told(p: float) -> Any:
    """What a probability may be shown as: a hundredth, a ten-thousandth, or two digits and a power of ten."""
    if p < 0.0001:
        return pytest.approx(p, rel=0.06, abs=1e-12)
    return pytest.approx(p, abs=0.0051 if p >= 0.01 else 0.000051)


def fill_of(logits: Sequence[float], token: int) -> tuple[Fill, Candidate]:
    """A mask with these logits, and one of its tokens, made with torch."""
    z = torch.tensor(logits, dtype=torch.float64)
    log_p = z.log_softmax(0)
    rank = 1 + int((z > z[token]).sum())
    chosen = Candidate(f"w{token}", token, z[token].item(), log_p[token].exp().item(), log_p[token].item(), rank)
    return Fill(1, 0, (chosen,), None, (), z.logsumexp(0).item(), 0.0, 1), chosen


# -- filling a mask --


@given(logits=LOGITS, data=st.data())
def test_the_softmax_shows_the_logit_the_sum_and_the_probability(logits: list[float], data: st.DataObject) -> None:
    token = data.draw(st.integers(0, len(logits) - 1))
    fill, candidate = fill_of(logits, token)
    formula = formulas.softmax(fill, candidate, W)
    assert faults(formula) == []
    logit, normaliser, p = numbers_shown(formula)
    assert logit == pytest.approx(logits[token], abs=0.0051)
    assert normaliser == pytest.approx(math.log(math.fsum(math.exp(z) for z in logits)), abs=0.0051)
    assert p == as_told(torch.tensor(logits, dtype=torch.float64).softmax(0)[token].item())
    assert formula.lines[0].left == rf"p(\text{{w{token}}})"


@given(logits=LOGITS, data=st.data())
def test_the_loss_is_the_cross_entropy_of_the_word(logits: list[float], data: st.DataObject) -> None:
    token = data.draw(st.integers(0, len(logits) - 1))
    _, candidate = fill_of(logits, token)
    formula = formulas.loss(candidate)
    assert faults(formula) == []
    p, loss = numbers_shown(formula)
    expected = torch.nn.functional.cross_entropy(torch.tensor([logits], dtype=torch.float64), torch.tensor([token]))
    assert loss == pytest.approx(expected.item(), abs=0.0051)
    assert p == as_told(math.exp(-expected.item()))
    assert formula.lines[0].left == rf"-\ln p(\text{{w{token}}})"


def test_a_model_s_words_have_the_numbers_of_its_logits(tiny: Any) -> None:
    fill = fill_mask(tiny, "the cat sat on the mat", 5, words=(1,), guesses=("paris",)).fills[0]
    ids = tiny.tokenizer("the [MASK] sat on the mat", return_tensors="pt")
    with torch.no_grad():
        logits = tiny.network(**ids).logits[0, fill.position].double()
    assert fill.original is not None
    for candidate in (*fill.candidates, fill.original, *fill.guesses):
        token = tiny.tokenizer.convert_tokens_to_ids(candidate.token)
        for formula in (formulas.softmax(fill, candidate, W), formulas.loss(candidate)):
            assert faults(formula) == []
        logit, normaliser, p = numbers_shown(formulas.softmax(fill, candidate, W))
        assert (logit, normaliser) == pytest.approx((logits[token].item(), logits.logsumexp(0).item()), abs=0.0061)
        assert p == as_told(logits.softmax(0)[token].item())


@given(p=st.floats(0.0001, 1))
def test_a_probability_has_the_digits_that_it_has_in_a_sentence(p: float) -> None:
    assert formulas.probability(p).digits_shown == probability(p)


def test_a_tiny_probability_is_a_power_of_ten() -> None:
    assert formulas.probability(0.0000234).latex() == r"2.3 \cdot 10^{-5}"


# -- two sentences --


@given(seed=SEEDS, count=st.integers(1, 6), data=st.data())
def test_the_difference_is_that_of_the_first_less_the_second(seed: int, count: int, data: st.DataObject) -> None:
    i = data.draw(st.integers(0, count - 1))
    first, second = torch.randn(2, 12, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 4
    first, second = first.log_softmax(0)[:count], second.log_softmax(0)[:count]
    ranks = np.ones(count, np.int64)
    words = tuple(f"w{place}" for place in range(count))
    trace = FillComparison((), (), 1, 1, words, first.numpy(), second.numpy(), ranks, ranks, True, ())
    formula = formulas.difference(trace, i)
    assert faults(formula) == []
    one, other, difference = numbers_shown(formula)
    assert (one, other) == pytest.approx((first[i].item(), second[i].item()), abs=0.00051)
    assert difference == pytest.approx(math.log(first[i].exp().item() / second[i].exp().item()), abs=0.0051)
    assert formula.lines[0].after == rf"\quad w = \text{{w{i}}}"


def test_the_difference_of_two_sentences_of_a_model(tiny: Any) -> None:
    trace = compare_fills(tiny, "he is a [MASK]", "she is a [MASK]", 6)
    assert all(faults(formulas.difference(trace, i)) == [] for i in range(len(trace.words)))


# -- training --


@given(seed=SEEDS, rate=st.floats(0.05, 1), n=st.integers(1, 30))
def test_the_training_loss_is_the_mean_of_the_selected_cross_entropies(seed: int, rate: float, n: int) -> None:
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 40, n)
    drawn = corrupt(ids, rng, rate, vocabulary=VOCABULARY)
    logits = torch.tensor(rng.normal(0, 3, (n, 40)))
    losses = torch.nn.functional.cross_entropy(logits, torch.tensor(ids), reduction="none").numpy()
    trace = TrainingExample(("t",) * n, ("t",) * n, drawn, np.where(drawn.selected, losses, np.nan), ())
    if not drawn.selected.any():
        with pytest.raises(ValueError, match="no token was selected"):
            formulas.training_loss(trace)
        return
    formula = formulas.training_loss(trace)
    assert faults(formula) == []
    # The labels are -100 where nothing was selected: torch leaves those out by itself.
    mean = torch.nn.functional.cross_entropy(logits, torch.tensor(drawn.labels)).item()
    one, count, *terms, loss = numbers_shown(formula)
    assert (one, count) == (1, (drawn.labels != -100).sum())
    assert terms == pytest.approx(
        [x for x, label in zip(losses, drawn.labels, strict=True) if label != -100][: 4 if count == 4 else 3],
        abs=0.0051,
    )
    assert loss == pytest.approx(mean, abs=0.0051)
    assert (r"\dots" in formula.numbers_latex()) == (count > 4)


def test_the_training_loss_of_a_model(tiny: Any) -> None:
    for seed in range(5):
        assert faults(formulas.training_loss(training_example(tiny, TEXT, seed=seed, rate=0.5))) == []


@pytest.mark.parametrize("split", SPLITS)
@settings(max_examples=20)
@given(percent=st.sampled_from(range(5, 85, 5)), n=st.integers(1, 35), draws=st.sampled_from([1, 7, 1000]))
def test_as_many_masks_are_expected_as_a_binomial_distribution_has(
    split: str, percent: int, n: int, draws: int
) -> None:
    masked, random, kept = (int(part) / 100 for part in split.split("-"))
    ids = [2, *range(5, 5 + n), 3]
    rng = np.random.default_rng(0)
    counts = corruption_counts(ids, rng, percent / 100, (masked, random, kept), draws, vocabulary=VOCABULARY)
    formula = formulas.expected_masks(counts, W)
    assert faults(formula) == []
    *factors, expected = numbers_shown(formula)
    assert factors == [draws, n, percent / 100, masked]
    assert expected == pytest.approx(binom.mean(draws * n, percent / 100 * masked), abs=0.5001)


# -- attention --


def mean_of(weights: Any, layer: int | None, query: int, key: int) -> float:
    """A weight averaged over heads, and over layers where none is chosen, in a loop."""
    layers = range(weights.shape[0]) if layer is None else [layer]
    values = [float(weights[each, head, query, key]) for each in layers for head in range(weights.shape[1])]
    return math.fsum(values) / len(values)


def check_change(trace: AttentionChange, layer: int | None) -> None:
    n = len(trace.tokens)
    changes = {
        (q, k): mean_of(trace.hidden, layer, q, k) - mean_of(trace.shown, layer, q, k)
        for q in range(n)
        for k in range(n)
    }
    place = formulas.largest_change(trace, layer)
    assert abs(changes[place]) == pytest.approx(max(map(abs, changes.values())), abs=1e-6)
    formula = formulas.attention_change(trace, layer, W)
    assert faults(formula) == []
    with_mask, with_word, change = numbers_shown(formula)
    assert with_mask == pytest.approx(mean_of(trace.hidden, layer, *place), abs=0.00051)
    assert with_word == pytest.approx(mean_of(trace.shown, layer, *place), abs=0.00051)
    assert change == pytest.approx(changes[place], abs=0.0051)
    symbols = formula.symbols_latex()
    assert symbols.index("masked") < symbols.index("shown")


@given(layers=st.integers(1, 3), heads=st.integers(1, 3), n=st.integers(2, 4), seed=SEEDS, data=st.data())
def test_the_largest_change_is_that_with_the_mask_less_that_with_the_word(
    layers: int, heads: int, n: int, seed: int, data: st.DataObject
) -> None:
    shown, hidden = np.random.default_rng(seed).dirichlet(np.ones(n), (2, layers, heads, n)).astype(np.float32)
    trace = AttentionChange(tuple("abcd"[:n]), (0,), shown, hidden, ())
    check_change(trace, data.draw(st.sampled_from([None, *range(layers)])))


@pytest.mark.parametrize("layer", [None, 0, 1, 2])
def test_the_largest_change_in_a_model(tiny: Any, layer: int | None) -> None:
    check_change(attention_change(tiny, "the cat sat on the mat", words=(1, 2)), layer)


# -- in both languages --


@pytest.mark.parametrize("language", LANGUAGES)
def test_symbols_that_are_words_are_those_of_the_page(tiny: Any, language: str) -> None:
    """Names of functions ("ln") and of the mask stay; every other word is one of the language."""
    w = Words(lesson("masked-language-model").words, language)
    fill = fill_mask(tiny, "the cat sat", 1, words=(1,)).fills[0]
    counts = corruption_counts(range(5, 30), np.random.default_rng(1), draws=2, vocabulary=VOCABULARY)
    change = attention_change(tiny, "the cat sat", words=(1,))
    made = (
        formulas.softmax(fill, fill.answer, w),
        formulas.expected_masks(counts, w),
        formulas.attention_change(change, None, w),
    )
    for formula in made:
        written = re.findall(r"\\text\{([^}]*)\}", formula.symbols_latex())
        words = [word for word in written if word != "[MASK]"]
        assert words and all(word.isascii() == (language == "en") for word in words), words
