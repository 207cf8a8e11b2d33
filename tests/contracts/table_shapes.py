"""The rows of six shapes: counted, and trained or read while somebody watches."""

from __future__ import annotations

from nlpcore.networks.adversaries import duel
from nlpcore.networks.chains import count_nots
from nlpcore.networks.letters import squeeze_letters
from nlpcore.networks.phrases import learn_phrases
from nlpcore.networks.shapes import architecture, count_by_module
from nlpcore.networks.text_cnn import fired, read_review
from tests.contracts.row import NOTHING, Row

CNNS = ("textcnn-imdb", "another-text-cnn")
SHAPES = tuple({"shape": shape} for shape in ("feed_forward", "cnn", "rnn", "autoencoder", "gan"))
ROWS = (
    Row(architecture, {"shape": "mlp"}, variations=SHAPES),
    Row(count_by_module, {"shape": "mlp"}, variations=SHAPES),
    Row(learn_phrases, {"steps": 12}, variations=({"steps": 0}, {"hidden": 0})),
    Row(count_nots, {"steps": 5}, variations=({"steps": 0}, {"seen": 1, "units": 2})),
    Row(duel, {"steps": 5}, variations=({"steps": 0}, {"piles": 2, "turns": 3})),
    Row(squeeze_letters, {"steps": 5}, variations=({"steps": 0}, {"bottleneck": 1})),
    Row(
        read_review,
        {"text": "The film was not good at all."},
        CNNS,
        variations=({"limit": 5}, {"text": "good"}),
        notes={
            "removed_characters": {"text": "A good\u202e film ."},
            "cut_characters": {"text": "a good film " * 2000},
            "cut_tokens": {"text": "word " * 300},
            "unknown_tokens": {"text": "A good zxqvw ."},
            "all_unknown": {"text": "zxqvw"},
            "text_is_chinese": {"text": "今天天气很好，我们去公园。"},
            "text_in_other_language": {"text": "서울은 한국의 수도이다"},
        },
        raises=NOTHING,
    ),
    Row(
        fired,
        {"texts": ("What a waste of time.", "A beautiful film."), "number": 9},
        CNNS,
        variations=({"number": 5, "most": 2},),
        raises={"empty_text": {"texts": (" ",)}},
    ),
)
