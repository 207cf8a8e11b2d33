"""Recurrent networks step by step: RNN, LSTM and GRU traces, gradient flow, and the two small trained LSTMs."""

from nlpcore.recurrent.alternatives import Alternatives, alternatives
from nlpcore.recurrent.cells import GRUCell, LSTMCell, RecurrentCell, RNNCell
from nlpcore.recurrent.comparison import Comparison, Pair, compare
from nlpcore.recurrent.flow import FlowComparison, flow_comparison
from nlpcore.recurrent.gates import (
    GateExtremes,
    TokenValue,
    UnitScore,
    correlations,
    gate_extremes,
    informative_units,
    unit_order,
    values,
)
from nlpcore.recurrent.gradients import GradientFlow, gradient_flow
from nlpcore.recurrent.lstm_network import LSTMNetwork, network
from nlpcore.recurrent.reading import CharacterReading, Reading, SentimentReading, read, read_characters, read_sentence
from nlpcore.recurrent.traces import GRUTrace, LSTMTrace, RNNTrace, trace_gru, trace_lstm, trace_rnn
from nlpcore.recurrent.word_tokens import word_tokens

__all__ = [
    "Alternatives",
    "CharacterReading",
    "Comparison",
    "FlowComparison",
    "GRUCell",
    "GRUTrace",
    "GateExtremes",
    "GradientFlow",
    "LSTMCell",
    "LSTMNetwork",
    "LSTMTrace",
    "Pair",
    "RNNCell",
    "RNNTrace",
    "Reading",
    "RecurrentCell",
    "SentimentReading",
    "TokenValue",
    "UnitScore",
    "alternatives",
    "compare",
    "correlations",
    "flow_comparison",
    "gate_extremes",
    "gradient_flow",
    "informative_units",
    "network",
    "read",
    "read_characters",
    "read_sentence",
    "trace_gru",
    "trace_lstm",
    "trace_rnn",
    "unit_order",
    "values",
    "word_tokens",
]
