"""The formulas of the walks downhill, with the numbers of one step."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from app.expressions import Expression
from app.formulas import Applied, Difference, Formula, Fraction, Line, Number, Product, Sum
from nlpcore.networks.batches import LineFit
from nlpcore.networks.optimizers import Descent, Optimizer
from nlpcore.networks.walks import Walk

_SYMBOLS: dict[str, tuple[str, ...]] = {
    "sgd": (r"w \leftarrow w - \eta\, g",),
    "momentum": (r"v \leftarrow \mu\, v + g", r"w \leftarrow w - \eta\, v"),
    "adam": (
        r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g",
        r"v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2",
        r"w \leftarrow w - \eta\, \frac{\hat{m}}{\sqrt{\hat{v}} + \varepsilon}",
    ),
}
TERMS = 2  # of a mean over a batch that are written out
_MOST_DIGITS = 6
_SMALL_ROOT = 1e-3
_LONGEST = 27  # signs of a line


@dataclass(frozen=True, slots=True)
class Exact(Number):
    """A number that was chosen, such as a learning rate: shown as it is, however many digits the others of its line have."""

    @property
    def shown(self) -> tuple[float, float]:
        return (self.value, self.value)

    @property
    def rounded(self) -> str:
        return np.format_float_positional(float(f"{self.value:.10g}") + 0.0, trim="-")  # of −0 there is no minus

    @property
    def digits_shown(self) -> str:
        whole, point, rest = self.rounded.partition(".")
        return f"{int(whole):,}".replace(",", "{,}") + point + rest if abs(self.value) >= 1 else self.rounded


def decimals(value: float) -> Number:
    """Return a number as it was chosen: a learning rate, β, what a learner has typed; one of too many decimals rounded."""
    written = np.format_float_positional(value, trim="-")
    return Exact(value) if len(written.partition(".")[2]) <= _MOST_DIGITS else Number(value, 3, scientific=True)


def digits_of(value: float) -> Number:
    """Return a number of the trace with three digits that count, about: a very large or small one as a power of ten."""
    size = abs(value)
    if size >= 1e5 or 0 < size < 1e-4:
        return Number(value, 2, scientific=True)
    ends = ((1000, 0), (100, 1), (1, 2), (0.01, 3), (0.001, 4))
    return Number(value, next((digits for least, digits in ends if size >= least), 5 if size else 3))


def line(left: str, *steps: Expression) -> Line:
    """Return a line whose result stands below where both together are too long for a phone or a hall's column."""
    whole = Line(left, steps)
    signs = re.sub(r"\\[a-z]+", "x", whole.latex())
    return replace(whole, broken=1) if len(re.sub(r"[{}^_ ]", "", signs)) > _LONGEST else whole


def step_of(trace: Walk, step: int, short: bool = False) -> Formula:
    """The step (from 0) of a walk with its numbers.

    For both weights; of Adam, which has five lines for each, for the one that moves more. ``short``: as much of it as a hall's
    column has room for.
    """
    optimizer, descent, names = trace.optimizer, trace.descent, ("w_1", "w_2")
    method = optimizer.method
    more = int(np.abs(descent.points[step + 1] - descent.points[step]).argmax())
    if method == "adam":
        lines = _adam(optimizer, descent, step, more, names, short)
        if short:
            return Formula(_SYMBOLS[method][-1], lines[2:], aligned=True)
        return Formula(_SYMBOLS[method], lines, aligned=True, size=r"\small")
    make = _momentum if method == "momentum" else _plain
    symbols, shown = _SYMBOLS[method], range(2)
    if short and method == "momentum":  # both rules in one line: the question below has four options
        symbols, shown = (r" \quad ".join(symbols),), range(more, more + 1)
    return Formula(
        symbols,
        tuple(each for of in shown for each in make(optimizer, descent, step, of, names)),
        aligned=True,
    )


def _ends(descent: Descent, step: int, of: int) -> tuple[Number, Number]:
    before, after = (float(descent.points[at][of]) for at in (step, step + 1))
    return digits_of(before), digits_of(after)


