"""The check of a GPU box, with the CPU in the device's place and tiny models that are made here."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, BertForQuestionAnswering

from nlpcore.models.catalogue import refresh
from tests.gpu import checks, running
from tests.gpu.__main__ import main
from tests.models.makers import extend

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "bank", "of", "river", "was", "steep", ".", "a", "film"]


@pytest.fixture(autouse=True, scope="module")
def quick_collections() -> None:
    """The check gives memory back again and again: what lives as long as the process is not walked each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Offer a masked language model and a reader of answers, and nothing else that is here."""
    monkeypatch.setenv("NLPCORE_MODELS", str(tmp_path / "store"))
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(tmp_path / "shelf.toml"))
    monkeypatch.setattr(sys.modules["nlpcore.models.catalogue"], "BUNDLED", tmp_path / "nothing")
    monkeypatch.setattr(checks, "MEASURED", 0)  # one run for a figure
    kinds = {"tiny-mlm": "masked-lm", "tiny-qa": "question-answering"}
    for name in kinds:
        (tmp_path / name).mkdir()
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64,
    )  # fmt: skip
    for name, kind in (("tiny-mlm", BertForMaskedLM), ("tiny-qa", BertForQuestionAnswering)):
        kind(config).save_pretrained(tmp_path / name)
        (tmp_path / name / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
        (tmp_path / name / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')
        AutoTokenizer.from_pretrained(tmp_path / name).save_pretrained(tmp_path / name)
    extend(
        tmp_path / "shelf.toml",
        **{name: {"kind": kind, "sources": [{"from": "folder", "path": name}]} for name, kind in kinds.items()},
    )
    refresh()
    yield
    for name in kinds:
        running._forget(name)
    refresh()


def rows_of(path: Path) -> dict[tuple[str, str], str]:
    rows = json.loads(path.read_text("utf-8"))["gpu"]["rows"]
    return {(row["check"], row["model"]): row["result"] for row in rows}


def test_everything_there_is_is_checked_and_the_rest_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "gpu.json"
    assert main(["--device", "cpu", "--out", str(out)]) == 0
    rows = rows_of(out)
    for model in ("tiny-mlm", "tiny-qa"):
        for precision in ("float32", "half"):
            assert rows["outputs, " + precision, model] == "ok"
            assert rows["texts a second, " + precision, model] == "ok"
    assert rows["outputs", "minilm-l6"] == rows["analogies", "glove-6b-50d"] == rows["out of memory", ""] == "left out"
    printed = capsys.readouterr().out
    assert "| outputs, half | tiny-qa | ok | error " in printed
    assert "| outputs | minilm-l6 | left out | not in the store (missing) |" in printed


def test_a_device_that_computes_something_else_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = checks.on_device

    def perturbed(model_id: str, device: str, dtype: torch.dtype) -> Any:
        network = sound(model_id, device, dtype)
        if model_id != "tiny-mlm":
            last = list(network.parameters())[-1]
            last.add_(0.5 * torch.arange(len(last), dtype=dtype))
        return network

    monkeypatch.setattr(checks, "on_device", perturbed)
    out = tmp_path / "gpu.json"
    assert main(["--device", "cpu", "--out", str(out)]) == 1
    wrong = {key for key, result in rows_of(out).items() if result == "FAILED"}
    assert wrong == {(f"outputs, {name}", "tiny-qa") for name in ("float32", "half")}


def test_outputs_that_are_no_numbers_are_wrong() -> None:
    right = {"logits": torch.ones(2, 3)}
    assert checks.compare(right, {"logits": torch.ones(2, 3).half()}).within(torch.float32)
    assert not checks.compare(right, {"logits": torch.full((2, 3), torch.nan)}).within(torch.float16)
    with pytest.raises(RuntimeError, match="other names or shapes"):
        checks.compare(right, {"logits": torch.ones(2, 4)})


def test_without_time_nothing_is_begun(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    assert main(["--device", "cpu", "--seconds", "0", "--out", str(out)]) == 1  # nothing was compared
    assert set(rows_of(out).values()) == {"left out"}


class FakeMemory:
    """A device "cuda" that is the CPU, and full where it is told to be; ``leak``: bytes that it keeps afterwards."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, leak: int = 0) -> None:
        self.full, self.leak, self.runs = False, leak, 0
        forward = import_module("nlpcore.models.forward")
        compute = forward._run

        def to(network: Any, where: Any) -> Any:
            if self.full and where == "cuda":
                raise torch.OutOfMemoryError("CUDA out of memory")
            return network

        def run(model: Any, batch: Any) -> Any:
            if self.full and model.device == "cuda":
                raise torch.OutOfMemoryError("CUDA out of memory")
            return compute(replace(model, device="cpu"), batch)

        monkeypatch.setattr(torch.nn.Module, "to", to)
        monkeypatch.setattr(forward, "_run", run)
        monkeypatch.setattr("nlpcore.models.device._best", lambda setting: setting or "cpu")

    def used(self) -> int:
        return self.leak * self.runs

    @contextmanager
    def filled(self) -> Iterator[float]:
        self.full = True
        yield 1.0
        self.full, self.runs = False, self.runs + 1


def run_once(model: Any, network: Any) -> Any:
    return checks.transformer(model, network, 1)


def test_a_full_device_is_left_and_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = FakeMemory(monkeypatch)
    assert checks.when_full("tiny-mlm", "cuda", memory, run_once) == checks.Full(1.0, "")
    assert checks.served_when_full("tiny-mlm", "masked-lm", "cuda", memory) == checks.Full(1.0, "")


def test_memory_that_is_not_given_back_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "7 bytes" in checks.when_full("tiny-mlm", "cuda", FakeMemory(monkeypatch, leak=7), run_once).wrong


def test_a_model_that_says_nothing_of_the_cpu_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = FakeMemory(monkeypatch)
    monkeypatch.setattr(FakeMemory, "filled", contextmanager(lambda self: iter([1.0])))  # it never is full
    assert "although there is no room" in checks.when_full("tiny-mlm", "cuda", memory, run_once).wrong
    assert "without a note" in checks.served_when_full("tiny-mlm", "masked-lm", "cuda", memory).wrong
