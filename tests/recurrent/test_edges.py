"""Recurrent traces at the edges: the last unit and step, the bounds of a text, files that fit each other or do not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.errors import LearnerError
from nlpcore.recurrent import (
    GRUCell,
    LSTMCell,
    RNNCell,
    alternatives,
    gate_extremes,
    gradient_flow,
    informative_units,
    network,
    read,
    trace_gru,
    trace_lstm,
    trace_rnn,
    unit_order,
)
from nlpcore.recurrent.alternatives import MOST_WORDS
from nlpcore.recurrent.gates import values
from nlpcore.recurrent.lstm_network import read_network
from nlpcore.recurrent.reading import pooled

TEXT = "the film was not very good ."


@pytest.mark.parametrize("limit", [6, 7, 8])
def test_a_text_as_long_as_the_limit_is_read_whole(sentiment: Any, limit: int) -> None:
    reading = read(sentiment, TEXT, limit)
    assert len(reading.tokens) == min(limit, 7)
    said = [(note.code, dict(note.params)) for note in reading.notes]
    assert said == ([] if limit >= 7 else [("cut_tokens", {"kept": 6, "given": 7})])
    assert list(reading.tokens) == TEXT.split()[:limit]


def test_the_first_and_the_last_step_and_unit_are_there_and_no_other(sentiment: Any) -> None:
    reading, units = read(sentiment, TEXT), network(sentiment).cell.hidden
    for unit in (0, units - 1):
        for step in (0, len(reading.tokens) - 1):
            found = alternatives(sentiment, TEXT, step, unit)
            assert (found.step, found.unit) == (step, unit)
            assert found.actual[:4] == tuple(getattr(reading.trace, gate)[step, unit] for gate in "ifgo")
        assert (
            gate_extremes(reading.trace, reading.tokens, unit, "c", 1).high[0].value == reading.trace.c[:, unit].max()
        )
    for unit in (-1, units):
        with pytest.raises(ValueError, match="no unit"):
            alternatives(sentiment, TEXT, 0, unit)
        with pytest.raises(ValueError, match="no unit"):
            gate_extremes(reading.trace, reading.tokens, unit, "c")
    for step in (-1, len(reading.tokens)):
        with pytest.raises(LearnerError, match="no_such_step") as caught:
            alternatives(sentiment, TEXT, step, 0)
        assert caught.value.params == {"count": len(reading.tokens)}


def test_each_alternative_is_what_reading_it_there_gives(sentiment: Any, mean_sentiment: Any, characters: Any) -> None:
    """Against reading the text anew with the other token, for every step and both ways of pooling."""
    for model, tokens, between in (
        (sentiment, TEXT.split(), " "),
        (mean_sentiment, TEXT.split(), " "),
        (characters, "a dog", ""),
    ):
        tokens = list(tokens)
        for step in (0, 1, len(tokens) - 1):
            found = alternatives(model, between.join(tokens), step, 2)
            for place in (0, 3, len(found.words) - 1):
                if found.words[place].strip() != found.words[place] or not found.words[place]:
                    continue  # a blank at the end of a text is no character of it
                other = read(model, between.join([*tokens[:step], found.words[place]]))
                assert found.cell[place] == pytest.approx(other.trace.c[-1, 2])
                wanted = other.positive[-1] if hasattr(other, "positive") else other.signal[-1]
                assert found.output[place] == pytest.approx(wanted)
    assert MOST_WORDS == 5000 and found.words[0] == network(characters).vocabulary[2]


def test_of_equal_values_the_earlier_comes_first_and_nothing_varies_in_one_step() -> None:
    cell = LSTMCell.random(2, 3, seed=1)
    trace = trace_lstm(cell, np.zeros((1, 2)))
    assert unit_order(trace, "variance").tolist() == [0, 1, 2] == unit_order(trace, "index").tolist()
    two = trace_lstm(LSTMCell.random(2, 2, seed=1), np.random.default_rng(0).normal(size=(4, 2)))
    assert unit_order(two, "clustered").tolist() == [0, 1], "two units have no order to be found"
    found = gate_extremes(trace_lstm(cell, np.zeros((4, 2))), "abcd", 0, "i", k=2)
    assert not {each.step for each in found.high} & {each.step for each in found.low}
    for name in ("i", "f", "g", "o", "c", "h"):
        assert values(two, name) is getattr(two, name)
    with pytest.raises(ValueError, match="none of"):
        values(two, "x")


def test_three_units_are_ordered_as_scipy_orders_them() -> None:
    from scipy.cluster.hierarchy import leaves_list, linkage

    trace = trace_lstm(LSTMCell.random(2, 3, seed=5), np.random.default_rng(5).normal(size=(6, 2)))
    wanted = leaves_list(linkage(trace.h.T, "average", optimal_ordering=True))
    assert unit_order(trace, "clustered").tolist() == wanted.tolist()


def test_a_unit_that_never_changes_correlates_with_nothing(sentiment: Any) -> None:
    reading = read(sentiment, TEXT)
    still = replace(reading, trace=replace(reading.trace, c=np.ones_like(reading.trace.c)))
    assert [(score.unit, score.correlation) for score in informative_units(still, 3)] == [(0, 0), (1, 0), (2, 0)]
    assert all(abs(score.correlation) <= 1 for score in informative_units(reading, 7))


@pytest.mark.parametrize(("kind", "trace"), [(RNNCell, trace_rnn), (LSTMCell, trace_lstm), (GRUCell, trace_gru)])
def test_untrained_weights_are_drawn_as_torch_draws_them(kind: Any, trace: Any) -> None:
    """Uniform within one over the root of the units, each seed its own, the first by default."""
    cell = kind.random(3, 16)
    weights = np.concatenate([part.ravel() for part in (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)])
    assert np.abs(weights).max() <= 0.25 and np.abs(weights).max() > 0.24 and abs(weights.mean()) < 0.02
    assert weights.std() == pytest.approx(0.25 / 3**0.5, rel=0.1)
    np.testing.assert_array_equal(cell.weight_hh, kind.random(3, 16, seed=0).weight_hh)
    assert not np.array_equal(cell.weight_hh, kind.random(3, 16, seed=1).weight_hh)
    with pytest.raises(ValueError, match="blocks does not fit"):
        kind(cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh[1:])
    with pytest.raises(ValueError, match="without steps"):
        gradient_flow(cell, trace(cell, np.zeros((0, 3))))
    one = trace(cell, np.ones((1, 3)))
    assert gradient_flow(cell, one).hidden.tolist() == [1.0]


def test_a_start_that_is_given_is_where_the_first_step_begins() -> None:
    torch.manual_seed(0)
    layer, inputs = torch.nn.LSTM(3, 4).double(), torch.randn(5, 3, dtype=torch.float64)
    h0, c0 = torch.randn(1, 4, dtype=torch.float64), torch.randn(1, 4, dtype=torch.float64)
    with torch.no_grad():
        wanted, _ = layer(inputs, (h0, c0))
    found = trace_lstm(layer, inputs.numpy(), h0.numpy(), c0.numpy())
    np.testing.assert_allclose(found.h, wanted.numpy(), atol=1e-12)
    np.testing.assert_allclose(found.c_before[0], c0.numpy()[0])
    np.testing.assert_allclose(found.kept + found.added, found.c, atol=1e-12)
    for wrong in (np.zeros(3), np.zeros(5)):
        with pytest.raises(ValueError, match="does not fit 4 units"):
            trace_lstm(layer, inputs.numpy(), wrong)
    with pytest.raises(ValueError, match="only tanh"):
        trace_rnn(torch.nn.RNN(3, 4, nonlinearity="relu"), inputs.numpy())
    with pytest.raises(ValueError, match="not a plain recurrent layer"):
        trace_lstm(torch.nn.LSTM(3, 4, proj_size=2), inputs.numpy())
    bare = torch.nn.LSTM(3, 4, bias=False).double()
    with torch.no_grad():
        np.testing.assert_allclose(trace_lstm(bare, inputs.numpy()).h, bare(inputs)[0].numpy(), atol=1e-12)


def test_the_mean_of_one_is_itself_and_the_last_is_the_last() -> None:
    hidden = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_array_equal(pooled(hidden, "last"), hidden)
    for step in range(4):
        np.testing.assert_allclose(pooled(hidden, "mean")[step], hidden[: step + 1].mean(axis=0))


@pytest.mark.parametrize("fault", ["embedding.weight", "output.weight", "output.bias", "<unk>", "positive", "outputs"])
def test_files_of_which_one_does_not_fit_the_others(sentiment: Any, fault: str) -> None:
    from safetensors.torch import load_file, save_file

    folder = sentiment.folder
    weights = load_file(folder / "model.safetensors")
    vocabulary = json.loads((folder / "vocabulary.json").read_text())
    config = json.loads((folder / "config.json").read_text())
    assert read_network(folder).labels == tuple(config["labels"])
    if fault in weights:
        weights[fault] = weights[fault][:-1].contiguous()
        save_file(weights, folder / "model.safetensors")
    elif fault == "<unk>":
        (folder / "vocabulary.json").write_text(json.dumps([word.replace("<unk>", "<?>") for word in vocabulary]))
    else:
        labels = ["bad", "good"] if fault == "positive" else [*config["labels"], "none"]
        (folder / "config.json").write_text(json.dumps(config | {"labels": labels}))
    with pytest.raises(ValueError, match="do not fit each other"):
        read_network(folder)
