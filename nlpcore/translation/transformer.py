"""A small Transformer that translates (Vaswani et al. 2017, arXiv 1706.03762), normalised before each sublayer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcore.translation.pieces import PAD


@dataclass(frozen=True)
class Memory:
    """What the encoder read, as torch's own decoder calls it.

    Attributes:
        states: (batch, source, width).
        mask: (batch, source), True at tokens.
    """

    states: Tensor
    mask: Tensor

    def rows(self, chosen: Tensor) -> Memory:
        """Return the memory of the ``chosen`` rows, in their order."""
        return Memory(self.states[chosen], self.mask[chosen])


def positions(count: int, width: int) -> Tensor:
    """Return the sinusoids (count, width) that tell places apart (section 3.5); sines first, then cosines."""
    rates = torch.exp(-math.log(10_000.0) * torch.arange(0, width, 2) / width)
    angles = torch.arange(count)[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class Sublayers(nn.Module):
    """One layer: self-attention, in the decoder attention on the source, and a feed-forward network."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float, cross: bool) -> None:
        super().__init__()
        self.own = nn.MultiheadAttention(width, heads, dropout, batch_first=True)
        self.cross = nn.MultiheadAttention(width, heads, dropout, batch_first=True) if cross else None
        self.inner, self.outer = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3 if cross else 2))
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, states: Tensor, padding: Tensor | None, causal: Tensor | None, memory: Memory | None
    ) -> tuple[Tensor, Tensor | None]:
        """Return the new states and the weights (batch, heads, target, source) of the attention on the source."""
        weights, normed = None, self.norms[0](states)
        seen, _ = self.own(normed, normed, normed, key_padding_mask=padding, attn_mask=causal, need_weights=False)
        states = states + self.dropout(seen)
        if self.cross is not None and memory is not None:
            normed = self.norms[2](states)
            seen, weights = self.cross(
                normed, memory.states, memory.states, key_padding_mask=~memory.mask, average_attn_weights=False
            )
            states = states + self.dropout(seen)
        inner = self.dropout(F.relu(self.inner(self.norms[1](states))))
        return states + self.dropout(self.outer(inner)), weights


class TransformerTranslator(nn.Module):
    """Encoder and decoder of ``layers`` layers each; the output layer's matrix is the target's embeddings.

    Args:
        source: number of source tokens in the vocabulary.
        target: number of target tokens in the vocabulary.
        width: size of a state; a multiple of ``heads`` and of 2.
        heads: attention heads of each layer.
        inner: size of the feed-forward network's hidden layer.
        layers: layers of the encoder, and of the decoder.
        dropout: share of values that training leaves out.
    """

    def __init__(
        self, source: int, target: int, width: int, heads: int, inner: int, layers: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.width = width
        self.source = nn.Embedding(source, width, padding_idx=PAD)
        self.target = nn.Embedding(target, width, padding_idx=PAD)
        for embedding in (self.source, self.target):
            nn.init.normal_(embedding.weight, std=width**-0.5)
        self.encoder = nn.ModuleList(Sublayers(width, heads, inner, dropout, cross=False) for _ in range(layers))
        self.decoder = nn.ModuleList(Sublayers(width, heads, inner, dropout, cross=True) for _ in range(layers))
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.bias = nn.Parameter(torch.zeros(target))
        self.dropout = nn.Dropout(dropout)

    def _embedded(self, embedding: nn.Embedding, ids: Tensor) -> Tensor:
        places = positions(ids.shape[1], self.width).to(ids.device)
        states: Tensor = self.dropout(embedding(ids) * math.sqrt(self.width) + places)
        return states

    def encode(self, source: Tensor) -> tuple[Memory, Tensor]:
        """Read ids (batch, source), padded on the right; return the memory and an empty (batch, 0) history."""
        mask = source != PAD
        states = self._embedded(self.source, source)
        for layer in self.encoder:
            states, _ = layer(states, ~mask, None, None)
        return Memory(self.norms[0](states), mask), source[:, :0]

    def decode(self, target: Tensor, memory: Memory) -> tuple[Tensor, list[Tensor]]:
        """Return logits (batch, positions, target) and each layer's weights (batch, heads, positions, source)."""
        length = target.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool, device=target.device).triu(1)
        states, found = self._embedded(self.target, target), []
        for layer in self.decoder:
            states, weights = layer(states, None, causal, memory)
            found.append(weights)
        return F.linear(self.norms[1](states), self.target.weight, self.bias), found

    def step(self, token: Tensor, state: Tensor, memory: Memory) -> tuple[Tensor, Tensor, Tensor]:
        """Write one token after ``token`` (batch,); ``state`` is what was written before, (batch, written).

        Return logits (batch, target), the longer state, and the weights (batch, source): the mean over the heads of the
        last layer but one (Garg et al. 2019, arXiv 1909.02074).
        """
        written = torch.cat([state, token[:, None]], dim=1)
        logits, weights = self.decode(written, memory)
        return logits[:, -1], written, weights[max(0, len(weights) - 2)][:, :, -1].mean(1)

    def forward(self, source: Tensor, target: Tensor, own: float = 0.0) -> tuple[Tensor, Tensor]:
        """Return logits (batch, positions, target) after each of ``target`` (batch, positions), and weights.

        Weights: (batch, positions, source), as of :meth:`step`. ``own``: chance at which the most probable token of a
        first pass is read in place of the right one in a second (Mihaylova & Martins 2019, arXiv 1906.07651); 0 is
        teacher forcing.
        """
        memory, _ = self.encode(source)
        if own:
            with torch.no_grad():
                guessed = self.decode(target, memory)[0].argmax(-1)[:, :-1]
            mixed = torch.where(torch.rand(guessed.shape, device=guessed.device) < own, guessed, target[:, 1:])
            target = torch.cat([target[:, :1], mixed.masked_fill(target[:, 1:] == PAD, PAD)], dim=1)
        logits, weights = self.decode(target, memory)
        return logits, weights[max(0, len(weights) - 2)].mean(1)
