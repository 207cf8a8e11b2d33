"""Vectors beside people: how similar are two words? WordSim-353 and SimLex-999, Spearman's correlation, and how sure it is.

Finkelstein et al. 2001 asked how *related* words are (coffee and cup: much), Hill, Reichart & Korhonen 2015 how *alike* they
are (coffee and cup: hardly). The files are those of gensim's package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, Integers
from nlpcore.models.loading import LoadedModel
from nlpcore.models.serving import served_on
from nlpcore.words.gensim_data import gensim_file

SimilarityTest = Literal["wordsim", "simlex"]
TESTS: tuple[SimilarityTest, ...] = ("wordsim", "simlex")
_FILES = {"wordsim": "wordsim353.tsv", "simlex": "simlex999.txt"}
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Pairs of words as people and as vectors judge them.

    Attributes:
        test: "wordsim" or "simlex".
        pairs: n pairs of words, in lower case.
        people: (n,), the mean of what people said, 0 to 10.
        cosines: (n,), of the vectors; NaN for a pair of which a word has none.
    """

    test: SimilarityTest
    pairs: tuple[tuple[str, str], ...]
    people: Floats
    cosines: Floats


@dataclass(frozen=True, slots=True)
class Correlation:
    """Spearman's correlation, or a difference of two, with the 95 % interval of a bootstrap over the pairs.

    Attributes:
        known: pairs that counted.
        value: −1 to 1; of a difference −2 to 2. NaN for fewer than three pairs.
        low, high: the interval (percentiles of 2,000 resamples); NaN likewise.
    """

    known: int
    value: float
    low: float
    high: float


@cache
def word_pairs(test: SimilarityTest) -> tuple[tuple[tuple[str, str], ...], Floats]:
    """Return the pairs of a test, and what people said of each. Raises LearnerError ``similarity_test_missing``."""
    check_option("test", test, SimilarityTest)
    lines = gensim_file(_FILES[test], "similarity_test_missing").read_text("utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    people = np.array([float(cell[2]) for cell in cells])
    people.flags.writeable = False
    return tuple((cell[0].lower(), cell[1].lower()) for cell in cells), people


def judge(index: Mapping[str, int], vectors: ArrayLike, test: SimilarityTest) -> Judged:
    """Return what ``vectors`` (n, d) say of the pairs of a test; ``index`` has the row of each word."""
    pairs, people = word_pairs(test)
    table = np.asarray(vectors)
    cosines = np.full(len(pairs), np.nan)
    for place, (one, other) in enumerate(pairs):
        if one in index and other in index:
            a, b = (np.asarray(table[index[word]], dtype=np.float64) for word in (one, other))
            cosines[place] = float(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12))
    return Judged(test, pairs, people, cosines)


@served_on("word-vectors")
def judge_vectors(model: LoadedModel, test: SimilarityTest) -> Judged:
    """Return what a table of the catalogue says of the pairs of a test. Raises LearnerError ``similarity_test_missing``."""
    return judge(model.network.index, model.network.vectors, test)


def correlation(judged: Judged, among: Sequence[Judged] = (), seed: int = 0) -> Correlation:
    """Return Spearman's correlation of people and vectors over the pairs that they, and all of ``among``, know."""
    known = _known(judged, *among)
    drawn = _drawn(len(known), seed)
    if drawn is None:
        return Correlation(len(known), *(float("nan"),) * 3)
    return _interval(
        _spearman(_ranked(judged.people[known], drawn), _ranked(judged.cosines[known], drawn), drawn), known
    )


def difference(one: Judged, other: Judged, seed: int = 0) -> Correlation:
    """Return the correlation of ``one`` less that of ``other``, over the pairs that both know, resampled together."""
    known = _known(one, other)
    drawn = _drawn(len(known), seed)
    if drawn is None:
        return Correlation(len(known), *(float("nan"),) * 3)
    people = _ranked(one.people[known], drawn)
    first, second = (_spearman(people, _ranked(each.cosines[known], drawn), drawn) for each in (one, other))
    return _interval(first - second, known)


def _known(*judged: Judged) -> Integers:
    """Return the places of the pairs that all know."""
    return np.flatnonzero(~np.isnan(np.stack([each.cosines for each in judged])).any(axis=0))


def _drawn(count: int, seed: int) -> Floats | None:
    """Return how often each pair is drawn, (1 + resamples, count): each once, then by chance; None for fewer than three."""
    if count < 3:
        return None
    times = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=_RESAMPLES)
    return np.vstack([np.ones(count), times])


def _ranked(values: Floats, drawn: Floats) -> Floats:
    """Return the rank of each value among those that are drawn, less the mean rank: (resamples, count).

    Equal ones share the mean of their ranks, as those do that are drawn more than once; sorted once for all resamples.
    """
    different, group = np.unique(values, return_inverse=True)
    starts = np.searchsorted(np.sort(values), different)
    in_group = np.add.reduceat(drawn[:, np.argsort(values, kind="stable")], starts, axis=1)
    ranks: Floats = (np.cumsum(in_group, axis=1) - (in_group - 1) / 2)[:, group] - (len(values) + 1) / 2
    return ranks


def _spearman(one: Floats, other: Floats, drawn: Floats) -> Floats:
    """Return the correlation of ranks in each resample: (resamples,); NaN where one of both is the same throughout."""
    weighted = drawn * one
    squares = np.einsum("rc,rc->r", weighted, one) * np.einsum("rc,rc,rc->r", drawn, other, other)
    with np.errstate(invalid="ignore"):
        found: Floats = np.einsum("rc,rc->r", weighted, other) / np.sqrt(squares)
    return found


def _interval(found: Floats, known: Integers) -> Correlation:
    low, high = np.nanpercentile(found[1:], [2.5, 97.5])
    return Correlation(len(known), float(found[0]), float(low), float(high))
