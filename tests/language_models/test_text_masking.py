"""One training example and one-sided contexts, against plain runs of the network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nlpcore.errors import LearnerError
from nlpcore.language_models.context_sides import context_sides
from nlpcore.language_models.masking import IGNORED
from nlpcore.language_models.text_masking import count_corruptions, training_example

TEXT = "the cat sat on the mat . the dog is not a bird ."


@pytest.mark.parametrize("seed", range(5))
def test_the_loss_is_torchs_cross_entropy_on_the_labels(tiny: Any, seed: int) -> None:
    import torch

    trace = training_example(tiny, TEXT, seed=seed, rate=0.4)
    shown, labels = (torch.tensor(x[None]) for x in (trace.corruption.corrupted, trace.corruption.labels))
    with torch.inference_mode():
        reference = tiny.network(input_ids=shown, labels=labels).loss
    assert trace.loss == pytest.approx(float(reference), abs=1e-5)
    assert np.array_equal(np.isnan(trace.losses), trace.corruption.labels == IGNORED)
    assert trace.shown_tokens == tuple(tiny.tokenizer.convert_ids_to_tokens(shown[0].tolist()))
    assert (trace.tokens[0], trace.tokens[-1]) == ("[CLS]", "[SEP]")


def test_nothing_selected_has_no_loss(tiny: Any) -> None:
    assert training_example(tiny, TEXT, rate=0.0).loss is None


def test_counts_on_a_text(tiny: Any) -> None:
    trace = count_corruptions(tiny, TEXT, draws=200, seed=3)
    assert trace.counts.eligible == len(trace.tokens) - 2 == 14
    assert trace.counts.draws == 200
    assert trace.counts.selected.trials == 2800


def test_long_text_is_cut_and_said(tiny: Any) -> None:
    trace = training_example(tiny, "cat " * 100, limit=20)
    assert len(trace.tokens) == 20 and [note.code for note in trace.notes] == ["cut_tokens"]


def test_one_side_alone_is_the_network_on_the_cut_text(tiny: Any) -> None:
    import torch

    trace = context_sides(tiny, "the cat sat on the mat .", words=(2,))
    assert (trace.tokens_left, trace.tokens_right) == (2, 4)
    for text, at, p in (
        ("the cat [MASK] on the mat .", 3, trace.both),
        ("the cat [MASK]", 3, trace.left),
        ("[MASK] on the mat .", 1, trace.right),
    ):
        with torch.inference_mode():
            logits = tiny.network(**tiny.tokenizer(text, return_tensors="pt")).logits[0, at]
        reference = torch.softmax(logits.double(), -1)[tiny.tokenizer.convert_tokens_to_ids(trace.token)]
        assert p == pytest.approx(float(reference), abs=1e-6)
    with pytest.raises(LearnerError):
        context_sides(tiny, "the cat")
