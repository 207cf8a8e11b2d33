"""The weights of one recurrent layer as plain NumPy arrays, in PyTorch's layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from nlpcore.arrays import Floats


@dataclass(frozen=True, slots=True)
class RecurrentCell:
    """Weights of one layer: as many blocks of ``hidden`` rows as the cell has gates and candidates, stacked.

    Raises ValueError where the shapes do not fit together.

    Attributes:
        weight_ih: (blocks · hidden, inputs): W, from the input x_t.
        weight_hh: (blocks · hidden, hidden): U, from the previous hidden state h_{t-1}.
        bias_ih: (blocks · hidden,): added to W x_t.
        bias_hh: (blocks · hidden,): added to U h_{t-1}; kept apart because a GRU multiplies it with its reset gate.
    """

    weight_ih: Floats
    weight_hh: Floats
    bias_ih: Floats
    bias_hh: Floats

    BLOCKS: ClassVar[tuple[str, ...]] = ("h",)

    def __post_init__(self) -> None:
        rows = len(self.BLOCKS) * self.hidden
        shapes = (self.weight_ih.shape[:1], self.weight_hh.shape, self.bias_ih.shape, self.bias_hh.shape)
        if shapes != ((rows,), (rows, self.hidden), (rows,), (rows,)):
            raise ValueError(f"{type(self).__name__} with {len(self.BLOCKS)} blocks does not fit shapes {shapes}")

    @property
    def hidden(self) -> int:
        """The number of units."""
        return int(self.weight_hh.shape[1])

    @property
    def inputs(self) -> int:
        """The number of features of one input."""
        return int(self.weight_ih.shape[1])

    @classmethod
    def from_torch(cls, module: Any, layer: int | None = None) -> Self:
        """Return the layer of a torch module (``nn.RNN``, ``nn.LSTM``, ``nn.GRU`` or their ``…Cell``) in float64.

        ``layer``: which one, from 0, of a module that has several or reads both ways; of these its forward direction is
        taken. Raises ValueError where it is needed and not given, for another kind of module and for projected LSTMs.
        """
        state = module.state_dict()
        layers, both_ways = int(getattr(module, "num_layers", 1)), bool(getattr(module, "bidirectional", False))
        if layer is None and (layers > 1 or both_ways):
            raise ValueError(
                f"{type(module).__name__} has {layers} layer(s){' that read both ways' if both_ways else ''}: one layer"
                " and direction is traced; say which with from_torch(module, layer)"
            )
        layer = layer or 0
        suffix = f"_l{layer}" if f"weight_ih_l{layer}" in state else ""
        if f"weight_ih{suffix}" not in state or int(getattr(module, "proj_size", 0)):
            raise ValueError(f"{type(module).__name__} is not a plain recurrent layer")
        weight_ih, weight_hh = (_numpy(state[name + suffix]) for name in ("weight_ih", "weight_hh"))
        zeros = np.zeros(len(weight_ih))
        bias_ih, bias_hh = (
            _numpy(state[name + suffix]) if name + suffix in state else zeros for name in ("bias_ih", "bias_hh")
        )
        return cls(weight_ih, weight_hh, bias_ih, bias_hh)

    @classmethod
    def random(cls, inputs: int, hidden: int, seed: int = 0) -> Self:
        """Return untrained weights, uniform in ±1/√hidden: the way PyTorch initialises a recurrent layer."""
        rows, bound, rng = len(cls.BLOCKS) * hidden, hidden**-0.5, np.random.default_rng(seed)
        shapes: tuple[tuple[int, ...], ...] = ((rows, inputs), (rows, hidden), (rows,), (rows,))
        return cls(*(rng.uniform(-bound, bound, shape) for shape in shapes))


@dataclass(frozen=True, slots=True)
class RNNCell(RecurrentCell):
    """Elman's network (Elman 1990, "Finding structure in time"): one block, tanh."""


@dataclass(frozen=True, slots=True)
class LSTMCell(RecurrentCell):
    """Three gates and a candidate, four weight blocks in PyTorch's order: i, f, g, o."""

    BLOCKS: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o")


@dataclass(frozen=True, slots=True)
class GRUCell(RecurrentCell):
    """Two gates and a candidate, three weight blocks in PyTorch's order: reset r, update z, candidate n."""

    BLOCKS: ClassVar[tuple[str, ...]] = ("r", "z", "n")


def _numpy(tensor: Any) -> Floats:
    return np.asarray(tensor.detach().cpu().double().numpy(), dtype=np.float64)  # NumPy knows no bfloat16
