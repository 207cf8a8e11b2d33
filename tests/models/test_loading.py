"""Folders in the hub's format: sharded, half precision, with and without a fast tokenizer; recurrent networks; devices."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from torch import nn
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    BertForTokenClassification,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from nlpcore.models import ModelMissing, ModelUnsuitable, Store, catalogue, device, load, unload
from nlpcore.models.__main__ import main
from nlpcore.models.catalogue import refresh
from nlpcore.models.loading import LoadedModel
from nlpcore.recurrent import trace_lstm
from tests.models.makers import extend

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "cat",
    "sat",
    "on",
    "mat",
    "##s",
    "un",
    "##happi",
    "##ness",
]
SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}


def bert_config(**more: Any) -> BertConfig:
    return BertConfig(vocab_size=len(VOCABULARY), max_position_embeddings=64, **SIZES, **more)


def write_tokenizer(folder: Path, *, fast: bool) -> None:
    """Write the tokenizer as ``tokenizer.json``, or as nothing but the word list of the original BERT."""
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": True})
    )
    if fast:
        AutoTokenizer.from_pretrained(folder).save_pretrained(folder)
        assert (folder / "tokenizer.json").is_file()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder whose sub-folders the catalogue offers: enc, mlm, ner, gpt."""
    kinds = {"enc": "encoder", "mlm": "masked-lm", "ner": "token-classifier", "gpt": "decoder"}
    entries = {
        name: {"kind": kind, "sources": [{"from": "folder", "path": f"shelf/{name}"}]} for name, kind in kinds.items()
    }
    extend(tmp_path / "shelf.toml", **entries)
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "shelf.toml"))
    refresh()
    (tmp_path / "shelf").mkdir()
    return tmp_path / "shelf"


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("half", [True, False])
@pytest.mark.parametrize("sharded", [True, False])
def test_hub_folders(shelf: Path, fast: bool, half: bool, sharded: bool) -> None:
    torch.manual_seed(0)
    original = BertModel(bert_config()).eval()
    if half:
        original = original.half()
    original.save_pretrained(shelf / "enc", max_shard_size="20KB" if sharded else "1GB")
    assert (shelf / "enc" / "model.safetensors.index.json").exists() == sharded
    write_tokenizer(shelf / "enc", fast=fast)
    model = load("enc")
    encoding = model.tokenizer("the cats sat", return_tensors="pt", return_offsets_mapping=True)
    assert encoding.word_ids() == [None, 0, 1, 1, 2, None]
    assert encoding.pop("offset_mapping")[0].tolist() == [[0, 0], [0, 3], [4, 7], [7, 8], [9, 12], [0, 0]]
    with torch.inference_mode():
        ours = model.network(**encoding, output_attentions=True)
        theirs = original.float()(**encoding)
    torch.testing.assert_close(ours.last_hidden_state, theirs.last_hidden_state, atol=1e-6, rtol=0)
    assert [layer.shape for layer in ours.attentions] == [(1, 4, 6, 6)] * 2
    is_at_rest(model)


def is_at_rest(model: LoadedModel) -> None:
    assert not any(module.training for module in model.network.modules())
    assert not any(parameter.requires_grad for parameter in model.network.parameters())
    assert {parameter.dtype for parameter in model.network.parameters()} == {torch.float32}


def test_a_masked_language_model(shelf: Path) -> None:
    BertForMaskedLM(bert_config()).save_pretrained(shelf / "mlm")
    write_tokenizer(shelf / "mlm", fast=True)
    model = load("mlm")
    encoding = model.tokenizer("the [MASK] sat", return_tensors="pt")
    assert model.network(**encoding).logits.shape == (1, 5, len(VOCABULARY))
    assert model.tokenizer.mask_token_id == 4 and len(model.tokenizer) == len(VOCABULARY)
    is_at_rest(model)


def test_a_tagger_keeps_its_labels(shelf: Path) -> None:
    config = bert_config(id2label={0: "O", 1: "B-PER"}, label2id={"O": 0, "B-PER": 1})
    BertForTokenClassification(config).save_pretrained(shelf / "ner")
    write_tokenizer(shelf / "ner", fast=True)
    assert load("ner").network.config.id2label == {0: "O", 1: "B-PER"}
    is_at_rest(load("ner"))


def test_a_decoder_with_a_byte_level_tokenizer(shelf: Path) -> None:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE({letter: i for i, letter in enumerate(letters)}, []))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.post_processor = processors.ByteLevel(trim_offsets=False)
    PreTrainedTokenizerFast(tokenizer_object=inner).save_pretrained(shelf / "gpt")
    config = GPT2Config(vocab_size=len(letters), n_embd=32, n_layer=2, n_head=4, n_positions=32)
    GPT2LMHeadModel(config).save_pretrained(shelf / "gpt")
    model = load("gpt")
    attentions = model.network(**model.tokenizer("a b", return_tensors="pt"), output_attentions=True).attentions
    assert attentions[0].shape == (1, 4, 3, 3)
    assert attentions[0][0, :, 0, 1:].abs().max() == 0  # nothing looks ahead
    is_at_rest(model)


