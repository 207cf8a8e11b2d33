"""Attention: the formula with every step kept, maps out of pretrained models, and what is commonly done to them."""

from nlpcore.arrays import softmax
from nlpcore.attention.dot_product import AttentionTrace, causal_mask, scaled_dot_product
from nlpcore.attention.labels import part_of
from nlpcore.attention.maps import AttentionMaps, attention_maps
from nlpcore.attention.summaries import HeadSummaries, summarise
from nlpcore.attention.transforms import (
    average_heads,
    hide,
    hide_special,
    merge_words,
    renormalise,
    rollout,
    shown_positions,
    word_label,
)
from nlpcore.attention.vectors import AttentionReading, HeadVectors, head_vectors, read_attention

__all__ = [
    "AttentionMaps",
    "AttentionReading",
    "AttentionTrace",
    "HeadSummaries",
    "HeadVectors",
    "attention_maps",
    "average_heads",
    "causal_mask",
    "head_vectors",
    "hide",
    "hide_special",
    "merge_words",
    "part_of",
    "read_attention",
    "renormalise",
    "rollout",
    "scaled_dot_product",
    "shown_positions",
    "softmax",
    "summarise",
    "word_label",
]
