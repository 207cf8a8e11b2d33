"""The rows of what computes with words as vectors that are only numbered, and with what is made of or
learnt from them."""

from __future__ import annotations

from nlpcore.words.fasttext import overlaps
from nlpcore.words.fasttext_text import learn_ngrams
from nlpcore.words.one_hot import vocabulary
from nlpcore.words.reading import compare_seeds, learn_words, read_windows
from nlpcore.words.sentence_vectors import compare_sentences, sentence_words
from nlpcore.words.texts import prepare, prepared
from nlpcore.words.word2vec_text import count_text
from tests.contracts.row import NOTHING, Row

TABLES = ("glove-6b-50d", "words-zh-64d")
ROWS = (
    Row(
        vocabulary,
        {"text": "king queen apple"},
        TABLES,
        variations=({"text": "王 king"}, {"most": 2}, {"text": "国王 王后", "model": TABLES[1]}),
        notes={
            "map_words_repeated": {"text": "king king queen"},
            "map_words_cut": {"text": "a b c d e f g h i j k l"},
            "no_dense_vector": {"text": "king qqzzxxyyq"},
            "folded_case": {"text": "King queen"},
            "read_as_simplified": {"text": "國王", "model": TABLES[1]},
            "removed_characters": {"text": "king\u202e queen"},
        },
        raises=NOTHING | {"map_no_words": {"text": "✅ 🔹"}},
        nan=("dense", "dense_cosines"),
    ),
    Row(
        prepare,
        {"text": "The cat sat on the mat. It didn't move!"},
        variations=({"text": "话说天下大势，分久必合，合久必分。曹操大怒！"},),
        notes={
            "removed_characters": {"text": "naïve cats\u0007 sat"},
            "removed_invisible": {"text": "naïve cats\u200b sat"},
        },
        raises={"file_empty": {"text": "  "}, "file_no_word": {"text": "✅ 🔹"}},
    ),
    Row(prepared, {}, ("wikitext-2", "sanguo")),
    Row(
        count_text,
        {"text": "the cat sat on the mat", "at_least": 1},
        raises={"text_without_words": {"at_least": 2}},
    ),
    Row(
        overlaps,
        {"words": ("walk", "walked", "talked")},
        variations=({"least": 1, "most": 2}, {"words": ("国王",)}, {"words": ()}),
    ),
    Row(
        learn_ngrams,
        {"text": "the cat sat on the mat . " * 20, "steps": 2, "dimensions": 4, "buckets": 50},
        variations=({"steps": 0}, {"architecture": "cbow", "shortest": 1}, {"steps": 50, "epochs": 3}),
        raises={"text_without_words": {"text": "alone"}},
    ),
    Row(
        sentence_words,
        {"text": "The cat sat."},
        variations=({"text": "国王 sat"},),
        raises=NOTHING | {"no_word_in_text": {"text": "✅ 🔹"}},
    ),
    Row(
        compare_sentences,
        {"sentences": (("the", "cat", "sat"), ("a", "dog"), ("the", "end"))},
        TABLES,
        variations=({"sentences": (("cat",),)},),
        notes={"left_out_of_mean": {"sentences": (("qqzzxxyyq",), ("cat", "qqzzxxyyq"))}},
        raises={"empty_text": {"sentences": (("cat",), ())}},
        nan=("dense", "cosines"),
    ),
    Row(
        read_windows,
        {"words": ("the", "cat", "sat", "on", "the", "mat"), "size": 2},
        variations=({"size": 5}, {"sample": 0.1}, {"words": ("a", "a")}),
        notes={"text_words_cut": {"words": ("a", "b", "c") * 100}},
        raises={"text_of_one_word": {"words": ("alone",)}, "empty_text": {"words": ()}},
    ),
    Row(
        learn_words,
        {"words": ("the", "cat", "sat", "on", "the", "mat"), "steps": 12},
        variations=({"steps": 0}, {"output": "tree", "skip_gram": False}, {"output": "negatives", "negatives": 3}),
        raises={
            "text_of_one_word": {"words": ("alone",)},
            "empty_text": {"words": ()},
            "vocabulary_too_large": {"words": tuple(f"w{number}" for number in range(40))},
        },
    ),
    Row(
        compare_seeds,
        {"words": ("the", "cat", "sat", "on", "the", "mat"), "word": "cat", "steps": 12, "seeds": 2},
        variations=({"seeds": 3}, {"output": "tree"}),
        raises={
            "text_of_one_word": {"words": ("alone",)},
            "empty_text": {"words": ()},
            "vocabulary_too_large": {"words": tuple(f"w{number}" for number in range(40)), "word": "w1"},
        },
    ),
)
