"""Weights that only say what differs from another model: the same as PEFT's own merging."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from nlpcore.models.adapters import DOWN, UP, merged

CONFIG = {"adapter": {"r": 3, "lora_alpha": 5}}


def tagger() -> Any:
    """A small random network with a head."""
    from transformers import BertConfig, BertForTokenClassification

    sizes = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 12}
    torch.manual_seed(0)
    return BertForTokenClassification(BertConfig(vocab_size=30, num_labels=4, **sizes)).eval()


def test_low_rank_updates_are_added_as_peft_adds_them() -> None:
    from peft import LoraConfig, get_peft_model, get_peft_model_state_dict

    network = tagger()
    base = {name: value.clone() for name, value in network.bert.state_dict().items()}
    before = {name: value.clone() for name, value in base.items()}
    matrices = r"bert\.(encoder\..*(query|value|dense)|embeddings\.word_embeddings)"
    tuned: Any = get_peft_model(network, LoraConfig(r=3, lora_alpha=5, target_modules=matrices))
    for name, parameter in tuned.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter)
    own = {n.removeprefix("base_model.model."): v.clone() for n, v in get_peft_model_state_dict(tuned).items()}
    own |= {f"classifier.{name}": value for name, value in network.classifier.state_dict().items()}
    wanted: dict[str, Tensor] = tuned.merge_and_unload().state_dict()

    found = merged(own, base, "bert.", CONFIG)
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        torch.testing.assert_close(found[name], value)
    changed = {name for name in base if not torch.equal(found["bert." + name], base[name])}
    assert len(changed) == 2 * 5 + 1  # query, value and three dense maps of each layer, and the table of embeddings
    assert all(torch.equal(base[name], before[name]) for name in base)


def test_without_updates_own_tensors_stand_in_place_of_the_base() -> None:
    base = {"layer.weight": torch.zeros(2, 2), "embeddings": torch.ones(3)}
    own = {"bert.layer.weight": torch.full((2, 2), 7.0), "head.bias": torch.tensor([5.0])}
    found = merged(own, base, "bert.", {})
    assert {name: value.flatten().tolist() for name, value in found.items()} == {
        "bert.layer.weight": [7.0] * 4,
        "bert.embeddings": [1.0] * 3,
        "head.bias": [5.0],
    }


def test_an_update_in_half_precision_is_added_in_single_precision() -> None:
    base = {"layer.weight": torch.full((1, 1), 1.0)}
    own = {"bert.layer" + DOWN: torch.full((3, 1), 1e-4).half(), "bert.layer" + UP: torch.full((1, 3), 1e-4).half()}
    found = merged(own, base, "bert.", {"adapter": {"r": 3, "lora_alpha": 3000}})["bert.layer.weight"]
    assert found.dtype == torch.float32
    assert float(found) - 1 == pytest.approx(3e-5, rel=0.01)  # in float16 the product would be 0 beside a 1


def test_an_update_without_a_matrix_or_without_its_second_factor_is_refused() -> None:
    down, up = torch.ones(3, 2), torch.ones(2, 3)
    with pytest.raises(KeyError, match=r"bert\.other\.weight"):
        merged({"bert.other" + DOWN: down, "bert.other" + UP: up}, {"layer.weight": torch.ones(2, 2)}, "bert.", CONFIG)
    with pytest.raises(KeyError, match="lora_B"):
        merged({"bert.layer" + DOWN: down}, {"layer.weight": torch.ones(2, 2)}, "bert.", CONFIG)
