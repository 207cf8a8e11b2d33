"""Trainings that are watched: each step against torch's autograd and Adam, what is learnt, and where a run is taken up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nlpcore.models import trainings
from nlpcore.networks.adversaries import NEAR, Adversaries, Duel, duel, middles_of
from nlpcore.networks.backpropagation import Layer
from nlpcore.networks.chains import ChainNetwork, Counting, chain, count_nots, praise
from nlpcore.networks.letters import Autoencoder, decode, letters, squeeze_letters
from nlpcore.networks.phrases import INPUTS, PHRASES, PLEASED, PhraseNetwork, learn_phrases
from nlpcore.networks.small_nets import fresh

ACTIVATIONS = {"tanh": nn.Tanh, "identity": nn.Identity}


def in_torch(layers: Sequence[Layer]) -> nn.Sequential:
    """Return the same layers as modules of torch, in double precision."""
    modules: list[nn.Module] = []
    for layer in layers:
        linear = nn.Linear(layer.weights.shape[1], layer.weights.shape[0], dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(layer.weights))
            linear.bias.copy_(torch.tensor(layer.bias))
        modules += [linear, ACTIVATIONS[layer.activation]()]
    return nn.Sequential(*modules)


def same(layers: Sequence[Layer], network: nn.Sequential) -> None:
    linears = [module for module in network if isinstance(module, nn.Linear)]
    for layer, linear in zip(layers, linears, strict=True):
        np.testing.assert_allclose(layer.weights, linear.weight.detach(), atol=1e-9)
        np.testing.assert_allclose(layer.bias, linear.bias.detach(), atol=1e-9)


def loss_of(network: nn.Sequential, inputs: Any, wanted: Any) -> torch.Tensor:
    scores = network(torch.as_tensor(inputs))
    lost = nn.functional.binary_cross_entropy_with_logits(scores, torch.as_tensor(wanted), reduction="none")
    return lost.sum(dim=1).mean()


@pytest.mark.parametrize(
    ("training", "inputs", "wanted", "rate"),
    [
        (PhraseNetwork(3, 0.05, 1), INPUTS, PLEASED[:, None], 0.05),
        (PhraseNetwork(0, 0.05, 2), INPUTS, PLEASED[:, None], 0.05),
        (Autoencoder(2, 24, 0.01, 1), letters()[1], letters()[1], 0.01),
    ],
    ids=["phrases", "no hidden layer", "letters"],
)
def test_steps_are_those_of_torch(training: Any, inputs: Any, wanted: Any, rate: float) -> None:
    network = in_torch(training.shown().layers)
    adam = torch.optim.Adam(network.parameters(), lr=rate)
    inputs, wanted = np.array(inputs), np.array(wanted)
    for _ in range(20):
        adam.zero_grad()
        loss = loss_of(network, inputs, wanted)
        loss.backward()
        adam.step()
        assert training.step() == pytest.approx(loss.item(), abs=1e-9)
    same(training.shown().layers, network)


@pytest.mark.parametrize("turns", [1, 3])
def test_a_duel_is_that_of_torch(turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The discriminator learns from real and made points; the generator from what comes back through it."""
    training = Adversaries(5, 8, 0.01, turns, 1)
    start = training.shown()
    theirs = {"generator": in_torch(start.generator), "discriminator": in_torch(start.discriminator)}
    adams = {name: torch.optim.Adam(each.parameters(), 0.01, betas=(0.5, 0.999)) for name, each in theirs.items()}
    drawn: list[np.ndarray] = []

    class Recorded:
        def __init__(self, rng: np.random.Generator) -> None:
            self.rng = rng

        def standard_normal(self, size: Any) -> np.ndarray:
            drawn.append(self.rng.standard_normal(size))
            return drawn[-1]

        def integers(self, *given: Any, **more: Any) -> np.ndarray:
            drawn.append(self.rng.integers(*given, **more))
            return drawn[-1]

    monkeypatch.setattr(training, "_rng", Recorded(training._rng))
    for _ in range(5):
        drawn.clear()
        lost = training.step()
        noise, of, spread, *more = drawn
        real = middles_of(5)[of] + 0.05 * spread
        made = theirs["generator"](torch.tensor(noise)).detach()
        points = torch.cat([torch.tensor(real), made])
        adams["discriminator"].zero_grad()
        loss = loss_of(theirs["discriminator"], points, np.repeat([1.0, 0.0], 64)[:, None])
        loss.backward()
        adams["discriminator"].step()
        assert lost == pytest.approx(loss.item(), abs=1e-9)
        assert len(more) == turns
        for each in more:
            adams["generator"].zero_grad()
            loss_of(theirs["discriminator"], theirs["generator"](torch.tensor(each)), np.ones((64, 1))).backward()
            adams["generator"].step()
    same(training.shown().generator, theirs["generator"])
    same(training.shown().discriminator, theirs["discriminator"])


