"""Which part of a network runs, with what beside the ids of the tokens."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from nlpcore.models.forward import forward, forward_all
from tests.models.test_forward import network


@pytest.mark.parametrize("kind", ["bert", "gpt2", "llama"])
def test_without_the_head_its_weights_are_not_used(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head over a vocabulary is half of the work: whoever wants states alone does not pay for it."""
    real = network(kind)
    model = SimpleNamespace(network=real, device="cpu")
    ids = [2, 5, 6, 3]
    with torch.no_grad():
        whole = real(torch.tensor([ids]), output_hidden_states=True)

    def head(*_: Any, **__: Any) -> Any:
        raise AssertionError("the head has run")

    monkeypatch.setattr(type(real), "forward", head)
    states = forward(model, ids, head=False, wanted=("hidden_states",))
    assert not hasattr(states, "logits") and not hasattr(states, "attentions")
    for state, wanted in zip(states.hidden_states, whole.hidden_states, strict=True):
        torch.testing.assert_close(state, wanted)
    with pytest.raises(AssertionError, match="the head has run"):
        forward(model, ids)


def test_padding_is_masked_and_segments_are_told() -> None:
    """Texts of different lengths in one batch, against each alone with its own segments."""
    real = network("bert")
    with torch.no_grad():  # segments that make a difference
        real.bert.embeddings.token_type_embeddings.weight.normal_(generator=torch.Generator().manual_seed(0))
    seen: list[dict[str, torch.Tensor]] = []
    original = real.forward

    def watched(**inputs: torch.Tensor) -> Any:
        seen.append(inputs)
        return original(**inputs)

    real.forward = watched
    model = SimpleNamespace(network=real, device="cpu")
    texts, segments = [[2, 5, 6, 3], [2, 7, 8, 9, 3]], [[0, 0, 1, 1], [0, 1, 1, 1, 1]]
    together = forward_all(model, texts, segments)
    (inputs,) = seen
    assert inputs["input_ids"].tolist() == [[2, 5, 6, 3, 0], [2, 7, 8, 9, 3]]
    assert inputs["attention_mask"].tolist() == [[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]
    assert inputs["token_type_ids"].tolist() == [[0, 0, 1, 1, 0], [0, 1, 1, 1, 1]]
    for ids, types, outputs in zip(texts, segments, together, strict=True):
        with torch.no_grad():
            alone = original(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types])).logits
        torch.testing.assert_close(outputs.logits, alone, atol=1e-4, rtol=0)
    forward_all(model, texts)
    assert "token_type_ids" not in seen[-1]


def test_a_network_that_pads_with_another_token_is_padded_with_it() -> None:
    real = network("gpt2")
    real.config.pad_token_id = 7
    seen: list[list[list[int]]] = []
    original = real.forward
    real.forward = lambda **inputs: seen.append(inputs["input_ids"].tolist()) or original(**inputs)
    forward_all(SimpleNamespace(network=real, device="cpu"), [[2, 5], [2, 5, 6]])
    assert seen == [[[2, 5, 7], [2, 5, 6]]]
