"""Gradient flow of four networks side by side on the same text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from nlpcore.models.serving import served_on
from nlpcore.recurrent.cells import GRUCell, LSTMCell, RecurrentCell, RNNCell
from nlpcore.recurrent.gradients import GradientFlow, gradient_flow
from nlpcore.recurrent.lstm_network import network
from nlpcore.recurrent.reading import MOST_TOKENS, read
from nlpcore.recurrent.traces import trace_gru, trace_lstm, trace_rnn

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

CellT = TypeVar("CellT", bound=RecurrentCell)


@dataclass(frozen=True, slots=True)
class FlowComparison:
    """How much the last hidden state depends on each earlier state, in a trained LSTM and in three untrained cells.

    Attributes:
        trained: the model's own LSTM.
        rnn: A plain RNN of the same size with random weights.
        gru: A GRU of the same size with random weights.
        lstm: an LSTM of the same size with random weights and the forget bias that was asked for.
    """

    trained: GradientFlow
    rnn: GradientFlow
    gru: GradientFlow
    lstm: GradientFlow


@served_on("lstm")
def flow_comparison(
    model: LoadedModel, text: str, scale: float = 1.0, forget_bias: float = 1.0, seed: int = 0, limit: int = MOST_TOKENS
) -> FlowComparison:
    """Compare gradient flow over ``text``, embedded by the model; the untrained cells start as in PyTorch.

    ``scale`` multiplies their recurrent weights U (Pascanu et al. 2013: what vanishes for small U explodes for large
    ones). ``forget_bias`` is added to the untrained LSTM's forget gates (Gers et al. 2000; Jozefowicz et al. 2015).
    Raises LearnerError ``empty_text``.
    """
    trained, trace = network(model).cell, read(model, text, limit).trace
    rnn, gru, lstm = (
        _scaled(kind.random(trained.inputs, trained.hidden, seed), scale) for kind in (RNNCell, GRUCell, LSTMCell)
    )
    bias = np.where(np.arange(4 * lstm.hidden) // lstm.hidden == LSTMCell.BLOCKS.index("f"), forget_bias, 0.0)
    lstm = replace(lstm, bias_ih=lstm.bias_ih + bias)
    return FlowComparison(
        trained=gradient_flow(trained, trace),
        rnn=gradient_flow(rnn, trace_rnn(rnn, trace.inputs)),
        gru=gradient_flow(gru, trace_gru(gru, trace.inputs)),
        lstm=gradient_flow(lstm, trace_lstm(lstm, trace.inputs)),
    )


def _scaled(cell: CellT, scale: float) -> CellT:
    return replace(cell, weight_hh=cell.weight_hh * scale)
