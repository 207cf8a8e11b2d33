"""Filling masks against the network's own logits and against transformers' fill-mask pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nlpcore.errors import LearnerError
from nlpcore.language_models import fill_mask
from nlpcore.language_models.masked_input import masked_input


def reference_logits(tiny: Any, text: str) -> tuple[list[int], np.ndarray]:
    import torch

    encoded = tiny.tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        return encoded["input_ids"][0].tolist(), tiny.network(**encoded).logits[0].double().numpy()


def test_probabilities_are_the_softmax_of_the_models_own_logits(tiny: Any) -> None:
    import torch

    text = "the [MASK] sat on the mat ."
    ids, logits = reference_logits(tiny, text)
    trace = fill_mask(tiny, text, k=len(ids))
    (fill,) = trace.fills
    assert fill.position == 2 and trace.tokens[2] == "[MASK]" and fill.original is None
    p = torch.softmax(torch.tensor(logits[2]), -1).numpy()
    for candidate in fill.candidates:
        assert candidate.logit == pytest.approx(logits[2, candidate.token_id], abs=1e-5)
        assert candidate.probability == pytest.approx(p[candidate.token_id], abs=1e-6)  # two float32 passes
        assert candidate.probability == pytest.approx(np.exp(candidate.logit - fill.log_normaliser), rel=1e-12)
        assert candidate.log_probability == pytest.approx(np.log(candidate.probability), rel=1e-9)
    assert [c.rank for c in fill.candidates] == list(range(1, len(ids) + 1))
    assert fill.entropy_bits == pytest.approx(float(-(p * np.log2(p)).sum()), abs=1e-6)


@pytest.mark.parametrize("text", ["the [MASK] sat on the mat .", "a robin is not a [MASK]", "[MASK] [MASK] is [MASK]"])
def test_the_same_answers_as_transformers_pipeline(tiny: Any, text: str) -> None:
    from transformers import pipeline

    fill = pipeline("fill-mask", model=tiny.network, tokenizer=tiny.tokenizer, device="cpu")
    theirs = fill(text, top_k=7)
    theirs = theirs if isinstance(theirs[0], list) else [theirs]
    ours = fill_mask(tiny, text, 7).fills
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        assert [c.token_id for c in our.candidates] == [t["token"] for t in their]
        assert [c.probability for c in our.candidates] == pytest.approx([t["score"] for t in their], abs=1e-6)


def test_a_masked_word_knows_its_rank_and_loss(tiny: Any) -> None:
    import torch

    text, hidden = "the cat sat on the mat .", "the [MASK] sat on the mat ."
    _, logits = reference_logits(tiny, hidden)
    fill = fill_mask(tiny, text, 3, words=(1,)).fills[0]
    assert fill.original is not None and fill.original.token == "cat"
    target = tiny.tokenizer.convert_tokens_to_ids("cat")
    loss = torch.nn.functional.cross_entropy(torch.tensor(logits[2:3]), torch.tensor([target]))
    assert -fill.original.log_probability == pytest.approx(float(loss), abs=1e-5)
    assert fill.original.rank == 1 + int((logits[2] > logits[2, target]).sum())


def test_only_the_chosen_one_of_two_equal_words_is_masked(tiny: Any) -> None:
    trace = fill_mask(tiny, "the cat sat on the mat", 1, words=(4,))
    assert trace.tokens == ("[CLS]", "the", "cat", "sat", "on", "[MASK]", "mat", "[SEP]")


def test_a_word_of_three_pieces_gets_three_masks(tiny: Any) -> None:
    trace = fill_mask(tiny, "the unhappyness is a cat", 2, words=(1,))
    assert trace.tokens[2:5] == ("[MASK]",) * 3 and trace.original_tokens[2:5] == ("un", "##happy", "##ness")
    assert [fill.original.token for fill in trace.fills if fill.original] == ["un", "##happy", "##ness"]
    assert {fill.word for fill in trace.fills} == {1}


def test_masks_filled_together_do_not_see_each_other(tiny: Any) -> None:
    """Each mask's answer is what the network says with all of them masked at once."""
    trace = fill_mask(tiny, "the cat sat on the mat", 1, words=(1, 5))
    _, logits = reference_logits(tiny, "the [MASK] sat on the [MASK]")
    assert [f.answer.token_id for f in trace.fills] == [int(logits[2].argmax()), int(logits[6].argmax())]
    assert {fill.step for fill in trace.fills} == {1}


def test_one_after_another_the_most_certain_first(tiny: Any) -> None:
    """Replayed with plain forward passes: fill the likeliest mask, ask again with it in place."""
    import torch

    trace = fill_mask(tiny, "the cat [MASK] on the mat", 1, words=(1, 5), order="certain_first")
    shown = masked_input(tiny, "the cat [MASK] on the mat", (1, 5)).shown_ids.copy()
    left = [2, 3, 6]
    for step in (1, 2, 3):
        with torch.inference_mode():
            p = torch.softmax(tiny.network(input_ids=torch.tensor(shown[None])).logits[0].double(), -1).numpy()
        surest = max(left, key=lambda position: p[position].max())
        left.remove(surest)
        shown[surest] = p[surest].argmax()
        fill = next(f for f in trace.fills if f.position == surest)
        assert (fill.step, fill.answer.token_id) == (step, shown[surest])
        assert fill.answer.probability == pytest.approx(p[surest].max(), abs=1e-6)
    assert trace.filled_tokens == tuple(tiny.tokenizer.convert_ids_to_tokens(shown.tolist()))


