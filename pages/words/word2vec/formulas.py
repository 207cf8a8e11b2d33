"""The formulas of the lesson, with the numbers of its traces."""

from __future__ import annotations

import numpy as np

from app.formulas import Applied, Difference, Exp, Formula, Fraction, Line, Minus, Number, Product, Sum
from app.text import latex_text
from nlpcore.words.reading import WindowReading
from nlpcore.words.word2vec_step import Matrices, Word2VecStep

_SOFTMAX = (r"p(o) = \frac{e^{u_o \cdot h}}{\sum_w e^{u_w \cdot h}}", r"L = -\ln p(o)")
_SIGMOID = r"\sigma(u \cdot h) = \frac{1}{1 + e^{-u \cdot h}}"
_LARGEST = 12.0  # a score whose power of e still has room in a formula


def pairs(reading: WindowReading) -> Formula:
    """How many pairs a text makes: two times n for each of T words, less what is missing at the two ends."""
    n, t = reading.size, len(reading.tokens)
    if t < n:  # every word sees every other
        product = Product((Number(t, 0), Number(t - 1, 0)))
        return Formula(r"N = T \, (T - 1)", (Line("N", (product, Number(reading.pairs, 0))),))
    ends = Product((Number(n, 0), Number(n + 1, 0)))
    whole = Difference(Product((Number(2, 0), Number(n, 0), Number(t, 0))), ends)
    return Formula(r"N = 2 n T - n (n + 1)", (Line("N", (whole, Number(reading.pairs, 0))),))


def noise(reading: WindowReading, word: str) -> Formula:
    """How likely a word is drawn as a negative sample (Mikolov et al. 2013b, section 2.2)."""
    row = reading.counts.index(word)
    powers = reading.counts.counts.astype(float) ** 0.75
    share = Fraction(Number(float(powers[row])), Number(float(powers.sum())))
    line = Line(f"P({latex_text(word)})", (share, Number(float(reading.noise[row]), 3)))
    return Formula(r"P(w) = \frac{c_w^{\,3/4}}{\sum_v c_v^{\,3/4}}", (line,))


def probability(step: Word2VecStep, words: tuple[str, ...], output: str) -> Formula:
    """What the network gives to the word that is wanted, and the loss that follows: softmax, or the sigmoid of one score."""
    place = int(np.flatnonzero(step.wanted == 1)[0]) if step.wanted.any() else 0
    score, p = float(step.scores[place]), float(step.probabilities[place])
    if float(np.abs(step.scores).max()) > _LARGEST:
        return Formula(_SOFTMAX if output == "softmax" else _SIGMOID)
    if output == "softmax":
        total = float(np.exp(step.scores).sum())
        share = Fraction(Exp(Number(score)), Number(total))
        lines = (
            Line(f"p({latex_text(words[int(step.rows[place])])})", (share, Number(p, 3))),
            Line("L", (Minus(Applied(r"\ln", Number(p, 3))), Number(step.loss))),
        )
        return Formula(_SOFTMAX, lines)
    share = Fraction(Number(1, 0), Sum((Number(1, 0), Exp(Number(-score)))))
    return Formula(_SIGMOID, (Line(r"\sigma", (share, Number(p))),))


def update(matrices: Matrices, rate: float) -> Formula | None:
    """How the last step changed one number of the vector that was read: the one that changed most."""
    last = matrices.last
    if last is None:
        return None
    row = last.inputs[0]
    gradient = sum(last.by_inputs[i] for i, read in enumerate(last.inputs) if read == row)
    place = int(np.abs(gradient).argmax())
    change, new = float(gradient[place]), float(last.first[row, place])
    old = new + rate * change
    steps = (Difference(Number(old, 3), Product((Number(rate, 3), Number(change, 3)))), Number(new, 3))
    word = latex_text(matrices.words[row])
    return Formula(
        r"v \leftarrow v - \eta \, \frac{\partial L}{\partial v}",
        (Line(rf"v_{{{place + 1}}}({word})", steps, broken=1),),
    )
