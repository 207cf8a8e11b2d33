"""The LSTM's equations in LaTeX, each gate and state in its colour, and the same with one unit's numbers."""

from __future__ import annotations

from app.charts import colours
from app.formulas import Applied, Formula, Line, Number, Product, Sum
from nlpcore.recurrent import LSTMTrace, values
from pages.sequences.lstm_gates.charts import COLOUR

BLOCKS = "ifgo"  # the order of the weights' blocks in the trace
DIGITS = 3


def coloured(name: str) -> str:
    """Return the name of i, f, g, o, c or h in its colour."""
    return rf"\textcolor{{{COLOUR[name]}}}{{{name}}}"


def style_sheet() -> str:
    """Return the CSS that makes the colours of the formulas dark or light enough to be read on the page."""
    return "".join(
        f'.katex [style*="rgb{tuple(int(hue[i : i + 2], 16) for i in (1, 3, 5))}"] {{ color: light-dark('
        f"{colours.legible(hue, colours.PAGE['light'])}, {colours.legible(hue, colours.PAGE['dark'])}) !important; }}"
        for hue in dict.fromkeys(COLOUR.values())
    )


def step_of(trace: LSTMTrace, step: int, unit: int) -> Formula:
    """The equations as in PyTorch, and the numbers of ``unit`` at ``step`` (both from 0).

    In the numbers, W x_t + b_ih comes first in the brackets and U h_{t-1} + b_hh second; every gate has its own.
    """
    gates = tuple(_gate(trace, step, unit, name) for name in BLOCKS)
    i, f, g, o, c, h = (_value(trace, step, unit, name) for name in "ifgoch")
    before = Number(float(trace.c_before[step, unit]), DIGITS, colour=COLOUR["c"])
    cell = Line(coloured("c"), (Sum((Product((f, before)), Product((i, g)))), c), broken=1)
    hidden = Line(coloured("h"), (Product((o, Applied(r"\tanh", c))), h))
    return Formula(_symbols(), (*gates, cell, hidden), aligned=True, size=r"\small")


def _symbols() -> str:
    c, h = coloured("c"), coloured("h")
    i, f, g, o = (coloured(name) for name in BLOCKS)
    cell = rf"{c}_t &= {f}_t \odot {c}_{{t-1}} + {i}_t \odot {g}_t"
    hidden = rf"{h}_t &= {o}_t \odot \tanh({c}_t)"
    rows = r"\\[-3pt]".join((*map(_gate_symbols, BLOCKS), cell, hidden))
    return rf"\begin{{aligned}}{rows}\end{{aligned}}"


def _gate_symbols(name: str) -> str:
    """A gate, or the candidate, with weights and a bias of its own, as each of the four has."""
    squash = r"\tanh" if name == "g" else r"\sigma"
    return rf"{coloured(name)}_t &= {squash}(W_{{{name}}}x_t + U_{{{name}}}{coloured('h')}_{{t-1}} + b_{{{name}}})"


def _gate(trace: LSTMTrace, step: int, unit: int, name: str) -> Line:
    """A gate, or the candidate: what comes from the input and from the state before, squashed."""
    block = BLOCKS.index(name)
    parts = (trace.from_input[step, block, unit], trace.from_hidden[step, block, unit])
    summed = Sum(tuple(Number(float(part), DIGITS) for part in parts))
    squashed = Applied(r"\tanh" if name == "g" else r"\sigma", summed)
    return Line(coloured(name), (squashed, _value(trace, step, unit, name)))


def _value(trace: LSTMTrace, step: int, unit: int, name: str) -> Number:
    return Number(float(values(trace, name)[step, unit]), DIGITS, colour=COLOUR[name])
