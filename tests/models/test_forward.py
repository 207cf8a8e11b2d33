"""Texts that wait together go through the network together, and nobody's answer depends on who else was there."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from nlpcore.models.forward import _line, forward, forward_all

TEXTS = [
    [2, 5, 6, 3],
    [2, 7, 3],
    [2, 5, 6, 7, 8, 9, 3],
    [2, 9, 8, 3],
    [2, 5, 5, 5, 5, 5, 3],
    [2, 11, 3],
    [2, 4, 9, 12, 3],
]
TOLERANCE = 1e-4  # what nlpcore.models.forward promises


def network(kind: str) -> Any:
    """A small random network with a head, of one of the architectures that the lessons use."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM

    sizes: dict[str, dict[str, Any]] = {
        "bert": {"hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 32},
        "gpt2": {"n_embd": 24, "n_layer": 2, "n_head": 4},
        "llama": {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                  "intermediate_size": 32},
    }  # fmt: skip
    torch.manual_seed(3)
    config = AutoConfig.for_model(kind, vocab_size=40, initializer_range=0.5, **sizes[kind])
    auto = AutoModelForMaskedLM if kind == "bert" else AutoModelForCausalLM
    return auto.from_config(config, attn_implementation="eager").eval().requires_grad_(False)


class Watched:
    """A model whose first run waits until it is let go; ``batches`` lists how many texts each run had."""

    def __init__(self, real: Any) -> None:
        self.begun, self.go, self.batches = threading.Event(), threading.Event(), []
        original = real.forward

        def slow(*args: Any, **kwargs: Any) -> Any:
            self.batches.append(len(kwargs["input_ids"]))
            if len(self.batches) == 1:
                self.begun.set()
                assert self.go.wait(20)
            return original(*args, **kwargs)

        real.forward = slow
        self.model = SimpleNamespace(network=real, device="cpu")

    def ask_together(self, texts: list[list[int]], **options: Any) -> list[Any]:
        """Let the first text occupy the network while all others come; return answers or errors."""

        def ask(ids: list[int]) -> Any:
            try:
                return forward(self.model, ids, **options)
            except Exception as error:
                return error

        with ThreadPoolExecutor(len(texts)) as pool:
            first = pool.submit(ask, texts[0])
            assert self.begun.wait(20)
            others = [pool.submit(ask, ids) for ids in texts[1:]]
            from nlpcore.models.forward import _line

            while len(_line(self.model).waiting) < len(others):
                pass
            self.go.set()
            return [first.result(20), *(other.result(20) for other in others)]


@pytest.mark.parametrize("kind", ["bert", "gpt2", "llama"])
def test_in_company_as_alone(kind: str) -> None:
    real = network(kind)
    wanted = ("attentions", "hidden_states")
    with torch.inference_mode():
        alone = [real(torch.tensor([ids]), output_attentions=True, output_hidden_states=True) for ids in TEXTS]
    watched = Watched(real)
    together = watched.ask_together(TEXTS, wanted=wanted)
    assert max(watched.batches) >= 3, "nobody met"
    for ours, theirs, ids in zip(together, alone, TEXTS, strict=True):
        assert ours.logits.shape == (1, len(ids), 40)
        assert torch.allclose(ours.logits, theirs.logits, atol=TOLERANCE, rtol=0)
        assert torch.equal(ours.logits.argmax(-1), theirs.logits.argmax(-1))
        for name in wanted:
            for a, b in zip(getattr(ours, name), getattr(theirs, name), strict=True):
                assert a.shape == b.shape
                assert torch.allclose(a, b, atol=TOLERANCE, rtol=0)


def test_segments_of_two_texts_stay_their_own() -> None:
    real = network("bert")
    ids, types = [2, 5, 6, 3, 7, 8, 3], [0, 0, 0, 0, 1, 1, 1]
    with torch.inference_mode():
        alone = real(torch.tensor([ids]), token_type_ids=torch.tensor([types])).logits
        without = real(torch.tensor([ids])).logits
    assert not torch.allclose(alone, without, atol=0.01)
    model = SimpleNamespace(network=real, device="cpu")
    assert torch.allclose(forward(model, ids, types).logits, alone, atol=TOLERANCE)


def test_without_the_head() -> None:
    real = network("bert")
    outputs = forward(SimpleNamespace(network=real, device="cpu"), TEXTS[0], head=False, wanted=("attentions",))
    assert not hasattr(outputs, "logits")
    assert len(outputs.attentions) == 3


def test_one_that_fails_does_not_take_its_neighbours_along() -> None:
    watched = Watched(network("bert"))
    impossible = [2, 5, 4_000, 3]  # no such token
    answers = watched.ask_together([TEXTS[0], TEXTS[3], impossible, TEXTS[6]])
    assert max(watched.batches) >= 2
    assert isinstance(answers[2], IndexError)
    assert [answers[n].logits.shape[1] for n in (0, 1, 3)] == [4, 4, 5]


def test_a_long_text_does_not_make_short_ones_pay_for_padding() -> None:
    watched = Watched(network("bert"))
    watched.ask_together([[2, 5, 3], [2, 6, 3], list(range(2, 40)) * 5, [2, 7, 3], [2, 8, 3]])
    assert sorted(watched.batches) == [1, 1, 3]


def test_several_texts_of_one_learner_go_through_together() -> None:
    real = network("bert")
    alone = [real(torch.tensor([ids])).logits for ids in TEXTS[:4]]
    watched = Watched(real)
    watched.go.set()
    answers = forward_all(watched.model, TEXTS[:4])
    assert len(watched.batches) < 4
    for ours, theirs in zip(answers, alone, strict=True):
        assert torch.allclose(ours.logits, theirs, atol=TOLERANCE, rtol=0)


def test_a_failure_leaves_nothing_in_the_line() -> None:
    from nlpcore.models.forward import _line

    model = SimpleNamespace(network=network("bert"), device="cpu")
    with pytest.raises(IndexError):
        forward_all(model, [[2, 4_000, 3], list(range(2, 40)) * 3])
    assert _line(model).waiting == []
    assert forward(model, TEXTS[0]).logits.shape == (1, 4, 40)


def test_a_batch_holds_what_asks_for_the_same() -> None:
    """Those who want hidden states wait while others' attentions are computed."""
    watched = Watched(network("bert"))
    ways: list[dict[str, Any]] = [
        {"head": False, "wanted": ("hidden_states",)}, {"head": False, "wanted": ("attentions",)}, {"head": True},
    ]  # fmt: skip
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(forward, watched.model, TEXTS[0], **ways[2])
        assert watched.begun.wait(20)
        line = _line(watched.model)
        others = [pool.submit(forward, watched.model, TEXTS[0], **ways[i % 3]) for i in range(6)]
        while len(line.waiting) < 6:
            time.sleep(0.01)
        watched.go.set()
        answers = [each.result(20) for each in others]
        first.result(20)
    for i, answer in enumerate(answers):
        assert set(vars(answer)) == set(ways[i % 3].get("wanted", ())) | ({"logits"} if ways[i % 3]["head"] else set())
    assert all(size <= 2 for size in watched.batches), "two of each kind asked"