def test_guesses_are_ranked_and_unusable_ones_named(tiny: Any) -> None:
    trace = fill_mask(tiny, "a [MASK] sat", 1, guesses=("Dog", " cat ", "unhappyness", "zzz", "", "dog"))
    fill = trace.fills[0]
    assert [guess.token for guess in fill.guesses] == ["dog", "cat"]
    _, logits = reference_logits(tiny, "a [MASK] sat")
    for guess in fill.guesses:
        assert guess.rank == 1 + int((logits[2] > logits[2, guess.token_id]).sum())
    assert {(note.code, note.params["word"]) for note in trace.notes} == {
        ("word_in_pieces", "unhappyness"),
        ("word_unknown", "zzz"),
    }


def test_equal_logits_have_ranks_in_order(tiny: Any) -> None:
    from nlpcore.language_models.fill_mask import _fill
    from nlpcore.language_models.masked_input import Site

    fill = _fill(tiny, Site(1, 0, 9), np.zeros(20), 20, (), 1)
    assert [(c.token_id, c.rank) for c in fill.candidates] == [(i, i + 1) for i in range(20)]
    assert fill.original is not None and fill.original.rank == 10
    assert fill.entropy_bits == pytest.approx(np.log2(20))


@pytest.mark.parametrize(
    "text, words, code",
    [
        ("", (), "empty_text"),
        ("\x00 \n", (), "empty_text"),
        ("the cat", (), "no_mask"),
        ("the cat", (2,), "no_such_word"),
    ],
)
def test_what_cannot_be_filled_is_said(tiny: Any, text: str, words: tuple[int, ...], code: str) -> None:
    with pytest.raises(LearnerError) as error:
        fill_mask(tiny, text, words=words)
    assert error.value.code == code


def test_too_many_masks_for_one_after_another(tiny: Any) -> None:
    with pytest.raises(LearnerError) as error:
        fill_mask(tiny, "[MASK] " * 40, order="certain_first")
    assert error.value.code == "too_many_masks"


@pytest.mark.parametrize(
    "text",
    [
        "[MASK]",
        "[mask] ?!…",
        "<script>alert('[MASK]')</script>",
        "😀 [MASK] 👩‍🚀",
        "שלום [MASK] עולם",
        "e\u0301\u0301\u0301 [MASK]",
        "\x00a\x07 [MASK]",
        "[CLS] the [SEP] [MASK] [PAD] [UNK]",
        "今天 [MASK] 好",
    ],
)
def test_odd_text_is_filled(tiny: Any, text: str) -> None:
    trace = fill_mask(tiny, text, 2)
    assert len(trace.fills) == 1 and trace.tokens[0] == "[CLS]" and trace.tokens[-1] == "[SEP]"
    assert trace.tokens.count("[CLS]") == trace.tokens.count("[SEP]") == 1 and "[PAD]" not in trace.tokens
    assert sum(c.probability for c in trace.fills[0].candidates) <= 1


def test_ten_thousand_words_are_cut_and_said(tiny: Any) -> None:
    trace = fill_mask(tiny, "[MASK] " + "cat " * 10_000, 1)
    assert len(trace.tokens) == 64 and trace.tokens[-1] == "[SEP]"
    assert {note.code for note in trace.notes} == {"cut_characters", "cut_tokens"}
    notes = fill_mask(tiny, "[MASK] cat " * 60, 1).notes  # said once, however many masks are lost
    assert [note.code for note in notes] == ["cut_tokens", "mask_out_of_reach"]
    with pytest.raises(LearnerError):  # the only mask stands behind the cut
        fill_mask(tiny, "cat " * 100 + "[MASK]", 1)


def test_guesses_are_cleaned_as_texts_are(tiny: Any) -> None:
    """Half a surrogate pair in a word made the tokenizer fail."""
    trace = fill_mask(tiny, "a [MASK] sat", 1, guesses=("c\ud800at", "\ud800", "do\x00g"))
    assert [guess.token for guess in trace.fills[0].guesses] == ["cat", "dog"]
    assert not {"word_unknown", "word_in_pieces"} & {note.code for note in trace.notes}


def test_a_word_outside_the_vocabulary_has_no_rank(tiny: Any) -> None:
    trace = fill_mask(tiny, "the zebra sat", 1, words=(1,))
    assert trace.fills[0].original is None
    assert [(note.code, note.params["word"]) for note in trace.notes] == [("word_unknown", "zebra")]


def test_more_candidates_than_words_gives_them_all(tiny: Any) -> None:
    fill = fill_mask(tiny, "[MASK]", 10_000).fills[0]
    assert len(fill.candidates) == tiny.network.config.vocab_size
    assert sum(c.probability for c in fill.candidates) == pytest.approx(1)
