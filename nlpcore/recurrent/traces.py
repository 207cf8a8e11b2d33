"""Recurrent cells run step by step with every intermediate value kept: what is traced is the computation itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from nlpcore.arrays import Floats
from nlpcore.recurrent.cells import GRUCell, LSTMCell, RecurrentCell, RNNCell

CellT = TypeVar("CellT", bound=RecurrentCell)


@dataclass(frozen=True, slots=True)
class RNNTrace:
    """h_t = tanh(W x_t + b_ih + U h_{t-1} + b_hh); Elman 1990, as in ``torch.nn.RNN``.

    Attributes:
        inputs: (steps, inputs): x_t.
        pre: (steps, hidden): what tanh is applied to.
        h: (steps, hidden): hidden state after each step, -1 to 1.
        h0: (hidden,): hidden state before the first step.
    """

    inputs: Floats
    pre: Floats
    h: Floats
    h0: Floats


@dataclass(frozen=True, slots=True)
class LSTMTrace:
    """Every value of an LSTM layer at every step (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000).

    As in ``torch.nn.LSTM``, without peepholes: i, f, o = σ(W x_t + b_ih + U h_{t-1} + b_hh) and g = tanh(…), each with
    its own block of weights; c_t = f ⊙ c_{t-1} + i ⊙ g; h_t = o ⊙ tanh(c_t).

    Attributes:
        inputs: (steps, inputs): x_t.
        from_input: (steps, 4, hidden): W x_t + b_ih, in the order i, f, g, o.
        from_hidden: (steps, 4, hidden): U h_{t-1} + b_hh, in the same order; the sum of the two is the pre-activation.
        i: (steps, hidden): input gate, 0 to 1: the share of the candidate that is written.
        f: (steps, hidden): forget gate, 0 to 1: the share of the old cell state that is kept.
        g: (steps, hidden): candidate, -1 to 1: what could be written.
        o: (steps, hidden): output gate, 0 to 1: the share of tanh(c_t) that is let out.
        c: (steps, hidden): cell state after each step, unbounded.
        h: (steps, hidden): hidden state after each step, -1 to 1: the layer's output.
        h0: (hidden,): hidden state before the first step.
        c0: (hidden,): cell state before the first step.
    """

    inputs: Floats
    from_input: Floats
    from_hidden: Floats
    i: Floats
    f: Floats
    g: Floats
    o: Floats
    c: Floats
    h: Floats
    h0: Floats
    c0: Floats

    @property
    def pre(self) -> Floats:
        """(steps, 4, hidden): pre-activations of i, f, g, o, before σ and tanh."""
        return self.from_input + self.from_hidden

    @property
    def c_before(self) -> Floats:
        """(steps, hidden): c_{t-1}, the cell state that each step starts from."""
        return np.vstack([self.c0, self.c[:-1]])

    @property
    def kept(self) -> Floats:
        """(steps, hidden): f ⊙ c_{t-1}, the part of c_t that was there before."""
        return self.f * self.c_before

    @property
    def added(self) -> Floats:
        """(steps, hidden): i ⊙ g, the part of c_t that is new."""
        return self.i * self.g


@dataclass(frozen=True, slots=True)
class GRUTrace:
    """Every value of a GRU layer at every step, as in ``torch.nn.GRU``.

    r, z = σ(W x_t + b_ih + U h_{t-1} + b_hh); n = tanh(W x_t + b_ih + r ⊙ (U h_{t-1} + b_hh));
    h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}.

    Convention: z near 1 *keeps* the old state, as in Cho et al. 2014 (arXiv 1406.1078, eq. 7); Chung et al. 2014 (arXiv
    1412.3555) swap z and 1 - z. Unlike Cho et al., PyTorch and cuDNN apply the reset gate after the product with U.

    Attributes:
        inputs: (steps, inputs): x_t.
        from_input: (steps, 3, hidden): W x_t + b_ih, in the order r, z, n.
        from_hidden: (steps, 3, hidden): U h_{t-1} + b_hh, in the same order, before the reset gate.
        r: (steps, hidden): reset gate, 0 to 1: how much of the old state the candidate sees.
        z: (steps, hidden): update gate, 0 to 1: the share of the old state that is kept.
        n: (steps, hidden): candidate, -1 to 1.
        h: (steps, hidden): hidden state after each step, -1 to 1.
        h0: (hidden,): hidden state before the first step.
    """

    inputs: Floats
    from_input: Floats
    from_hidden: Floats
    r: Floats
    z: Floats
    n: Floats
    h: Floats
    h0: Floats


def trace_rnn(cell: RNNCell | Any, inputs: ArrayLike, h0: ArrayLike | None = None) -> RNNTrace:
    """Run a plain RNN over ``inputs`` (steps, features) in float64 (Elman 1990); ``cell`` may be a torch ``nn.RNN`` with tanh.

    ``h0`` (hidden,) is zero unless given. Raises ValueError where shapes do not fit or the torch module uses ReLU.
    """
    if getattr(cell, "nonlinearity", "tanh") != "tanh":
        raise ValueError("only tanh is traced")
    cell, x = _plain(RNNCell, cell), np.asarray(inputs, dtype=np.float64)
    h = start = _start(h0, cell)
    from_input = _from_input(cell, x)[:, 0]
    pre, out = np.empty_like(from_input), np.empty_like(from_input)
    for t, part in enumerate(from_input):
        pre[t] = part + cell.weight_hh @ h + cell.bias_hh
        out[t] = h = np.tanh(pre[t])
    return RNNTrace(x, pre, out, start)


def trace_lstm(
    cell: LSTMCell | Any, inputs: ArrayLike, h0: ArrayLike | None = None, c0: ArrayLike | None = None
) -> LSTMTrace:
    """Run an LSTM over ``inputs`` (steps, features) in float64; ``cell`` may be a torch ``nn.LSTM`` or ``nn.LSTMCell``.

    With a forget gate and without peepholes (Gers et al. 2000), in the order and with the two biases of torch. ``h0`` and
    ``c0`` (hidden,) are zero unless given. Raises ValueError where shapes do not fit.
    """
    cell, x = _plain(LSTMCell, cell), np.asarray(inputs, dtype=np.float64)
    h, c = start_h, start_c = _start(h0, cell), _start(c0, cell)
    from_input = _from_input(cell, x)
    from_hidden = np.empty_like(from_input)
    values = np.empty((6, len(x), cell.hidden))
    for t, part in enumerate(from_input):
        from_hidden[t] = (cell.weight_hh @ h + cell.bias_hh).reshape(4, -1)
        values[:, t] = *_, c, h = lstm_step(part + from_hidden[t], c)
    i, f, g, o, c, h = values
    return LSTMTrace(x, from_input, from_hidden, i, f, g, o, c, h, start_h, start_c)


def lstm_step(pre: Floats, c: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return i, f, g, o, the new c and h (…, hidden) for pre-activations (…, 4, hidden) and the old c (…, hidden)."""
    i, f, o = sigmoid(pre[..., 0, :]), sigmoid(pre[..., 1, :]), sigmoid(pre[..., 3, :])
    g = np.tanh(pre[..., 2, :])
    c = f * c + i * g
    return i, f, g, o, c, o * np.tanh(c)


