"""What the lesson asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Hashable

from app.questions import Question, Said
from app.text import Markdown, number
from nlpcore.words.reading import WindowReading, nearest
from nlpcore.words.word2vec_step import Matrices
from nlpcore.words.word2vec_text import TextCounts

_SHARES = (0.03, 0.3, 0.6, 0.9)  # of all different words: what people guess
_APART = 1.5  # so many times smaller or larger than the right answer is a wrong one at least
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


def kept(counts: TextCounts, at_least: int) -> Question | None:
    """Ask how many of the different words of a text are frequent enough to get a vector; None where every word is."""
    guesses = [round(share * counts.distinct) for share in _SHARES]
    wrong = [guess for guess in guesses if guess > 1 and max(guess / counts.kept, counts.kept / guess) >= _APART]
    if at_least == 1 or len(wrong) < 2:
        return None
    options = sorted([counts.kept, wrong[0], wrong[-1]])
    return Question(
        "kept",
        tuple(Said("predict.kept.option", {"count": f"{count:,}"}) for count in options),
        options.index(counts.kept),
        "predict.kept.because",
        {
            "words": f"{counts.words:,}", "distinct": f"{counts.distinct:,}", "times": at_least, "kept": f"{counts.kept:,}",
            "part": f"{100 * counts.kept / counts.distinct:.0f}",
            "share": f"{100 * counts.kept_share:.0f}",
        },
        (counts.words, counts.distinct, at_least),
    )  # fmt: skip
