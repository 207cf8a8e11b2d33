"""Four networks side by side: what the comparison is made of, and what theory says about it."""

import numpy as np
import pytest

from nlpcore.recurrent import flow_comparison, gradient_flow, network, read
from nlpcore.recurrent.gradients import GradientFlow

TEXT = "the film was not very good and i do n't do it , but it was not bad ."


def test_trained_curve_is_the_models_own(sentiment):
    found = flow_comparison(sentiment, TEXT)
    own = gradient_flow(network(sentiment).cell, read(sentiment, TEXT).trace)
    np.testing.assert_allclose(found.trained.hidden, own.hidden)
    np.testing.assert_allclose(found.trained.cell, own.cell)


def test_small_recurrent_weights_vanish_and_a_forget_bias_keeps(sentiment):
    small, large = (flow_comparison(sentiment, TEXT, scale=scale) for scale in (0.5, 1.0))
    assert small.rnn.hidden[0] < large.rnn.hidden[0] < 1
    forgetful, keeping = (flow_comparison(sentiment, TEXT, forget_bias=bias) for bias in (-2.0, 4.0))
    assert forgetful.lstm.cell[0] < 1e-6 < keeping.lstm.cell[0]
    np.testing.assert_allclose(forgetful.rnn.hidden, keeping.rnn.hidden)


@pytest.mark.parametrize("text", ["film", TEXT])
def test_every_curve_has_one_value_a_token(sentiment, text):
    found = flow_comparison(sentiment, text)
    steps = len(read(sentiment, text).tokens)
    for flow in (found.trained, found.rnn, found.gru, found.lstm):
        assert isinstance(flow, GradientFlow)
        assert flow.hidden.shape == (steps,)
        assert flow.hidden[-1] == pytest.approx(1)
