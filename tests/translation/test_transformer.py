"""The small Transformer, against the layers that PyTorch has."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nlpcore.translation import BEGIN, END, PAD, TransformerTranslator
from nlpcore.translation.transformer import Sublayers, positions

SOURCE = torch.tensor([[5, 6, 7, 8, END], [9, 4, END, PAD, PAD], [END, PAD, PAD, PAD, PAD]])
TARGET = torch.tensor([[BEGIN, 4, 5, 6], [BEGIN, 7, 5, 5], [BEGIN, 8, 9, 4]])
WIDTH, HEADS, INNER, LAYERS = 8, 2, 12, 3


@pytest.fixture(scope="module")
def network() -> TransformerTranslator:
    torch.manual_seed(0)
    made = TransformerTranslator(12, 11, WIDTH, HEADS, INNER, LAYERS).eval().requires_grad_(False)
    for parameter in made.parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.5)  # so that attention and probabilities differ visibly
        else:
            nn.init.normal_(parameter, mean=0.5, std=0.5)
    return made


def torch_layer(ours: Sublayers, decoder: bool) -> nn.TransformerEncoderLayer | nn.TransformerDecoderLayer:
    """PyTorch's layer with our weights: its norms are numbered in the order in which they are used."""
    kind = nn.TransformerDecoderLayer if decoder else nn.TransformerEncoderLayer
    theirs = kind(WIDTH, HEADS, INNER, 0.0, activation="relu", batch_first=True, norm_first=True)
    names = {"own": "self_attn", "cross": "multihead_attn", "inner": "linear1", "outer": "linear2"}
    names |= (
        {"norms.0": "norm1", "norms.2": "norm2", "norms.1": "norm3"}
        if decoder
        else {"norms.0": "norm1", "norms.1": "norm2"}
    )
    weights = {}
    for name, value in ours.state_dict().items():
        before = next(part for part in names if name.startswith(part + "."))
        weights[names[before] + name.removeprefix(before)] = value
    theirs.load_state_dict(weights)
    return theirs.eval().requires_grad_(False)


def by_torch(network: TransformerTranslator, source: Tensor, target: Tensor) -> Tensor:
    padding = source == PAD
    memory = network.source.weight[source] * WIDTH**0.5 + sinusoids(source.shape[1])
    for layer in network.encoder:
        memory = torch_layer(layer, False)(memory, src_key_padding_mask=padding)
    memory = network.norms[0](memory)
    states = network.target.weight[target] * WIDTH**0.5 + sinusoids(target.shape[1])
    causal = nn.Transformer.generate_square_subsequent_mask(target.shape[1])
    for layer in network.decoder:
        states = torch_layer(layer, True)(states, memory, tgt_mask=causal, memory_key_padding_mask=padding)
    return network.norms[1](states) @ network.target.weight.T + network.bias


