"""Attention: the formula with every step kept, maps out of pretrained models, and what is commonly done to them."""

from nlpcore.attention.dot_product import AttentionTrace, causal_mask, scaled_dot_product, softmax
from nlpcore.attention.maps import AttentionMaps, attention_maps
from nlpcore.attention.summaries import HeadSummaries, summarise
from nlpcore.attention.transforms import average_heads, hide, hide_special, merge_words, renormalise, rollout
from nlpcore.attention.vectors import HeadVectors, head_vectors, maps_and_vectors

__all__ = [
    "AttentionMaps",
    "AttentionTrace",
    "HeadSummaries",
    "HeadVectors",
    "attention_maps",
    "average_heads",
    "causal_mask",
    "head_vectors",
    "hide",
    "hide_special",
    "maps_and_vectors",
    "merge_words",
    "renormalise",
    "rollout",
    "scaled_dot_product",
    "softmax",
    "summarise",
]
