"""The whole Google analogy test beside gensim on the same vectors: the same verdict for every question."""

from __future__ import annotations

import time
from typing import Any

from gensim.models import KeyedVectors

from nlpcore.words import load_vectors
from nlpcore.words.analogy_evaluation import AnalogyScores, google_test
from nlpcore.words.vectors import WordVectors
from tests.bench.report import Benchmark, Row, spread

OURS = 3  # our runs: one before gensim's, which takes minutes, and the others after it


def keyed_vectors(vectors: WordVectors) -> KeyedVectors:
    """Return gensim's table of the same vectors, their lengths computed."""
    keyed = KeyedVectors(vectors.dimensions)
    keyed.add_vectors(list(vectors.words), vectors.vectors)
    keyed.fill_norms()
    return keyed


def verdicts(sections: list[dict[str, Any]]) -> dict[tuple[str, ...], bool]:
    """Return gensim's verdict for each question, by its four words in lower case."""
    return {
        tuple(word.lower() for word in question): verdict == "correct"
        for section in sections
        if section["section"] != "Total accuracy"
        for verdict in ("correct", "incorrect")
        for question in section[verdict]
    }


def our_verdicts(scores: AnalogyScores) -> dict[tuple[str, ...], bool]:
    """Return ours in the same form."""
    return {
        question: predicted == question[3]
        for section in scores.sections
        for question, predicted in zip(section.questions, section.predicted, strict=True)
    }


def measure() -> list[Row]:
    vectors = load_vectors("glove-6b-50d")
    keyed, path = keyed_vectors(vectors), google_test()
    _ = vectors.unit  # both sides have their lengths before the clock starts
    own: list[float] = []

    def ours() -> AnalogyScores:
        begun = time.perf_counter()
        scores = vectors.evaluate_analogies(path)
        own.append(time.perf_counter() - begun)
        return scores

    scores = ours()
    begun = time.perf_counter()
    theirs, sections = keyed.evaluate_word_analogies(str(path), restrict_vocab=len(vectors.words))
    gensim_seconds = time.perf_counter() - begun
    for _ in range(OURS - 1):
        ours()
    found, expected = our_verdicts(scores), verdicts(sections)
    different = sum(found.get(question) != verdict for question, verdict in expected.items())
    return [
        {
            "questions": f"{sum(len(s.questions) for s in scores.sections):,}",
            "vocabulary": f"{len(vectors.words):,}",
            "gensim, s": f"{gensim_seconds:.1f}",
            "ours, s": spread(own),
            "times faster (goal 30)": f"{gensim_seconds / sorted(own)[len(own) // 2]:.0f}",
            "different verdicts": f"{different} of {len(expected):,}",
            "right, gensim": f"{theirs:.4f}",
            "right, ours": f"{scores.accuracy():.4f}",
        }
    ]


BENCHMARK = Benchmark(
    "analogies",
    "The Google analogy test",
    "All questions of questions-words.txt on GloVe 6B 50d with the full vocabulary: gensim's `evaluate_word_analogies` "
    "once, `evaluate_analogies` three times around it. Ours also finds the answer with nothing struck out in the same pass.",
    measure,
)
