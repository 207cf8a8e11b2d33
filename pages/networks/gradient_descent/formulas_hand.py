"""The formulas of backpropagation by hand: the chain rule of one step of the calculation, with its numbers."""

from __future__ import annotations

from app.expressions import Expression
from app.formulas import Applied, Difference, Formula, Fraction, Number, Product, Sum
from nlpcore.networks.activations import Activation, slope
from nlpcore.networks.backpropagation import LayerTrace
from nlpcore.networks.by_hand import ByHand
from pages.networks.gradient_descent.charts_hand import weight_number
from pages.networks.gradient_descent.formulas import decimals, digits_of, line

_FUNCTION: dict[str, str] = {"sigmoid": r"\sigma", "tanh": r"\tanh", "relu": r"\operatorname{ReLU}"}
_ONE = Number(1, 0)
_FEW = 3  # decimals
_SATURATED = 1e-3  # a slope below this is written as a number
_BY = r"\partial L / \partial "  # in one line: as a fraction its indices would be too small for a hall


def given(value: float) -> Number:
    """Return a number that may have been typed, or follow from such ones: few decimals as they are."""
    found = decimals(round(value, 12))
    digits = len(found.rounded.partition(".")[2])
    return digits_of(value) if found.scientific or digits > _FEW else Number(value, digits)


def formula_of(trace: ByHand, at: int) -> Formula | None:
    """Return the formula of step ``at`` (from 0); None where nothing is computed: the inputs are put in."""
    stage = trace.stages[at]
    if stage.kind == "inputs":
        return None
    if stage.kind == "loss":
        return _loss(trace)
    if stage.kind == "update":
        return _update(trace)
    make = {"forward": _forward, "error": _error, "weights": _weights}[stage.kind]
    return make(trace, stage.layer, stage.neuron)


def _names(trace: ByHand, layer: int) -> tuple[str, str]:
    """Return the letters of what goes into a layer and of what comes out."""
    return "xho"[layer], "xho"[layer + 1]


def _forward(trace: ByHand, layer: int, neuron: int) -> Formula:
    part = trace.network.layers[layer]
    before, after = _names(trace, layer)
    weights, bias = part.layer.weights[neuron], float(part.layer.bias[neuron])
    terms = [Product((given(float(w)), given(float(a)))) for w, a in zip(weights, part.inputs[0], strict=True)]
    z, output = given(float(part.sums[0, neuron])), given(float(part.outputs[0, neuron]))
    lines = [line("z", Sum((*terms, given(bias)), brackets=True), z)]
    name = f"{after}_{neuron + 1}"
    if part.layer.activation == "identity":
        lines.append(line(name, z, output))
        rule = f"{name} = z"
    else:
        lines.append(line(name, Applied(_FUNCTION[part.layer.activation], z), output))
        rule = rf"{name} = {_FUNCTION[part.layer.activation]}(z)"
    total = " + ".join(f"w_{weight_number(trace, layer, neuron, of)} {before}_{of + 1}" for of in range(len(weights)))
    return Formula((f"z = {total} + b", rule), tuple(lines), aligned=True)


def _loss(trace: ByHand) -> Formula:
    part = trace.network.layers[-1]
    lines, shares = [], []
    for output, target in zip(part.outputs[0], trace.network.targets[0], strict=True):
        off = Difference(given(float(output)), given(float(target)))
        share = Product((Fraction(_ONE, Number(2, 0)), off, off))
        shares.append(digits_of(share.value))
        lines.append(line(f"L_{len(shares)}" if len(part.outputs[0]) > 1 else "L", share, shares[-1]))
    if len(shares) > 1:
        lines.append(line("L", Sum(tuple(shares)), digits_of(trace.network.loss)))
    return Formula(r"L = \tfrac{1}{2} \sum_k (o_k - y_k)^2", tuple(lines), aligned=True)


def _slope(part: LayerTrace, neuron: int) -> Expression:
    """Return σ′(z) as it is worked out on paper: from the output."""
    activation: Activation = part.layer.activation
    value = float(slope(activation, part.sums[0, neuron]))
    if 0 < value < _SATURATED:  # no digits of the output would show it
        return digits_of(value)
    output = given(float(part.outputs[0, neuron]))
    if activation == "sigmoid":
        return Product((output, Difference(_ONE, output)))
    if activation == "tanh":
        return Difference(_ONE, Product((output, output)))
    return Number(value, 0)


