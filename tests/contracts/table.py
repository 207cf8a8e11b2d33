"""Every function that may be served, with plain data that leads it through what it can say: one row each."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import nlpcore
from nlpcore import attention, recurrent, tagging
from nlpcore.language_models import fill_mask
from nlpcore.language_models.comparison import compare_fills
from nlpcore.language_models.context_sides import context_sides
from nlpcore.language_models.mask_attention import attention_change
from nlpcore.language_models.text_masking import count_corruptions, training_example
from nlpcore.networks import by_hand, compare_sizes, fit_line, walk
from nlpcore.tagging.exercises import repair_written
from nlpcore.translation import translate
from nlpcore.words.analogy_evaluation import score_section
from nlpcore.words.analogy_input import neighbours, work_out, work_out_many
from nlpcore.words.projection_toys import map_toy
from nlpcore.words.projection_words import map_words
from nlpcore.words.word2vec_text import learn_text
from tests.contracts import (
    table_glove,
    table_learning,
    table_neuron,
    table_overfitting,
    table_senses,
    table_shapes,
    table_words,
)
from tests.contracts.row import NOTHING, Row

MASKED, READERS = ("minilm-l6-mlm", "bert-mini-zh"), ("minilm-l6", "another-encoder")
LSTMS, TAGGERS, LACS = ("lstm-imdb", "lstm-chars"), ("minilm-l6-ner", "another-tagger"), ("lac-zh", "another-lac")
TABLES, TRANSLATORS = ("glove-6b-50d", "words-zh-64d"), ("seq2seq-en-zh-transformer", "seq2seq-en-zh-gru")
LONG = "word " * 300
CHINESE = {"text": "今天天气很好，我们去公园。"}
READ = {
    "removed_characters": {"text": "The cat\u202e sat."},
    "removed_invisible": {"text": "The c\u00adat\u200b sat."},
    "cut_characters": {"text": "cat sat " * 4000},
    "cut_tokens": {"text": LONG},
    "text_is_chinese": CHINESE,
    "text_is_not_chinese": {"text": "The cat sat.", "model": "bert-mini-zh"},
    "text_in_other_language": {"text": "Москва столица России."},
    "text_simplified": {"text": "國王住在宮殿裡。", "model": "bert-mini-zh"},
}
LSTM_NOTES = {
    "removed_characters": {"text": "A good\u202e film ."},
    "cut_characters": {"text": "a good film " * 2000},
    "cut_tokens": {"text": LONG},
    "unknown_tokens": {"text": "A good zxqvw ."},
    "all_unknown": {"text": "zxqvw"},
    "text_is_chinese": CHINESE,
    "text_in_other_language": {"text": "서울은 한국의 수도이다"},
}
MASKS = {"removed_characters": {"text": "The cat\u202e [MASK]."}, "cut_tokens": {"text": "The [MASK] sat. " + LONG}}
TAG_NOTES = {
    "removed_characters": {"text": "Anna\u202e lives."},
    "text_is_chinese": {"text": "马云在杭州创办了阿里巴巴。"},
    "text_in_other_language": {"text": "서울은 한국의 수도이다"},
    "cut_characters": {"text": "Anna lives here. " * 2000},
    "cut_tokens": {"text": 2 * LONG},
}
UNKNOWN_WORD = {"word_unknown": "qqzzxxyyq", "word_unknown_close": "elephhant"}
FEW = {"method": "pca", "perplexity": 5.0}

ROWS = (
    *(
        Row(
            function,
            {"text": "The cat sat on the mat."},
            READERS,
            variations=({"pair": "It slept."}, {"text": "unhappiness 😀 ☃"}, {"max_tokens": 5}),
            notes=READ,
            raises=NOTHING | {"no_tokens": {"text": "\u0301"}},
        )
        for function in (attention.attention_maps, attention.read_attention)
    ),
    Row(
        attention.head_vectors,
        {"text": "The cat sat on the mat."},
        READERS,
        variations=({"pair": "It slept."}, {"text": "unhappiness 😀 ☃"}),
        raises=NOTHING | {"no_tokens": {"text": "\u0301"}},
    ),
    Row(
        fill_mask,
        {"text": "The capital of France is [MASK]."},
        MASKED,
        variations=(
            {"text": "The cat sat.", "words": (1, 2)},
            {"text": "The [MASK] sat on the [MASK].", "order": "certain_first", "k": 3},
            {"guesses": ("paris", "london")},
        ),
        notes=MASKS
        | {
            "word_in_pieces": {"guesses": ("unhappiness",)},
            "word_unknown": {"guesses": ("☃",)},
            "read_as_unknown": {"text": "The 🎉 is [MASK]."},
            "word_makes_masks": {"text": "The unhappiness.", "words": (1,)},
            "mask_out_of_reach": {"text": LONG + "cat", "words": (0, 300)},
            "text_is_chinese": {"text": "今天天气很[MASK]"},
        },
        raises=NOTHING
        | {
            "no_mask": {"text": "The cat sat."},
            "no_such_word": {"words": (99,)},
            "too_many_masks": {"text": "[MASK] " * 40, "order": "certain_first"},
        },
    ),
    Row(
        context_sides,
        {"text": "The capital of France is [MASK]."},
        MASKED,
        variations=({"text": "The cat sat.", "words": (0,)}, {"text": "[MASK]"}),
        raises=NOTHING | {"no_mask": {"text": "The cat sat."}, "no_such_word": {"words": (99,)}},
    ),
    Row(
        compare_fills,
        {"first": "He is a [MASK].", "second": "She is a [MASK]."},
        MASKED,
        variations=({"watched": ("doctor", "nurse")}, {"k": 1}),
        notes={
            "word_in_pieces": {"watched": ("unhappiness",)},
            "word_unknown": {"watched": ("☃",)},
            "read_as_unknown": {"second": "She 🎉 is a [MASK]."},
            "cut_tokens": {"first": "The [MASK] sat. " + LONG},
            "removed_characters": {"first": "He\u202e is a [MASK]."},
        },
        raises={"empty_text": {"first": " "}, "no_mask_to_compare": {"second": "She is."}},
    ),
    Row(
        attention_change,
        {"text": "The cat sat on the mat.", "words": (1,)},
        MASKED,
        variations=({"text": "The cat [MASK].", "words": (0, 1)},),
        notes={
            "removed_characters": {"text": "The cat\u202e sat."},
            "cut_tokens": {"text": LONG},
            "word_makes_masks": {"text": "The unhappiness sat."},
        },
        raises=NOTHING | {"no_such_word": {"words": (99,)}, "no_masked_word": {"words": ()}},
    ),
    Row(
        training_example,
        {"text": "The cat sat on the mat."},
        MASKED,
        variations=({"seed": 3, "rate": 0.5}, {"rate": 0.0}, {"rate": 1.0, "split": (0.0, 0.0, 1.0)}),
        notes=READ,
        raises=NOTHING,
        nan=("losses",),
    ),
    Row(
        count_corruptions,
        {"text": "The cat sat on the mat.", "draws": 50},
        MASKED,
        variations=({"rate": 0.0}, {"seed": 9, "split": (0.1, 0.8, 0.1)}),
        notes=READ,
        raises=NOTHING,
    ),
    Row(
        recurrent.read,
        {"text": "The film was not good."},
        LSTMS,
        variations=({"model": "lstm-chars"}, {"limit": 2}, {"text": "good"}, {"text": "q", "model": "lstm-chars"}),
        notes=LSTM_NOTES,
        raises=NOTHING,
        nan=("bits",),
    ),
    Row(
        recurrent.read_sentence,
        {"text": "The film was not good."},
        ("lstm-imdb", "another-lstm"),
        variations=({"limit": 2},),
        notes=LSTM_NOTES,
        raises=NOTHING,
    ),
    Row(
        recurrent.read_characters,
        {"text": "the film"},
        ("lstm-chars", "another-lstm-of-characters"),
        notes={
            "removed_characters": {"text": "a\u202e b"},
            "all_unknown": {"text": "猫"},
            "unknown_tokens": {"text": "a猫"},
            "text_is_chinese": CHINESE,
            "text_in_other_language": {"text": "नमस्ते दुनिया"},
        },
        raises=NOTHING,
        nan=("bits",),
    ),
    Row(
        recurrent.compare,
        {"text": "The film was good.", "edited": "The film was not bad."},
        LSTMS,
        variations=({"model": "lstm-chars"}, {"edited": "The film was good."}),
        notes={name: changes for name, changes in LSTM_NOTES.items() if name != "cut_characters"},
        raises={"empty_text": {"edited": ""}},
        nan=("bits",),
    ),
    Row(
        recurrent.alternatives,
        {"text": "The film was good.", "step": 3, "unit": 2},
        LSTMS,
        variations=({"step": 0}, {"model": "lstm-chars"}),
        raises=NOTHING | {"no_such_step": {"step": 99}},
    ),
    Row(
        recurrent.flow_comparison,
        {"text": "The film was good."},
        LSTMS,
        variations=({"scale": 2.0, "forget_bias": 0.0, "seed": 4}, {"text": "good"}),
        raises=NOTHING,
    ),
    Row(
        tagging.tag,
        {"text": "Anna Meyer lives in Berlin."},
        TAGGERS,
        variations=({"decoding": "legal"}, {"how": "drop"}, {"text": "anna \u200d 😀"}),
        notes=TAG_NOTES,
        raises=NOTHING,
    ),
    Row(
        tagging.tag_time_and_money,
        {"text": "On 3 May 2021 it cost $5."},
        TAGGERS,
        notes=TAG_NOTES,
        raises=NOTHING,
    ),
    Row(
        tagging.tag_chinese,
        {"text": "王小明去北京大学。"},
        LACS,
        variations=({"weight": 0.0}, {"boundaries": False}, {"text": "☃ A"}),
        notes={
            "removed_characters": {"text": "王小明\u202e去"},
            "cut_characters": {"text": "王小明去" * 100},
            "text_is_not_chinese": {"text": "Anna Meyer lives in Berlin."},
            "text_in_other_language": {"text": "서울은 한국의 수도이다"},
        },
        raises=NOTHING,
    ),
    Row(
        repair_written,
        {"text": "Anna/B-PER Meyer/I-PER left/O"},
        variations=({"text": "a/I-PER b/I-ORG c"},),
        notes={"removed_characters": {"text": "a\u202e/B-PER"}, "cut_words": {"text": "a/O " * 60}},
        raises=NOTHING | {"tag_unknown": {"text": "a/X-PER"}},
    ),
    Row(
        translate,
        {"text": "I like green tea."},
        TRANSLATORS,
        variations=({"beam": 1},),
        notes={
            "removed_characters": {"text": "I\u202e like tea."},
            "cut_tokens": {"text": "tea " * 90},
            "text_is_chinese": CHINESE,
            "text_in_other_language": {"text": "الشاي الأخضر لذيذ"},
        },
        raises=NOTHING,
    ),
    Row(
        work_out,
        {"a": "king", "b": "man", "c": "woman", "expected": "queen"},
        ("glove-6b-50d", "another-table"),
        variations=(
            {"exclude_inputs": False, "k": 3},
            {"b": "", "c": ""},
            {"a": "的", "b": "", "c": "", "expected": "", "model": TABLES[1]},
        ),
        notes={
            "folded_case": {"a": "King"},
            "several_words": {"a": "big king"},
            "cut_words": {"a": "a, the, of, to, and, in"},
            "read_as_simplified": {"a": "國王", "b": "", "c": "", "expected": "", "model": TABLES[1]},
            "removed_characters": {"a": "king\u202e"},
        },
        raises={
            "word_unknown": {"a": UNKNOWN_WORD["word_unknown"]},
            "word_unknown_close": {"a": UNKNOWN_WORD["word_unknown_close"]},
            "word_other_language": {"a": "国王"},
            "word_no_language": {"a": "नमस्तेदुनिया"},
            "no_word_added": {"a": "", "c": ""},
            "no_direction": {"a": "king", "b": "king", "c": ""},
        },
    ),
    Row(
        work_out_many,
        {"sums": (("king", "man", "woman", "queen"), ("paris", "france", "italy", "rome"))},
        ("glove-6b-50d", "another-table"),
        raises={
            "word_unknown": {"sums": ((UNKNOWN_WORD["word_unknown"], "a", "b", "c"),)},
            "word_unknown_close": {"sums": ((UNKNOWN_WORD["word_unknown_close"], "a", "b", "c"),)},
        },
    ),
    Row(
        neighbours,
        {"words": ("the", "of"), "k": 5},
        TABLES,
        raises={name: {"words": (word,)} for name, word in UNKNOWN_WORD.items()},
    ),
    *table_glove.ROWS,
    *table_learning.ROWS,
    *table_neuron.ROWS,
    *table_overfitting.ROWS,
    *table_shapes.ROWS,
    *table_words.ROWS,
    *table_senses.ROWS,
    Row(
        learn_text,
        {"text": "the cat sat on the mat . " * 20, "steps": 2, "dimensions": 4},
        variations=({"steps": 0}, {"architecture": "skip_gram", "negatives": 0}, {"steps": 50, "epochs": 3}),
        raises={"text_without_words": {"text": "alone"}},
    ),
    Row(
        map_words,
        {"source": "frequency", "count": 30, **FEW},
        TABLES,
        variations=(
            {"source": "categories", "chosen": ("animals", "countries")},
            {"source": "around", "text": "dog", "count": 12},
            {"method": "tsne", "count": 16},
        ),
        notes={
            "map_words_unknown": {"source": "list", "text": "cat dog cow horse sheep qqzzxx"},
            "map_words_repeated": {"source": "list", "text": "cat cat dog cow horse sheep"},
            "perplexity_lowered": {"method": "tsne", "count": 12, "perplexity": 30.0},
            "removed_characters": {"source": "list", "text": "cat dog\u202e cow horse sheep"},
            "folded_case": {"source": "list", "text": "Cat dog cow horse sheep"},
            "read_as_simplified": {"source": "list", "text": "貓 狗 國王 電腦 蘋果", "model": TABLES[1]},
        },
        raises={
            "word_other_language": {"source": "around", "text": "國王"},
            "word_no_language": {"source": "list", "text": "नमस्तेदुनिया नमस्तेजी"},
            "map_no_category": {"source": "categories", "chosen": ()},
            "map_no_words": {"source": "list", "text": " "},
            "map_no_word": {"source": "around", "text": " "},
            "word_unknown": {"source": "around", "text": UNKNOWN_WORD["word_unknown"]},
            "word_unknown_close": {"source": "around", "text": UNKNOWN_WORD["word_unknown_close"]},
            "map_too_few_known": {"source": "list", "text": "cat qqzzxx"},
            "map_too_few": {"source": "list", "text": "cat dog"},
        },
    ),
    Row(
        map_toy,
        {"name": "two", "count": 30, **FEW},
        variations=({"method": "tsne", "start": "random", "seed": 2}, {"name": "noise"}, {"name": "chain"}),
    ),
    Row(
        walk,
        {"name": "ravine"},
        variations=(
            {"name": "saddle", "x": 0.0, "y": 0.0},
            {"name": "two_valleys", "method": "adam", "steps": 5},
            {"method": "momentum", "rate": 1e6},
            {"rate": 0.0},
            {"steps": 0},
        ),
    ),
    Row(
        fit_line,
        {"size": 32, "steps": 10},
        variations=({"size": 1, "seed": 2}, {"scaled": False, "method": "adam"}, {"rate": 1e6}, {"steps": 0}),
    ),
    Row(compare_sizes, {"epochs": 1}, variations=({"rate": 1e6}, {"rate": 0.01, "scaled": False})),
    Row(
        by_hand,
        {"x": (1.0, 2.0)},
        variations=(
            {"example": "mazur", "targets": (0.01, 0.99), "hidden": "sigmoid"},
            {"rate": 1e6},
            {"x": (0.0, 0.0)},
        ),
    ),
    Row(
        score_section,
        {"test": "google", "section": 5, "first": 3000},
        ("glove-6b-50d", "another-table"),
        variations=({"test": "chinese", "section": 0, "model": "words-zh-64d"},),
        elsewhere={"google_test_missing": "tests/words/test_analogy_evaluation.py"},
    ),
)


def served_functions() -> dict[str, Any]:
    """Return every function of the library that is marked as served, by its full name."""
    found = {}
    for info in pkgutil.walk_packages(nlpcore.__path__, "nlpcore."):
        if info.name.startswith("nlpcore.training") or info.name.endswith("__main__"):
            continue  # programs
        for value in vars(importlib.import_module(info.name)).values():
            if callable(value) and getattr(value, "__served__", False):
                found[f"{value.__module__}.{value.__qualname__}"] = value
    return found
