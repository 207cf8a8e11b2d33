"""Entity scores against seqeval and against counts made by hand."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import f1_score, precision_score, recall_score

from nlpcore.tagging import Span, compare, from_bio, overlap, partial, strict, token_accuracy

TAGS = ["O", *(f"{p}-{t}" for t in ("PER", "LOC") for p in "BI")]
pairs = st.integers(1, 12).flatmap(
    lambda n: st.tuples(*(st.lists(st.sampled_from(TAGS), min_size=n, max_size=n) for _ in range(2)))
)


@given(pairs)
def test_strict_agrees_with_seqeval(two: tuple[list[str], list[str]]) -> None:
    gold, predicted = two
    score = strict(from_bio(gold), from_bio(predicted))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = [float(f([gold], [predicted])) for f in (precision_score, recall_score, f1_score)]
    assert [score.precision, score.recall, score.f1] == pytest.approx(expected, abs=1e-12)


def brute_matching(gold: tuple[Span, ...], predicted: tuple[Span, ...]) -> int:
    """The largest one-to-one pairing of overlapping spans of one type, by trying everything."""
    if not gold:
        return 0
    first, rest = gold[0], gold[1:]
    best = brute_matching(rest, predicted)
    for p in predicted:
        if p.type == first.type and set(range(p.start, p.end)) & set(range(first.start, first.end)):
            best = max(best, 1 + brute_matching(rest, tuple(q for q in predicted if q != p)))
    return best


@given(pairs)
def test_overlap_pairs_as_many_as_possible(two: tuple[list[str], list[str]]) -> None:
    gold, predicted = from_bio(two[0]), from_bio(two[1])
    score = overlap(gold, predicted)
    assert score.credit == brute_matching(gold, predicted)
    assert strict(gold, predicted).f1 <= score.f1


GOLD = (Span(0, 2, "PER"), Span(3, 5, "ORG"), Span(7, 8, "LOC"))


def test_counts_made_by_hand() -> None:
    # exact; right type but one word short; right boundaries but wrong type; invented
    predicted = (Span(0, 2, "PER"), Span(3, 4, "ORG"), Span(7, 8, "ORG"), Span(9, 10, "LOC"))
    scores = compare(("B-PER", "I-PER", "O", "B-ORG", "I-ORG", "O", "O", "B-LOC", "O", "O"), predicted)
    assert (scores.strict.precision, scores.strict.recall) == (1 / 4, 1 / 3)
    assert scores.strict.f1 == pytest.approx(2 / 7)
    assert (scores.overlap.precision, scores.overlap.recall) == (2 / 4, 2 / 3)
    assert scores.partial.credit == 2.5
    assert (scores.partial.precision, scores.partial.recall) == (2.5 / 4, 2.5 / 3)
    assert scores.token_accuracy == 7 / 10


def test_nothing_found_scores_zero_but_most_tokens_are_right() -> None:
    gold = ("B-PER", *["O"] * 9)
    assert strict(from_bio(gold), ()).f1 == 0.0 and partial(from_bio(gold), ()).f1 == 0.0
    assert token_accuracy(gold, ["O"] * 10) == 0.9


def test_a_prediction_satisfies_one_gold_entity_only() -> None:
    gold = (Span(0, 1, "PER"), Span(1, 2, "PER"))
    assert overlap(gold, (Span(0, 2, "PER"),)).credit == 1
    assert partial(gold, (Span(0, 2, "PER"),)).credit == 0.5


def test_sequences_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        token_accuracy(["O"], ["O", "O"])
