"""The rows of what is being learnt: of points, of targets cut into classes, of few labels, of none, of last layers."""

from __future__ import annotations

from nlpcore.learning import (
    classify,
    cluster,
    cut_sizes,
    cut_target,
    last_layer,
    mean_regret,
    own_examples,
    pull,
    regress,
    self_train,
)
from tests.contracts.row import NOTHING, Row

ROWS = (
    Row(regress, {"data": "flowers", "x": 4.0}, variations=({"data": "words"}, {"x": -3.0})),
    Row(classify, {"data": "flowers", "x": 4.0, "y": 1.3}, variations=({"data": "rings"}, {"y": 99.0})),
    Row(cluster, {"data": "flowers", "k": 3, "start": 1}, variations=({"data": "stripes", "k": 6}, {"k": 1})),
    Row(cut_target, {"target": "flowers", "classes": 8}, variations=({"target": "fork"}, {"classes": 64})),
    Row(cut_sizes, {"target": "wave"}, variations=({"target": "fork"},)),
    Row(self_train, {"data": "rings", "left": 2, "chosen": 2}, variations=({"threshold": 0.99}, {"data": "words"})),
    Row(pull, {"a": 0.4, "b": 0.6}, variations=({"epsilon": 0.0}, {"a": 0.5, "b": 0.5, "pulls": 1})),
    Row(mean_regret, {"a": 0.4, "b": 0.6}, variations=({"pulls": 1}, {"a": 1.0, "b": 0.0})),
    Row(
        own_examples,
        {"words": ("the", "cat", "sat")},
        variations=({"words": ("猫", "坐")},),
        notes={"text_words_cut": {"words": tuple("abcdefghijklmn")}},
        raises={"empty_text": {"words": ()}, "text_of_one_word": {"words": ("cat",)}},
    ),
    Row(
        last_layer,
        {"text": "The waiter in Paris was rude."},
        ("minilm-l6-imdb", "minilm-l6-nli"),
        variations=(
            {"model": "minilm-l6-nli", "second": "Somebody was rude."},
            {"model": "minilm-l6-qa", "second": "Who was rude?"},
            {"model": "smollm2-135m"},
            {"model": "minilm-l6-ner"},
        ),
        notes={
            "removed_characters": {"text": "A good\u202e film."},
            "text_is_chinese": {"text": "马云在杭州创办了阿里巴巴。"},
            "cut_tokens": {"text": "word " * 300},
        },
        raises=NOTHING | {"no_tokens": {"text": "\u0301"}},
    ),
)