def test_a_head_that_was_never_trained_is_refused(shelf: Path) -> None:
    BertModel(bert_config()).save_pretrained(shelf / "ner")
    write_tokenizer(shelf / "ner", fast=True)
    with pytest.raises(ModelUnsuitable, match="lack") as caught:
        load("ner")
    assert caught.value.code == "model_unsuitable" and "classifier" in str(caught.value.params["detail"])


def test_weights_in_another_format_are_not_read(shelf: Path) -> None:
    network = BertModel(bert_config())
    network.save_pretrained(shelf / "enc")
    (shelf / "enc" / "model.safetensors").unlink()
    torch.save(network.state_dict(), shelf / "enc" / "pytorch_model.bin")
    write_tokenizer(shelf / "enc", fast=True)
    with pytest.raises(OSError, match="safetensors"):
        load("enc")


def test_code_in_a_folder_never_runs(shelf: Path, tmp_path: Path) -> None:
    BertModel(bert_config()).save_pretrained(shelf / "enc")
    write_tokenizer(shelf / "enc", fast=True)
    config = json.loads((shelf / "enc" / "config.json").read_text())
    config |= {"auto_map": {"AutoModel": "evil.Evil", "AutoConfig": "evil.Evil"}}
    (shelf / "enc" / "config.json").write_text(json.dumps(config))
    (shelf / "enc" / "evil.py").write_text(f"open({str(tmp_path / 'mischief')!r}, 'w')")
    assert isinstance(load("enc").network, BertModel)
    assert not (tmp_path / "mischief").exists() and "evil" not in sys.modules


def test_a_folder_that_is_not_there(shelf: Path, own_store: Store) -> None:
    assert own_store.state("enc") == "missing"
    with pytest.raises(ModelMissing):
        load("enc")


def test_one_copy_for_eight_threads(shelf: Path) -> None:
    BertModel(bert_config()).save_pretrained(shelf / "enc")
    write_tokenizer(shelf / "enc", fast=True)
    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(lambda _: load("enc"), range(24)))
    assert len({id(model) for model in loaded}) == 1
    unload("enc")
    assert load("enc") is not loaded[0]


