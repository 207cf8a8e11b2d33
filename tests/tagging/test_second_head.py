"""The second head: its numbers against PyTorch's convolution, and what a model without one says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from torch.nn import functional as F

from nlpcore.tagging import tag, tag_time_and_money
from nlpcore.tagging.second_head import SecondHead


@pytest.mark.parametrize("reach", [0, 1, 2])
@pytest.mark.parametrize("pieces", [1, 2, 7])
def test_the_logits_are_those_of_a_convolution(reach: int, pieces: int) -> None:
    draws = np.random.default_rng(reach)
    labels, size, width = ("O", "B-DATE", "I-DATE"), 4, 2 * reach + 1
    weight, bias = draws.normal(size=(3, width * size)), draws.normal(size=3)
    hidden = draws.normal(size=(pieces, size))
    kernel = torch.tensor(weight).reshape(3, width, size).transpose(1, 2)  # (labels, d, window)
    theirs = F.conv1d(torch.tensor(hidden.T)[None], kernel, torch.tensor(bias), padding=reach)[0].T
    ours = SecondHead(labels, 1, weight, bias).logits(hidden)
    assert ours == pytest.approx(theirs.numpy())


def test_it_reads_the_layer_that_it_was_trained_on(tiny_tagger: Any) -> None:
    text = "Maria paid $5 on 3 May"
    found = tag_time_and_money(tiny_tagger, text)
    assert found is not None
    ids = torch.tensor([[piece.id for piece in found.pieces]])
    states = tiny_tagger.network(ids, output_hidden_states=True).hidden_states[1][0].detach().double()
    file = load_file(tiny_tagger.folder / "second_head.safetensors")
    around = F.pad(states, (0, 0, 1, 1)).unfold(0, 3, 1)  # (pieces, d, window)
    kernel = torch.tensor(file["weight"]).double().reshape(9, 3, -1)
    logits = torch.einsum("pdw,lwd->pl", around, kernel) + torch.tensor(file["bias"])
    assert found.logits == pytest.approx(logits.numpy(), abs=1e-4)
    assert found.tag_names[1:3] == ("B-DATE", "I-DATE")
    first = tag(tiny_tagger, text)
    assert first.words == found.words and first.tag_names != found.tag_names


def test_a_model_without_a_second_head(tiny_tagger: Any) -> None:
    assert tag_time_and_money(SimpleNamespace(**{**vars(tiny_tagger), "config": {}}), "3 May") is None
