"""The formulas of the lesson, with the numbers of its traces."""

from __future__ import annotations

import re

import numpy as np

from app.formulas import Formula, Fraction, Line, Number, Sum
from app.text import latex_text
from nlpcore.words.fasttext import WordNgrams, WordReading, fnv1a
from pages.words.fasttext.questions import by_length

SHOWN = 3  # rows whose numbers are written out


def count(cut: WordNgrams, least: int, most: int) -> Formula:
    """How many n-grams a word of L letters has: L + 2 − n + 1 of each length n; of one character only its letters."""
    terms = tuple(Number(each, 0) for each in by_length(cut))
    steps = (*((Sum(terms),) if len(terms) > 1 else ()), Number(len(cut.spans), 0))
    top = min(most, len(cut.marked))  # a sum that went on to longer ones would take away what there is not
    sign = rf"N = \sum_{{n={max(least, 2)}}}^{{{top}}} (L + 3 - n)" if most > 1 else "N = L"
    if least == 1 and most > 1:
        sign = sign.replace("N =", "N = L +")
    return Formula(sign, (Line(f"N({latex_text(cut.word)})", steps),))


def piece(ngram: str) -> str:
    """Return an n-gram in LaTeX, its < and > as such."""
    signs = {"<": r"\mathord{\lt}", ">": r"\mathord{\gt}"}
    return "".join(signs.get(part) or latex_text(part) for part in re.split("([<>])", ngram) if part)


def rows_of(cut: WordNgrams) -> Formula:
    """A word's vector as the mean of its rows, in symbols: the first two n-grams and the last."""
    names = [rf"\mathbf{{z}}_{{{piece(ngram)}}}" for ngram in cut.ngrams]
    shown = names if len(names) <= 4 else [*names[:2], r"\dots", names[-1]]
    total = " + ".join(shown)
    return Formula(rf"\mathbf{{v}} = \frac{{1}}{{N}} \sum_g \mathbf{{z}}_g = \frac{{{total}}}{{{len(names)}}}")


def bucket(cut: WordNgrams, buckets: int) -> Formula:
    """Which bucket the first n-gram goes to: the remainder of its hash."""
    value = fnv1a(cut.ngrams[0])
    line = Line(
        f"h({piece(cut.ngrams[0])})",
        (Number(value, 0), Sum((Number(value - value % buckets, 0), Number(value % buckets, 0)))),
    )
    return Formula(rf"b = h \bmod {buckets}", (line,))


def farthest(reading: WordReading) -> int:
    """Return which number of a word's vector is farthest from 0, counted from 0."""
    return int(np.abs(reading.vector).argmax())


def mean(reading: WordReading) -> Formula | None:
    """One number of a word's vector, that farthest from 0, as the mean of its rows; None for a word without rows."""
    rows = reading.parts if reading.own is None else np.vstack([reading.own[None], reading.parts])
    if not len(rows):
        return None
    place = farthest(reading)
    column = rows[:, place].astype(np.float64)
    total = Sum(tuple(Number(float(value)) for value in column), most=SHOWN)
    result = Number(float(column.mean()), 3)
    known = reading.own is not None
    symbols = r"v = \frac{1}{N + 1} \Big( w + \sum_g z_g \Big)" if known else r"v = \frac{1}{N} \sum_g z_g"
    return Formula(symbols, (Line(f"v_{{{place + 1}}}", (Fraction(total, Number(len(rows), 0)), result)),))
