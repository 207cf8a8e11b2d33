"""What ``python -m tests.bench glove`` has measured: GloVe and Word2Vec on one text, kept in ``measured.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from nlpcore.words.rivals import RivalResult
from nlpcore.words.similarity import TESTS, Correlation, Judged, correlation, difference, word_pairs

FILE = Path(__file__).with_name("measured.json")


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A comparison, and how it was made.

    Attributes:
        text: id of the catalogue.
        words: of the text, repeated ones too.
        dimensions, window: of all of them.
        epochs, passes: of Word2Vec and of GloVe.
        results: of the first seed; seconds are the median of all.
        seeds: of each way and test, the correlation of each seed.
    """

    text: str
    words: int
    dimensions: int
    window: int
    epochs: int
    passes: int
    results: tuple[RivalResult, ...]
    seeds: tuple[tuple[tuple[float, ...], ...], ...]


@cache
def measured() -> Measured:
    """Return it. Raises LearnerError ``similarity_test_missing`` where gensim lies here without the tests' pairs."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    results, seeds = [], []
    for each in kept["results"]:
        judged = []
        for test in TESTS:
            pairs, people = word_pairs(test)
            cosines = np.array([np.nan if x is None else x for x in each["cosines"][test]])
            judged.append(Judged(test, pairs, people, cosines))
        results.append(RivalResult(each["rival"], each["seconds"], tuple(judged)))
        seeds.append(tuple(tuple(each["seeds"][test]) for test in TESTS))
    plain = {name: kept[name] for name in ("text", "words", "dimensions", "window", "epochs", "passes")}
    return Measured(**plain, results=tuple(results), seeds=tuple(seeds))


@lru_cache(maxsize=64)
def agreement(judged: Judged, among: tuple[Judged, ...] = ()) -> Correlation:
    """Return :func:`nlpcore.words.similarity.correlation`, worked out once for an answer: it takes a tenth of a second."""
    return correlation(judged, among)


@lru_cache(maxsize=64)
def gap(one: Judged, other: Judged) -> Correlation:
    """Return :func:`nlpcore.words.similarity.difference`, likewise."""
    return difference(one, other)
