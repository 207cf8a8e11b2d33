"""Recurrent networks step by step: RNN, LSTM and GRU traces, gradient flow, and the two small trained LSTMs."""
