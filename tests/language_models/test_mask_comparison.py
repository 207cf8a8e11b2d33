"""Two sentences compared, and attention with and without a mask, against plain runs of the network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nlpcore.errors import LearnerError
from nlpcore.language_models.comparison import compare_fills
from nlpcore.language_models.context_sides import context_sides
from nlpcore.language_models.fill_mask import fill_mask
from nlpcore.language_models.mask_attention import attention_change


def test_differences_are_those_of_the_two_fills(tiny: Any) -> None:
    first, second = "he is a [MASK]", "she is a [MASK] ."
    trace = compare_fills(tiny, first, second, 4)
    scored = [fill_mask(tiny, text, 100).fills[0].candidates for text in (first, second)]
    by_word = [{c.token: c for c in candidates} for candidates in scored]
    assert set(trace.words) == {c.token for candidates in scored for c in candidates[:4]} and not trace.asked
    for i, word in enumerate(trace.words):
        a, b = by_word[0][word], by_word[1][word]
        assert trace.first_log_probability[i] == pytest.approx(a.log_probability, abs=1e-9)
        assert trace.second_log_probability[i] == pytest.approx(b.log_probability, abs=1e-9)
        assert trace.difference[i] == pytest.approx(a.log_probability - b.log_probability, abs=1e-9)
        assert (trace.first_rank[i], trace.second_rank[i]) == (a.rank, b.rank)


def test_the_learners_own_words_are_scored(tiny: Any) -> None:
    trace = compare_fills(tiny, "[MASK] is a nurse", "[MASK] is a [MASK]", watched=("he", "She", "unhappyness"))
    assert trace.words == ("he", "she") and trace.asked
    assert trace.first_mask == trace.second_mask == 1
    assert [note.code for note in trace.notes] == ["word_in_pieces"]


def test_the_same_sentence_twice_differs_by_nothing(tiny: Any) -> None:
    assert not compare_fills(tiny, "a [MASK] sat", "a [MASK] sat").difference.any()


@pytest.mark.parametrize("texts", [("the cat", "a [MASK]"), ("a [MASK]", "the cat")])
def test_both_sentences_need_a_mask(tiny: Any, texts: tuple[str, str]) -> None:
    with pytest.raises(LearnerError) as error:
        compare_fills(tiny, *texts)
    assert error.value.code == "no_mask_to_compare"


def test_attention_with_and_without_a_mask_is_the_networks_own(tiny: Any) -> None:
    import torch

    trace = attention_change(tiny, "the cat sat on the mat", words=(1,))
    assert trace.masked == (2,) and trace.tokens[2] == "cat"
    for text, weights in (("the cat sat on the mat", trace.shown), ("the [MASK] sat on the mat", trace.hidden)):
        with torch.inference_mode():
            out = tiny.network(**tiny.tokenizer(text, return_tensors="pt"), output_attentions=True)
        reference = torch.cat(out.attentions).numpy()
        assert weights.shape == (3, 4, 8, 8)
        np.testing.assert_allclose(weights, reference, atol=1e-6)
        np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
    np.testing.assert_allclose(trace.change(1), (trace.hidden - trace.shown)[1].mean(0), atol=1e-6)
    np.testing.assert_allclose(trace.change().sum(-1), 0, atol=1e-5)
    assert trace.moved().shape == (3, 4) and (trace.moved() >= 0).all() and (trace.moved() <= 1).all()


def test_attention_needs_a_word_that_is_masked(tiny: Any) -> None:
    for words in ((), (1,)):
        with pytest.raises(LearnerError) as error:
            attention_change(tiny, "the [MASK] sat", words=words)
        assert error.value.code == "no_masked_word"


def test_the_likeliest_on_average_comes_first(tiny: Any) -> None:
    trace = compare_fills(tiny, "he is a [MASK]", "the cat sat on the [MASK]", 6)
    average = np.logaddexp(trace.first_log_probability, trace.second_log_probability)
    assert np.all(np.diff(average) <= 0) and average[0] - average[-1] > 0.5
    first = fill_mask(tiny, "he is a [MASK]", 6).fills[0].candidates
    assert [c.rank for c in first] == [1, 2, 3, 4, 5, 6]
    assert first[0].probability == max(c.probability for c in first) > first[-1].probability


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the cat sat on [MASK]", ()),
        ("[MASK] sat on the mat", ()),
        ("he [MASK] not a doctor", ()),
        ("the cat sat", (1,)),
    ],
)
def test_each_side_alone_is_the_network_on_a_text_that_was_cut(tiny: Any, text: str, words: tuple[int, ...]) -> None:
    import torch

    sides = context_sides(tiny, text, words=words)
    tokens = text.split()
    place = words[0] if words else tokens.index("[MASK]")
    tokens[place] = "[MASK]"
    assert (sides.tokens_left, sides.tokens_right) == (place, len(tokens) - place - 1)

    def row(shown: list[str], mask: int) -> Any:
        ids = tiny.tokenizer(" ".join(shown), return_tensors="pt")
        with torch.no_grad():
            logits = tiny.network(**ids).logits[0, mask + 1].double()
        return logits.softmax(-1)

    def probability(shown: list[str], mask: int) -> float:
        return float(row(shown, mask)[tiny.tokenizer.convert_tokens_to_ids(sides.token)])

    assert sides.both == pytest.approx(probability(tokens, place), abs=1e-6)
    assert sides.left == pytest.approx(probability(tokens[: place + 1], place), abs=1e-6)
    assert sides.right == pytest.approx(probability(tokens[place:], 0), abs=1e-6)
    for (token, p), alone in (
        (sides.left_answer, row(tokens[: place + 1], place)),
        (sides.right_answer, row(tokens[place:], 0)),
    ):
        assert token == tiny.tokenizer.convert_ids_to_tokens([int(alone.argmax())])[0]
        assert p == pytest.approx(float(alone.max()), abs=1e-6)
