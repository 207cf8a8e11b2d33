"""One nearest-neighbour query and one analogy beside gensim's ``most_similar``: the same ten words."""

from __future__ import annotations

import time
from collections.abc import Callable

from nlpcore.words import load_vectors
from tests.bench.analogies import keyed_vectors
from tests.bench.report import Benchmark, Row, ratio, spread

QUERIES = ("king", "apple", "berlin", "running", "seven")
ANALOGIES = (("king", "man", "woman"), ("paris", "france", "italy"), ("bigger", "big", "small"))
ROUNDS = 12


def compare(pairs: list[tuple[Callable[[], list[str]], Callable[[], list[str]]]]) -> dict[str, str]:
    """Run (gensim, ours) in turn over all pairs; return the columns of the table."""
    theirs, own, same = [], [], 0
    for gensim, ours in pairs:
        same += gensim() == ours()  # and both are warm
    for _ in range(ROUNDS):
        for sides, seconds in ((0, theirs), (1, own)):
            begun = time.perf_counter()
            for pair in pairs:
                pair[sides]()
            seconds.append((time.perf_counter() - begun) / len(pairs))
    return {
        "gensim, ms": spread(theirs, 1000),
        "ours, ms": spread(own, 1000),
        "times faster": ratio(theirs, own),
        "same ten words": f"{same} of {len(pairs)}",
    }


def measure() -> list[Row]:
    vectors = load_vectors("glove-6b-50d")
    keyed = keyed_vectors(vectors)
    nearest = [
        (
            lambda word=word: [w for w, _ in keyed.most_similar(word, topn=10)],
            lambda word=word: [n.word for n in vectors.nearest(word, 10)],
        )
        for word in QUERIES
    ]
    analogies = [
        (
            lambda a=a, b=b, c=c: [w for w, _ in keyed.most_similar([a, c], [b], topn=10)],
            lambda a=a, b=b, c=c: [answer.word for answer in vectors.analogy([a, c], [b], 10).answers],
        )
        for a, b, c in ANALOGIES
    ]
    return [{"query": "ten nearest"} | compare(nearest), {"query": "a − b + c"} | compare(analogies)]


BENCHMARK = Benchmark(
    "neighbours",
    "One nearest-neighbour query, one analogy",
    f"400,000 words × 50 dimensions; median (smallest–largest) of {ROUNDS} rounds, gensim and ours in turn. Ours returns the "
    "whole trace of an analogy (ranks with and without the trick), gensim the ten words.",
    measure,
)