def test_a_network_that_counts_is_torch_s_rnn() -> None:
    training = ChainNetwork(3, 4, 0.02, 1)
    start: Counting = training.shown()
    rnn, last = nn.RNN(3, 4, dtype=torch.float64), nn.Linear(4, 1, dtype=torch.float64)
    parameters = [rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, rnn.bias_hh_l0, last.weight, last.bias]
    with torch.no_grad():
        for parameter, array in zip(parameters, start.weights, strict=True):
            parameter.copy_(torch.tensor(array))
    assert start.parameters == sum(parameter.numel() for parameter in parameters)
    adam = torch.optim.Adam(parameters, lr=0.02)
    for _ in range(10):
        adam.zero_grad()
        losses = []
        for nots in range(4):
            for word in (1, 2):
                states, _ = rnn(torch.tensor(chain(nots, word)))
                wanted = torch.tensor([praise()[nots, word - 1]])
                losses.append(nn.functional.binary_cross_entropy_with_logits(last(states[-1]), wanted))
        loss = torch.stack(losses).mean()
        loss.backward()
        adam.step()
        assert training.step() == pytest.approx(loss.item(), abs=1e-9)
    shown: Counting = training.shown()
    for parameter, array in zip(parameters, shown.weights, strict=True):
        np.testing.assert_allclose(array, parameter.detach(), atol=1e-9)
    with torch.no_grad():
        states, _ = rnn(torch.tensor(chain(3, 1)))
        np.testing.assert_allclose(shown.states, states, atol=1e-9)
        far, _ = rnn(torch.tensor(chain(8, 2)))
        assert shown.probabilities[8, 1] == pytest.approx(torch.sigmoid(last(far[-1])).item())


def test_what_is_praise_and_what_is_learnt_of_it() -> None:
    assert praise()[:3].tolist() == [[1, 0], [0, 1], [1, 0]] and praise().shape == (9, 2)
    for seed in (1, 2, 3):
        assert count_nots(500, 3, 4, 0.02, seed).shown.right.all()
    short: Counting = count_nots(500, 1, 4, 0.02, 2).shown
    assert [int(n) for n in np.flatnonzero(~short.right.all(axis=1))] == [2, 4, 6, 8] and not short.right[2::2].any()


def test_without_a_hidden_layer_nothing_is_learnt_and_with_three_neurons_all() -> None:
    for seed in range(1, 6):
        flat = learn_phrases(500, 0, 0.05, seed)
        assert flat.shown.probabilities == pytest.approx([0.5] * 4, abs=0.01)
        assert flat.losses[-1] == pytest.approx(np.log(2), abs=1e-3) and not any(flat.shown.learnt)
        assert learn_phrases(300, 3, 0.05, seed).shown.learnt == (True,) * 4
        assert sum(learn_phrases(500, 1, 0.05, seed).shown.learnt) < 4
    assert sum(learn_phrases(500, 2, 0.05, 3).shown.learnt) == 2
    assert PHRASES[0] == "good" and learn_phrases(0, 3).shown.parameters == 13


def test_a_generator_that_runs_ahead_collapses_and_one_that_keeps_pace_does_not() -> None:
    ahead: Duel = duel(600, 5, 16, 0.003, 5, 1).shown
    assert (ahead.reached, int(ahead.counts.max())) == (1, 175)
    pace: Duel = duel(1200, 5, 16, 0.003, 1, 1).shown
    assert pace.reached == 5 and pace.counts.sum() > 150
    apart = np.linalg.norm(pace.made[:, None] - pace.middles[None], axis=2)
    assert pace.counts.sum() == (apart.min(axis=1) <= NEAR).sum()
    assert 0.4 < pace.believed_real < 0.6 and 0.4 < pace.believed_made < 0.6