def test_two_models_asked_for_at_once_are_read_one_after_the_other(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """transformers replaces ``tie_weights`` of all models while it reads one; overlapping loads lost it for good."""
    for name, kind in {"enc": BertModel, "mlm": BertForMaskedLM}.items():
        kind(bert_config()).save_pretrained(shelf / name)
        write_tokenizer(shelf / name, fast=True)
    read, tie = PreTrainedModel.from_pretrained.__func__, PreTrainedModel.tie_weights
    both_are_reading = threading.Barrier(2, timeout=1)

    def from_pretrained(cls: Any, *args: Any, **options: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_are_reading.wait()
        return read(cls, *args, **options)

    monkeypatch.setattr(PreTrainedModel, "from_pretrained", classmethod(from_pretrained))
    with ThreadPoolExecutor(2) as pool:
        _, masked = pool.map(load, ("enc", "mlm"))
    assert both_are_reading.broken
    assert PreTrainedModel.tie_weights is tie
    assert masked.network.get_output_embeddings().weight is masked.network.get_input_embeddings().weight


def test_a_hub_model_says_that_it_needs_the_hub(own_store: Store) -> None:
    assert own_store.state("bert-base-uncased") == "needs_hub"
    with pytest.raises(ModelMissing) as caught:
        load("bert-base-uncased")
    assert (caught.value.code, caught.value.params) == ("model_needs_hub", {"model": "bert-base-uncased"})


class Reference(nn.Module):
    """The same network written once more, to compare with."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.lstm, self.output = nn.Embedding(5, 3), nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 5)


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pretend that ``lstm-chars`` was just trained, in a folder of bundled models of the test's own."""
    monkeypatch.setattr(sys.modules["nlpcore.models.catalogue"], "BUNDLED", tmp_path)
    refresh()
    folder = tmp_path / "lstm-chars"
    folder.mkdir()
    torch.manual_seed(0)
    weights = {name: value.half() for name, value in Reference().state_dict().items()}
    save_file(weights, folder / "model.safetensors")
    (folder / "vocabulary.json").write_text(json.dumps(["<pad>", "<unk>", "a", "b", "é"]))
    (folder / "config.json").write_text(
        json.dumps({"architecture": "lstm-language-model", "embedding": 3, "hidden": 4})
    )
    return folder


def test_a_bundled_model_counts_once_it_is_sealed(bundle: Path, own_store: Store) -> None:
    from nlpcore.models.sealing import seal

    assert own_store.state("lstm-chars") == "missing"
    assert seal("lstm-chars") == "bundled"
    assert own_store.state("lstm-chars") == "bundled"
    assert catalogue()["lstm-chars"].size_bytes == sum(
        p.stat().st_size for p in bundle.iterdir() if p.name != "files.json"
    )
    model = load("lstm-chars")
    assert model.device == "cpu" and model.config["hidden"] == 4
    assert model.network.ids(["a", "é", "?"]) == [2, 4, 1] and "b" in model.network.index
    reference = Reference()
    reference.load_state_dict({name: value.float() for name, value in load_file(bundle / "model.safetensors").items()})
    ids = torch.tensor([[2, 3, 4, 1]])
    with torch.no_grad():
        hidden = reference.lstm(reference.embedding(ids))[0]
        expected = reference.output(hidden)[0]
    ours = trace_lstm(model.network.cell, model.network.embedding[ids[0]]).h
    np.testing.assert_allclose(ours, hidden[0], atol=1e-6)
    np.testing.assert_allclose(model.network.logits(ours), expected, atol=1e-6)
    assert load("lstm-chars").network is model.network


def test_a_damaged_bundled_model_is_not_loaded(
    bundle: Path, own_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    from nlpcore.models import ModelDamaged
    from nlpcore.models.sealing import seal

    seal("lstm-chars")
    content = (bundle / "vocabulary.json").read_text()
    (bundle / "vocabulary.json").write_text(content.replace("a", "x"))
    with pytest.raises(ModelDamaged):
        load("lstm-chars")
    assert own_store.damaged("lstm-chars") == [bundle / "vocabulary.json"]
    assert main(["verify", "lstm-chars"]) == 1
    assert "damaged" in capsys.readouterr().err


def test_the_device_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLPCORE_DEVICE", "cpu")
    assert device.best_device() == "cpu"
    device._best.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(torch.cuda, "is_available", lambda: True)
        patch.setattr(torch.cuda, "device_count", lambda: 2)
        assert [device._best(setting) for setting in ("", "cuda", "cuda:1")] == ["cuda", "cuda", "cuda:1"]
        assert device._best("cuda:2") == "cpu"
    device._best.cache_clear()
    assert device._best("nonsense") == "cpu"


def test_a_model_too_large_for_the_device_is_loaded_on_the_cpu(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    BertModel(bert_config()).save_pretrained(shelf / "enc")
    write_tokenizer(shelf / "enc", fast=True)
    real = BertModel.to

    def to(network: BertModel, where: str) -> BertModel:
        if where == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return real(network, where)

    monkeypatch.setattr(BertModel, "to", to)
    model = load("enc", "cuda")
    assert (model.device, [note.code for note in model.notes]) == ("cpu", ["device_fallback"])
    is_at_rest(model)


def test_a_model_on_a_device_that_vanishes_is_read_again_for_the_cpu(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of it is on the device already, and nothing can be brought back from there."""
    BertModel(bert_config()).save_pretrained(shelf / "enc")
    write_tokenizer(shelf / "enc", fast=True)

    def to(network: BertModel, where: str) -> BertModel:
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(BertModel, "to", to)
    monkeypatch.setattr("nlpcore.models.device._given_up", set())
    model = load("enc", "cuda")
    assert (model.device, [note.code for note in model.notes]) == ("cpu", ["device_lost"])
    assert all(parameter.device.type == "cpu" for parameter in model.network.parameters())
    is_at_rest(model)


def test_a_model_on_a_frozen_part_of_another_takes_it_from_there(shelf: Path) -> None:
    encoder, tagger = BertModel(bert_config()).eval(), BertForTokenClassification(bert_config(num_labels=3)).eval()
    encoder.save_pretrained(shelf / "enc")
    write_tokenizer(shelf / "enc", fast=True)
    frozen = "embeddings.word_embeddings.weight"
    tagger.bert.load_state_dict({**tagger.bert.state_dict(), frozen: encoder.state_dict()[frozen]})
    own = {name: value for name, value in tagger.state_dict().items() if name != f"bert.{frozen}"}
    tagger.save_pretrained(shelf / "ner", state_dict=own)
    write_tokenizer(shelf / "ner", fast=True)
    with pytest.raises(ModelUnsuitable, match="word_embeddings"):
        load("ner")
    config = json.loads((shelf / "ner" / "config.json").read_text()) | {"base": "enc"}
    (shelf / "ner" / "config.json").write_text(json.dumps(config))
    ids = torch.tensor([[2, 5, 6, 3]])
    with torch.inference_mode():
        torch.testing.assert_close(load("ner").network(ids).logits, tagger(ids).logits, atol=1e-6, rtol=0)
    is_at_rest(load("ner"))
