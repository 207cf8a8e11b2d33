"""The GRU translator, against the formulas of Bahdanau et al. written out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nlpcore.translation import BEGIN, END, PAD, GRUTranslator

SOURCE = torch.tensor([[5, 6, 7, 8, END], [9, 4, END, PAD, PAD], [END, PAD, PAD, PAD, PAD]])
TARGET = torch.tensor([[BEGIN, 4, 5, 6], [BEGIN, 7, PAD, PAD], [BEGIN, 8, 9, 4]])


@pytest.fixture
def network() -> GRUTranslator:
    torch.manual_seed(0)
    made = GRUTranslator(source=12, target=11, embedding=6, hidden=5).eval().requires_grad_(False)
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.7)  # so that attention and probabilities differ visibly
    return made


def read_by_cells(network: GRUTranslator, ids: list[int]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Annotations (source, 2 × hidden) and the last states of both directions, by one GRUCell a direction."""
    states = []
    for suffix, order in (("", ids), ("_reverse", ids[::-1])):
        cell = nn.GRUCell(6, 5)
        names = {
            name: getattr(network.reader, f"{name}_l0{suffix}")
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        }
        cell.load_state_dict(names)
        state, row = torch.zeros(1, 5), []
        for i in order:
            state = cell(network.source.weight[i][None], state)
            row.append(state[0])
        states.append(torch.stack(row).detach().numpy())
    return np.concatenate([states[0], states[1][::-1]], axis=1), np.concatenate([states[0][-1], states[1][-1]])


def linear(layer: Any, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    y = x @ layer.weight.numpy().T
    return y if layer.bias is None else y + layer.bias.numpy()


def softmax(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.exp(x - x.max()) / np.exp(x - x.max()).sum()


@pytest.mark.parametrize("row", [0, 1, 2])
def test_each_step_is_that_of_the_formulas(network: GRUTranslator, row: int) -> None:
    """A row of a padded batch, against its tokens alone: no network of torch but the cell takes part."""
    logits, weights = network(SOURCE, TARGET)
    ids = [i for i in SOURCE[row].tolist() if i != PAD]
    annotations, last = read_by_cells(network, ids)
    state, cell = np.tanh(linear(network.first_state, last)), network.writer
    for place, token in enumerate(TARGET[row].tolist()):
        embedded = network.target.weight[token].numpy()
        scores = [
            network.score.weight.numpy()[0] @ np.tanh(linear(network.query, state) + linear(network.key, h))
            for h in annotations
        ]
        alpha = softmax(np.array(scores))
        context = sum(a * h for a, h in zip(alpha, annotations, strict=True))
        read = np.concatenate([embedded, context]).astype(np.float32)
        state = cell(torch.tensor(read)[None], torch.tensor(state, dtype=torch.float32)[None])[0].numpy()
        readout = np.tanh(linear(network.readout, np.concatenate([state, context, embedded])))
        wanted = network.target.weight.numpy() @ readout + network.bias.numpy()
        np.testing.assert_allclose(weights[row, place, : len(ids)], alpha, rtol=1e-4, atol=1e-6)
        assert (weights[row, place, len(ids) :] == 0).all()
        np.testing.assert_allclose(logits[row, place], wanted, rtol=1e-4, atol=1e-5)


def test_a_forward_pass_is_its_steps(network: GRUTranslator) -> None:
    logits, weights = network(SOURCE, TARGET)
    annotations, state = network.encode(SOURCE)
    for place in range(TARGET.shape[1]):
        found, state, attended = network.step(TARGET[:, place], state, annotations)
        torch.testing.assert_close(found, logits[:, place])
        torch.testing.assert_close(attended, weights[:, place])


def test_a_row_is_the_same_alone_and_padded(network: GRUTranslator) -> None:
    logits, weights = network(SOURCE, TARGET)
    for row, length in ((0, 5), (1, 3), (2, 1)):
        alone, attended = network(SOURCE[row : row + 1, :length], TARGET[row : row + 1])
        torch.testing.assert_close(alone[0], logits[row])
        torch.testing.assert_close(attended[0], weights[row, :, :length])


def test_rows_of_the_annotations_are_chosen_in_order(network: GRUTranslator) -> None:
    annotations, state = network.encode(SOURCE)
    chosen = torch.tensor([2, 0, 0])
    token = torch.tensor([4, 5, 6])
    found = network.step(token, state[chosen], annotations.rows(chosen))
    whole = [network.step(token[i].repeat(3), state, annotations) for i in range(3)]
    for part in range(3):
        for i, row in enumerate(chosen.tolist()):
            torch.testing.assert_close(found[part][i], whole[i][part][row])


def with_own_tokens(network: GRUTranslator) -> Tensor:
    annotations, state = network.encode(SOURCE)
    token, found = TARGET[:, 0], []
    for _ in range(TARGET.shape[1]):
        logits, state, _ = network.step(token, state, annotations)
        found.append(logits)
        token = logits.argmax(-1)
    return torch.stack(found, 1)


def test_scheduled_sampling_reads_own_tokens_always_never_or_sometimes(network: GRUTranslator) -> None:
    taught, own = network(SOURCE, TARGET)[0], with_own_tokens(network)
    assert not torch.allclose(taught, own)
    torch.testing.assert_close(network(SOURCE, TARGET, own=1.0)[0], own)
    torch.testing.assert_close(network(SOURCE, TARGET, own=0.0)[0], taught)
    torch.manual_seed(0)
    drawn = torch.stack([network(SOURCE, TARGET, own=0.25)[0] for _ in range(400)])
    right = (drawn[:, :, 1] - taught[:, 1]).abs().amax((-1, -2)) < 1e-5  # all three rows read the right token
    assert float(right.double().mean()) == pytest.approx(0.75**3, abs=0.1)  # 4 standard errors


def test_dropout_acts_in_training_alone() -> None:
    torch.manual_seed(0)
    network = GRUTranslator(12, 11, 6, 5, dropout=0.5)
    assert not torch.equal(network(SOURCE, TARGET)[0], network(SOURCE, TARGET)[0])
    network.eval()
    assert torch.equal(network(SOURCE, TARGET)[0], network(SOURCE, TARGET)[0])
