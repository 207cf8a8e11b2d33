"""The formulas of the lesson on one neuron, with the numbers of its traces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.formulas import Applied, Difference, Exp, Expression, Formula, Fraction, Line, Minus, Number, Product, Sum
from app.text import latex_text, number
from nlpcore.networks.activations import LEAK
from nlpcore.networks.neuron import NeuronTrace
from nlpcore.networks.relu_sum import ReluSum
from nlpcore.networks.scores import ScoresTrace
from nlpcore.words.word_neuron import WordJudgement
from pages.networks.neuron.numbers import digits_of

ONE = Number(1, 0)
_ONE_LINE = 45  # characters of LaTeX for which a hall has room
TERMS = 3  # of a long sum that are written out
SHOWN = 2  # of the terms of a word, whose sum is longer still; one where two are too long for a hall
_TWO_TERMS = 24  # signs of both for which a hall has room
FAR = (
    6.0  # from here on 1 − tanh², and at twice this 1 − σ, is a difference of numbers that a calculator shows as equal
)


def _cases(left: str, above: str, below: str) -> str:
    """What something is above 0, and what it is below."""
    return rf"{left} = \begin{{cases}} {above} & z > 0 \\ {below} & z \le 0 \end{{cases}}"


# What each activation does, and its slope.
SYMBOLS = {
    "sigmoid": (r"a = \sigma(z) = \frac{1}{1 + e^{-z}}", r"\sigma'(z) = a (1 - a)"),
    "tanh": (r"a = \tanh(z)", r"\tanh'(z) = 1 - \tanh(z) \cdot \tanh(z)"),
    "relu": (r"a = \max(0, z)", _cases("a'", "1", "0")),
    "leaky_relu": (_cases("a", "z", "0.01 z"), _cases("a'", "1", "0.01")),
    "elu": (_cases("a", "z", "e^z - 1"), _cases("a'", "1", "e^z")),
}


def result(value: float) -> Number:
    """An output or a slope for a formula, with the digits that it has in texts; a tiny one as a power of ten."""
    if 0 < abs(value) < 0.001:
        return Number(value, 1, scientific=True)
    return Number(value, digits_of(value))


def total(trace: NeuronTrace) -> Formula:
    """The sum: each input times its weight, and the bias."""
    products = tuple(
        Product((Number(float(w), 1), Number(float(x), 0))) for w, x in zip(trace.weights, trace.inputs, strict=True)
    )
    steps = (Sum((*products, Number(trace.bias, 1))), Number(trace.total, 1))
    line = Line("z", steps)
    return Formula(r"z = w_1 x_1 + w_2 x_2 + b", (replace(line, broken=int(len(line.latex()) > _ONE_LINE)),))


def output(trace: NeuronTrace) -> Formula:
    """What the activation makes of the sum."""
    symbols = SYMBOLS[trace.activation][0]
    z = Number(trace.total, 1)
    steps: tuple[Expression, ...]
    if trace.activation == "sigmoid":
        steps = (Fraction(ONE, Sum((ONE, Exp(Minus(z))))),)
    elif trace.activation == "tanh":
        steps = (Applied(r"\tanh", z),)
    elif trace.activation == "relu":
        steps = (Applied(r"\max", z),)
    elif trace.total > 0:
        steps = ()
    elif trace.activation == "leaky_relu":
        steps = (Product((Number(LEAK), z)),)
    else:
        steps = (Difference(Exp(z), ONE),)
    return Formula(symbols, (Line("a", (*steps, result(trace.output))),))


def slope(trace: NeuronTrace) -> Formula:
    """How steep the activation is there: by this every error is multiplied on its way back."""
    z = Number(trace.total, 1)
    steps: tuple[Expression, ...] = ()
    if trace.activation == "sigmoid" and trace.total < 2 * FAR:
        a = result(trace.output)
        steps = (Product((a, Difference(ONE, a))),)
    elif trace.activation == "tanh" and abs(trace.total) < FAR:
        steps = (Difference(ONE, Product((Applied(r"\tanh", z), Applied(r"\tanh", z)))),)
    elif trace.activation == "elu" and trace.total <= 0:
        steps = (Exp(z),)
    return Formula(SYMBOLS[trace.activation][1], (Line("a'", (*steps, result(trace.slope)), broken=len(steps)),))


def softmax(trace: ScoresTrace) -> Formula:
    """Softmax of the largest score with the maximum taken off: its exponential is 1."""
    first = int(trace.scores.argmax())
    exponentials = [Exp(Number(float(value), 1)) for value in trace.shifted]
    largest = exponentials.pop(first)
    terms = (largest, *exponentials)
    share = Fraction(largest, Sum(terms, TERMS if len(terms) > TERMS + 1 else TERMS + 1))  # dots stand for several
    return Formula(
        r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}} = \frac{e^{z_i / T - m}}{\sum_j e^{z_j / T - m}}",
        (Line(f"p({latex_text(trace.names[first])})", (share, result(float(trace.probabilities[first]))), broken=1),),
    )


def word(trace: WordJudgement, place: int) -> tuple[Formula, Formula]:
    """The sum of one word over the numbers of its vector, and the probability that the neuron makes of it."""
    pairs = zip(trace.neuron.weights.tolist(), trace.vectors[place].tolist(), strict=True)
    ordered = sorted(pairs, key=lambda pair: -abs(pair[0] * pair[1]))
    terms = (*(Product((Number(w), Number(x))) for w, x in ordered), Number(trace.neuron.bias))
    z = float(trace.sums[place])
    first = Line("z", (Sum(terms, _written_out(trace, place)), Number(z)), broken=1)
    second = Line("p", (Fraction(ONE, Sum((ONE, Exp(Minus(Number(z)))))), result(float(trace.probabilities[place]))))
    return Formula(r"z = \sum_i w_i x_i + b", (first,)), Formula(r"p = \sigma(z)", (second,))


def _written_out(trace: WordJudgement, place: int) -> int:
    """Return how many terms of a word's sum are written out: brackets around negative numbers take room too."""
    weights, vector = trace.neuron.weights, trace.vectors[place]
    largest = np.argsort(-np.abs(weights * vector), kind="stable")[:SHOWN]
    numbers = [f"{value:.2f}" for each in largest for value in (weights[each], vector[each])]
    signs = sum(len(text) + 2 * text.startswith("-") for text in numbers) + 2 * len(largest)  # · and +
    return SHOWN if signs <= _TWO_TERMS else 1


