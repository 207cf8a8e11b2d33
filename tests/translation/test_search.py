"""Greedy search and beam search, against trying every translation there is."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nlpcore.translation import BEGIN, END, PAD, UNKNOWN, GRUTranslator, TransformerTranslator, beam_search, greedy

SOURCE = torch.tensor([[5, 6, 7, 8, END], [9, 4, END, PAD, PAD], [6, 6, 4, END, PAD]])
LONGEST = 5
TARGETS = 7  # four marks and three words


def network_of(kind: str, seed: int) -> Any:
    torch.manual_seed(seed)
    made: Any = (
        GRUTranslator(12, TARGETS, 6, 5)
        if kind == "gru"
        else TransformerTranslator(12, TARGETS, width=8, heads=2, inner=12, layers=2)
    )
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.8)  # so that probabilities differ visibly
    return made.eval().requires_grad_(False)


def log_probabilities(network: Any, source: Tensor, ids: tuple[int, ...]) -> Tensor:
    """Of each of ``ids``, by one forward pass over all of them."""
    logits, _ = network(source[None], torch.tensor([[BEGIN, *ids[:-1]]]))
    return logits[0].log_softmax(-1)[range(len(ids)), list(ids)]


def every_translation(network: Any, source: Tensor, longest: int) -> dict[tuple[int, ...], float]:
    """All that end within ``longest`` tokens."""
    words = range(END + 1, TARGETS)
    ended = [(*ids, END) for count in range(longest) for ids in itertools.product(words, repeat=count)]
    return {ids: float(log_probabilities(network, source, ids).sum()) for ids in ended}


@pytest.mark.parametrize("kind", ["gru", "transformer"])
@pytest.mark.parametrize("seed", range(4))
def test_greedy_writes_the_most_probable_token_each_time(kind: str, seed: int) -> None:
    network = network_of(kind, seed)
    for source, found in zip(SOURCE, greedy(network, SOURCE, LONGEST), strict=True):
        source, ids = source[source != PAD], list[int]()
        while len(ids) < LONGEST and END not in ids:
            logits = network(source[None], torch.tensor([[BEGIN, *ids]]))[0][0, -1]
            ids.append(max(set(range(TARGETS)) - {PAD, UNKNOWN, BEGIN}, key=lambda i: float(logits[i])))
        assert found.ids == tuple(ids)
        assert found.log_probability == pytest.approx(
            float(log_probabilities(network, source, found.ids).sum()), abs=1e-4
        )


@pytest.mark.parametrize("kind", ["gru", "transformer"])
def test_a_batch_is_translated_as_its_rows_one_by_one(kind: str) -> None:
    lengths = set()
    for seed in range(4):
        network = network_of(kind, seed)
        for row, found in enumerate(greedy(network, SOURCE, LONGEST)):
            (alone,) = greedy(network, SOURCE[row][SOURCE[row] != PAD][None], LONGEST)
            assert found.ids == alone.ids
            assert found.log_probability == pytest.approx(alone.log_probability, abs=1e-4)
            torch.testing.assert_close(found.weights, alone.weights, rtol=1e-3, atol=1e-5)
            lengths.add(len(found.ids))
    assert len(lengths) > 1  # some rows were done before others


@pytest.mark.parametrize("kind", ["gru", "transformer"])
def test_the_weights_have_a_row_for_each_token_and_each_row_sums_to_1(kind: str) -> None:
    network = network_of(kind, 1)
    for found in [*greedy(network, SOURCE, LONGEST), *beam_search(network, SOURCE[1, :3], LONGEST, width=3)]:
        assert found.weights.shape[0] == len(found.ids)
        torch.testing.assert_close(found.weights.sum(-1), torch.ones(len(found.ids)))


@pytest.mark.parametrize("kind", ["gru", "transformer"])
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_beam_wide_enough_finds_all_there_are_best_first(kind: str, penalty: float) -> None:
    network, source = network_of(kind, 2), SOURCE[0]
    known = every_translation(network, source, 4)
    ranked = sorted(known, key=lambda ids: known[ids] / len(ids) ** penalty, reverse=True)
    found = beam_search(network, source, 4, width=500, length_penalty=penalty)
    assert [hypothesis.ids for hypothesis in found] == ranked
    for hypothesis in found:
        assert hypothesis.log_probability == pytest.approx(known[hypothesis.ids], abs=1e-4)
        _, weights = network(source[None], torch.tensor([[BEGIN, *hypothesis.ids[:-1]]]))
        torch.testing.assert_close(hypothesis.weights, weights[0], rtol=1e-3, atol=1e-5)
        assert hypothesis.score(penalty) == pytest.approx(
            known[hypothesis.ids] / len(hypothesis.ids) ** penalty, abs=1e-4
        )


@pytest.mark.parametrize("kind", ["gru", "transformer"])
@pytest.mark.parametrize("seed", range(6))
def test_a_beam_of_one_is_greedy(kind: str, seed: int) -> None:
    network = network_of(kind, seed)
    for source in SOURCE:
        (wanted,) = greedy(network, source[source != PAD][None], LONGEST)
        (found,) = beam_search(network, source[source != PAD], LONGEST, width=1)
        assert found.ids == wanted.ids
        assert found.log_probability == pytest.approx(wanted.log_probability, abs=1e-4)


def test_a_translation_that_does_not_end_is_cut_off() -> None:
    network = network_of("gru", 0)
    network.bias[END] = -1e9
    for found in (*greedy(network, SOURCE[:1], LONGEST), *beam_search(network, SOURCE[0], LONGEST, width=3)):
        assert len(found.ids) == LONGEST
        assert END not in found.ids


def test_nothing_is_written_that_cannot_be_shown() -> None:
    network = network_of("gru", 0)
    network.bias[[PAD, UNKNOWN, BEGIN]] = 50.0
    for found in (*greedy(network, SOURCE, LONGEST), *beam_search(network, SOURCE[0], LONGEST, width=4)):
        assert not set(found.ids) & {PAD, UNKNOWN, BEGIN}
        assert found.log_probability > -1e9
