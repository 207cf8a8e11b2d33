"""What the lesson asks, worked out from its traces."""

from __future__ import annotations

import math

from app.questions import Question, Said
from app.text import Markdown, number
from nlpcore.words.arrows import Pair, compare
from nlpcore.words.one_hot import Storage, Vocabulary
from nlpcore.words.sentence_vectors import SentenceVectors
from pages.words.one_hot.amounts import amount

OFFERED = 4  # words to choose the nearest from
ALIKE = 0.005  # cosines that differ by less are the same to two digits


def focus_of(trace: Vocabulary) -> int | None:
    """Return the word that is asked about: the first that has a dense vector; None where none has."""
    return next((i for i, there in enumerate(trace.known) if there), None)


def nearest(trace: Vocabulary) -> Question | None:
    """Ask which word is the nearest to the first by dense vectors; None where fewer than two others have one, or two tie."""
    focus = focus_of(trace)
    order = () if focus is None else trace.nearest(focus)
    if focus is None or len(order) < 2 or order[0][1] - order[1][1] < ALIKE:
        return None
    others = [j for j, _ in order if j != order[0][0]]
    offered = sorted([order[0][0], *sorted(others)[: OFFERED - 1]])
    (first, cosine), (second, next_cosine) = order[:2]
    return Question(
        "nearest",
        tuple(trace.words[j] for j in offered),
        offered.index(first),
        "predict.nearest.because",
        {
            "word": trace.words[focus],
            "first": trace.words[first],
            "cosine": Markdown(number(cosine)),
            "second": trace.words[second],
            "next": Markdown(number(next_cosine)),
            "others": len(trace.words) - 1,
        },
        trace.words,
    )


def memory(trace: Storage) -> Question:
    """Ask what all one-hot vectors of a vocabulary take, every 0 written out."""
    right = trace.one_hot.bytes
    others = {trace.dense.bytes, trace.sparse.bytes, 1000 * right}
    offered = sorted(others - {right} | {right})
    said = list(dict.fromkeys(amount(each) for each in offered))
    return Question(
        "memory",
        tuple(Said("size.amount", {"amount": Markdown(each)}) for each in said),
        said.index(amount(right)),
        "predict.memory.because",
        {
            "words": trace.words,
            "numbers": trace.one_hot.numbers,
            "right": Markdown(amount(right)),
            "dense": Markdown(amount(trace.dense.bytes)),
            "sparse": Markdown(amount(trace.sparse.bytes)),
            "dimensions": trace.dimensions,
        },
        trace.words,
    )


def stretch(pair: Pair) -> Question | None:
    """Ask which number stays when b is drawn out to twice its length; None where that is not exactly one.

    It is asked of any two arrows alike, so that a learner who has answered may go on moving them.
    """
    double = compare(pair.a, tuple(2 * value for value in pair.b))
    if pair.cosine is None or double.cosine is None:
        return None
    before = (pair.dot, pair.cosine, pair.distance, pair.length_b)
    after = (double.dot, double.cosine, double.distance, double.length_b)
    stays = [math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) for one, other in zip(before, after, strict=True)]
    if stays.count(True) != 1:
        return None
    names = ("dot", "cosine", "distance", "length")
    return Question(
        "stretch",
        tuple(Said(f"stays.{name}") for name in names),
        stays.index(True),
        "predict.stretch.because",
        {
            "dot": Markdown(number(before[0])),
            "double_dot": Markdown(number(after[0])),
            "cosine": Markdown(number(before[1])),
            "distance": Markdown(number(before[2])),
            "double_distance": Markdown(number(after[2])),
        },
    )


def nearer(trace: SentenceVectors) -> Question | None:
    """Ask which sentence counted words hold for nearer to the first; None where there are not three."""
    if len(trace.sentences) < 3:
        return None
    second, third = trace.cosine("bag", 0, 1), trace.cosine("bag", 0, 2)
    right = 2 if abs(second - third) < ALIKE else 0 if second > third else 1
    values: dict[str, str | Said] = {"second": Markdown(number(second)), "third": Markdown(number(third))}
    for name, other in (("with_second", 1), ("with_third", 2)):
        shared = trace.shared(0, other)
        values[name] = Said("sentences.shared", {"words": shared}) if shared else Said("sentences.shares_nothing")
    options = (Said("nearer.second"), Said("nearer.third"), Said("nearer.same"))
    return Question("nearer", options, right, "predict.nearer.because", values, trace.sentences)
