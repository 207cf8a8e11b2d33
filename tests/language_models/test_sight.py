"""Who sees whom: where a change of the input moves the output, by the gradients of networks of torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nlpcore.errors import LearnerError
from nlpcore.language_models.sight import MOST, WAYS, sight

WORDS = ("he", "sat", "on", "the", "bank", "of", "it")


def depends(output: torch.Tensor, given: torch.Tensor) -> np.ndarray:
    """Return (n, n) booleans: whether row i of the output (n, d) depends on word j of what was given (1, n, d)."""
    rows = []
    for row in output:
        first = row[0]  # not the sum, which a layer's normalisation keeps at 0
        (gradient,) = torch.autograd.grad(first, given, retain_graph=True)
        rows.append((gradient[0].abs().sum(dim=-1) > 1e-9).numpy())
    return np.stack(rows)


@pytest.fixture
def given() -> torch.Tensor:
    torch.manual_seed(0)
    return torch.randn(1, len(WORDS), 8, requires_grad=True)


def test_elmo_is_two_readers_each_of_one_side(given: torch.Tensor) -> None:
    both = torch.nn.LSTM(8, 5, num_layers=1, batch_first=True, bidirectional=True)(given)[0][0]
    trace = sight(WORDS, 4)
    np.testing.assert_array_equal(depends(both[:, :5], given), trace.forward)
    np.testing.assert_array_equal(depends(both[:, 5:], given), trace.backward)
    assert all(trace.sees("elmo", i, j) for i in range(len(WORDS)) for j in range(len(WORDS)))


def layers(count: int = 2) -> torch.nn.TransformerEncoder:
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, activation="gelu", batch_first=True)
    return torch.nn.TransformerEncoder(layer, count, enable_nested_tensor=False)


def test_gpt_sees_what_stands_before_in_every_layer(given: torch.Tensor) -> None:
    mask = torch.nn.Transformer.generate_square_subsequent_mask(len(WORDS))
    trace = sight(WORDS, 4)
    np.testing.assert_array_equal(depends(layers()(given, mask=mask)[0], given), trace.gpt)
    assert trace.sees("gpt", 4, 0) and trace.sees("gpt", 4, 4) and not trace.sees("gpt", 4, 5)


def test_bert_sees_everything_but_what_is_hidden(given: torch.Tensor) -> None:
    trace = sight(WORDS, 4)
    np.testing.assert_array_equal(depends(layers()(given)[0], given), trace.bert)
    covered = given.clone()
    covered[:, 4] = torch.ones(8)  # [MASK], whatever stood there
    seen = depends(layers()(covered)[0], given)
    np.testing.assert_array_equal(seen, trace.bert & ~trace.hidden)
    assert not trace.sees("bert", 4, 4) and trace.sees("bert", 4, 6)


@pytest.mark.parametrize(("at", "expected"), [(-3, 0), (0, 0), (6, 6), (99, 6)])
def test_the_position_lies_within_the_words(at: int, expected: int) -> None:
    trace = sight(WORDS, at)
    assert trace.at == expected and trace.hidden.tolist() == [i == expected for i in range(len(WORDS))]
    assert set(WAYS) == {"elmo", "gpt", "bert"}


def test_a_long_sentence_is_cut_with_a_note() -> None:
    trace = sight(tuple(f"w{i}" for i in range(MOST + 3)), MOST + 1)
    assert len(trace.words) == MOST and trace.at == MOST - 1
    assert [dict(note.params) for note in trace.notes] == [{"given": MOST + 3, "kept": MOST}]
    assert sight(tuple(f"w{i}" for i in range(MOST))).notes == ()
    with pytest.raises(LearnerError):
        sight(())
