"""Every question is answered again in another way: by torch, by scipy, by counting, by running the model once more."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from app.lessons import lesson
from app.questions import Question, Said, all_filled, filled
from app.words import LANGUAGES, Words
from nlpcore.language_models.comparison import compare_fills
from nlpcore.language_models.context_sides import ContextSides, context_sides
from nlpcore.language_models.mask_attention import AttentionChange, attention_change
from nlpcore.language_models.masking import Vocabulary, corrupt, corruption_counts
from pages.transformers.masked_language_model import questions
from pages.transformers.masked_language_model.view_sampler import SPLITS

VOCABULARY = Vocabulary(size=40, mask_id=4, special_ids=frozenset(range(5)), reserved_ids=frozenset())
RATES = range(5, 85, 5)  # in percent, as the slider has them


def said(question: Question, language: str = "en") -> str:
    """The reason as a learner reads it."""
    words = Words(lesson("masked-language-model").words, language)
    return words(question.because, **all_filled(question.values, words)).replace("\\", "")


def asked(question: Question, language: str = "en") -> str:
    words = Words(lesson("masked-language-model").words, language)
    return words(f"predict.{question.name}.question", **all_filled(question.values, words)).replace("\\", "")


def key(question: Question) -> str:
    """Which text of the words is the right option."""
    assert isinstance(question.answer, Said)
    return question.answer.key


# -- one side cut off --


@given(
    both=st.floats(0.001, 1),
    left=st.floats(0.0001, 1),
    right=st.floats(0.0001, 1),
    sides=st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
def test_the_probability_that_is_left_decides(both: float, left: float, right: float, sides: tuple[int, int]) -> None:
    question = questions.cut_side(ContextSides("robin", both, left, right, *sides), about="text")
    if sides == (0, 0):
        assert question is None
        return
    assert question is not None
    cut_after = sides[1] >= 2 or sides[0] == 0
    alone = left if cut_after else right
    percent = 100 * alone / both
    expected = "side.rises" if percent > 110 else "side.falls" if percent < 90 else "side.stays"
    if min(abs(percent - 110), abs(percent - 90)) > 1e-6:
        assert key(question) == expected
    assert question.options == (Said("side.rises"), Said("side.falls"), Said("side.stays"))
    assert question.about == "text"
    assert f"everything {'after' if cut_after else 'before'} the mask" in asked(question) and "robin" in asked(question)
    numbers = [float(number) for number in re.findall(r"\d\.\d+", said(question))]
    if alone >= 0.0001 and len(numbers) == 2:
        assert numbers == pytest.approx([both, alone], abs=0.0051)


@pytest.mark.parametrize("text", ["the cat [MASK] on the mat .", "the cat [MASK]", "[MASK] is a bird", "a [MASK] ."])
def test_cutting_the_text_itself_changes_the_probability_so(tiny: Any, text: str) -> None:
    question = questions.cut_side(context_sides(tiny, text), about=None)
    assert question is not None
    before, after = (part.strip() for part in text.split("[MASK]"))
    left_over = f"{before} [MASK]" if len(after.split()) > 1 or not before else f"[MASK] {after}"
    whole, alone = (probabilities_at_mask(tiny, each) for each in (text, left_over))
    token = int(whole.argmax())
    change = alone[token] / whole[token]
    assert key(question) == ("side.rises" if change > 1.1 else "side.falls" if change < 0.9 else "side.stays")
    assert tiny.tokenizer.convert_ids_to_tokens([token]) == [question.values["word"]]


def probabilities_at_mask(model: Any, text: str) -> Any:
    """The model asked by transformers and torch alone, without nlpcore."""
    import torch

    given = model.tokenizer(text, return_tensors="pt")
    place = given["input_ids"][0].tolist().index(model.tokenizer.mask_token_id)
    with torch.no_grad():
        return model.network(**given).logits[0, place].softmax(-1)


# -- two sentences swapped --


def test_the_model_asked_in_the_other_order_gives_the_opposite_differences(tiny: Any) -> None:
    pair = ("he is a [MASK] .", "the [MASK] sat on the mat")
    watched = ("doctor", "nurse", "bird")
    one = compare_fills(tiny, *pair, watched=watched).difference
    other = compare_fills(tiny, *reversed(pair), watched=watched).difference
    outcomes = {"swap.sign": -one, "swap.inverse": 1 / one, "swap.zero": 0 * one}
    true = [name for name, values in outcomes.items() if np.allclose(other, values)]
    question = questions.swapped_sentences()
    assert [key(question)] == true
    assert {option.key for option in question.options if isinstance(option, Said)} == set(outcomes)


# -- how many masks are seen --


@pytest.mark.parametrize(("rate", "split"), list(product(RATES, SPLITS)))
def test_as_many_masks_as_rate_and_share_make(rate: int, split: str) -> None:
    masked, random, kept = (int(part) for part in split.split("-"))
    shares = (masked / 100, random / 100, kept / 100)
    drawn = corrupt(np.arange(5, 40), np.random.default_rng(1), rate / 100, shares, vocabulary=VOCABULARY)
    question = questions.visible_masks(drawn)
    exact = Fraction(rate, 100) * Fraction(masked, 100) * 100
    assert isinstance(question.answer, str) and Fraction(question.answer) == exact
    numbers = [float(str(option)) for option in question.options]
    assert numbers == sorted(set(numbers)) and {float(rate), float(masked)} <= set(numbers)
    assert f"{rate} × {masked} / 100 = {question.answer}." in said(question)
    assert question.about == (drawn.rate, drawn.split)


def test_as_many_masks_as_are_counted_in_many_draws() -> None:
    tokens = np.full((4000, 100), 7)
    for rate, split in ((0.15, (0.8, 0.1, 0.1)), (0.4, (1.0, 0.0, 0.0)), (0.3, (0.0, 0.8, 0.2))):
        drawn = corrupt(tokens, np.random.default_rng(2), rate, split, vocabulary=VOCABULARY)
        counted = (drawn.corrupted == VOCABULARY.mask_id).sum(axis=1).mean()
        options = {str(option): abs(float(str(option)) - counted) for option in questions.visible_masks(drawn).options}
        assert questions.visible_masks(drawn).answer == min(options, key=lambda option: options[option])


# -- draws that select nothing --


@given(rate=st.sampled_from(RATES), n=st.integers(0, 40))
@example(rate=50, n=1)
@example(rate=20, n=0)
@settings(max_examples=60)
def test_twice_as_many_tokens_square_the_share_of_empty_draws(rate: int, n: int) -> None:
    ids = [2, *range(5, 5 + min(n, 35)), *[6] * max(0, n - 35), 3]
    counts = corruption_counts(ids, np.random.default_rng(0), rate / 100, draws=2, vocabulary=VOCABULARY)
    question = questions.empty_draws(counts)
    one, two = (float(binom.pmf(0, size, rate / 100)) for size in (n, 2 * n))
    claims = {"empty.half": one / 2, "empty.square": one**2, "empty.same": one}
    true = [name for name, share in claims.items() if share == pytest.approx(two, rel=1e-9, abs=0)]
    if question is None:
        assert len(true) > 1  # two options would be right
        return
    assert true == [key(question)]
    assert [option.key for option in question.options if isinstance(option, Said)] == list(claims)
    reason = said(question)
    assert f"all {n} escape" in reason and f"With {2 * n} tokens" in reason
    powers = re.findall(r"= ([\d.e-]+\d)", reason)
    assert [float(power) for power in powers] == pytest.approx([one, two], rel=0.06)


def test_all_corruptions_of_a_short_text_counted() -> None:
    """Each of the ten tokens is selected or not, with a chance of 30 %: all 1,024 ways, weighed and added up."""
    chance = {True: 0.3, False: 0.7}
    empty = {
        n: sum(float(np.prod([chance[one] for one in way])) for way in product([True, False], repeat=n) if not any(way))
        for n in (5, 10)
    }
    counts = corruption_counts([2, *range(5, 10), 3], np.random.default_rng(0), 0.3, draws=2, vocabulary=VOCABULARY)
    question = questions.empty_draws(counts)
    assert question is not None and key(question) == "empty.square"
    assert empty[10] == pytest.approx(empty[5] ** 2)
    assert (question.values["one"], question.values["two"]) == (f"{empty[5]:.2g}", f"{empty[10]:.2g}")


# -- the layer that moved most --


def check_moved(trace: AttentionChange) -> None:
    """Half the sum of absolute differences, averaged over rows and heads, in loops."""
    layers, heads, n, _ = trace.shown.shape
    moved = []
    for layer in range(layers):
        rows = [
            sum(abs(float(trace.hidden[layer, h, q, k]) - float(trace.shown[layer, h, q, k])) for k in range(n)) / 2
            for h in range(heads)
            for q in range(n)
        ]
        moved.append(sum(rows) / len(rows))
    question = questions.moved_layer(trace)
    if layers == 1:
        assert question is None
        return
    assert question is not None
    most, least = moved.index(max(moved)) + 1, moved.index(min(moved)) + 1
    assert question.options == tuple(Said("layer_name", {"layer": layer + 1}) for layer in range(layers))
    assert question.answer == Said("layer_name", {"layer": most})
    share, named, least_share = (int(number) for number in re.findall(r"\d+", said(question)))
    assert named == least and [share, least_share] == pytest.approx([100 * max(moved), 100 * min(moved)], abs=0.501)


@given(layers=st.integers(1, 5), heads=st.integers(1, 3), n=st.integers(2, 5), seed=st.integers(0, 10**6))
def test_the_layer_that_moved_most(layers: int, heads: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shown, hidden = rng.dirichlet(np.ones(n), (2, layers, heads, n)).astype(np.float32)
    strength = rng.random((layers, 1, 1, 1)).astype(np.float32)  # each layer moves a share of the way
    check_moved(AttentionChange(tuple("abcde"[:n]), (0,), shown, shown + strength * (hidden - shown), ()))


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.sets(st.integers(0, 5), min_size=1, max_size=3))
def test_the_layer_of_a_network_that_moved_most(tiny: Any, words: set[int]) -> None:
    check_moved(attention_change(tiny, "the cat sat on the mat", words=tuple(words)))


# -- in both languages --


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_reason_is_said_without_a_blank(tiny: Any, language: str) -> None:
    drawn = corrupt(np.arange(5, 40), np.random.default_rng(1), 0.15, vocabulary=VOCABULARY)
    counts = corruption_counts(range(5, 40), np.random.default_rng(1), draws=2, vocabulary=VOCABULARY)
    made = (
        questions.cut_side(context_sides(tiny, "the [MASK] sat on the mat"), about=None),
        questions.swapped_sentences(),
        questions.visible_masks(drawn),
        questions.empty_draws(counts),
        questions.moved_layer(attention_change(tiny, "the cat sat", words=(1,))),
    )
    words = Words(lesson("masked-language-model").words, language)
    for question in made:
        assert question is not None
        texts = [asked(question, language), said(question, language), *(filled(o, words) for o in question.options)]
        assert all(text and "{" not in text for text in texts)
