"""Queries, keys and values of every head, so that an attention weight can be worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nlpcore.arrays import Reals
from nlpcore.attention.dot_product import AttentionTrace, causal_mask, scaled_dot_product
from nlpcore.attention.maps import AttentionMaps, Encoded, encode, is_causal, maps_of, run_network
from nlpcore.errors import Note
from nlpcore.models.catalogue import TRANSFORMERS
from nlpcore.models.serving import served_on

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel


@dataclass(frozen=True, slots=True)
class HeadVectors:
    """Queries, keys and values of all heads of all layers for one text.

    Attributes:
        q: (layers, heads, tokens, d_k), after rotation where the model rotates positions in (RoPE, Su et al. 2021).
        k: (layers, key heads, tokens, d_k), likewise; fewer than ``heads`` where heads share keys (grouped-query
            attention, Ainslie et al. 2023).
        v: (layers, key heads, tokens, d_k).
        causal: True where a token sees only itself and what stands before it.
        tokens: one readable label a position, as in :class:`nlpcore.attention.maps.AttentionMaps`.
    """

    q: Reals
    k: Reals
    v: Reals
    causal: bool
    tokens: tuple[str, ...]

    def key_head(self, head: int) -> int:
        """Return which of the key heads ``head`` uses: its own, or the one that its group shares."""
        return int(head * self.k.shape[1] // self.q.shape[1])

    def trace(self, layer: int, head: int) -> AttentionTrace:
        """Work the attention of one head out from its vectors."""
        shared = self.key_head(head)
        mask = causal_mask(len(self.tokens)) if self.causal else None
        return scaled_dot_product(self.q[layer, head], self.k[layer, shared], self.v[layer, shared], mask)


@served_on(*TRANSFORMERS)
def head_vectors(model: LoadedModel, text: str, pair: str | None = None, max_tokens: int = 128) -> HeadVectors:
    """Recompute q, k and v of every layer from the hidden states below it and the model's own W_Q, W_K, W_V.

    Takes what :func:`nlpcore.attention.maps.attention_maps` takes.

    Raises:
        LearnerError: ``empty_text`` or ``no_tokens``.
        ValueError: the architecture is not BERT's, DistilBERT's, GPT-2's or Llama's.
    """
    encoded = encode(model, text, pair, max_tokens)
    return _vectors_of(model, encoded, run_network(model, encoded, "hidden_states"))


@dataclass(frozen=True, slots=True)
class AttentionReading:
    """One text read once.

    Attributes:
        maps: who looks at whom.
        vectors: the queries, keys and values that the maps come from.
        notes: what was changed about the input.
    """

    maps: AttentionMaps
    vectors: HeadVectors
    notes: tuple[Note, ...] = ()


@served_on(*TRANSFORMERS)
def read_attention(model: LoadedModel, text: str, pair: str | None = None, max_tokens: int = 128) -> AttentionReading:
    """Return :func:`attention_maps` and :func:`head_vectors` of one text from a single run of the network.

    Takes what they take.

    Raises:
        LearnerError: ``empty_text`` or ``no_tokens``.
        ValueError: as :func:`head_vectors`.
    """
    encoded = encode(model, text, pair, max_tokens)
    outputs = run_network(model, encoded, "attentions", "hidden_states")
    return AttentionReading(maps_of(model, encoded, outputs), _vectors_of(model, encoded, outputs), encoded.notes)


def _vectors_of(model: LoadedModel, encoded: Encoded, outputs: Any) -> HeadVectors:
    import torch

    network = model.network.base_model
    with torch.inference_mode():
        layers = [_projected(network, i, hidden) for i, hidden in enumerate(outputs.hidden_states[:-1])]
        q, k, v = (torch.cat(parts).float().cpu().numpy() for parts in zip(*layers, strict=True))
    return HeadVectors(q, k, v, is_causal(model), encoded.tokens)


def _projected(network: Any, layer: int, hidden: Any) -> tuple[Any, Any, Any]:
    """Return q, k, v as (1, heads, tokens, d_k) tensors; every architecture has its own names for its parts."""
    kind = network.config.model_type
    if kind == "bert":
        part = network.encoder.layer[layer].attention.self
        return _heads(network, part.query(hidden), part.key(hidden), part.value(hidden))
    if kind == "distilbert":
        part = network.transformer.layer[layer].attention
        return _heads(network, part.q_lin(hidden), part.k_lin(hidden), part.v_lin(hidden))
    if kind == "gpt2":
        block = network.h[layer]
        return _heads(network, *block.attn.c_attn(block.ln_1(hidden)).chunk(3, dim=-1))
    if kind == "llama":
        return _llama(network, layer, hidden)
    raise ValueError(f"no queries and keys known for the architecture {kind!r}")


def _llama(network: Any, layer: int, hidden: Any) -> tuple[Any, Any, Any]:
    import torch

    block = network.layers[layer]
    x = block.input_layernorm(hidden)
    part = block.self_attn
    q, k, v = _heads(network, part.q_proj(x), part.k_proj(x), part.v_proj(x))
    positions = torch.arange(hidden.shape[1], device=hidden.device)[None]
    cosine, sine = (angle[:, None] for angle in network.rotary_emb(hidden, positions))  # (1, 1, tokens, d_k)
    return _rotated(q, cosine, sine), _rotated(k, cosine, sine), v


def _rotated(x: Any, cosine: Any, sine: Any) -> Any:
    """Turn each pair of components (i, i + d/2) by its angle (Su et al. 2021, eq. 34, in the layout of Llama)."""
    import torch

    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-second, first), dim=-1) * sine


def _heads(network: Any, *projections: Any) -> tuple[Any, ...]:
    """Split (1, tokens, heads · d_k) into (1, heads, tokens, d_k)."""
    config = network.config
    d_k = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return tuple(x.unflatten(-1, (-1, d_k)).transpose(1, 2) for x in projections)
