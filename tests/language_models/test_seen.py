"""Words that see themselves: against the whole network of transformers, run once as typed and once for each mask."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nlpcore.errors import LearnerError
from nlpcore.language_models.seen import MOST, see_itself
from nlpcore.models import load

pytestmark = pytest.mark.models


@pytest.mark.parametrize(
    ("model_id", "text"),
    [("minilm-l6-mlm", "Colorless green ideas sleep furiously."), ("bert-mini-zh", "桌子跑得很蓝。")],
)
def test_the_probabilities_are_those_of_the_network(model_id: str, text: str) -> None:
    model, trace = load(model_id), see_itself(model_id, text)
    ids = model.tokenizer(text, return_tensors="pt")["input_ids"]
    count = ids.shape[1] - 2
    assert list(trace.tokens) == model.tokenizer.convert_ids_to_tokens(ids[0, 1:-1])
    with torch.inference_mode():
        seen = model.network(input_ids=ids).logits[0, 1:-1].softmax(-1)
        covered = ids.repeat(count, 1)
        covered[range(count), range(1, count + 1)] = model.tokenizer.mask_token_id
        hidden = model.network(input_ids=covered).logits[range(count), range(1, count + 1)].softmax(-1)
    for own, firsts, rank, theirs in (
        (trace.seen, trace.seen_first, trace.seen_rank, seen),
        (trace.hidden, trace.hidden_first, trace.hidden_rank, hidden),
    ):
        np.testing.assert_allclose(own, theirs[range(count), ids[0, 1:-1]].numpy(), atol=1e-4)
        assert list(firsts) == model.tokenizer.convert_ids_to_tokens(theirs.argmax(-1))
        ahead = (theirs > theirs[range(count), ids[0, 1:-1]][:, None]).sum(-1) + 1
        assert list(rank) == ahead.tolist()
    assert trace.seen_right == sum(a == b for a, b in zip(trace.seen_first, trace.tokens, strict=True))
    assert trace.hidden_right == sum(a == b for a, b in zip(trace.hidden_first, trace.tokens, strict=True))


def test_a_mask_that_is_typed_is_no_token_to_guess() -> None:
    trace = see_itself("minilm-l6-mlm", "The [MASK] sat.")
    assert trace.tokens == ("the", "sat", ".")


def test_a_long_text_is_cut_with_a_note() -> None:
    trace = see_itself("minilm-l6-mlm", "cat " * (MOST + 1))
    assert len(trace.tokens) == MOST
    assert [dict(note.params) for note in trace.notes] == [{"given": MOST + 3, "kept": MOST + 2}]
    assert see_itself("minilm-l6-mlm", "cat " * MOST).notes == ()


@pytest.mark.parametrize(("text", "code"), [("[MASK]", "no_word_in_text"), (" ", "empty_text")])
def test_nothing_to_guess(text: str, code: str) -> None:
    with pytest.raises(LearnerError) as raised:
        see_itself("minilm-l6-mlm", text)
    assert raised.value.code == code
