"""The rows of what counts co-occurrences, learns from them, and asks people."""

from __future__ import annotations

from nlpcore.words.glove_reading import cooccurrence_ratios, learn_small_glove, read_cooccurrences
from nlpcore.words.glove_text import learn_glove, matrix_size
from nlpcore.words.rivals import compare_rivals
from nlpcore.words.similarity import judge_vectors
from tests.contracts.row import NOTHING, Row

ALONE = {"text_of_one_word": {"text": "alone\nword"}}
FEW = {"text_without_words": {"text": "a few words only"}}
MATS = "the cat sat on the mat\nthe dog sat on the rug"
OFTEN = "\n".join(["the tiger and the cat eat a book of paper", "a computer has a keyboard near the book"] * 6)
MISSING = {"similarity_test_missing": "tests/words/test_similarity.py::test_missing_tests_and_unknown_ones_are_told"}
ROWS = (
    Row(
        read_cooccurrences,
        {"text": MATS},
        variations=({"window": 5}, {"by_distance": False}),
        notes={"text_words_cut": {"text": "a b c d " * 60}},
        raises=NOTHING | ALONE,
    ),
    Row(
        learn_small_glove,
        {"text": MATS, "steps": 30},
        variations=({"steps": 0}, {"x_max": 1.0}, {"exponent": 0.0}, {"rate": 0.0}),
        raises=NOTHING | ALONE,
    ),
    Row(
        cooccurrence_ratios,
        {"text": MATS, "words": ("cat", "dog"), "probes": ("sat", "mat", "king")},
        variations=({"window": 2}, {"by_distance": False}, {"words": ("cat", "queen")}),
        raises=NOTHING,
        nan=("ratios", "probabilities"),
    ),
    Row(
        matrix_size,
        {"text": OFTEN},
        variations=({"window": 2}, {"by_distance": False}, {"at_least": 2}),
        raises=FEW,
    ),
    Row(
        learn_glove,
        {"text": OFTEN, "steps": 12, "dimensions": 5, "passes": 2},
        variations=({"steps": 0}, {"window": 3}, {"steps": 60}),
        raises=FEW,
    ),
    Row(
        compare_rivals,
        {"text": OFTEN, "dimensions": 5, "epochs": 1, "passes": 2},
        variations=({"window": 3},),
        raises=FEW,
        elsewhere=MISSING,
        nan=("cosines",),
        measured=("seconds",),
    ),
    Row(
        judge_vectors,
        {"test": "wordsim"},
        ("glove-6b-50d", "another-table"),
        variations=({"test": "simlex"},),
        elsewhere=MISSING,
        nan=("cosines",),
    ),
)
