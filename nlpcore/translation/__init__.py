"""From one language to another: an encoder that reads, a decoder that writes, and attention between them."""

from nlpcore.translation.gru import GRUTranslator
from nlpcore.translation.pieces import BEGIN, END, PAD, UNKNOWN, detokenized
from nlpcore.translation.search import Hypothesis, beam_search, greedy
from nlpcore.translation.transformer import TransformerTranslator
from nlpcore.translation.translating import Translation, translate
from nlpcore.translation.translators import Tokenizers

__all__ = [
    "BEGIN",
    "END",
    "PAD",
    "UNKNOWN",
    "GRUTranslator",
    "Hypothesis",
    "Tokenizers",
    "TransformerTranslator",
    "Translation",
    "beam_search",
    "detokenized",
    "greedy",
    "translate",
]
