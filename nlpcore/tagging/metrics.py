"""How good are the spans? Entity-level precision, recall and F1, strict and relaxed, and misleading token accuracy.

Three ways of counting a predicted entity, all in use:

* ``strict``: right only if start, end and type are those of a gold entity (CoNLL-2003: Tjong Kim Sang &
  De Meulder 2003).
* ``overlap``: right if it shares a token with a gold entity of the same type ("type" measure of SemEval-2013 task 9,
  Segura-Bedmar, Martínez & Herrero-Zazo 2013). One prediction can satisfy one gold entity only.
* ``partial``: type ignored; 1 for the same boundaries, 1/2 for an overlap (MUC-5, Chinchor & Sundheim 1993; "partial"
  measure of SemEval-2013 task 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlpcore.tagging.schemes import Span, from_bio, to_bio


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 (0 to 1) with the counts behind them. What cannot be computed (0/0) is 0, as in
    conlleval and seqeval.

    Attributes:
        measure: "strict", "overlap" or "partial".
        credit: sum over matched pairs, 1 each or 1/2 for a partial one.
        predicted, gold: number of entities.
        pairs: the matched (gold, predicted) pairs.
    """

    measure: str
    credit: float
    predicted: int
    gold: int
    pairs: tuple[tuple[Span, Span], ...]

    @property
    def precision(self) -> float:
        """Share of the predicted entities that are right: credit / predicted."""
        return self.credit / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold entities that were found: credit / gold."""
        return self.credit / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean 2PR / (P + R)."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """One prediction against the gold spans, counted in every way.

    Attributes:
        strict, overlap, partial: see the functions of these names.
        token_accuracy: share of equal tags, 0 to 1.
    """

    strict: Score
    overlap: Score
    partial: Score
    token_accuracy: float


def strict(gold: Sequence[Span], predicted: Sequence[Span]) -> Score:
    """Count entities with exactly the boundaries and type of a gold entity."""
    pairs = tuple((span, span) for span in sorted(set(gold) & set(predicted)))
    return Score("strict", len(pairs), len(set(predicted)), len(set(gold)), pairs)


def overlap(gold: Sequence[Span], predicted: Sequence[Span]) -> Score:
    """Count entities that share at least one token with a gold entity of the same type, each gold entity once."""
    pairs: list[tuple[Span, Span]] = []
    for kind in sorted({span.type for span in gold}):
        pairs += _matched([s for s in gold if s.type == kind], [s for s in predicted if s.type == kind])
    return Score("overlap", len(pairs), len(set(predicted)), len(set(gold)), tuple(sorted(pairs)))


def partial(gold: Sequence[Span], predicted: Sequence[Span]) -> Score:
    """Give 1 for equal boundaries and 1/2 for an overlap, whatever the types, each gold entity once."""
    bounds = {(span.start, span.end): span for span in predicted}
    exact = [(span, bounds[span.start, span.end]) for span in gold if (span.start, span.end) in bounds]
    taken = {span for pair in exact for span in pair}
    half = _matched([s for s in gold if s not in taken], [s for s in predicted if s not in taken])
    pairs = tuple(sorted([*exact, *half]))
    return Score("partial", len(exact) + len(half) / 2, len(set(predicted)), len(set(gold)), pairs)


def token_accuracy(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """Return the share of tokens with the gold tag, 0 to 1; high for a tagger that finds nothing, as most tokens are O.

    Raises ValueError for sequences of two lengths, or without a tag.
    """
    if len(gold) != len(predicted) or not len(gold):
        raise ValueError("two tag sequences of one length, at least one tag")
    return sum(a == b for a, b in zip(gold, predicted, strict=True)) / len(gold)


def _matched(gold: Sequence[Span], predicted: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Pair overlapping spans one to one, as many as possible.

    The spans of one BIO sequence do not overlap each other, so walking both in order and pairing whenever two meet is
    optimal: the one that ends first can meet nothing later.
    """
    left, right = sorted(set(gold)), sorted(set(predicted))
    pairs: list[tuple[Span, Span]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        if a.start < b.end and b.start < a.end:
            pairs.append((a, b))
            i, j = i + 1, j + 1
        elif a.end <= b.start:
            i += 1
        else:
            j += 1
    return pairs


def compare(gold_tags: Sequence[str], predicted: Iterable[Span]) -> Scores:
    """Score ``predicted`` against the entities of the gold tags in all three ways, and by token accuracy.

    ``predicted``: spans, as :func:`~nlpcore.tagging.schemes.from_bio` makes them of tags. Raises LearnerError for gold tags that
    are none, ValueError for spans beyond them and where there is no tag.
    """
    gold, predicted = from_bio(gold_tags), tuple(predicted)
    accuracy = token_accuracy(gold_tags, to_bio(gold_tags, predicted))
    return Scores(strict(gold, predicted), overlap(gold, predicted), partial(gold, predicted), accuracy)
