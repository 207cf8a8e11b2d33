"""What the lesson asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from app.questions import Question, Said
from app.text import Markdown, number
from nlpcore.words.fasttext import Overlaps, WordNgrams, WordPair, shared_ngrams
from pages.words.fasttext.numbers import percent

_NAMED = 6  # n-grams that an answer names


def count(cut: WordNgrams, least: int, most: int) -> Question | None:
    """Ask how many n-grams a word has; None where the wrong answers that people give are right too."""
    letters = len(cut.word)
    right = len(cut.spans)
    short = sum(1 for start, end in cut.spans if end - start == least)
    unmarked = sum(max(0, letters - length + 1) for length in range(least, most + 1))
    wrong = dict.fromkeys((short, unmarked, letters + 2))
    wrong.pop(right, None)
    options = sorted([right, *wrong])
    if len(options) < 3 or least == most:
        return None
    terms = " + ".join(str(each) for each in by_length(cut))
    return Question(
        "count",
        tuple(Said("predict.count.option", {"count": each}) for each in options),
        options.index(right),
        "predict.count.because" if letters + 2 > least else "predict.count.because_one",
        {"word": cut.word, "least": least, "most": most, "letters": letters, "marked": letters + 2,
         "terms": Markdown(terms), "count": right, "short": short},
        (cut.word, least, most),
    )  # fmt: skip


def by_length(cut: WordNgrams) -> tuple[int, ...]:
    """Return how many n-grams there are of each length that occurs, the shortest first."""
    lengths = [end - start for start, end in cut.spans]
    return tuple(lengths.count(length) for length in sorted(set(lengths)))


def who_knows(word: str, known: bool, ngrams: int, least: int, times: int, about: Hashable) -> Question:
    """Ask which of the two models has a vector of a word."""
    options = ("both", "only", "neither")
    right = "both" if known else "only" if ngrams else "neither"
    return Question(
        "who",
        tuple(Said(f"predict.who.{option}") for option in options),
        options.index(right),
        f"predict.who.because_{right}",
        {"word": word, "count": ngrams, "least": least, "times": times},
        (word, known, ngrams, about),
    )


def best(pairs: Sequence[WordPair], size: int, about: Hashable) -> Question | None:
    """Ask which second word comes nearest to its first: of first words that the text does not have, where there are two.

    None where fewer than two can be asked about, or two are equally good.
    """
    ranked = [(pair.rank, pair) for pair in pairs if pair.rank is not None]
    unknown = [(rank, pair) for rank, pair in ranked if not pair.known[0]]
    asked = sorted(unknown if len(unknown) >= 2 else ranked, key=lambda each: each[0])
    if len(asked) < 2 or asked[0][0] == asked[1][0]:
        return None
    (first_rank, winner), (last_rank, loser) = asked[0], asked[-1]
    chosen = sorted((pair for _, pair in asked), key=lambda pair: (pair.first, pair.second))
    return Question(
        "best",
        tuple(Said("predict.alike.option", {"first": pair.first, "second": pair.second}) for pair in chosen),
        chosen.index(winner),
        "predict.best.because",
        {
            "first": winner.first, "second": winner.second, "rank": first_rank, "shared": percent(winner.share),
            "other": loser.first, "other_second": loser.second, "other_rank": last_rank,
            "other_shared": percent(loser.share), "size": size,
        },
        about,
    )  # fmt: skip


def most_alike(found: Overlaps, least: int, most: int) -> Question | None:
    """Ask which two of some words share most of their n-grams; None for fewer than three words, or for equals.

    The options are the pair that does, the next, and the one that shares least.
    """
    size = len(found.words)
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]
    if len(pairs) < 3:
        return None
    shares = np.array([found.shares[pair] for pair in pairs])
    order = np.argsort(-shares, kind="stable").tolist()
    top, next_one, last = order[0], order[1], order[-1]
    if shares[top] == shares[next_one]:
        return None
    chosen = sorted((top, next_one, last))

    def said(place: int) -> Said:
        i, j = pairs[place]
        return Said("predict.alike.option", {"first": found.words[i], "second": found.words[j]})

    i, j = pairs[top]
    common = shared_ngrams(found.words[i], found.words[j], least, most)
    return Question(
        "alike",
        tuple(said(place) for place in chosen),
        chosen.index(top),
        "predict.alike.because" if len(common) <= _NAMED else "predict.alike.because_some",
        {
            "first": found.words[i], "second": found.words[j], "share": percent(float(shares[top])),
            "count": len(common), "ngrams": tuple(common[:_NAMED]), "least_share": Markdown(percent(float(shares[last]))),
            "other": found.words[pairs[last][0]], "other_second": found.words[pairs[last][1]],
        },
        (found.words, least, most),
    )  # fmt: skip


def told(cosine: float | None) -> str:
    """Return a cosine as it is said; a dash where there is none."""
    return "—" if cosine is None else number(cosine)
