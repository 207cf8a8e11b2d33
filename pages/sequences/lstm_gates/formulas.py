"""The LSTM's equations in LaTeX, each gate and state in its colour, and the same with one unit's numbers."""

from __future__ import annotations

from app.charts import colours
from nlpcore.recurrent import LSTMTrace
from pages.sequences.lstm_gates.charts import COLOUR

_SIZE = {False: r"\small", True: ""}


def coloured(name: str, text: str | None = None) -> str:
    """Return ``text`` (or the name itself) in the colour of i, f, g, o, c or h."""
    return rf"\textcolor{{{COLOUR[name]}}}{{{text or name}}}"


def style_sheet() -> str:
    """Return the CSS that makes the colours of :func:`coloured` dark or light enough to be read on the page."""
    return "".join(
        f'.katex [style*="rgb{tuple(int(hue[i : i + 2], 16) for i in (1, 3, 5))}"] {{ color: light-dark('
        f"{colours.legible(hue, colours.PAGE['light'])}, {colours.legible(hue, colours.PAGE['dark'])}) !important; }}"
        for hue in dict.fromkeys(COLOUR.values())
    )


def equations(large: bool = False) -> str:
    """Return the equations as in PyTorch; every gate has weights W, U, b of its own. ``large``: for a hall."""
    i, f, g, o, c, h = (coloured(name) for name in "ifgoch")
    return (
        rf"{_SIZE[large]}\begin{{aligned}}"
        rf"{i}_t,\,{f}_t,\,{o}_t &= \sigma(Wx_t + U{h}_{{t-1}} + b)\\"
        rf"{g}_t &= \tanh(Wx_t + U{h}_{{t-1}} + b)\\"
        rf"{c}_t &= {f}_t \odot {c}_{{t-1}} + {i}_t \odot {g}_t\\"
        rf"{h}_t &= {o}_t \odot \tanh({c}_t)"
        r"\end{aligned}"
    )


def numbers(trace: LSTMTrace, step: int, unit: int, large: bool = False) -> str:
    """Return the equations with the numbers of ``unit`` at ``step`` (both from 0): W x + b and U h + b come first."""
    lines = []
    for block, name in enumerate("ifgo"):
        a, b = trace.from_input[step, block, unit], trace.from_hidden[step, block, unit]
        squash = r"\tanh" if name == "g" else r"\sigma"
        value = _number(getattr(trace, name)[step, unit])
        lines.append(rf"{coloured(name)} &= {squash}({_number(a)} {_signed(b)}) = {coloured(name, value)}")
    i, f, g, o = (coloured(name, _factor(getattr(trace, name)[step, unit])) for name in "ifgo")
    c, h = (coloured(name, _number(getattr(trace, name)[step, unit])) for name in "ch")
    before = coloured("c", _factor(trace.c_before[step, unit]))
    lines += [
        rf"{coloured('c')} &= {f}\cdot{before} + {i}\cdot{g}",
        rf"&= {c}",
        rf"{coloured('h')} &= {o}\cdot\tanh({coloured('c', _number(trace.c[step, unit]))}) = {h}",
    ]
    return rf"{_SIZE[large]}\begin{{aligned}}" + r"\\".join(lines) + r"\end{aligned}"


def _number(value: float) -> str:
    return f"{value + 0.0:.3f}".replace("-0.000", "0.000")


def _factor(value: float) -> str:
    """A negative factor stands in brackets."""
    text = _number(value)
    return f"({text})" if text.startswith("-") else text


def _signed(value: float) -> str:
    text = _number(abs(value))
    return f"- {text}" if value < 0 else f"+ {text}"
