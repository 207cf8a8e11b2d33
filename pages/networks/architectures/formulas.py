"""The formulas of the six shapes, with the numbers of their traces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.expressions import Expression
from app.formulas import Applied, Formula, Line, Minus, Number, Product, Sum
from nlpcore.networks.activations import activate
from nlpcore.networks.adversaries import Duel
from nlpcore.networks.backpropagation import Layer, predict
from nlpcore.networks.chains import Counting
from nlpcore.networks.phrases import INPUTS, Phrases
from nlpcore.networks.shapes import Stage
from nlpcore.networks.text_cnn import CNNReading

_UNSURE = 0.01  # of a probability, from both ends
_COUNTED = {
    "embedding": r"V \cdot e",
    "linear": r"n \cdot m + m",
    "convolution": r"w \cdot e \cdot f + f",
    "recurrent": r"e \cdot h + h \cdot h + h + h",
}


def _terms(products: Sequence[Sequence[int]]) -> Expression:
    terms: list[Expression] = [
        Product(tuple(Number(float(size), 0) for size in term)) if len(term) > 1 else Number(float(term[0]), 0)
        for term in products
    ]
    return Sum(tuple(terms)) if len(terms) > 1 else terms[0]


def parameters(stage: Stage) -> Formula:
    """How many parameters a layer has, from the sizes of what goes in and comes out."""
    return Formula(_COUNTED[stage.kind], (Line("", (_terms(stage.terms), Number(float(stage.parameters), 0))),))


def of_layers(layers: Sequence[Layer]) -> Formula:
    """How many parameters fully connected layers have together."""
    lines = []
    for place, layer in enumerate(layers, 1):
        m, n = layer.weights.shape
        lines.append(Line(rf"\text{{{place}:}}\;", (_terms(((n, m), (m,))), Number(float(n * m + m), 0)), opening=""))
    return Formula(r"n \cdot m + m", tuple(lines), aligned=True)


def phrase(trace: Phrases, row: int) -> Formula:
    """The output for one phrase: what the last layer adds up, and the sigmoid of it."""
    last, before = trace.layers[-1], predict(trace.layers[:-1], INPUTS[row : row + 1])[0]
    pairs = [(float(weight), float(value)) for weight, value in zip(last.weights[0], before, strict=True)]
    terms: list[Expression] = [Number(weight * value) for weight, value in pairs]
    if len(trace.layers) == 1:
        terms = [Product((Number(weight), Number(value, 0))) for weight, value in pairs]
    total = Sum((*terms, Number(float(last.bias[0]))), most=3, brackets=True)
    p = float(activate("sigmoid", total.value))
    symbols = (
        r"p = \sigma(w_1 x_1 + w_2 x_2 + b)" if len(trace.layers) == 1 else r"p = \sigma(v_1 h_1 + v_2 h_2 + \dots + b)"
    )
    lines = (
        Line("z", (total, Number(total.value)), broken=1),
        Line("p", (Applied(r"\sigma", Number(total.value)), Number(p))),
    )
    return Formula(symbols, lines, aligned=True)


def first_state(trace: Counting) -> Formula:
    """The first unit's state after the first word: its column of W and both biases, since the state before is 0."""
    w, _, b, c, *_ = trace.weights
    read = 0 if trace.seen else 1
    total = Sum((Number(float(w[0, read])), Number(float(b[0])), Number(float(c[0]))))
    state = Line("h_1", (Applied(r"\tanh", total), Number(float(trace.states[0, 0]))), broken=1)
    return Formula(r"h_t = \tanh(W x_t + b_x + U h_{t-1} + b_h)", (state,), aligned=True)


def of_recurrent(trace: Counting) -> Formula:
    """How many parameters the recurrent layer has, and how many the last one."""
    units, inputs = trace.weights[0].shape
    terms = ((inputs, units), (units, units), (units,), (units,))
    size = inputs * units + units * units + 2 * units
    lines = (
        Line(r"\text{1:}\;", (_terms(terms), Number(float(size), 0)), opening=""),
        Line(r"\text{2:}\;", (_terms(((units, 1), (1,))), Number(float(units + 1), 0)), opening=""),
    )
    return Formula((r"e \cdot h + h \cdot h + h + h", r"n \cdot m + m"), lines, aligned=True)


def judgement(reading: CNNReading) -> Formula:
    """All votes and what is there without them add up to the log-odds, whose sigmoid is the probability."""
    order = np.argsort(-np.abs(reading.votes), kind="stable").tolist()
    votes: list[Expression] = [Number(float(reading.votes[place])) for place in order]
    total = Sum((Number(reading.bias), *votes), most=4)
    lines = (
        Line("z", (total, Number(total.value)), broken=1),
        Line("p", (Applied(r"\sigma", Number(total.value)), Number(reading.positive))),
    )
    return Formula((r"z = b + \sum_f v_f", r"p = \sigma(z)"), lines, aligned=True)


def verdict(trace: Duel) -> Formula | None:
    """What the discriminator loses on one real and one made point: the first of each that are drawn.

    None where it is so sure that two digits do not tell how sure.
    """
    scores = predict(trace.discriminator, np.array([trace.real[0], trace.made[0]]))[:, 0]
    real, made = (float(p) for p in activate("sigmoid", scores))
    if not (_UNSURE < real < 1 - _UNSURE and _UNSURE < made < 1 - _UNSURE):
        return None
    first, second = Applied(r"\ln", Number(real)), Applied(r"\ln", Number(1 - made))
    total = Sum((Minus(first), Minus(second)))
    return Formula(r"L_D = -\ln D(x) - \ln(1 - D(G(z)))", (Line("", (total, Number(total.value))),))
