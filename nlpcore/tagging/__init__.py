"""Tagging words: BIO schemes, word pieces, entity spans, constrained decoding, CRF lattices and entity metrics."""

from nlpcore.tagging.metrics import Score, Scores, compare, overlap, partial, strict, token_accuracy
from nlpcore.tagging.schemes import (
    REPAIRS,
    IllegalTransition,
    Repair,
    Span,
    from_bio,
    from_iob1,
    illegal_transitions,
    is_legal,
    repair,
    split_tag,
    to_bio,
    to_iob1,
)
from nlpcore.tagging.viterbi import Lattice, decode_legally, forbidden, viterbi
from nlpcore.tagging.words import Word, split_words

__all__ = [
    "REPAIRS",
    "IllegalTransition",
    "Lattice",
    "Repair",
    "Score",
    "Scores",
    "Span",
    "Word",
    "compare",
    "decode_legally",
    "forbidden",
    "from_bio",
    "from_iob1",
    "illegal_transitions",
    "is_legal",
    "overlap",
    "partial",
    "repair",
    "split_tag",
    "split_words",
    "strict",
    "to_bio",
    "to_iob1",
    "token_accuracy",
    "viterbi",
]