def sinusoids(count: int) -> Tensor:
    """Section 3.5 of Vaswani et al., number by number; here all sines stand before all cosines."""
    rows = [
        [function(place / 10_000 ** (2 * i / WIDTH)) for function in (np.sin, np.cos) for i in range(WIDTH // 2)]
        for place in range(count)
    ]
    return torch.tensor(rows, dtype=torch.float32)


def test_places_are_told_apart_by_sinusoids() -> None:
    torch.testing.assert_close(positions(50, WIDTH), sinusoids(50), rtol=1e-4, atol=1e-5)


def test_the_network_is_that_of_torchs_layers(network: TransformerTranslator) -> None:
    logits, _ = network(SOURCE, TARGET)
    torch.testing.assert_close(logits, by_torch(network, SOURCE, TARGET), rtol=1e-4, atol=1e-4)


def test_a_forward_pass_is_its_steps(network: TransformerTranslator) -> None:
    logits, weights = network(SOURCE, TARGET)
    memory, state = network.encode(SOURCE)
    for place in range(TARGET.shape[1]):
        found, state, attended = network.step(TARGET[:, place], state, memory)
        torch.testing.assert_close(found, logits[:, place], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(attended, weights[:, place], rtol=1e-4, atol=1e-6)
    assert torch.equal(state, TARGET)


def test_a_later_token_changes_no_earlier_logit(network: TransformerTranslator) -> None:
    logits, weights = network(SOURCE, TARGET)
    other = TARGET.clone()
    other[:, 2:] = 10
    changed, attended = network(SOURCE, other)
    torch.testing.assert_close(changed[:, :2], logits[:, :2])
    torch.testing.assert_close(attended[:, :2], weights[:, :2])
    assert not torch.allclose(changed[:, 2:], logits[:, 2:], atol=0.1)


def test_a_row_is_the_same_alone_and_padded(network: TransformerTranslator) -> None:
    logits, weights = network(SOURCE, TARGET)
    for row, length in ((0, 5), (1, 3), (2, 1)):
        alone, attended = network(SOURCE[row : row + 1, :length], TARGET[row : row + 1])
        torch.testing.assert_close(alone[0], logits[row], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(attended[0], weights[row, :, :length], rtol=1e-4, atol=1e-6)
        assert (weights[row, :, length:] == 0).all()


def test_the_weights_shown_are_the_mean_of_the_heads_of_the_last_layer_but_one(network: TransformerTranslator) -> None:
    memory, _ = network.encode(SOURCE)
    _, layers = network.decode(TARGET, memory)
    assert len(layers) == LAYERS
    assert layers[0].shape == (3, HEADS, 4, 5)
    torch.testing.assert_close(network(SOURCE, TARGET)[1], layers[1].mean(1))
    torch.testing.assert_close(layers[1].sum(-1), torch.ones(3, HEADS, 4))
    one = TransformerTranslator(12, 11, WIDTH, HEADS, INNER, layers=1).eval()
    assert one(SOURCE, TARGET)[1].shape == (3, 4, 5)


def test_rows_of_the_memory_are_chosen_in_order(network: TransformerTranslator) -> None:
    memory, _ = network.encode(SOURCE)
    chosen = torch.tensor([2, 0, 0])
    found, _ = network.decode(TARGET, memory.rows(chosen))
    torch.testing.assert_close(found, network(SOURCE[chosen], TARGET)[0], rtol=1e-4, atol=1e-5)


def test_scheduled_sampling_reads_guesses_of_a_first_pass_always_never_or_sometimes(
    network: TransformerTranslator,
) -> None:
    taught = network(SOURCE, TARGET)[0]
    guessed = torch.cat([TARGET[:, :1], taught.argmax(-1)[:, :-1]], dim=1)
    own = network(SOURCE, guessed)[0]
    assert not torch.allclose(taught, own, atol=0.1)
    torch.testing.assert_close(network(SOURCE, TARGET, own=1.0)[0], own)
    torch.testing.assert_close(network(SOURCE, TARGET, own=0.0)[0], taught)
    assert (guessed[:, 1] != TARGET[:, 1]).all()
    torch.manual_seed(0)
    drawn = torch.stack([network(SOURCE, TARGET, own=0.25)[0] for _ in range(400)])
    right = (drawn[:, :, 1] - taught[:, 1]).abs().amax((-1, -2)) < 1e-4  # all three rows read the right token
    assert float(right.double().mean()) == pytest.approx(0.75**3, abs=0.1)  # 4 standard errors


def test_padding_of_a_target_stays_padding_under_scheduled_sampling(network: TransformerTranslator) -> None:
    padded = torch.tensor([[BEGIN, 4, PAD, PAD]])
    read = torch.tensor([[BEGIN, int(network(SOURCE[:1], padded)[0][0, 0].argmax()), PAD, PAD]])
    torch.testing.assert_close(network(SOURCE[:1], padded, own=1.0)[0], network(SOURCE[:1], read)[0])


def test_dropout_acts_in_training_alone() -> None:
    torch.manual_seed(0)
    network = TransformerTranslator(12, 11, WIDTH, HEADS, INNER, 2, dropout=0.5)
    assert not torch.equal(network(SOURCE, TARGET)[0], network(SOURCE, TARGET)[0])
    network.eval()
    assert torch.equal(network(SOURCE, TARGET)[0], network(SOURCE, TARGET)[0])
