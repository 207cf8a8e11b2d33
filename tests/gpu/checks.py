"""What is compared, provoked and measured for a model on a device. A later lesson's kind of model is a line in CHECKS.

Only :func:`nlpcore.models.load` and the networks themselves are used, so that this holds whatever the lessons do.
"""

from __future__ import annotations

import copy
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unittest import mock

import torch

from nlpcore.models import load, unload
from nlpcore.models.device import give_back_memory
from nlpcore.models.serving import InProcess

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

Outputs = dict[str, torch.Tensor]
SENTENCES = {
    "en": (
        "The bank of the river was steep.",
        "John Smith moved from Paris to New York in May, and Mary followed him a year later.",
        "It was not a bad film, but I would not watch it again.",
        "Time flies like an arrow; fruit flies like a banana.",
    ),
    "zh": (
        "今天天气很好，我们去公园散步吧。",
        "北京是中国的首都。",
        "这部电影并不差，但是我不会再看一遍。",
        "他在银行工作。",
    ),
}
LENGTH = 24  # tokens of a made-up text
BATCHES = (1, 8, 32)
MEASURED = 0.4  # seconds of runs for one figure
# Largest difference allowed, relative to the largest output of the CPU. cuDNN multiplies in TF32 (10 bits of mantissa)
# for recurrent networks, and nothing here switches that off.
TOLERANCE = {torch.float32: 2e-3, torch.float16: 5e-2}
NAMES = {torch.float32: "float32", torch.float16: "half"}


@dataclass(frozen=True, slots=True)
class Check:
    """``outputs(model, network, batch)`` runs ``network``, which is ``model``'s on any device and in any precision, on
    so many texts, the same at each call, and returns floating tensors by name. ``autocast``: half precision is torch's mixed one,
    for networks that add single-precision constants; otherwise the weights themselves are made half."""

    name: str
    kinds: frozenset[str]
    outputs: Callable[[LoadedModel, Any, int], Outputs]
    autocast: bool = False

    def run(self, model: LoadedModel, network: Any, batch: int, dtype: torch.dtype) -> Outputs:
        """Return the outputs in that precision, for a network of :meth:`placed`."""
        mixed = self.autocast and dtype != torch.float32
        with torch.inference_mode(), torch.autocast(_kind_of(network), dtype, enabled=mixed):
            return self.outputs(model, network, batch)

    def placed(self, model_id: str, device: str, dtype: torch.dtype) -> Any:
        """Return the network on the device, for :meth:`run`. Raises RuntimeError where it was not put there."""
        return on_device(model_id, device, torch.float32 if self.autocast else dtype)


def transformer(model: LoadedModel, network: Any, batch: int) -> Outputs:
    """Run a network of transformers on padded sentences; what it says about padding is not compared."""
    sentences = SENTENCES["en" if "en" in model.entry.languages else "zh"]
    rows = [model.tokenizer(sentences[i % len(sentences)])["input_ids"] for i in range(batch)]
    longest = max(map(len, rows))
    pad = int(getattr(network.config, "pad_token_id", None) or 0)
    on = next(network.parameters()).device
    ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows], device=on)
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=on)
    found = network(input_ids=ids, attention_mask=mask, return_dict=True)
    names = ("logits", "start_logits", "end_logits", "last_hidden_state")
    outputs = {name: found[name] for name in names if found.get(name) is not None}
    for name, value in outputs.items():
        if value.shape[:2] == mask.shape:
            outputs[name] = value.masked_fill(mask.reshape(*mask.shape, *[1] * (value.dim() - 2)) == 0, 0)
    return outputs


def translator(model: LoadedModel, network: Any, batch: int) -> Outputs:
    """Let a translator judge made-up translations (teacher forcing): no choice of a token decides what comes after."""
    logits, weights = network(
        _made_up(network.source.num_embeddings, batch, network), _made_up(network.target.num_embeddings, batch, network)
    )
    return {"logits": logits, "weights": weights}


def _kind_of(network: Any) -> str:
    return str(next(network.parameters()).device.type)


def _made_up(words: int, batch: int, network: Any) -> torch.Tensor:
    """Return ids (batch, LENGTH), never one of the first four, which are marks."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(min(4, words - 1), words, (batch, LENGTH), generator=generator)
    return ids.to(next(network.parameters()).device)


# A new kind of model: a line here.
CHECKS = (
    Check(
        "outputs",
        frozenset({
            "encoder", "decoder", "masked-lm", "token-classifier", "sequence-classifier", "question-answering",
        }),
        transformer,
    ),
    Check("outputs", frozenset({"translator"}), translator, autocast=True),
)  # fmt: skip


def on_device(model_id: str, device: str, dtype: torch.dtype) -> Any:
    """Return a network of the device's own, in that precision. Raises RuntimeError where it was not put there."""
    model = load(model_id, device)
    if torch.device(model.device).type != torch.device(device).type:
        raise RuntimeError(f"loaded on {model.device} and not on {device}: {', '.join(n.code for n in model.notes)}")
    return copy.deepcopy(model.network).to(dtype)


