"""Traces against PyTorch's own layers, in float64 and in float32, over random sizes and seeds."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.recurrent import GRUCell, LSTMCell, RNNCell, gradient_flow, trace_gru, trace_lstm, trace_rnn

sizes = st.tuples(st.integers(1, 12), st.integers(1, 9), st.integers(1, 17), st.integers(0, 2**31), st.booleans())


def layer_and_inputs(kind, size, dtype=torch.float64):
    steps, features, hidden, seed, bias = size
    generator = torch.Generator().manual_seed(seed)
    layer = kind(features, hidden, bias=bias, batch_first=True).to(dtype)
    for parameter in layer.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=dtype)
    draw = [torch.randn(shape, generator=generator, dtype=dtype) for shape in ((steps, features), (hidden,), (hidden,))]
    return layer, *draw


@given(sizes)
@settings(max_examples=60, deadline=None)
def test_lstm_equals_torch(size):
    layer, x, h0, c0 = layer_and_inputs(torch.nn.LSTM, size)
    with torch.no_grad():
        h, (_, c) = layer(x[None], (h0[None, None], c0[None, None]))
    trace = trace_lstm(layer, x.numpy(), h0.numpy(), c0.numpy())
    np.testing.assert_allclose(trace.h, h[0], atol=1e-10)
    np.testing.assert_allclose(trace.c[-1], c[0, 0], atol=1e-10)


@given(sizes)
@settings(max_examples=30, deadline=None)
def test_gates_equal_a_torch_cell_stepped_by_hand(size):
    layer, x, *_ = layer_and_inputs(torch.nn.LSTM, size)
    trace = trace_lstm(layer, x.numpy())
    hidden = layer.hidden_size
    h = torch.zeros(hidden, dtype=x.dtype)
    for t, x_t in enumerate(x):
        pre = torch.nn.functional.linear(x_t, layer.weight_ih_l0, getattr(layer, "bias_ih_l0", None))
        pre = (pre + torch.nn.functional.linear(h, layer.weight_hh_l0, getattr(layer, "bias_hh_l0", None))).detach()
        i, f, g, o = pre.split(hidden)
        for ours, theirs in zip(
            (trace.i, trace.f, trace.g, trace.o), (i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()), strict=True
        ):
            np.testing.assert_allclose(ours[t], theirs, atol=1e-10)
        np.testing.assert_allclose(trace.pre[t].ravel(), pre, atol=1e-10)
        h = torch.from_numpy(trace.h[t])
    np.testing.assert_allclose(trace.kept + trace.added, trace.c, atol=1e-12)


@given(sizes)
@settings(max_examples=40, deadline=None)
def test_gru_and_rnn_equal_torch(size):
    for kind, trace_of in ((torch.nn.GRU, trace_gru), (torch.nn.RNN, trace_rnn)):
        layer, x, h0, _ = layer_and_inputs(kind, size)
        with torch.no_grad():
            h, _ = layer(x[None], h0[None, None])
        np.testing.assert_allclose(trace_of(layer, x.numpy(), h0.numpy()).h, h[0], atol=1e-10)


@given(sizes)
@settings(max_examples=20, deadline=None)
def test_single_precision_layers_agree_to_a_millionth(size):
    layer, x, *_ = layer_and_inputs(torch.nn.LSTM, size, torch.float32)
    for parameter in layer.parameters():  # the scale of real weights: float32 rounding is not amplified
        parameter.data *= layer.hidden_size**-0.5 / 2
    with torch.no_grad():
        h, _ = layer(x[None])
    np.testing.assert_allclose(trace_lstm(layer, x.numpy()).h, h[0], atol=1e-6)


def jacobians(step, states, steps):
    """∂h_T/∂state_t by autograd, for every state: ``step(t, states)`` advances, the first state is h."""
    out = []
    for start in range(steps):

        def rest(*now, start=start):
            for t in range(start + 1, steps):
                now = step(t, now)
            return now[0]

        out.append(torch.autograd.functional.jacobian(rest, states[start]))
    return out


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_gradient_flow_equals_autograd(name, seed):
    torch.manual_seed(seed)
    cell = getattr(torch.nn, f"{name}Cell")(3, 5).double()
    x = torch.randn(6, 3, dtype=torch.float64)

    def step(t, states):
        new = cell(x[t], states if name == "LSTM" else states[0])
        return new if name == "LSTM" else (new,)

    states, now = [], tuple(torch.zeros(5, dtype=torch.float64) for _ in range(1 + (name == "LSTM")))
    for t in range(6):
        now = tuple(s.detach() for s in step(t, now))
        states.append(now)
    trace = {"RNN": trace_rnn, "GRU": trace_gru, "LSTM": trace_lstm}[name](cell, x.numpy())
    flow = gradient_flow(cell, trace)
    assert flow.hidden[-1] == pytest.approx(1)
    by_state = jacobians(step, states, 6)
    expected = [j[0].norm().item() / 5**0.5 for j in by_state]
    np.testing.assert_allclose(flow.hidden, expected, rtol=1e-8)
    if name == "LSTM":
        # autograd holds h_t fixed at the last step of its function; ours lets h_t follow c_t at every t
        follow = [
            j[1] + j[0] @ torch.diag(torch.from_numpy(o * (1 - np.tanh(c) ** 2)))
            for j, o, c in zip(by_state, trace.o, trace.c, strict=True)
        ]
        np.testing.assert_allclose(flow.cell, [j.norm().item() / 5**0.5 for j in follow], rtol=1e-8)


def test_shapes_that_do_not_fit_are_refused():
    cell = LSTMCell.random(3, 4)
    for inputs in (np.zeros((5, 2)), np.zeros(3), np.zeros((1, 5, 3))):
        with pytest.raises(ValueError, match="do not fit"):
            trace_lstm(cell, inputs)
    with pytest.raises(ValueError, match="start state"):
        trace_lstm(cell, np.zeros((2, 3)), h0=np.zeros(3))
    with pytest.raises(ValueError, match="blocks"):
        GRUCell(cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
    with pytest.raises(ValueError, match="recurrent"):
        LSTMCell.from_torch(torch.nn.Linear(2, 2))
    with pytest.raises(ValueError, match="tanh"):
        trace_rnn(torch.nn.RNN(2, 2, nonlinearity="relu"), np.zeros((1, 2)))


@pytest.mark.parametrize("shape", [{"num_layers": 2}, {"bidirectional": True}])
@pytest.mark.parametrize(("kind", "trace"), [("RNN", trace_rnn), ("LSTM", trace_lstm), ("GRU", trace_gru)])
def test_a_module_of_several_layers_or_directions_is_refused(kind, trace, shape):
    module = getattr(torch.nn, kind)(2, 3, **shape)
    with pytest.raises(ValueError, match="from_torch"):
        trace(module, np.zeros((4, 2)))


def test_one_layer_of_several_can_be_named():
    torch.manual_seed(0)
    module = torch.nn.GRU(2, 3, num_layers=2).double()
    inputs = torch.randn(5, 2, dtype=torch.float64)
    first = trace_gru(GRUCell.from_torch(module, 0), inputs.numpy())
    second = trace_gru(GRUCell.from_torch(module, 1), first.h)
    np.testing.assert_allclose(second.h, module(inputs)[0].detach().numpy(), atol=1e-12)


def test_no_steps_give_empty_traces_and_extreme_inputs_stay_finite():
    cell = LSTMCell.random(3, 4)
    assert trace_lstm(cell, np.zeros((0, 3))).h.shape == (0, 4)
    with pytest.raises(ValueError, match="without steps"):
        gradient_flow(cell, trace_lstm(cell, np.zeros((0, 3))))
    trace = trace_lstm(cell, np.full((4, 3), 1e6))
    assert np.isfinite(trace.c).all()
    assert ((trace.i >= 0) & (trace.i <= 1)).all()
    assert trace_rnn(RNNCell.random(3, 4), np.zeros((1, 3))).h.shape == (1, 4)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_weights_of_any_precision_are_read_as_they_are(dtype):
    """NumPy has no bfloat16."""
    for kind, trace_of in ((torch.nn.LSTM, trace_lstm), (torch.nn.GRU, trace_gru), (torch.nn.RNN, trace_rnn)):
        layer, x, *_ = layer_and_inputs(kind, (4, 3, 5, 0, True), dtype)
        exact = kind(3, 5, batch_first=True).double()
        exact.load_state_dict({name: value.double() for name, value in layer.state_dict().items()})
        with torch.no_grad():
            wanted, _ = exact(x.double()[None])
        np.testing.assert_allclose(trace_of(layer, x.double().numpy()).h, wanted[0], atol=1e-12)
