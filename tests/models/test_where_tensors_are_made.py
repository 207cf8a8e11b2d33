"""Every tensor is made on the device of what it meets: what was made on the CPU would stop a network on a GPU.

No GPU is needed to see it: torch tells which functions make a tensor out of nothing, and with which device.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode

from nlpcore.attention import head_vectors
from nlpcore.models.forward import forward
from nlpcore.translation.gru import GRUTranslator
from nlpcore.translation.search import beam_search, greedy
from nlpcore.translation.transformer import TransformerTranslator
from nlpcore.translation.translating import translate

MAKERS = {torch.tensor, torch.zeros, torch.ones, torch.full, torch.rand, torch.empty, torch.eye, torch.arange}


class Watching(TorchFunctionMode):
    """Lists the makers that our own code calls without a device."""

    def __init__(self) -> None:
        super().__init__()
        self.made, self.nowhere = 0, list[str]()

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function in MAKERS:
            caller = sys._getframe(1)
            while caller.f_code.co_filename == __file__ and caller.f_back is not None:
                caller = caller.f_back
            # A network is built on the CPU and then brought to its device.
            if "/nlpcore/" in caller.f_code.co_filename and caller.f_code.co_name != "__init__":
                self.made += 1
                self.nowhere += [] if (kwargs or {}).get("device") is not None else [caller.f_code.co_name]
        return function(*args, **(kwargs or {}))


@pytest.fixture
def watching() -> Iterator[Watching]:
    with Watching() as mode:
        yield mode


def network(kind: str) -> Any:
    torch.manual_seed(0)
    if kind == "gru":
        return GRUTranslator(20, 20, embedding=8, hidden=8).eval()
    return TransformerTranslator(20, 20, width=8, heads=2, inner=16, layers=2).eval()


@pytest.mark.parametrize("kind", ["gru", "transformer"])
def test_translators(kind: str, watching: Watching) -> None:
    made = network(kind)
    source = torch.tensor([[5, 6, 7, 3], [8, 3, 0, 0]])
    made(source, torch.tensor([[2, 5, 6], [2, 7, 3]]), own=0.5)
    greedy(made, source, 5)
    beam_search(made, source[0], 5, width=3)
    # Where a place is in the text is computed first and brought to the device of the ids.
    assert set(watching.nowhere) <= {"positions"} and watching.made > 5


def test_what_a_learner_types(watching: Watching) -> None:
    read = SimpleNamespace(ids=[5, 6], tokens=["a", "b"])
    tokenizers = SimpleNamespace(
        source=SimpleNamespace(encode=lambda _: read), target=SimpleNamespace(id_to_token=lambda i: f"t{i}")
    )
    entry = SimpleNamespace(kind="translator", languages=("en", "zh"))
    model: Any = SimpleNamespace(
        id="m", network=network("gru"), tokenizer=tokenizers, device="cpu", notes=(), entry=entry
    )
    translate(model, "a b")
    assert not watching.nowhere and watching.made > 2


def test_forward_and_attention(stand_ins: dict[str, Any], watching: Watching) -> None:
    for model in stand_ins.values():
        forward(model, [5, 6, 7], head=False, wanted=("hidden_states",))
        head_vectors(model, "the cat")
    assert not watching.nowhere and watching.made > 2 * len(stand_ins)
