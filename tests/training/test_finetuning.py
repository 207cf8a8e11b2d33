"""The four ways of tuning an encoder: what each trains, and that its bundle gives back the trained network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nlpcore.training import finetuning
from nlpcore.training.bundle import load_weights, read_json, save_weights

RANK = 2
QA, CLASSIFIER = "BertForQuestionAnswering", "BertForSequenceClassification"
HEAD = {"bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias"}
LABELS = {"id2label": {0: "no", 1: "perhaps", 2: "yes"}, "label2id": {"no": 0, "perhaps": 1, "yes": 2}}


def built(encoder: Path, method: str, network: str = CLASSIFIER) -> nn.Module:
    labels = LABELS if network == CLASSIFIER else {}
    model = finetuning.build(network, encoder, dropout=0.1, seed=0, **labels)
    return finetuning.tuned(model, method, RANK)


def trained(model: nn.Module) -> set[str]:
    return {name for name, parameter in model.named_parameters() if parameter.requires_grad}


def disturbed(model: nn.Module) -> nn.Module:
    """Training in one blow: everything that is trained gets other values."""
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.1 * torch.randn_like(parameter))
    return model.eval()


@torch.no_grad()
def logits(model: Any) -> Tensor:
    ids = torch.tensor([[101, 150, 170, 102, 160, 102], [101, 180, 190, 185, 102, 0]])
    out = model(input_ids=ids, attention_mask=(ids != 0).long(), token_type_ids=torch.zeros_like(ids))
    return torch.stack([out.start_logits, out.end_logits]) if hasattr(out, "start_logits") else out.logits


def test_the_network_begins_with_the_weights_of_the_encoder(six_layers: Path) -> None:
    model: Any = finetuning.build(QA, six_layers, dropout=0.1, seed=0)
    encoder = load_weights(six_layers)
    found = model.bert.state_dict()
    assert found.keys() == encoder.keys()
    assert all(torch.equal(found[name], encoder[name]) for name in encoder)
    again: Any = finetuning.build(QA, six_layers, dropout=0.1, seed=0)
    other: Any = finetuning.build(QA, six_layers, dropout=0.1, seed=1)
    assert torch.equal(model.qa_outputs.weight, again.qa_outputs.weight)
    assert not torch.equal(model.qa_outputs.weight, other.qa_outputs.weight)
    assert {module.p for module in model.modules() if isinstance(module, nn.Dropout)} >= {0.1}


def test_frozen_trains_the_head_alone(six_layers: Path) -> None:
    assert trained(built(six_layers, "frozen")) == HEAD
    assert trained(built(six_layers, "frozen", QA)) == {"qa_outputs.weight", "qa_outputs.bias"}


def test_top_and_full_train_layers_and_never_the_embeddings(six_layers: Path) -> None:
    names = {name for name, _ in built(six_layers, "full").named_parameters()}
    top = {name for name in names if name.startswith(("bert.encoder.layer.4.", "bert.encoder.layer.5."))}
    assert len(top) == 2 * 16
    assert trained(built(six_layers, "top")) == HEAD | top
    assert trained(built(six_layers, "full")) == {name for name in names if not name.startswith("bert.embeddings.")}


def test_lora_trains_two_factors_of_every_matrix_of_the_layers(six_layers: Path) -> None:
    model = built(six_layers, "lora")
    names = trained(model)
    factors = {name for name in names if ".lora_A." in name or ".lora_B." in name}
    assert len(factors) == 6 * 6 * 2
    assert {name.removeprefix("base_model.model.") for name in names - factors} == HEAD
    hidden, inner = 16, 24
    one_layer = 4 * RANK * (hidden + hidden) + 2 * RANK * (hidden + inner)
    head = hidden * hidden + hidden + 3 * hidden + 3
    assert finetuning.trained_count(model) == 6 * one_layer + head
    torch.testing.assert_close(logits(model.eval()), logits(built(six_layers, "frozen").eval()))  # B begins at 0


def test_new_parameters_have_a_rate_of_their_own(six_layers: Path) -> None:
    for method, shared in (("lora", 0), ("frozen", 0), ("top", 2 * 16), ("full", 6 * 16)):
        model = built(six_layers, method)
        groups = finetuning.optimiser(model, 1e-4, 1e-3, 0.5).param_groups
        rates = {id(parameter): group["peak"] for group in groups for parameter in group["params"]}
        wanted = {
            id(parameter): 1e-4 if "encoder.layer" in name and "lora_" not in name else 1e-3
            for name, parameter in model.named_parameters()
            if parameter.requires_grad
        }
        assert rates == wanted
        assert sum(rate == 1e-4 for rate in rates.values()) == shared
        assert all(group["weight_decay"] == 0.5 for group in groups)


@pytest.mark.parametrize("network", [QA, CLASSIFIER])
@pytest.mark.parametrize("method", finetuning.METHODS)
def test_the_bundle_gives_the_logits_of_the_trained_network(
    six_layers: Path, tmp_path: Path, method: str, network: str
) -> None:
    model = built(six_layers, method, network)
    untrained = logits(model.eval())
    wanted = logits(disturbed(model))
    assert float((wanted - untrained).abs().max()) > 0.1
    finetuning.write_bundle(model, tmp_path, RANK)
    again = finetuning.load_bundle(tmp_path, six_layers)
    assert not again.training
    torch.testing.assert_close(logits(again), wanted, rtol=1e-2, atol=1e-2)  # float16 has 11 bits


@pytest.mark.parametrize("method", finetuning.METHODS)
def test_the_bundle_holds_what_was_trained_and_nothing_else(six_layers: Path, tmp_path: Path, method: str) -> None:
    model = built(six_layers, method)
    finetuning.write_bundle(model, tmp_path, RANK)
    kept = load_weights(tmp_path)
    assert sum(value.numel() for value in kept.values()) == finetuning.trained_count(model)
    assert not any("embeddings" in name or "base_layer" in name or "default" in name for name in kept)
    assert set(kept) >= HEAD
    layers = {name.split(".")[3] for name in kept if "encoder.layer" in name}
    assert layers == {"frozen": set(), "top": {"4", "5"}}.get(method, set("012345"))


@pytest.mark.parametrize("method", finetuning.METHODS)
def test_the_configuration_says_what_is_needed_to_read_the_bundle(
    six_layers: Path, tmp_path: Path, method: str
) -> None:
    from transformers import BertConfig

    finetuning.write_bundle(built(six_layers, method), tmp_path, RANK, note="kept")
    content = read_json(tmp_path / "config.json")
    assert (content["architectures"], content["base"], content["note"]) == ([CLASSIFIER], "minilm-l6", "kept")
    assert content.get("adapter") == ({"r": RANK, "lora_alpha": 2 * RANK} if method == "lora" else None)
    read, encoder = BertConfig.from_pretrained(tmp_path), BertConfig.from_pretrained(six_layers)
    for name in ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"):
        assert getattr(read, name) == getattr(encoder, name)
    assert read.id2label == LABELS["id2label"]
    assert read.label2id == LABELS["label2id"]


def test_a_bundle_that_lacks_its_head_is_refused(six_layers: Path, tmp_path: Path) -> None:
    finetuning.write_bundle(built(six_layers, "frozen", QA), tmp_path, RANK)
    save_weights(tmp_path, {"qa_outputs.weight": torch.zeros(2, 16)})
    with pytest.raises(ValueError, match=r"qa_outputs\.bias"):
        finetuning.load_bundle(tmp_path, six_layers)
    save_weights(
        tmp_path, {"qa_outputs.weight": torch.zeros(2, 16), "qa_outputs.bias": torch.zeros(2), "extra": torch.zeros(1)}
    )
    with pytest.raises(ValueError, match="extra"):
        finetuning.load_bundle(tmp_path, six_layers)
