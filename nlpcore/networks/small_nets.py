"""Networks small enough to be trained while somebody watches: layers that move against their gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.models.trainings import State
from nlpcore.networks.activations import Activation
from nlpcore.networks.backpropagation import Layer, LayerTrace, backpropagate
from nlpcore.networks.optimizers import Memory, Optimizer

Memories = tuple[Memory | None, Memory | None]  # of a layer's weights and of its bias


def fresh(sizes: Sequence[int], activations: Sequence[Activation], rng: np.random.Generator) -> tuple[Layer, ...]:
    """Return untrained layers between ``sizes``; weights uniform within √(6 / (in + out)) (Glorot & Bengio 2010), biases 0."""
    found = []
    for inputs, outputs, activation in zip(sizes, sizes[1:], activations, strict=False):
        limit = np.sqrt(6 / (inputs + outputs))
        found.append(Layer(rng.uniform(-limit, limit, (outputs, inputs)), np.zeros(outputs), activation))
    return tuple(found)


class Learning:
    """Layers with what their optimizer remembers of them; nothing is changed in place."""

    def __init__(self, layers: tuple[Layer, ...], optimizer: Optimizer) -> None:
        self.layers, self._optimizer = layers, optimizer
        self._memories: list[Memories] = [(None, None) for _ in layers]

    def move(self, traces: Sequence[LayerTrace]) -> None:
        """Take one step against the gradients of a pass."""
        layers: list[Layer] = []
        for place, (layer, trace) in enumerate(zip(self.layers, traces, strict=True)):
            of_weights, of_bias = self._memories[place]
            weights, of_weights = self._optimizer.step(layer.weights, trace.by_weights, of_weights)
            bias, of_bias = self._optimizer.step(layer.bias, trace.by_bias, of_bias)
            layers.append(replace(layer, weights=weights, bias=bias))
            self._memories[place] = (of_weights, of_bias)
        self.layers = tuple(layers)

    def state(self, name: str = "") -> State:
        """Return weights, biases and what is remembered of both, each under ``name`` and its place."""
        found: dict[str, np.ndarray] = {}
        for place, (layer, memories) in enumerate(zip(self.layers, self._memories, strict=True)):
            found |= {f"{name}{place}.weights": layer.weights, f"{name}{place}.bias": layer.bias}
            for part, memory in zip(("weights", "bias"), memories, strict=True):
                if memory is not None:
                    found |= {
                        f"{name}{place}.{part}.first": memory.first,
                        f"{name}{place}.{part}.second": memory.second,
                    }
                    found[f"{name}{place}.steps"] = np.array(memory.steps)
        return found

    def restore(self, state: State, name: str = "") -> None:
        """Go on from there."""
        layers: list[Layer] = []
        for place, layer in enumerate(self.layers):
            kept = {part: state[f"{name}{place}.{part}"] for part in ("weights", "bias")}
            layers.append(replace(layer, weights=kept["weights"], bias=kept["bias"]))
            if f"{name}{place}.steps" in state:
                steps = int(state[f"{name}{place}.steps"])
                self._memories[place] = (
                    Memory(state[f"{name}{place}.weights.first"], state[f"{name}{place}.weights.second"], steps),
                    Memory(state[f"{name}{place}.bias.first"], state[f"{name}{place}.bias.second"], steps),
                )
        self.layers = tuple(layers)


def pulled(layers: Sequence[Layer], inputs: Floats, outputs: Floats, by_outputs: Floats) -> tuple[LayerTrace, ...]:
    """Return the pass back through ``layers`` of a gradient that comes from beyond them.

    ``outputs`` are theirs for ``inputs``; ``by_outputs`` is ∂L/∂outputs, (n, outputs), of a loss that is worked out elsewhere:
    half a squared distance to a place just as far away has that gradient.
    """
    return backpropagate(layers, inputs, outputs - len(inputs) * by_outputs, "squared").layers
