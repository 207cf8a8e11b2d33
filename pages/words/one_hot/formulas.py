"""The formulas of the lesson, with the numbers of its traces."""

from __future__ import annotations

import numpy as np

from app.formulas import Applied, Expression, Formula, Fraction, Line, Number, Product, Sum
from app.text import latex_text
from nlpcore.text import shortened
from nlpcore.words.arrows import Pair
from nlpcore.words.one_hot import Storage, Vocabulary
from nlpcore.words.sentence_vectors import SentenceVectors

COSINE = r"\cos(a, b) = \frac{a \cdot b}{|a|\,|b|} = \frac{\sum_i a_i b_i}{|a|\,|b|}"
WRITTEN_OUT = {"one_hot": 2, "dense": 1}  # terms of a sum: a phone and a hall have room for no more
_MOST_DIGITS = 10**12  # from which on a number is a power of ten


def _named(word: str) -> str:
    return latex_text(shortened(word, 12))


def _cosine_of(trace: Vocabulary, i: int, j: int, short: bool) -> str:
    """Return what is computed; ``short``: by the numbers of the words, as where a hall has no room for long ones."""
    names = (f"w_{{{i + 1}}}", f"w_{{{j + 1}}}") if short else (_named(trace.words[i]), _named(trace.words[j]))
    return rf"\cos({names[0]}, {names[1]})"


def one_hot_cosine(trace: Vocabulary, i: int, j: int, short: bool = False) -> Formula:
    """The cosine of two different one-hot words: nowhere do both have a one."""
    pairs = zip(trace.one_hot[i].tolist(), trace.one_hot[j].tolist(), strict=True)
    terms = sorted(pairs, key=lambda pair: -sum(pair))  # where there is a one stands first
    dot = Sum(tuple(Product((Number(a, 0), Number(b, 0))) for a, b in terms), WRITTEN_OUT["one_hot"])
    line = Line(
        _cosine_of(trace, i, j, short),
        (Fraction(dot, Product((Number(1, 0), Number(1, 0)))), Number(float(trace.one_hot_cosines[i, j]), 0)),
    )
    return Formula(COSINE, (line,))


def dense_cosine(trace: Vocabulary, i: int, j: int, short: bool = False) -> Formula:
    """The cosine of two words by their dense vectors, the first terms of the sum written out."""
    a, b = trace.dense[i], trace.dense[j]
    dot = Sum(
        tuple(Product((Number(float(x)), Number(float(y)))) for x, y in zip(a, b, strict=True)), WRITTEN_OUT["dense"]
    )
    lengths = Product((Number(float(np.linalg.norm(a))), Number(float(np.linalg.norm(b)))))
    line = Line(
        _cosine_of(trace, i, j, short),
        (Fraction(dot, lengths), Number(float(trace.dense_cosines[i, j]))),
        broken=int(short),
    )
    return Formula((), (line,))


def weights(trace: Storage) -> Formula:
    """How many numbers the dense vectors of a vocabulary are: the weights of the layer that one-hot words go into."""
    product = Product((Number(trace.words, 0), Number(trace.dimensions, 0)))
    return Formula((), (Line(r"V \cdot d", (product, Number(trace.dense.numbers, 0)), broken=1),))


def one_hot_numbers(trace: Storage) -> Formula:
    """How many numbers all one-hot vectors of a vocabulary are, and how many of them are not zero."""
    product = Product((Number(trace.words, 0), Number(trace.words, 0)))
    count = trace.one_hot.numbers
    written = Number(count, 2, scientific=True) if count >= _MOST_DIGITS else Number(count, 0)
    return Formula((), (Line(r"V \cdot V", (product, written), broken=1),))


_FOR_A_HALL = r"\footnotesize"  # else a sum of negative numbers in brackets has no room


def _squares(vector: tuple[float, ...]) -> Expression:
    """Return the root of the sum of squares: a number's is that of its size, whatever its sign."""
    sizes = [Number(abs(value), 1) for value in vector]
    return Applied(r"\sqrt", Sum(tuple(Product((size, size)) for size in sizes)))


def lengths(pair: Pair) -> Formula:
    """The lengths of two arrows, by Pythagoras."""
    lines = (
        Line("|a|", (_squares(pair.a), Number(pair.length_a))),
        Line("|b|", (_squares(pair.b), Number(pair.length_b))),
    )
    return Formula(r"|a| = \sqrt{a_1^2 + a_2^2}", lines, aligned=True)


def cosine(pair: Pair, hall: bool = False) -> Formula:
    """Dot product and cosine of two arrows; without the cosine where one of them has no length."""
    products = Sum(tuple(Product((Number(x, 1), Number(y, 1))) for x, y in zip(pair.a, pair.b, strict=True)))
    lines = [Line(r"a \cdot b", (products, Number(pair.dot)), broken=int(hall))]
    if pair.cosine is not None:
        below = Product((Number(pair.length_a), Number(pair.length_b)))
        lines.append(Line(r"\cos(a, b)", (Fraction(Number(pair.dot), below), Number(pair.cosine))))
    return Formula(COSINE, tuple(lines), aligned=True, size=_FOR_A_HALL if hall else "")


def bag_cosine(trace: SentenceVectors, one: int, other: int) -> Formula:
    """The cosine of two sentences as bags of words."""
    a, b = trace.counts[one].astype(float), trace.counts[other].astype(float)
    roots = Product(tuple(Applied(r"\sqrt", Number(float(each @ each), 0)) for each in (a, b)))
    line = Line(
        rf"\cos(s_{one + 1}, s_{other + 1})",
        (Fraction(Number(float(a @ b), 0), roots), Number(trace.cosine("bag", one, other))),
    )
    return Formula((), (line,))


def idf(trace: SentenceVectors, word: int) -> Formula:
    """How rare a word is in the sentences on the screen, as scikit-learn smooths it."""
    has = int((trace.counts[:, word] > 0).sum())
    above, below = (Sum((Number(1, 0), Number(count, 0))) for count in (len(trace.sentences), has))
    rare = Sum((Applied(r"\ln", Fraction(above, below)), Number(1, 0)))
    line = Line(rf"\text{{idf}}({_named(trace.words[word])})", (rare, Number(float(trace.idf[word]))))
    return Formula(r"\text{idf}(w) = \ln\frac{1 + n}{1 + \text{df}(w)} + 1", (line,))