def _plain(optimizer: Optimizer, descent: Descent, step: int, of: int, names: tuple[str, str]) -> tuple[Line, ...]:
    before, after = _ends(descent, step, of)
    g = digits_of(float(descent.gradients[step, of]))
    return (line(names[of], Difference(before, Product((decimals(optimizer.rate), g))), after),)


def _momentum(optimizer: Optimizer, descent: Descent, step: int, of: int, names: tuple[str, str]) -> tuple[Line, ...]:
    before, after = _ends(descent, step, of)
    held = digits_of(float(descent.firsts[step - 1, of])) if step else Number(0.0, 0)
    v, g = digits_of(float(descent.firsts[step, of])), digits_of(float(descent.gradients[step, of]))
    velocity = Sum((Product((decimals(optimizer.momentum), held)), g), brackets=True)
    moved = Difference(before, Product((decimals(optimizer.rate), v)))
    return line(names[of].replace("w", "v"), velocity, v), line(names[of], moved, after)


def _adam(
    optimizer: Optimizer, descent: Descent, step: int, of: int, names: tuple[str, str], short: bool
) -> tuple[Line, ...]:
    before, after = _ends(descent, step, of)
    earlier = [float(kept[step - 1, of]) if step else 0.0 for kept in (descent.firsts, descent.seconds)]
    held = [digits_of(value) if value else Number(0.0, 0) for value in earlier]
    m, v = (digits_of(float(kept[step, of])) for kept in (descent.firsts, descent.seconds))
    g = digits_of(float(descent.gradients[step, of]))
    one, two = optimizer.beta1, optimizer.beta2
    first = Sum(
        (Product((decimals(one), held[0])), Product((decimals(round(1 - one, _MOST_DIGITS)), g))), brackets=True
    )
    second = Sum(
        (Product((decimals(two), held[1])), Product((decimals(round(1 - two, _MOST_DIGITS)), g, g))), brackets=True
    )
    hats = [
        (kept, Number(1 - beta ** (step + 1), 4), digits_of(kept.value / (1 - beta ** (step + 1))))
        for kept, beta in ((m, one), (v, two))
    ]
    root: Expression = Applied(r"\sqrt", hats[1][2])
    if not short or root.value < _SMALL_ROOT:  # else ε is too small to be seen
        root = Sum((root, Number(optimizer.epsilon, 0, scientific=True)))
    lines = [line("m", first, m), line("v", second, v)]
    lines += [
        line(name, Fraction(kept, left), hat)
        for name, (kept, left, hat) in zip((r"\hat{m}", r"\hat{v}"), hats, strict=True)
    ]
    moved = Difference(before, Product((decimals(optimizer.rate), Fraction(hats[0][2], root))))
    return (*lines, line(names[of], moved, after))


def batch_gradient(trace: LineFit, step: int, short: bool = False) -> Formula:
    """The slope of the loss over one batch along the line's slope, and what the step makes of it.

    ``short``: as much of it as a hall's column has room for.
    """
    of = trace.batches[step]
    slope, intercept = trace.descent.points[step]
    errors = slope * trace.inputs[of] + intercept - trace.lengths[of]
    terms: list[Expression] = [
        Product((digits_of(float(error)), digits_of(float(x))))
        for error, x in zip(errors, trace.inputs[of], strict=True)
    ]
    mean: Expression = terms[0]
    if len(terms) > 1:
        mean = Fraction(Sum(tuple(terms), 1 if short else TERMS, brackets=True), Number(len(of), 0))
    g = digits_of(float(trace.descent.gradients[step, 0]))
    lines = [Line("g", (mean, g), broken=1)]
    if trace.optimizer.method == "sgd":
        lines += _plain(trace.optimizer, trace.descent, step, 0, (r"w", r"b"))
    symbols = (r"g = \frac{1}{|B|} \sum_{i \in B} (w x_i + b - y_i)\, x_i", *_SYMBOLS[trace.optimizer.method])
    return Formula(symbols[:2] if trace.optimizer.method == "sgd" else symbols[:1], tuple(lines), aligned=True)
