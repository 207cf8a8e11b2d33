"""Tagging words: BIO schemes, word pieces, entity spans, constrained decoding, CRF lattices and entity metrics."""

from nlpcore.arrays import softmax
from nlpcore.tagging.lac import ChineseTagging, Segment, tag_chinese
from nlpcore.tagging.metrics import Score, Scores, compare, overlap, partial, strict, token_accuracy
from nlpcore.tagging.pasted import Pasted, read_pasted
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
from nlpcore.tagging.tagger import Entity, Piece, Tagging, tag, tag_time_and_money
from nlpcore.tagging.time_and_money import RULES, RuleEntity, find_time_and_money
from nlpcore.tagging.time_and_money_zh import CHINESE_RULES
from nlpcore.tagging.viterbi import Lattice, decode_legally, forbidden, viterbi
from nlpcore.tagging.words import split_words
from nlpcore.text import Word

__all__ = [
    "CHINESE_RULES",
    "REPAIRS",
    "RULES",
    "ChineseTagging",
    "Entity",
    "IllegalTransition",
    "Lattice",
    "Pasted",
    "Piece",
    "Repair",
    "RuleEntity",
    "Score",
    "Scores",
    "Segment",
    "Span",
    "Tagging",
    "Word",
    "compare",
    "decode_legally",
    "find_time_and_money",
    "forbidden",
    "from_bio",
    "from_iob1",
    "illegal_transitions",
    "is_legal",
    "overlap",
    "partial",
    "read_pasted",
    "repair",
    "softmax",
    "split_tag",
    "split_words",
    "strict",
    "tag",
    "tag_chinese",
    "tag_time_and_money",
    "to_bio",
    "to_iob1",
    "token_accuracy",
    "viterbi",
]