@dataclass(frozen=True, slots=True)
class Difference:
    """``error``: the largest difference over the largest output of the CPU; ``same``: share of equal first choices."""

    error: float
    same: float

    def within(self, dtype: torch.dtype) -> bool:
        """Whether it is small enough; what is not a number never is."""
        return self.error <= TOLERANCE[dtype]


def compare(expected: Mapping[str, torch.Tensor], found: Mapping[str, torch.Tensor]) -> Difference:
    """Compare the outputs by name. Raises RuntimeError where names or shapes differ."""
    if {n: v.shape for n, v in expected.items()} != {n: v.shape for n, v in found.items()}:
        raise RuntimeError("the device gives outputs of other names or shapes")
    errors, same = [0.0], [1.0]
    for name, right in expected.items():
        mine = found[name].detach().float().cpu()
        error = ((mine - right).abs().max() / right.abs().max()).item()
        errors.append(error if math.isfinite(error) else math.inf)
        same.append((mine.argmax(-1) == right.argmax(-1)).float().mean().item())
    return Difference(max(errors), min(same))


def texts_a_second(call: Callable[[], Any], batch: int, device: str) -> float:
    """Return how many texts a second go through: the best of several runs, after one that does not count."""
    call()
    best, until = math.inf, time.perf_counter() + MEASURED
    while best == math.inf or time.perf_counter() < until:
        synchronize(device)
        begun = time.perf_counter()
        call()
        synchronize(device)
        best = min(best, time.perf_counter() - begun)
    return batch / best


def synchronize(device: str) -> None:
    """Wait until the device has done all that it was asked to."""
    kind = torch.device(device).type
    if kind != "cpu":
        getattr(torch, kind).synchronize()


class Cuda:
    """The memory of a CUDA device."""

    def __init__(self, device: str) -> None:
        self.device = device

    def used(self) -> int:
        """Return the bytes that tensors hold."""
        return int(torch.cuda.memory_allocated(self.device))

    @contextmanager
    def filled(self) -> Iterator[float]:
        """Leave nothing, not even in what torch keeps for later; yield how many GB were taken."""
        give_back_memory()
        held: list[torch.Tensor] = []
        size = 2**30
        while size >= 512:
            try:
                held.append(torch.empty(size, dtype=torch.uint8, device=self.device))
            except torch.OutOfMemoryError:
                size //= 4
        try:
            yield sum(part.numel() for part in held) / 1e9
        finally:
            held.clear()
            give_back_memory()


@dataclass(frozen=True, slots=True)
class Full:
    """What happened with the memory full: GB taken, and what was wrong (nothing where all went well)."""

    taken: float
    wrong: str


def when_full(model_id: str, device: str, memory: Any, outputs: Callable[[LoadedModel, Any], Any]) -> Full:
    """Load and run a model while the device is full: the CPU must answer, say so, and the memory be given back.

    ``outputs(model, network)`` runs the network where it is.
    """
    unload(model_id)
    give_back_memory()
    before = memory.used()
    with memory.filled() as taken:
        model = load(model_id, device)
        codes = [note.code for note in model.notes]
        if model.device != "cpu" or "device_fallback" not in codes:
            return Full(taken, f"loaded on {model.device} with the notes {codes} although there is no room")
        outputs(model, model.network)
    unload(model_id)
    del model
    give_back_memory()
    if memory.used() > before:
        return Full(taken, f"{memory.used() - before} bytes were not given back")
    again = load(model_id, device)
    if again.device == "cpu":
        return Full(taken, "the model stays on the CPU although there is room again")
    return Full(taken, "")


# Kind of model -> a function of the library that may be served, and what to ask it: another line for another kind.
SERVED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "encoder": ("nlpcore.attention", "read_attention", {"text": SENTENCES["en"][0]}),
    "masked-lm": ("nlpcore.language_models", "fill_mask", {"text": "The [MASK] of the river was steep."}),
    "token-classifier": ("nlpcore.tagging", "tag", {"text": SENTENCES["en"][1]}),
}


def served_when_full(model_id: str, kind: str, device: str, memory: Any) -> Full:
    """Ask a model that is on the device already, with no room left for what it computes, as a page asks it."""
    module, name, data = SERVED[kind]
    function = getattr(import_module(module), name)
    with mock.patch.dict(os.environ, NLPCORE_DEVICE=device):
        serving = InProcess(limit=0)
        notes = [note.code for note in serving.run(function, model_id, **data).notes]
        if "device_fallback" in notes:
            return Full(0, f"{name} ran on the CPU before the device was full")
        with memory.filled() as taken:
            notes = [note.code for note in serving.run(function, model_id, **data).notes]
        if "device_fallback" not in notes:
            return Full(taken, f"{name} answered without a note: {notes}")
        notes = [note.code for note in serving.run(function, model_id, **data).notes]
    return Full(taken, f"{name} stays on the CPU although there is room again" if "device_fallback" in notes else "")


def memory_of(device: str) -> Cuda | None:
    """Return what fills the device's memory; None where that cannot or should not be done."""
    return Cuda(device) if torch.device(device).type == "cuda" else None
