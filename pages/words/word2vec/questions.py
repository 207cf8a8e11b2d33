"""What the lesson asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Hashable

from app.questions import Question, Said
from app.text import Markdown, number
from nlpcore.words.reading import WindowReading, nearest
from nlpcore.words.word2vec_step import Matrices

AFTER = 500  # steps of the training that is asked about


def pairs(reading: WindowReading) -> Question | None:
    """Ask how many pairs skip-gram makes of a text; None where the wrong answers that people give are right too."""
    t, n = len(reading.tokens), reading.size
    wrong = dict.fromkeys((t, 2 * n * t, n * t))
    wrong.pop(reading.pairs, None)
    options = sorted([reading.pairs, *wrong])
    if len(options) < 3:
        return None
    return Question(
        "pairs",
        tuple(Said("predict.pairs.option", {"count": count}) for count in options),
        options.index(reading.pairs),
        "predict.pairs.because",
        {"words": t, "size": n, "all": 2 * n * t, "missing": 2 * n * t - reading.pairs, "pairs": reading.pairs},
        (reading.tokens, n),
    )


def near(matrices: Matrices, word: str, about: Hashable) -> Question | None:
    """Ask which word's vector will be nearest to that of ``word``; None for a vocabulary of fewer than three others.

    The options are the nearest, the farthest and one from the middle.
    """
    found = nearest(matrices, word)
    if len(found) < 3:
        return None
    first, middle, last = found[0], found[len(found) // 2], found[-1]
    options = sorted({first.word, middle.word, last.word})
    return Question(
        "near",
        tuple(options),
        options.index(first.word),
        "predict.near.because",
        {
            "word": word, "steps": AFTER, "nearest": first.word, "cosine": Markdown(number(first.cosine, ".3f")),
            "other": last.word, "other_cosine": Markdown(number(last.cosine, ".3f")),
        },
        (about, word),
    )  # fmt: skip