def test_two_numbers_are_enough_for_26_letters_and_one_is_not() -> None:
    names, pictures = letters()
    assert (
        names == "ABCDEFGHIJKLMNOPQRSTUVWXYZ" and pictures.shape == (26, 35) and len(np.unique(pictures, axis=0)) == 26
    )
    two, one = squeeze_letters(1000).shown, squeeze_letters(2000, bottleneck=1).shown
    assert two.wrong.sum() == 0 and 15 <= one.wrong.sum() <= 25, "20 or 21, by how the machine rounds"
    assert two.parameters == 35 * 24 + 24 + 24 * 2 + 2 + 2 * 24 + 24 + 24 * 35 + 35 == 1861
    np.testing.assert_allclose(decode(two.layers, two.codes), two.pictures, atol=1e-12)
    near = two.nearest("O")
    apart = {name: float(np.linalg.norm(two.codes[names.index(name)] - two.codes[14])) for name in names if name != "O"}
    assert [name for name, _ in near] == sorted(apart, key=lambda name: apart[name]) and near[0][1] == min(
        apart.values()
    )


@pytest.mark.parametrize(
    ("function", "more"),
    [
        (count_nots, {"units": 2}),
        (learn_phrases, {}),
        (duel, {"hidden": 4, "turns": 2}),
        (squeeze_letters, {"hidden": 4}),
    ],
)
def test_a_run_that_is_taken_up_ends_as_one_in_one_go(function: Any, more: dict[str, int]) -> None:
    trainings.kept.forget()
    whole = function(30, **more)
    trainings.kept.forget()
    function(12, **more)
    parts = function(30, **more)
    np.testing.assert_array_equal(whole.losses, parts.losses)
    for name, array in whole.state.items():
        np.testing.assert_array_equal(array, parts.state[name])


@pytest.mark.parametrize(
    ("function", "wrong"),
    [
        (learn_phrases, {"steps": -1}), (learn_phrases, {"steps": 1, "hidden": 99}), (learn_phrases, {"steps": 1, "rate": -1.0}),
        (duel, {"steps": 1, "piles": 0}), (duel, {"steps": 1, "turns": 11}), (duel, {"steps": 9999}),
        (count_nots, {"steps": 1, "seen": 6}), (count_nots, {"steps": 1, "units": 0}),
        (squeeze_letters, {"steps": 1, "bottleneck": 0}), (squeeze_letters, {"steps": 1, "hidden": 65}),
    ],
)  # fmt: skip
def test_settings_with_which_there_is_no_training_are_refused(function: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no such training"):
        function(**wrong)


@pytest.mark.parametrize("function", [learn_phrases, count_nots, duel, squeeze_letters])
def test_no_number_is_no_rate_and_there_is_no_seed_below_nought(function: Any) -> None:
    for wrong in ({"rate": np.inf}, {"rate": np.nan}, {"seed": -1}):
        with pytest.raises(ValueError, match="no such training"):
            function(1, **wrong)
    assert len(function(1, rate=0.0, seed=0).losses) == 1


@pytest.mark.parametrize("function", [learn_phrases, count_nots, duel, squeeze_letters])
def test_a_rate_of_a_million_leaves_numbers(function: Any) -> None:
    run = function(30, rate=1e6)
    assert np.isfinite(run.losses).all()
    assert all(np.isfinite(array).all() for array in run.state.values())


def test_layers_begin_within_the_bound_of_glorot() -> None:
    first, last = fresh((35, 24, 2), ("tanh", "identity"), np.random.default_rng(0))
    for layer, (inputs, outputs) in ((first, (35, 24)), (last, (24, 2))):
        limit = (6 / (inputs + outputs)) ** 0.5
        assert layer.weights.shape == (outputs, inputs) and not layer.bias.any()
        assert 0.8 * limit < np.abs(layer.weights).max() <= limit
