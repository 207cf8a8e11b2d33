"""Analogies by adding and subtracting word vectors: king − man + woman ≈ ?

The method is 3CosAdd (Mikolov, Yih & Zweig 2013; the name is from Levy & Goldberg 2014). Every input vector is divided
by its length *before* the sum, as word2vec's own program and gensim do; without that, long vectors would decide alone.
By custom the input words themselves are struck from the answers. That is often not mentioned, and it is decisive:
without it the answer is very often one of the inputs (Linzen 2016; Rogers, Drozd & Li 2017; Nissim et al. 2020). With
GloVe 6B in 50 dimensions that happens in 48 % of the Google test, and 46 % of right answers fall to 30 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlpcore.arguments import as_words
from nlpcore.arrays import Singles, ranks
from nlpcore.errors import LearnerError, Note
from nlpcore.words.table import Neighbour, VectorTable, top_rows


@dataclass(frozen=True, slots=True)
class AnalogyTrace:
    """All that happened between the words of a sum and its answers.

    Attributes:
        model_id: the table of vectors.
        positive: the p words that are added.
        negative: the m words that are taken away.
        exclude_inputs: whether the input words are struck from :attr:`answers`.
        k: how many answers were asked for.
        query: (d,) float32, the sum of the unit vectors of ``positive`` minus those of ``negative``.
        length: the length of ``query``, at most p + m.
        candidates: the words with the highest cosine to ``query``, best first, inputs *included*: as many as are
            needed to leave k when the inputs are struck.
        cosines: (len(candidates),) float32, −1 to 1: ``terms @ signs / length``.
        terms: (len(candidates), p + m) float32, −1 to 1: cosine of each candidate to each input, ``positive`` first.
            3CosAdd ranks by their signed sum: cos(x, a) − cos(x, b) + cos(x, c) (Levy & Goldberg 2014, eq. 3).
        is_input: (len(candidates),) bool, whether the candidate is itself an input.
        expected: the word hoped for, or None.
        expected_cosine: its cosine to ``query``, or None.
        rank_with_inputs: its place among all words, from 1, or None.
        rank_without_inputs: its place when the inputs are struck, from 1; None also where it is itself an input.
        ranks_alone: for each word of ``positive``, the place of ``expected`` among its plain nearest neighbours (from
            1; 0 for itself): what one gets without any arithmetic, as in the baselines of Linzen 2016. Empty without
            an expected word.
        answer_ranks_alone: the same places of the first answer that is none of the inputs.
        notes: what was changed about the input.
        vocabulary: how many words all these places are among, the inputs and the expected word included.
    """

    model_id: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    exclude_inputs: bool
    k: int
    query: Singles
    length: float
    candidates: tuple[str, ...]
    cosines: Singles
    terms: Singles
    is_input: NDArray[np.bool_]
    expected: str | None = None
    expected_cosine: float | None = None
    rank_with_inputs: int | None = None
    rank_without_inputs: int | None = None
    ranks_alone: tuple[int, ...] = ()
    answer_ranks_alone: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()
    vocabulary: int = 0

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every word of the sum, those added first: the columns of ``terms``."""
        return self.positive + self.negative

    @property
    def signs(self) -> Singles:
        """(p + m,) float32: +1 for each word added, −1 for each taken away."""
        return np.repeat(np.array([1, -1], np.float32), [len(self.positive), len(self.negative)])

    @property
    def answers(self) -> tuple[Neighbour, ...]:
        """The k best words, with or without the inputs as :attr:`exclude_inputs` says."""
        return self.ranking(self.exclude_inputs)

    @property
    def expected_rank(self) -> int | None:
        """The place of the expected word in :attr:`answers` if it went on to the end, from 1."""
        return self.rank_without_inputs if self.exclude_inputs else self.rank_with_inputs

    def ranking(self, exclude_inputs: bool) -> tuple[Neighbour, ...]:
        """Return the k best words with their cosines, with or without the inputs."""
        every = zip(self.candidates, self.cosines.tolist(), self.is_input.tolist(), strict=True)
        return tuple(Neighbour(word, cosine) for word, cosine, own in every if not (own and exclude_inputs))[: self.k]


def solve(
    vectors: VectorTable,
    positive: str | Sequence[str],
    negative: str | Sequence[str] = (),
    k: int = 10,
    exclude_inputs: bool = True,
    expected: str | None = None,
    notes: tuple[Note, ...] = (),
) -> AnalogyTrace:
    """Add and subtract unit vectors and rank the whole vocabulary by cosine to the sum (3CosAdd).

    ``positive`` and ``negative``: words, or one word. ``k``: how many answers. ``expected``: the word hoped for, whose
    places are looked up.

    Raises LearnerError: a word that is not in the vocabulary, ``no_word_added`` where ``positive`` is empty,
    ``no_direction`` where the words cancel out.
    """
    positive, negative = as_words(positive), as_words(negative)
    if not positive:
        raise LearnerError("no_word_added")
    rows = [vectors.row(word) for word in (*positive, *negative)]
    signs = np.repeat(np.array([1, -1], np.float32), [len(positive), len(negative)])
    query: Singles = signs @ vectors.unit[rows]
    length = float(np.linalg.norm(query))
    if length < 1e-6:
        raise LearnerError("no_direction")
    scores = vectors.cosines(query)
    best = top_rows(scores, k + len(set(rows)))
    target = None if expected is None else vectors.row(expected)
    answer = next((int(row) for row in best if row not in rows), None)
    words = tuple(vectors.words[row] for row in rows)
    alone = {row: vectors.cosines(vectors.unit[row]) for row in rows[: len(positive)]}
    return AnalogyTrace(
        model_id=vectors.model_id,
        positive=words[: len(positive)],
        negative=words[len(positive) :],
        exclude_inputs=exclude_inputs,
        k=k,
        query=query,
        length=length,
        candidates=tuple(vectors.words[row] for row in best),
        cosines=scores[best],
        terms=vectors.unit[best] @ vectors.unit[rows].T,
        is_input=np.isin(best, rows),
        expected=None if target is None else vectors.words[target],
        expected_cosine=None if target is None else float(scores[target]),
        rank_with_inputs=_rank(scores, target),
        rank_without_inputs=None if target in rows else _rank(scores, target, skip=rows),
        ranks_alone=_ranks_alone(alone, rows[: len(positive)], target),
        answer_ranks_alone=_ranks_alone(alone, rows[: len(positive)], answer),
        notes=notes,
        vocabulary=len(vectors),
    )


def _rank(scores: Singles, target: int | None, skip: Sequence[int] = ()) -> int | None:
    """Return the place of row ``target`` by ``scores``, from 1, not counting the rows to ``skip``."""
    if target is None:
        return None
    counted = [target, *(row for row in set(skip) if row != target)]
    place, *others = (int(rank) for rank in ranks(scores, counted))
    return place - sum(other < place for other in others)


def _ranks_alone(cosines: Mapping[int, Singles], rows: Sequence[int], target: int | None) -> tuple[int, ...]:
    """Return the place of row ``target`` by the ``cosines`` of each of the ``rows``, which is not counted itself."""
    if target is None:
        return ()
    return tuple(0 if row == target else _rank(cosines[row], target, skip=[row]) or 0 for row in rows)
