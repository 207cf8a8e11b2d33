"""Recurrent networks step by step: RNN, LSTM and GRU traces, gradient flow, and the two small trained LSTMs."""

from nlpcore.recurrent.cells import GRUCell, LSTMCell, RecurrentCell, RNNCell
from nlpcore.recurrent.gradients import GradientFlow, gradient_flow
from nlpcore.recurrent.tokens import word_tokens
from nlpcore.recurrent.traces import GRUTrace, LSTMTrace, RNNTrace, trace_gru, trace_lstm, trace_rnn

__all__ = [
    "GRUCell",
    "GRUTrace",
    "GradientFlow",
    "LSTMCell",
    "LSTMTrace",
    "RNNCell",
    "RNNTrace",
    "RecurrentCell",
    "gradient_flow",
    "trace_gru",
    "trace_lstm",
    "trace_rnn",
    "word_tokens",
]
