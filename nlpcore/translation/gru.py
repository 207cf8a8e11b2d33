"""A translator of two GRUs with additive attention (Bahdanau, Cho & Bengio 2015, arXiv 1409.0473)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcore.translation.pieces import PAD


@dataclass(frozen=True)
class Annotations:
    """What the encoder read: an annotation of each source token, as Bahdanau et al. call it.

    Attributes:
        states: (batch, source, 2 × hidden), the states of both directions at each source token.
        keys: (batch, source, hidden), the states' part of the attention scores, computed once.
        mask: (batch, source), True at tokens, False at padding.
    """

    states: Tensor
    keys: Tensor
    mask: Tensor

    def rows(self, chosen: Tensor) -> Annotations:
        """Return those of the ``chosen`` rows, in their order."""
        return Annotations(self.states[chosen], self.keys[chosen], self.mask[chosen])


class GRUTranslator(nn.Module):
    """A bidirectional GRU reads; a GRU writes one token at a time and looks back by additive attention.

    Args:
        source: number of source tokens in the vocabulary.
        target: number of target tokens in the vocabulary.
        embedding: size of an embedding.
        hidden: size of each GRU's state.
        dropout: share of embeddings' and readouts' values that training leaves out.
    """

    def __init__(self, source: int, target: int, embedding: int, hidden: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.source = nn.Embedding(source, embedding, padding_idx=PAD)
        self.target = nn.Embedding(target, embedding, padding_idx=PAD)
        for table in (self.source, self.target):
            nn.init.normal_(table.weight, std=embedding**-0.5)  # the target's is the output layer's matrix as well
        self.reader = nn.GRU(embedding, hidden, batch_first=True, bidirectional=True)
        self.first_state = nn.Linear(2 * hidden, hidden)
        self.writer = nn.GRUCell(embedding + 2 * hidden, hidden)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.key = nn.Linear(2 * hidden, hidden)
        self.score = nn.Linear(hidden, 1, bias=False)
        self.readout = nn.Linear(3 * hidden + embedding, embedding)
        self.bias = nn.Parameter(torch.zeros(target))  # of the output layer, whose matrix is the target's embeddings
        self.dropout = nn.Dropout(dropout)

    def encode(self, source: Tensor) -> tuple[Annotations, Tensor]:
        """Read ids (batch, source), padded on the right; return the annotations and the first state (batch, hidden)."""
        mask = source != PAD
        lengths = mask.sum(1).cpu()
        embedded = nn.utils.rnn.pack_padded_sequence(
            self.dropout(self.source(source)), lengths, batch_first=True, enforce_sorted=False
        )
        packed, last = self.reader(embedded)
        states, _ = nn.utils.rnn.pad_packed_sequence(packed, batch_first=True, total_length=source.shape[1])
        state = torch.tanh(self.first_state(torch.cat([last[0], last[1]], dim=-1)))
        return Annotations(states, self.key(states), mask), state

    def attend(self, state: Tensor, annotations: Annotations) -> tuple[Tensor, Tensor]:
        """Return the weights (batch, source), and the context (batch, 2 × hidden), for a state (batch, hidden).

        Score of token j: v · tanh(W s + U h_j); the weights are their softmax over the tokens (section 3.1).
        """
        scores = self.score(torch.tanh(self.query(state)[:, None] + annotations.keys)).squeeze(-1)
        weights = scores.masked_fill(~annotations.mask, -torch.inf).softmax(-1)
        return weights, (weights[:, None] @ annotations.states).squeeze(1)

    def step(self, token: Tensor, state: Tensor, annotations: Annotations) -> tuple[Tensor, Tensor, Tensor]:
        """Write one token after ``token`` (batch,): return logits (batch, target), the new state, and the weights."""
        embedded = self.dropout(self.target(token))
        weights, context = self.attend(state, annotations)
        state = self.writer(torch.cat([embedded, context], dim=-1), state)
        read = torch.tanh(self.readout(torch.cat([state, context, embedded], dim=-1)))
        return F.linear(self.dropout(read), self.target.weight, self.bias), state, weights

    def forward(self, source: Tensor, target: Tensor, own: float = 0.0) -> tuple[Tensor, Tensor]:
        """Return logits (batch, positions, target) after each of ``target`` (batch, positions), and weights.

        Weights: (batch, positions, source). ``own``: chance at which a token that the network itself holds for the most
        probable is read in place of the right one (scheduled sampling; Bengio et al. 2015, arXiv 1506.03099); 0 is
        teacher forcing.
        """
        annotations, state = self.encode(source)
        token, found = target[:, 0], []
        for place in range(target.shape[1]):
            logits, state, weights = self.step(token, state, annotations)
            found.append((logits, weights))
            if place + 1 < target.shape[1]:
                token = target[:, place + 1]
                if own:
                    token = torch.where(
                        torch.rand(token.shape, device=token.device) < own, logits.detach().argmax(-1), token
                    )
        logits, weights = (torch.stack(part, dim=1) for part in zip(*found, strict=True))
        return logits, weights
