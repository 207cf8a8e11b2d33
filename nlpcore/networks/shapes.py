"""Six shapes of a network as what goes through them: the tensors between their layers, and how many parameters each layer has.

The layers and their parameters are torch's: ``nn.Linear(n, m)`` has n m weights and m biases, ``nn.Conv1d(e, f, w)`` w e f and f,
``nn.Embedding(v, e)`` v e, ``nn.RNN(e, h)`` e h, h h and two times h biases, as in its formula
h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from nlpcore.arguments import check_option
from nlpcore.models.serving import served

Shape = Literal["feed_forward", "mlp", "cnn", "rnn", "autoencoder", "gan"]
Kind = Literal["embedding", "linear", "convolution", "maximum", "recurrent", "last"]
CLASSES = 2  # a review is negative or positive
WIDTH = 3  # words under a filter
NOISE = 2  # random numbers that a generator begins with, and numbers of the points that it makes
BOTTLENECK = 2
LARGEST = {"vocabulary": 1_000_000, "length": 10_000, "dimensions": 4096, "hidden": 4096, "batch": 4096}


@dataclass(frozen=True, slots=True)
class Stage:
    """One layer.

    Attributes:
        kind: what it does.
        name: which of several of its kind: of the layers of a network its number from 1.
        part: "" or which of two networks it belongs to: "encoder", "decoder", "generator", "discriminator".
        before: the shape of the tensor that goes in, the number of examples first.
        after: that of the one that comes out.
        terms: what its parameters add up from, each a product of sizes: ((3, 32, 24), (24,)); empty where it has none.
        sizes: what its module in torch is made with.
        axes: what is counted along each direction of ``after``: "examples", "words", "vector", …
    """

    kind: Kind
    name: int
    part: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    terms: tuple[tuple[int, ...], ...] = ()
    sizes: tuple[int, ...] = ()
    axes: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return sum(math.prod(term) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network of one shape.

    Attributes:
        shape: which.
        stages: its layers in the order in which data go through them.
        axes: what is counted along each direction of the tensor that goes into the first.
    """

    shape: Shape
    stages: tuple[Stage, ...]
    axes: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """How many numbers the network learns."""
        return sum(stage.parameters for stage in self.stages)


class _Building:
    """Puts layers one behind another, each on what the one before has made."""

    def __init__(self, shape: tuple[int, ...], *axes: str) -> None:
        self.shape, self.axes, self._last = shape, axes, axes
        self.stages: list[Stage] = []

    def add(
        self,
        kind: Kind,
        after: tuple[int, ...],
        axes: tuple[str, ...],
        terms: tuple[tuple[int, ...], ...] = (),
        sizes: tuple[int, ...] = (),
        part: str = "",
    ) -> _Building:
        name = 1 + sum(1 for stage in self.stages if stage.kind == kind)
        self.stages.append(Stage(kind, name, part, self.shape, after, terms, sizes, axes))
        self.shape, self._last = after, axes
        return self

    def linear(self, outputs: int, axis: str, part: str = "") -> _Building:
        *rows, inputs = self.shape
        terms = ((inputs, outputs), (outputs,))
        return self.add("linear", (*rows, outputs), (*self._last[:-1], axis), terms, (inputs, outputs), part)

    def embedding(self, vocabulary: int, dimensions: int) -> _Building:
        size = (vocabulary, dimensions)
        return self.add("embedding", (*self.shape, dimensions), (*self._last, "vector"), (size,), size)


@served
def architecture(
    shape: Shape, hidden: int = 24, vocabulary: int = 5000, length: int = 60, dimensions: int = 32, batch: int = 16
) -> Architecture:
    """Return a network of one shape for its task.

    Feed-forward and MLP read a review as counts of its words, CNN and RNN as the numbers of its words in their order, and all
    say two scores for it; the autoencoder takes a word vector through a bottleneck of two; the GAN makes points of noise
    and judges them.

    Args:
        shape: which.
        hidden: neurons, filters or units of its middle layers; the feed-forward network has none.
        vocabulary: different words.
        length: words of a review, 3 or more.
        dimensions: of a word vector.
        batch: examples at once.

    Raises:
        ValueError: another shape, or a size that cannot be.
    """
    check_option("shape", shape, Shape)
    given = {"vocabulary": vocabulary, "length": length, "dimensions": dimensions, "hidden": hidden, "batch": batch}
    for name, value in given.items():
        if not (WIDTH if name == "length" else 1) <= value <= LARGEST[name]:
            raise ValueError(f"{name} is at most {LARGEST[name]}, not {value}")
    if shape in ("feed_forward", "mlp"):
        built = _Building((batch, vocabulary), "reviews", "vocabulary")
        if shape == "mlp":
            built.linear(hidden, "neurons")
        built.linear(CLASSES, "scores")
    elif shape == "cnn":
        built = _Building((batch, length), "reviews", "words").embedding(vocabulary, dimensions)
        terms = ((WIDTH, dimensions, hidden), (hidden,))
        after = (batch, hidden, length - WIDTH + 1)
        built.add("convolution", after, ("reviews", "filters", "places"), terms, (dimensions, hidden, WIDTH))
        built.add("maximum", (batch, hidden), ("reviews", "filters")).linear(CLASSES, "scores")
    elif shape == "rnn":
        built = _Building((batch, length), "reviews", "words").embedding(vocabulary, dimensions)
        shared = ((dimensions, hidden), (hidden, hidden), (hidden,), (hidden,))
        axes = ("reviews", "words", "units")
        built.add("recurrent", (batch, length, hidden), axes, shared, (dimensions, hidden))
        built.add("last", (batch, hidden), ("reviews", "units")).linear(CLASSES, "scores")
    elif shape == "autoencoder":
        built = _Building((batch, dimensions), "examples", "vector").linear(hidden, "neurons", "encoder")
        built.linear(BOTTLENECK, "bottleneck", "encoder").linear(hidden, "neurons", "decoder")
        built.linear(dimensions, "vector", "decoder")
    else:
        built = _Building((batch, NOISE), "points", "noise").linear(hidden, "neurons", "generator")
        built.linear(NOISE, "coordinates", "generator").linear(hidden, "neurons", "discriminator")
        built.linear(1, "verdict", "discriminator")
    return Architecture(shape, tuple(built.stages), built.axes)


def module_of(stage: Stage) -> Any:
    """Return the module of torch that a layer is, without memory for its weights; None for one that learns nothing."""
    from torch import nn

    modules: dict[str, Any] = {
        "embedding": nn.Embedding, "linear": nn.Linear, "convolution": nn.Conv1d, "recurrent": nn.RNN,
    }  # fmt: skip
    return modules[stage.kind](*stage.sizes, device="meta") if stage.sizes else None


@served
def count_by_module(
    shape: Shape, hidden: int = 24, vocabulary: int = 5000, length: int = 60, dimensions: int = 32, batch: int = 16
) -> tuple[tuple[str, int], ...]:
    """Return each layer of :func:`architecture` as torch writes it, with the parameters that torch counts in it.

    Raises ValueError as :func:`architecture`.
    """
    found = architecture(shape, hidden, vocabulary, length, dimensions, batch)
    modules = [(stage, module_of(stage)) for stage in found.stages]
    return tuple(
        (f"nn.{type(module).__name__}{stage.sizes}", sum(p.numel() for p in module.parameters())) if module is not None
        else ("", 0)
        for stage, module in modules
    )  # fmt: skip
