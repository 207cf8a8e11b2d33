"""Every question is answered again in another way: by torch, by scipy, by counting, by running the model once more."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.lessons import lesson
from app.questions import Question, Said, all_filled, filled
from app.text import probability
from app.words import LANGUAGES, Words
from nlpcore.language_models.comparison import compare_fills
from nlpcore.language_models.context_sides import ContextSides, context_sides
from nlpcore.language_models.mask_attention import AttentionChange, attention_change
from nlpcore.language_models.masking import Fate, Vocabulary, corrupt, corruption_counts
from nlpcore.language_models.text_masking import training_example
from pages.transformers.masked_language_model import questions, view_compare
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
    alone_says = (("mr", 0.25), ("dr", 0.125))
    question = questions.cut_side(ContextSides("robin", both, left, right, *sides, *alone_says), about="text")
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
    if min(alone, both) >= 0.0001:
        assert numbers == pytest.approx([both, alone, 0.25 if cut_after else 0.125, both, alone], abs=0.0051)


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["the cat [MASK] on the mat .", "the cat sat on the [MASK] .", "[MASK] is a bird"])
def test_the_reason_says_what_the_model_expects_with_one_side_alone(tiny: Any, text: str, language: str) -> None:
    sides = context_sides(tiny, text)
    before, after = (part.strip() for part in text.split("[MASK]"))
    for cut_after, left_over in ((True, f"{before} [MASK]"), (False, f"[MASK] {after}")):
        alone = probabilities_at_mask(tiny, left_over.strip())
        first = tiny.tokenizer.convert_ids_to_tokens([int(alone.argmax())])[0]
        words = Words(lesson("masked-language-model").words, language)
        told = filled(questions.instead(sides, cut_after), words).replace("\\", "")
        assert f"“{first}”" in told and probability(float(alone.max())) in told
    question = questions.cut_side(sides, about=None)
    assert question is not None
    instead = filled(questions.instead(sides, questions.cuts_after(sides)), words).replace("\\", "")
    assert instead in said(question, language)


@pytest.mark.parametrize(
    ("left", "token", "after", "key"),
    [
        (1, ".", True, "end"), (1, "。", True, "end"), (1, "moon", True, "other"), (1, "robin", True, "same"),
        (0, ".", True, "nothing"), (1, ".", False, "other"), (1, "j", False, "letter"), (1, "j", True, "other"),
        (1, "巴", False, "other"),
    ],
)  # fmt: skip
def test_a_full_stop_is_explained_where_the_text_ends_at_the_mask(left: int, token: str, after: bool, key: str) -> None:
    sides = ContextSides("robin", 0.5, 0.25, 0.25, left, 1, (token, 0.5), (token, 0.5))
    assert questions.instead(sides, after).key == f"instead.{key}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tokens_right", [1, 2])
def test_of_several_masks_the_question_names_the_first(tokens_right: int, language: str) -> None:
    sides = ContextSides("robin", 0.5, 0.25, 0.25, 1, tokens_right, ("a", 0.5), ("a", 0.5))
    one, several = (questions.cut_side(sides, about=None, several=several) for several in (False, True))
    assert one and several
    first = {"en": "the first mask", "zh": "第 1 个 [MASK]"}[language]
    assert first in asked(several, language) and first not in asked(one, language)


def probabilities_at_mask(model: Any, text: str) -> Any:
    """The model asked by transformers and torch alone, without nlpcore."""
    import torch

    given = model.tokenizer(text, return_tensors="pt")
    place = given["input_ids"][0].tolist().index(model.tokenizer.mask_token_id)
    with torch.no_grad():
        return model.network(**given).logits[0, place].softmax(-1)


# -- two sentences --


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(["doctor", "nurse", "bird", "cat"]), min_size=1, max_size=3, unique=True))
def test_the_sentence_that_makes_the_word_likelier_is_right(tiny: Any, words: list[str]) -> None:
    pair = ("he is a [MASK] .", "the [MASK] sat on the mat")
    trace = compare_fills(tiny, *pair, watched=tuple(words))
    question = questions.sides(trace, about="here")
    p, q = (probabilities_at_mask(tiny, text) for text in pair)
    ids = dict(zip(words, tiny.tokenizer.convert_tokens_to_ids(words), strict=True))
    ratios = {word: float(p[i] / q[i]) for word, i in ids.items()}
    word = max(words, key=lambda word: abs(np.log(ratios[word])))
    assert question.values["word"] == word
    ratio = ratios[word]
    assert key(question) == ("sides.first" if ratio > 1.1 else "sides.second" if 1 / ratio > 1.1 else "sides.same")
    ranks = [int((row > row[ids[word]]).sum()) + 1 for row in (p, q)]
    assert [question.values["first_rank"], question.values["second_rank"]] == ranks


def test_a_word_that_is_as_likely_in_both_sentences_is_told_so(tiny: Any) -> None:
    pair = ("he is a [MASK] .", "he is a [MASK] .")
    assert key(questions.sides(compare_fills(tiny, *pair), about=None)) == "sides.same"


def test_the_two_probabilities_have_the_quotient_that_is_told_of_them() -> None:
    told = [float(probability(p)) for p in (0.0233, 0.0033, 0.0384, 0.0236, 0.0994, 0.25)]
    assert told == [0.023, 0.0033, 0.038, 0.024, 0.099, 0.25]
    assert (round(0.023 / 0.0033), round(0.038 / 0.024, 1)) == (7, 1.6)


@pytest.mark.parametrize(
    ("factor", "said"), [(1, "1"), (1.64, "1.6"), (54.3, "54"), (41357, "41,000"), (2e6, "2,000,000")]
)
def test_how_many_times_likelier_has_two_digits(factor: float, said: str) -> None:
    assert view_compare.times(factor) == said


# -- where the loss is counted --


def test_the_loss_is_counted_where_transformers_counts_it(tiny: Any) -> None:
    from transformers import DataCollatorForLanguageModeling

    ids = torch.tensor(tiny.tokenizer("the cat sat on the mat " * 50)["input_ids"])
    collate = DataCollatorForLanguageModeling(tiny.tokenizer, mlm_probability=0.4, seed=1)
    inputs, labels = collate.torch_mask_tokens(ids[None].clone())
    counted = labels[0] != -100
    kept = counted & (inputs[0] == ids)
    trace = training_example(tiny, "the cat sat on the mat . " * 8, seed=1, rate=0.5)
    question = questions.counted(trace.corruption)
    finite = np.isfinite(trace.losses)
    assert (finite == trace.corruption.selected).all() and kept.any() and not counted.all() and not finite.all()
    assert (trace.corruption.selected & (trace.corruption.fates == Fate.KEPT)).any()
    assert key(question) == "counted.selected"  # not the masked ones alone, and not all
    assert str(finite.sum()) in said(question)


# -- how many tokens are shown as [MASK] --


@given(rate=st.sampled_from(RATES), split=st.sampled_from(SPLITS), n=st.integers(0, 35), seed=st.integers(0, 99))
@settings(max_examples=80, deadline=None)
def test_the_share_of_masks_is_that_of_the_corrupted_ids(rate: int, split: str, n: int, seed: int) -> None:
    shares = tuple(int(part) / 100 for part in split.split("-"))
    ids = [2, *range(5, 5 + n), 3]
    counts = corruption_counts(ids, np.random.default_rng(seed), rate / 100, shares, 2000, vocabulary=VOCABULARY)
    question = questions.shown_as_mask(counts)
    if not n:
        assert question is None
        return
    assert question is not None
    texts = np.tile(np.array(ids), (2000, 1))
    shown = corrupt(texts, np.random.default_rng(seed), rate / 100, shares, vocabulary=VOCABULARY).corrupted == 4
    offered = {float(str(option.values["share"])): option for option in question.options if isinstance(option, Said)}
    assert list(offered) == sorted(offered) and len(offered) == len(question.options)
    chance = float(Fraction(rate, 100) * Fraction(int(split.split("-")[0]), 100))
    assert question.answer == offered[round(100 * chance, 6)]
    assert abs(shown.mean() * (n + 2) / n - chance) <= 5 * (chance * (1 - chance) / (2000 * n)) ** 0.5
    assert {float(rate), float(split.split("-")[0])} <= set(offered)  # one throw taken for both
    assert f"{rate} % are selected, and {split.split('-')[0]} % of these" in said(question)
    assert f"{shown.sum():,} of {2000 * n:,} tokens, that is {100 * shown.sum() / (2000 * n):.1f} %" in said(question)
    assert f"{rate} % of the tokens" in asked(question) and split.replace("-", " / ") in asked(question)


# -- the first layer and the last --


def check_moved(trace: AttentionChange) -> None:
    """Half the sum of absolute differences, averaged over rows and heads, in loops."""
    layers, heads, n, _ = trace.shown.shape
    moved = [
        {
            q: sum(
                abs(float(trace.hidden[layer, h, q, k]) - float(trace.shown[layer, h, q, k]))
                for h in range(heads)
                for k in range(n)
            )
            / (2 * heads)
            for q in range(n)
        }
        for layer in range(layers)
    ]
    question = questions.moved_layer(trace)
    if layers == 1:
        assert question is None
        return
    assert question is not None
    assert question.options == (Said("layer.first"), Said("layer.last", {"layers": layers}), Said("layer.same"))
    first, last = (100 * sum(moved[layer].values()) / n for layer in (0, -1))
    right = "layer.last" if last > 1.1 * first else "layer.first" if first > 1.1 * last else "layer.same"
    if min(abs(last / first - 1.1), abs(first / last - 1.1)) > 1e-5:
        assert key(question) == right
    rest = [q for q in range(n) if q not in trace.masked]
    others = [100 * sum(moved[layer][q] for q in rest) / len(rest) for layer in (0, -1)]
    told = [float(number) for number in re.findall(r"([\d.]+) %", said(question))]
    assert told == pytest.approx([first, last, *others, first, last], abs=0.051)


@given(layers=st.integers(1, 5), heads=st.integers(1, 3), n=st.integers(2, 5), seed=st.integers(0, 10**6))
def test_the_layer_that_moved_more(layers: int, heads: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shown, hidden = rng.dirichlet(np.ones(n), (2, layers, heads, n)).astype(np.float32)
    strength = rng.random((layers, 1, 1, 1)).astype(np.float32)  # each layer moves a share of the way
    check_moved(AttentionChange(tuple("abcde"[:n]), (0,), shown, shown + strength * (hidden - shown), ()))


def test_each_answer_about_the_layers_can_be_right() -> None:
    shown = np.full((2, 1, 2, 2), 0.5, np.float32)
    for moves, name in (((0.1, 0.3), "last"), ((0.3, 0.1), "first"), ((0.2, 0.21), "same")):
        hidden = shown + np.array(moves, np.float32)[:, None, None, None] * np.array([1, -1], np.float32)
        question = questions.moved_layer(AttentionChange(("a", "b"), (0,), shown, hidden, ()))
        assert question is not None and key(question) == f"layer.{name}"


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.sets(st.integers(0, 5), min_size=1, max_size=3))
def test_the_layer_of_a_network_that_moved_more(tiny: Any, words: set[int]) -> None:
    check_moved(attention_change(tiny, "the cat sat on the mat", words=tuple(words)))


def test_in_the_first_layer_the_other_tokens_turn_to_or_from_the_mask_alone(tiny: Any) -> None:
    """As the reason says: among the keys that are not masked, the shares of an unmasked row stay as they were."""
    trace = attention_change(tiny, "the cat sat on the mat", words=(1,))
    kept = [place for place in range(len(trace.tokens)) if place not in trace.masked]
    rows = [weights[0][:, kept][:, :, kept] for weights in (trace.shown, trace.hidden)]
    before, after = (row / row.sum(axis=-1, keepdims=True) for row in rows)
    np.testing.assert_allclose(before, after, atol=1e-5)


# -- in both languages --


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_reason_is_said_without_a_blank(tiny: Any, language: str) -> None:
    drawn = corrupt(np.arange(5, 40), np.random.default_rng(1), 0.15, vocabulary=VOCABULARY)
    counts = corruption_counts(range(5, 40), np.random.default_rng(1), draws=2, vocabulary=VOCABULARY)
    made = (
        questions.cut_side(context_sides(tiny, "the [MASK] sat on the mat"), about=None),
        questions.sides(compare_fills(tiny, "he is a [MASK]", "she is a [MASK]"), about=None),
        questions.counted(drawn),
        questions.shown_as_mask(counts),
        questions.moved_layer(attention_change(tiny, "the cat sat", words=(1,))),
    )
    words = Words(lesson("masked-language-model").words, language)
    for question in made:
        assert question is not None
        texts = [asked(question, language), said(question, language), *(filled(o, words) for o in question.options)]
        assert all(text and "{" not in text for text in texts)