def word_values(trace: WordJudgement, place: int) -> dict[str, object]:
    """Return what is said of the terms of a word's sum: how many are written out, how many are not, and what these come to."""
    largest = sorted(trace.shares(place).tolist(), key=abs, reverse=True)
    # The rest of what stands there, so that a pencil comes to the same.
    shown = _written_out(trace, place)
    written = [round(share, 2) for share in largest[:shown]]
    rest = round(float(trace.sums[place]), 2) - sum(written)
    return {"shown": shown, "left": len(largest) - shown, "rest": number(rest, ".2f")}


def height(trace: ReluSum, x: float, hall: bool = False) -> Formula:
    """The height of a sum of ReLUs at one place: only the units whose knee lies left of it take part.

    A ``hall`` has room for one of them, and reads above which place is meant.
    """
    active = [
        (w, t) for w, t in zip(trace.weights.tolist(), trace.knees.tolist(), strict=True) if t < x and abs(w) >= 0.005
    ]
    terms = tuple(Product((Number(w), Difference(Number(x, 1), Number(t, 1)))) for w, t in active)
    value = trace.bias + sum(w * (x - t) for w, t in active)
    most = TERMS - 1 if hall else TERMS
    steps = (Sum((Number(trace.bias), *terms), most), Number(value)) if terms else (Number(value),)
    line = Line("" if hall and terms else f"f({x:g})", steps, broken=1)
    return Formula(r"f(x) = c + \sum_k w_k \max(0, x - t_k)", (line,))
