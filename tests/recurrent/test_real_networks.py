"""The bundled networks: what the readers say is what torch computes with the same weights."""

import copy

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from nlpcore.models import load
from nlpcore.recurrent import network, read
from nlpcore.training.recurrent_network import RecurrentNetwork
from tests.skips import needs_models

TEXTS = {
    "lstm-imdb": "I can't say that it was good, but the music isn't bad: 8/10… " * 12,
    "lstm-chars": "It is a truth universally acknowledged, that a single man is a quiet man. " * 3,
}


@pytest.mark.parametrize("model_id", TEXTS)
def test_trace_equals_torch_to_a_millionth(model_id):
    needs_models(model_id)
    model = load(model_id)
    reading = read(model, TEXTS[model_id])
    ids = torch.tensor([network(model).ids(reading.tokens)])
    single = RecurrentNetwork.from_weights(load_file(model.folder / "model.safetensors"))
    exact = copy.deepcopy(single).double()
    with torch.no_grad():
        hidden, (_, cell) = exact.lstm(exact.embedding(ids))
        logits, rounded = exact.output(hidden)[0], single(ids)[0][0]
    np.testing.assert_allclose(reading.trace.h, hidden[0].cpu(), atol=1e-6)
    np.testing.assert_allclose(reading.trace.c[-1], cell[0, 0].cpu(), atol=1e-6)
    if model_id == "lstm-imdb":
        np.testing.assert_allclose(reading.logits, logits.cpu(), atol=1e-6)
        np.testing.assert_allclose(reading.logits, rounded, atol=1e-3)
    else:
        np.testing.assert_allclose(np.log(reading.probabilities), logits.log_softmax(-1).cpu(), atol=1e-6)
        np.testing.assert_allclose(np.log(reading.probabilities), rounded.log_softmax(-1), atol=1e-3)


def test_the_classifier_reads_what_nobody_doubts():
    model = load("lstm-imdb")
    assert read(model, "A wonderful film: moving, funny and beautifully acted.").positive[-1] > 0.9
    assert read(model, "An awful film: boring, stupid and a complete waste of time.").positive[-1] < 0.1
