"""GloVe and Word2Vec on one text, one after the other in one process: how well they agree with people, and how long they take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from nlpcore.errors import LearnerError
from nlpcore.models import workers
from nlpcore.models.serving import served
from nlpcore.words.glove_text import PASSES, GloveSettings, TextGlove
from nlpcore.words.similarity import TESTS, Judged, judge
from nlpcore.words.windows import count_words, words_of
from nlpcore.words.word2vec_text import TextSettings, TextWord2Vec

Rival = Literal["glove", "cbow", "skip_gram"]
RIVALS: tuple[Rival, ...] = get_args(Rival)
AT_LEAST = 5
_EVERY = 0.5  # seconds between two reports


@dataclass(frozen=True, slots=True, eq=False)
class RivalResult:
    """What one way has made of a text.

    Attributes:
        rival: "glove", "cbow" or "skip_gram".
        seconds: that it took here, from the text as it is.
        judged: of each test, WordSim-353 first.
    """

    rival: Rival
    seconds: float
    judged: tuple[Judged, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """All of them on one text, with vectors of as many dimensions and windows as wide.

    Attributes:
        results: in the order of :data:`RIVALS`; while it runs, of those that are done.
        done: how much of it is, 0 to 1.
        now: which one is learning; "" at the end.
    """

    results: tuple[RivalResult, ...]
    done: float
    now: Rival | Literal[""] = ""


@served
def compare_rivals(
    text: str, dimensions: int = 50, window: int = 5, epochs: int = 5, passes: int = PASSES, seed: int = 1
) -> Rivals:
    """Learn a text by GloVe, CBOW and skip-gram, and judge the vectors; the same text, words, window and dimensions for all.

    ``epochs`` are those of Word2Vec, ``passes`` those of GloVe. Raises LearnerError ``text_without_words`` where fewer than
    two words occur five times, ``similarity_test_missing``, ValueError for settings with which there is no training.
    """
    GloveSettings(
        dimensions, window, passes=passes, seed=seed
    )  # what is wrong with them is said here, before it begins
    _word2vec("cbow", dimensions, window, epochs, seed)
    if len(count_words(words_of(text), AT_LEAST).words) < 2:
        raise LearnerError("text_without_words", times=AT_LEAST)
    answer: Rivals = workers.run(_compared, text, dimensions, window, epochs, passes, seed, seconds=30.0)
    return answer


def _word2vec(rival: Any, dimensions: int, window: int, epochs: int, seed: int) -> TextSettings:
    return TextSettings(rival, dimensions, window, at_least=AT_LEAST, epochs=epochs, seed=seed)


def _compared(
    text: str,
    dimensions: int,
    window: int,
    epochs: int,
    passes: int,
    seed: int,
    on_progress: Callable[[Rivals], None] | None,
) -> Rivals:
    """Learn by one after the other; heard twice a second."""
    results: list[RivalResult] = []
    told = time.monotonic()
    for number, rival in enumerate(RIVALS):
        begun = time.perf_counter()
        training: TextGlove | TextWord2Vec
        if rival == "glove":
            training = TextGlove(text, GloveSettings(dimensions, window, at_least=AT_LEAST, passes=passes, seed=seed))
        else:
            training = TextWord2Vec(text, _word2vec(rival, dimensions, window, epochs, seed))
        for taken in range(training.steps):
            training.step()
            if on_progress is not None and time.monotonic() - told >= _EVERY:
                told = time.monotonic()
                on_progress(Rivals(tuple(results), (number + taken / training.steps) / len(RIVALS), rival))
        seconds = time.perf_counter() - begun
        learnt = training.shown()
        index = {word: row for row, word in enumerate(learnt.words)}
        results.append(RivalResult(rival, seconds, tuple(judge(index, learnt.vectors, test) for test in TESTS)))
    return Rivals(tuple(results), 1.0)
