"""How much the last hidden state still depends on each earlier one: exact Jacobians, multiplied back through time.

For a plain RNN the product of Jacobians shrinks or grows exponentially (Hochreiter 1991; Bengio et al. 1994; Pascanu et
al. 2013, eq. 5). An LSTM adds the path through the cell state, on which each step only multiplies with its forget gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.recurrent.cells import GRUCell, LSTMCell, RecurrentCell, RNNCell
from nlpcore.recurrent.traces import GRUTrace, LSTMTrace, RNNTrace


@dataclass(frozen=True, slots=True)
class GradientFlow:
    """Sizes of the derivatives of the last hidden state h_T; 1 is the size of ∂h_T/∂h_T.

    Attributes:
        hidden: (steps,): ‖∂h_T/∂h_t‖ in the Frobenius norm, divided by √hidden; the last is 1. In an LSTM, c_t is held
            fixed.
        cell: (steps,): the same for ∂h_T/∂c_t, LSTM only: h_t depends on c_t and is not held fixed.
    """

    hidden: Floats
    cell: Floats | None = None


def gradient_flow(cell: RecurrentCell | Any, trace: RNNTrace | LSTMTrace | GRUTrace) -> GradientFlow:
    """Return how strongly h_T depends on the state after each step of ``trace``, which ``cell`` has produced.

    ``cell`` may be the torch module. Costs steps · hidden³ multiplications. Raises ValueError if there are no steps.
    """
    if not len(trace.h):
        raise ValueError("a trace without steps has no gradient")
    if isinstance(trace, LSTMTrace):
        return _lstm(cell if isinstance(cell, LSTMCell) else LSTMCell.from_torch(cell), trace)
    if isinstance(trace, GRUTrace):
        return _gru(cell if isinstance(cell, GRUCell) else GRUCell.from_torch(cell), trace)
    return _rnn(cell if isinstance(cell, RNNCell) else RNNCell.from_torch(cell), trace)


def _rnn(cell: RNNCell, trace: RNNTrace) -> GradientFlow:
    by_h, sizes = np.eye(cell.hidden), []
    for h in trace.h[::-1]:
        sizes.append(_size(by_h))
        by_h = by_h * (1 - h**2) @ cell.weight_hh
    return GradientFlow(np.array(sizes[::-1]))


def _lstm(cell: LSTMCell, trace: LSTMTrace) -> GradientFlow:
    by_h, through_c = np.eye(cell.hidden), np.zeros((cell.hidden, cell.hidden))
    sizes: list[tuple[float, float]] = []
    for t in reversed(range(len(trace.h))):
        i, f, g, o, tanh_c = trace.i[t], trace.f[t], trace.g[t], trace.o[t], np.tanh(trace.c[t])
        by_c = through_c + by_h * (o * (1 - tanh_c**2))
        sizes.append((_size(by_h), _size(by_c)))
        by_pre = [
            by_c * (g * i * (1 - i)),
            by_c * (trace.c_before[t] * f * (1 - f)),
            by_c * (i * (1 - g**2)),
            by_h * (tanh_c * o * (1 - o)),
        ]
        by_h, through_c = np.hstack(by_pre) @ cell.weight_hh, by_c * f
    hidden, cells = np.array(sizes[::-1]).T
    return GradientFlow(hidden, cells)


def _gru(cell: GRUCell, trace: GRUTrace) -> GradientFlow:
    by_h, sizes = np.eye(cell.hidden), []
    before = np.vstack([trace.h0, trace.h[:-1]])
    for t in reversed(range(len(trace.h))):
        sizes.append(_size(by_h))
        r, z, n = trace.r[t], trace.z[t], trace.n[t]
        by_n = by_h * ((1 - z) * (1 - n**2))
        by_pre = [
            by_n * (trace.from_hidden[t, 2] * r * (1 - r)),
            by_h * ((before[t] - n) * z * (1 - z)),
            by_n * r,
        ]
        by_h = by_h * z + np.hstack(by_pre) @ cell.weight_hh
    return GradientFlow(np.array(sizes[::-1]))


def _size(jacobian: Floats) -> float:
    return float(np.linalg.norm(jacobian) / np.sqrt(len(jacobian)))
