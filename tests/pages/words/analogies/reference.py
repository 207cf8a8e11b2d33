"""Sums of random words, worked out with gensim beside the trace that the lesson draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.words.analogy_input import AnalogyAnswer, answer
from tests.makers.words import random_vectors
from tests.words.test_analogy import as_gensim

VECTORS = random_vectors(words=1500)
GENSIM = as_gensim(VECTORS)
fields = st.lists(st.sampled_from(VECTORS.words[:40]), max_size=3)


def w(key: str, /, **params: object) -> str:
    """Stand-in for the page's words: the key with its parameters."""
    return " ".join([key, *(f"{name}={value}" for name, value in params.items())])


def cosine(one: str, other: str) -> float:
    return float(GENSIM.similarity(one, other))


@dataclass
class Sum:
    """A sum that was typed: its words with their signs in the order a, b, c, and what the lesson makes of it."""

    signed: list[tuple[int, str]]
    expected: str
    answer: AnalogyAnswer

    @property
    def inputs(self) -> set[str]:
        return {word for _, word in self.signed}

    @property
    def vector(self) -> np.ndarray:
        return np.sum([sign * GENSIM.get_vector(word, norm=True) for sign, word in self.signed], axis=0)

    @property
    def order(self) -> list[str]:
        """Every word, the nearest to the sum first, nothing struck."""
        return [word for word, _ in GENSIM.similar_by_vector(self.vector, topn=len(VECTORS.words))]


@st.composite
def sums(draw: st.DrawFn, exclude: tuple[bool, ...] = (True, False)) -> Sum:
    a, b, c = (draw(fields) for _ in range(3))
    expected = draw(st.sampled_from(VECTORS.words))
    strike = draw(st.sampled_from(exclude))
    try:
        worked = answer(VECTORS, *(" ".join(words) for words in (a, b, c)), expected, exclude_inputs=strike)
    except LearnerError:
        assume(False)
    assume(worked.trace.length > 0.05)  # words that nearly cancel out leave a sum made of rounding
    made = Sum([(1, word) for word in a] + [(-1, word) for word in b] + [(1, word) for word in c], expected, worked)
    ranked = GENSIM.similar_by_vector(made.vector, topn=len(VECTORS.words))
    cosines = np.array([value for _, value in ranked])
    ours = [word for word, _ in ranked].index(expected)
    # Which of two equally near words comes first is left to rounding: w1 and w2 are equally near to w1 + w2.
    assume((-np.diff(cosines[:20]) > 1e-6).all() and (abs(cosines - cosines[ours]) < 1e-6).sum() == 1)
    return made
