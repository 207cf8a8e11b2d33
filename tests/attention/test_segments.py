"""A network is told segments where it has a number for each, and only there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from nlpcore.attention import attention_maps
from nlpcore.attention.maps import encode


@pytest.mark.parametrize("types", [1, 2])
def test_segments_reach_a_network_that_has_two_of_them(bert: Any, types: int) -> None:
    torch.manual_seed(0)
    config = BertConfig(**bert.network.config.to_dict() | {"type_vocab_size": types})
    network = BertModel(config, add_pooling_layer=False).eval()
    network.set_attn_implementation("eager")
    with torch.no_grad():
        network.embeddings.token_type_embeddings.weight.normal_()
    model = replace(bert, network=network)
    maps, encoded = attention_maps(model, "the cat", "it sat"), encode(model, "the cat", "it sat")
    assert maps.segments == encoded.segments == (0, 0, 0, 0, 1, 1, 1)
    assert encoded.type_ids == (maps.segments if types == 2 else None)
    inputs = {"input_ids": torch.tensor([encoded.ids])}
    if types == 2:
        inputs["token_type_ids"] = torch.tensor([maps.segments])
    with torch.no_grad():
        wanted = network(**inputs, output_attentions=True).attentions
    np.testing.assert_allclose(maps.weights, torch.cat(wanted).numpy(), atol=1e-5)
