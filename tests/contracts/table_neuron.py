"""The rows of what one neuron computes: of scores, and of words."""

from __future__ import annotations

from nlpcore.networks.scores import weigh
from nlpcore.words.word_neuron import judge
from tests.contracts.row import Row

TABLES = ("glove-6b-50d", "words-zh-64d")
ROWS = (
    Row(
        judge,
        {"text": "rose, spider, war"},
        TABLES,
        variations=({"text": "joy"}, {"text": "的", "model": TABLES[1]}),
        notes={
            "words_left_out": {"text": "rose qqzzxx"},
            "map_words_cut": {"text": "one two three four five six seven eight nine ten eleven twelve thirteen"},
            "folded_case": {"text": "Rose"},
            "read_as_simplified": {"text": "貓", "model": TABLES[1]},
            "removed_characters": {"text": "rose\u202e war"},
        },
        raises={
            "neuron_no_words": {"text": ""},
            "words_all_unknown": {"text": "qqzzxxyyq"},
            "word_other_language": {"text": "国王"},
            "word_no_language": {"text": "नमस्तेदुनिया"},
        },
    ),
    Row(
        weigh,
        {"text": "cat 2, dog 1.5"},
        variations=({"temperature": 0.1}, {"text": "1000 1001"}, {"text": "猫：−3，狗＝0.5"}),
        notes={
            "scores_cut": {"text": "1 2 3 4 5 6 7 8 9"},
            "removed_characters": {"text": "cat\u202e 2 dog 1"},
            "scores_unread": {"text": "cat 2, dog, fish 1"},
            "scores_unnamed": {"text": "cat 1,5"},
            "scores_name_cut": {"text": f"{'n' * 30} 2, dog 1"},
        },
        raises={"scores_too_few": {"text": "cat 2"}, "score_too_large": {"text": "1e9 2"}},
        nan=("plain_exponentials", "plain"),
    ),
)
