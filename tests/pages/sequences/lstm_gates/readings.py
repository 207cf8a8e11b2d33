"""Made-up readings for the LSTM lesson's tests: random traces, with tokens and outputs that are chosen or drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from nlpcore.recurrent import CharacterReading, LSTMTrace, SentimentReading, trace_lstm

WORDS = ("film", "was", "good", "bad", "not", "n't", "but", "however", "though", ".", ",", "?", "a" * 40, "*x*", "<b>")
LETTERS = (*"abcdefghijklmnopqrstuvwxyz", " ", ".", ",", "*")


def random_trace(rng: np.random.Generator, steps: int, hidden: int | None = None) -> LSTMTrace:
    """A trace of a random LSTM over random inputs; its gates are far from 0 and 1 as well as near."""
    return trace_lstm(random_layer(rng, hidden), rng.normal(scale=2, size=(steps, 4)))


def random_layer(rng: np.random.Generator, hidden: int | None = None) -> torch.nn.LSTM:
    """An LSTM with random weights in double precision."""
    layer = torch.nn.LSTM(4, hidden or int(rng.integers(1, 9)), batch_first=True).double()
    for parameter in layer.parameters():
        parameter.data = torch.from_numpy(rng.normal(scale=1.5, size=tuple(parameter.shape)))
    return layer


def review(rng: np.random.Generator, tokens: Sequence[str] = (), positive: Sequence[float] = ()) -> SentimentReading:
    """A review with these tokens and these probabilities of positive after them; what is not given is drawn."""
    drawn = tuple(tokens) or tuple(rng.choice(WORDS, size=rng.integers(1, 12)).tolist())
    p = np.array(positive or np.clip(0.5 + np.cumsum(rng.normal(scale=0.09, size=len(drawn))), 0.01, 0.99))
    logits = np.column_stack([np.log(1 - p), np.log(p)]) + rng.normal(size=(len(drawn), 1))
    return SentimentReading(
        drawn, (True,) * len(drawn), random_trace(rng, len(drawn)), (), logits, ("negative", "positive")
    )


def letters(rng: np.random.Generator, text: str = "", vocabulary: Sequence[str] = LETTERS) -> CharacterReading:
    """A text with random expectations of the next letter; what is not given is drawn."""
    drawn = tuple(text) or tuple(rng.choice(vocabulary, size=rng.integers(1, 60)).tolist())
    p: Any = rng.dirichlet(np.full(len(vocabulary), 0.2), size=len(drawn))
    bits = np.full(len(drawn), np.nan)
    known = tuple(letter in vocabulary for letter in drawn)
    return CharacterReading(drawn, known, random_trace(rng, len(drawn)), (), tuple(vocabulary), p, bits)