_SLOPES = {"sigmoid": r"{0} (1 - {0})", "tanh": r"(1 - {0}^2)", "relu": r"\operatorname{{ReLU}}'(z)", "identity": "1"}


def _error(trace: ByHand, layer: int, neuron: int) -> Formula:
    """∂L/∂z: what comes back to the neuron, ∂L/∂a, times the slope of its activation."""
    part, last = trace.network.layers[layer], layer == len(trace.network.layers) - 1
    name = f"{_names(trace, layer)[1]}_{neuron + 1}"
    if last:
        back: Expression = Difference(
            given(float(part.outputs[0, neuron])), given(float(trace.network.targets[0, neuron]))
        )
        rule = f"{name} - y_{neuron + 1}"
    else:
        above = trace.network.layers[layer + 1]
        pairs = list(zip(above.by_sums[0], above.layer.weights[:, neuron], strict=True))
        terms = tuple(Product((given(float(delta)), given(float(weight)))) for delta, weight in pairs)
        back = terms[0] if len(terms) == 1 else Sum(terms, brackets=True)
        rule = " + ".join(
            rf"\delta_{{o_{k + 1}}} w_{weight_number(trace, layer + 1, k, neuron)}" for k in range(len(terms))
        )
    came = given(float(part.by_outputs[0, neuron]))
    turned = _SLOPES[part.layer.activation].format(name)
    symbols = (rf"{_BY}{name} = {rule}", rf"\delta_{{{name}}} = {_BY}{name} \cdot {turned}")
    product = Product((came, _slope(part, neuron)))
    delta = line(rf"\delta_{{{name}}}", product, given(float(part.by_sums[0, neuron])))
    return Formula(symbols, (line(rf"{_BY}{name}", back, came), delta), aligned=True)


def _weights(trace: ByHand, layer: int, neuron: int) -> Formula:
    """∂L/∂w of the edges into a neuron: its δ times what comes in; and ∂L/∂b, δ itself."""
    part = trace.network.layers[layer]
    before, after = _names(trace, layer)
    delta = given(float(part.by_sums[0, neuron]))
    lines = []
    for of, value in enumerate(part.inputs[0]):
        name = rf"{_BY}w_{weight_number(trace, layer, neuron, of)}"
        lines.append(line(name, Product((delta, given(float(value)))), given(float(part.by_weights[neuron, of]))))
    lines.append(line(rf"{_BY}b", delta))
    symbols = (
        rf"{_BY}w = \delta_{{{after}_{neuron + 1}}} \cdot {before}",
        rf"{_BY}b = \delta_{{{after}_{neuron + 1}}}",
    )
    return Formula(symbols, tuple(lines), aligned=True)


def _update(trace: ByHand) -> Formula:
    """The step of the weight with the steepest gradient, and of the bias of its neuron."""
    flat = [
        (abs(part.by_weights[neuron, of]), layer, neuron, of)
        for layer, part in enumerate(trace.network.layers)
        for neuron in range(len(part.layer.bias))
        for of in range(part.layer.weights.shape[1])
    ]
    _, layer, neuron, of = max(flat, key=lambda each: (each[0], *(-place for place in each[1:])))
    part = trace.network.layers[layer]
    before, after = part.layer, trace.after[layer]
    moved = (
        (f"w_{weight_number(trace, layer, neuron, of)}", before.weights, after.weights, part.by_weights, (neuron, of)),
        (f"b_{{{_names(trace, layer)[1]}_{neuron + 1}}}", before.bias, after.bias, part.by_bias, (neuron,)),
    )
    lines = []
    for name, old, new, by, at in moved:
        step = Product((decimals(trace.rate), given(float(by[at]))))
        lines.append(line(name, Difference(given(float(old[at])), step), given(float(new[at]))))
    rules = (rf"w \leftarrow w - \eta\, {_BY}w", rf"b \leftarrow b - \eta\, {_BY}b")
    return Formula(rules, tuple(lines), aligned=True)
