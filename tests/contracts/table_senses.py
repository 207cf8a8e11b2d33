"""The rows of what the lesson on senses computes."""

from __future__ import annotations

from nlpcore.language_models.seen import see_itself
from nlpcore.language_models.sight import sight
from nlpcore.words.senses import compare_senses
from tests.contracts.row import NOTHING, Row

LINES = "a: The bank of the river.\na: A bank of mud.\nb: The bank lends."
ROWS = (
    Row(
        compare_senses,
        {"word": "bank", "text": LINES},
        ("minilm-l6", "another-encoder"),
        variations=(
            {"text": "The bank."},
            {"word": "苹果", "text": "甲：苹果熟了。\n乙：他买苹果。", "model": "bert-mini-zh"},
        ),
        notes={
            "sense_left_out": {"text": f"{LINES}\nc: The shore."},
            "sense_word_again": {"text": f"{LINES}\nc: A bank by a bank."},
            "sense_lines_cut": {"text": "a: The bank.\n" * 21},
            "removed_characters": {"text": f"{LINES}\u202e"},
            "cut_characters": {"text": f"{LINES}\n" * 400},
            "cut_tokens": {"text": "a: The bank " + "word " * 300},
            "text_is_chinese": {"text": "他去了 bank 以后回家了。"},
            "text_in_other_language": {"text": "Москва столица России bank."},
            "text_simplified": {"word": "蘋果", "text": "甲：蘋果熟了。", "model": "bert-mini-zh"},
        },
        raises={
            "empty_text": {"text": " "},
            "sense_no_word": {"word": " "},
            "sense_word_absent": {"word": "shore"},
        },
        nan=("own", "other", "silhouettes"),
    ),
    Row(
        sight,
        {"words": ("he", "sat", "here"), "at": 1},
        variations=({"at": 9}, {"words": ("alone",)}),
        notes={"text_words_cut": {"words": tuple("abcdefghijklm")}},
        raises={"empty_text": {"words": ()}},
    ),
    Row(
        see_itself,
        {"text": "The cat sat."},
        ("minilm-l6-mlm", "bert-mini-zh"),
        variations=({"text": "The [MASK] sat."},),
        notes={
            "removed_characters": {"text": "The cat\u202e sat."},
            "cut_tokens": {"text": "cat " * 30},
            "text_is_chinese": {"text": "今天天气很好。"},
        },
        raises=NOTHING | {"no_word_in_text": {"text": "[MASK]"}},
    ),
)
