"""Word2Vec on 4 MB of text, 5 epochs, beside gensim's own training of the same: time alone, and until something is seen."""

from __future__ import annotations

import time

from gensim.models import Word2Vec

from nlpcore.models import trainings, workers
from nlpcore.models.trainings import Kept, Run
from nlpcore.words.texts import prepared
from nlpcore.words.word2vec_text import learn_text
from tests.bench.report import Benchmark, Row, ratio, spread

ROUNDS, EPOCHS, DIMENSIONS = 5, 5, 50


def by_gensim(sentences: list[list[str]], skip_gram: bool) -> float:
    """Return the seconds of gensim's own training with one worker, vocabulary included."""
    begun = time.perf_counter()
    Word2Vec(sentences, vector_size=DIMENSIONS, min_count=5, workers=1, epochs=EPOCHS, sg=int(skip_gram), seed=0)
    return time.perf_counter() - begun


def ours(lines: str, skip_gram: bool) -> tuple[float, float, float]:
    """Return the seconds of our training, those until neighbours were first told, and the longest wait between two tellings."""
    trainings.kept = Kept()
    told: list[float] = []

    def hear(run: Run) -> None:
        run.shown.nearest("king")
        told.append(time.perf_counter())

    begun = time.perf_counter()
    with workers.heard_by(hear, None):
        run = learn_text(
            lines, 10**6, architecture="skip_gram" if skip_gram else "cbow", dimensions=DIMENSIONS, epochs=EPOCHS
        )
    ended = time.perf_counter()
    assert run.ended
    waits = [later - earlier for earlier, later in zip([*told], [*told[1:], ended], strict=True)]
    return ended - begun, told[0] - begun, max(waits)


def measure() -> list[Row]:
    lines = prepared("wikitext-2").lines
    sentences = [line.split() for line in lines.split("\n")]
    rows = []
    for name, skip_gram in (("CBOW", False), ("skip-gram", True)):
        theirs, own, first, longest = [], [], [], []
        for _ in range(ROUNDS if not skip_gram else 3):
            theirs.append(by_gensim(sentences, skip_gram))
            whole, seen, wait = ours(lines, skip_gram)
            own.append(whole)
            first.append(seen)
            longest.append(wait)
        rows.append({
            "training": name, "gensim, s": spread(theirs), "ours, s": spread(own), "gensim / ours": ratio(theirs, own),
            "first neighbours after, s": spread(first), "longest wait between two, s": spread(longest),
        })  # fmt: skip
    return rows


BENCHMARK = Benchmark(
    "word2vec",
    "Word2Vec on a whole text",
    f"`wikitext-2` (636,151 words), {DIMENSIONS} dimensions, {EPOCHS} epochs, one thread; gensim's own `Word2Vec` and ours in "
    "turn, building the vocabulary included. Ours gives the same vectors, and tells its loss and the neighbours on the way. "
    "Goals: first neighbours within 2 s, CBOW at most 1.2 times gensim's own time, something new at least every second.",
    measure,
)