def trace_gru(cell: GRUCell | Any, inputs: ArrayLike, h0: ArrayLike | None = None) -> GRUTrace:
    """Run a GRU over ``inputs`` (steps, features) in float64; ``cell`` may be a torch ``nn.GRU`` or ``nn.GRUCell``.

    See :class:`GRUTrace` for its convention. ``h0`` (hidden,) is zero unless given. Raises ValueError where shapes do not fit.
    """
    cell, x = _plain(GRUCell, cell), np.asarray(inputs, dtype=np.float64)
    h = start = _start(h0, cell)
    from_input = _from_input(cell, x)
    from_hidden = np.empty_like(from_input)
    values = np.empty((4, len(x), cell.hidden))
    for t, part in enumerate(from_input):
        from_hidden[t] = (cell.weight_hh @ h + cell.bias_hh).reshape(3, -1)
        r, z = sigmoid(part[:2] + from_hidden[t, :2])
        n = np.tanh(part[2] + r * from_hidden[t, 2])
        h = (1 - z) * n + z * h
        values[:, t] = r, z, n, h
    r, z, n, h = values
    return GRUTrace(x, from_input, from_hidden, r, z, n, h, start)


def sigmoid(x: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)) without overflow, through the identity σ(x) = (1 + tanh(x/2)) / 2."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def _plain(kind: type[CellT], cell: Any) -> CellT:
    return cell if isinstance(cell, kind) else kind.from_torch(cell)


def _start(state: ArrayLike | None, cell: RecurrentCell) -> Floats:
    start = np.zeros(cell.hidden) if state is None else np.asarray(state, dtype=np.float64).reshape(-1)
    if start.shape != (cell.hidden,):
        raise ValueError(f"a start state of {start.shape} does not fit {cell.hidden} units")
    return start


def _from_input(cell: RecurrentCell, x: Floats) -> Floats:
    """Return W x_t + b_ih for all steps at once, as (steps, blocks, hidden)."""
    if x.ndim != 2 or x.shape[1] != cell.inputs:
        raise ValueError(f"inputs of shape {x.shape} do not fit a cell with {cell.inputs} features")
    return (x @ cell.weight_ih.T + cell.bias_ih).reshape(len(x), len(cell.BLOCKS), cell.hidden)
