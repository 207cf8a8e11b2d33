"""A line fitted to real data in batches: all of it at each step, some of it, or one example at a time.

The data: how often a word occurs in news, and how long it is (frequent words are short: Zipf 1935, *The Psycho-Biology of
Language*). The line is length = slope · x + intercept, the loss the mean of ½ (line − length)².
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from nlpcore.arrays import Floats, Integers
from nlpcore.models.serving import served
from nlpcore.networks.optimizers import Descent, Method, Optimizer, descend
from nlpcore.networks.walks import MOST_STEPS, Cut, Fate, cut, fate_of

EXAMPLES = 1000
SIZES = (1, 10, 100, 1000)  # of the batches that are compared
MOST_EPOCHS = 5


@dataclass(frozen=True, slots=True, eq=False)
class LineFit:
    """A line on its way to the data.

    Attributes:
        words: n words.
        inputs: (n,), x: the natural logarithm of how often each occurs; scaled, that less its mean, by its deviation.
        lengths: (n,), letters of each.
        optimizer: how each step is made.
        size: examples in a batch; the last one of an epoch has what is left.
        batches: for each step the indices of its examples.
        descent: the path of (slope, intercept); its values are losses over all n examples.
        lowest: (1, 2), the line of least squares.
        fate: how the path ends.
        cut: the loss over all examples along its gradient at the start.
        an_epoch: steps until each example was seen once.
    """

    words: tuple[str, ...]
    inputs: Floats
    lengths: Floats
    optimizer: Optimizer
    size: int
    batches: tuple[Integers, ...]
    descent: Descent
    lowest: Floats
    fate: Fate
    cut: Cut
    an_epoch: int


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """The same line fitted with batches of several sizes, for as many examples.

    Attributes:
        sizes: of the batches.
        descents: one for each.
        least: the loss of the line of least squares.
        epochs: how often each example was seen.
    """

    sizes: tuple[int, ...]
    descents: tuple[Descent, ...]
    least: float
    epochs: int


@lru_cache(maxsize=1)
def word_counts() -> tuple[tuple[str, ...], Integers]:
    """Return 1,000 words, the most frequent first, and how often each occurs in 300 news texts (Lee et al. 2005)."""
    lines = Path(__file__).with_name("word_counts.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return tuple(word for word, _ in rows), np.array([int(count) for _, count in rows], dtype=np.int64)


def examples(scaled: bool = True) -> tuple[Floats, Floats]:
    """Return inputs and lengths (n,) of the words; ``scaled``: the inputs with mean 0 and deviation 1."""
    words, counts = word_counts()
    inputs = np.log(counts)
    if scaled:
        inputs = (inputs - inputs.mean()) / inputs.std()
    return inputs, np.array([len(word) for word in words], dtype=np.float64)


def line_loss(inputs: Floats, lengths: Floats) -> Callable[[Floats], tuple[float, Floats]]:
    """Return the loss over these examples (n,) as a surface over (slope, intercept)."""

    def loss(line: Floats) -> tuple[float, Floats]:
        errors = line[0] * inputs + line[1] - lengths
        return float((errors**2).mean()) / 2, np.array([(errors * inputs).mean(), errors.mean()])

    return loss


def least_squares(inputs: Floats, lengths: Floats) -> Floats:
    """Return (slope, intercept) of the line with the least loss: slope = cov(x, y) / var(x)."""
    off = inputs - inputs.mean()
    slope = (off * lengths).mean() / (off**2).mean()
    return np.array([slope, lengths.mean() - slope * inputs.mean()])


def batches_of(count: int, size: int, steps: int, seed: int) -> tuple[Integers, ...]:
    """Return the indices of the examples of each step: in every epoch all ``count`` in a new order, ``size`` at a time."""
    rng, found = np.random.default_rng(seed), list[Integers]()
    while len(found) < steps:
        order = rng.permutation(count)
        found += [order[first : first + size] for first in range(0, count, size)]
    return tuple(found[:steps])


@served
def fit_line(
    size: int = 1000,
    rate: float = 0.1,
    method: Method = "sgd",
    momentum: float = 0.9,
    slope: float = 2.0,
    intercept: float = 1.0,
    steps: int = 40,
    seed: int = 1,
    scaled: bool = True,
) -> LineFit:
    """Fit the line by at most 500 ``steps`` with batches of ``size`` (1 to 1,000) from (slope, intercept)."""
    inputs, lengths = examples(scaled)
    size = max(1, min(size, EXAMPLES))
    batches = batches_of(EXAMPLES, size, min(steps, MOST_STEPS), seed)
    optimizer, loss, best = (
        Optimizer(method, rate, momentum),
        line_loss(inputs, lengths),
        least_squares(inputs, lengths),
    )
    descent = _fitted(inputs, lengths, optimizer, (slope, intercept), batches)
    return LineFit(
        word_counts()[0], inputs, lengths, optimizer, size, batches[: len(descent.gradients)], descent, best[None],
        fate_of(descent, best[None]), cut(loss, (slope, intercept), rate), math.ceil(EXAMPLES / size),
    )  # fmt: skip


@served
def compare_sizes(rate: float = 0.1, epochs: int = 2, seed: int = 1, scaled: bool = True) -> Sizes:
    """Fit the line by plain descent with batches of 1, 10, 100 and all 1,000, each for as many ``epochs`` (at most 5)."""
    inputs, lengths = examples(scaled)
    epochs = max(1, min(epochs, MOST_EPOCHS))
    found = []
    for size in SIZES:
        batches = batches_of(EXAMPLES, size, epochs * math.ceil(EXAMPLES / size), seed)
        found.append(_fitted(inputs, lengths, Optimizer("sgd", rate), (2.0, 1.0), batches))
    best = line_loss(inputs, lengths)(least_squares(inputs, lengths))[0]
    return Sizes(SIZES, tuple(found), best, epochs)


def _fitted(
    inputs: Floats, lengths: Floats, optimizer: Optimizer, start: tuple[float, float], batches: tuple[Integers, ...]
) -> Descent:
    """Return the path with the gradient of one batch after the other."""

    def gradient(step: int, line: Floats) -> Floats:
        of = batches[step]
        return line_loss(inputs[of], lengths[of])(line)[1]

    return descend(line_loss(inputs, lengths), start, optimizer, len(batches), gradient)
