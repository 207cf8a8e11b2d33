"""A network with one hidden layer, trained by epochs while two losses are watched: on what it learns from, and on what not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, Integers, Singles
from nlpcore.models.trainings import State, generator_state, restored_generator
from nlpcore.networks.activations import activate, slope
from nlpcore.networks.backpropagation import Layer, predict
from nlpcore.networks.optimizers import Memory, Method, Optimizer

MOST_EPOCHS = 1000
MOST_HIDDEN = 100
MOST_UPDATES = 50_000  # of the weights in one training: 500 examples in batches of 10, 1,000 times; two seconds
RUNAWAY = 1000.0  # a mean loss beyond this is no learning any more: guessing costs ln 2 = 0.69
RISE, ABOVE, GAP = 1.1, 0.1, 0.25  # see fate_of

Fate = Literal["little", "right", "much", "away"]


def epochs_in_time(count: int, batch: int) -> int:
    """Return how many epochs there may be on so many examples: ``MOST_EPOCHS``, or fewer where small batches make each of them
    so many updates that ``MOST_UPDATES`` would be passed."""
    return min(MOST_EPOCHS, MOST_UPDATES // math.ceil(count / batch))


@dataclass(frozen=True, slots=True)
class How:
    """How a network is made and trained.

    Attributes:
        hidden: units between inputs and output, each tanh of its sum; 1 to ``MOST_HIDDEN``.
        method: "sgd", "momentum" or "adam".
        rate: the learning rate, 0 or more.
        batch: examples in a batch; at most all of them.
        dropout: the share of hidden units that are left out by chance at each update (Srivastava et al. 2014); those left
            are divided by 1 − dropout, so that nothing changes when it is over. 0 to less than 1.
        decay: λ: each update pulls every weight, but no bias, towards 0 as if the loss had ½ λ Σ w² in it.
        patience: epochs without a new lowest validation loss after which the training stops, and goes back to the
            weights of the lowest; 0 for never.
        seed: of the first weights, of the order of the examples and of what is left out.
    """

    hidden: int = 40
    method: Method = "adam"
    rate: float = 0.03
    batch: int = 10
    dropout: float = 0.0
    decay: float = 0.0
    patience: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        check_option("method", self.method, Method)
        sizes = 1 <= self.hidden <= MOST_HIDDEN and self.batch >= 1 and self.patience >= 0 and self.decay >= 0
        if not (sizes and 0 <= self.rate < math.inf and 0 <= self.dropout < 1):
            raise ValueError("no such training")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What a training has come to.

    Attributes:
        layers: the weights as they are: hidden and output.
        history: (epochs + 1, parameters), the weights after each epoch, those of the start first: see :func:`layers_of`;
            (0, parameters) where they are not kept.
        training: (epochs + 1,), the mean loss over the examples that it learns from, nothing left out; the start first.
        validation: (epochs + 1,), the same over the examples that are held back.
        training_right: (epochs + 1,), the share of the first that it puts into their class.
        validation_right: (epochs + 1,), of the second.
        best: the epoch of the lowest validation loss.
        stopped: whether it was stopped early, and has the weights of ``best``.
    """

    layers: tuple[Layer, ...]
    history: Singles
    training: Floats
    validation: Floats
    training_right: Floats
    validation_right: Floats
    best: int
    stopped: bool

    @property
    def epochs(self) -> int:
        """How many it has been trained."""
        return len(self.training) - 1

    @property
    def at(self) -> int:
        """The epoch whose weights it has."""
        return self.best if self.stopped else self.epochs


def layers_of(parameters: np.ndarray, inputs: int) -> tuple[Layer, Layer]:
    """Return hidden layer and output of a row of weights: W (hidden, inputs), b (hidden), w (1, hidden), the last bias."""
    hidden = (len(parameters) - 1) // (inputs + 2)
    ends = np.cumsum([hidden * inputs, hidden, hidden])
    first, bias, second, last = np.split(parameters, ends.tolist())
    return Layer(first.reshape(hidden, inputs), bias, "tanh"), Layer(second.reshape(1, hidden), last, "identity")


def turned_up(validation: Sequence[float] | Floats) -> bool:
    """Return whether a validation loss ends at more than ``RISE`` times its lowest and 0.02."""
    return float(validation[-1]) > RISE * float(np.min(validation)) + 0.02


def fate_of(
    training: Sequence[float] | Floats,
    validation: Sequence[float] | Floats,
    floors: tuple[float, float],
    diverged: bool,
) -> Fate:
    """Return what is wrong with two curves of losses, of which ``floors`` are the lowest that can be expected.

    "away": the loss ran away. "much": the validation loss has :func:`turned_up`, or lies
    more than ``GAP`` further above its floor than the training loss above its own. "little": neither, and the training
    loss ends more than ``ABOVE`` over its floor. "right": none of these.
    """
    if diverged:
        return "away"
    above = float(training[-1]) - floors[0]
    if turned_up(validation) or float(validation[-1]) - floors[1] > above + GAP:
        return "much"
    return "little" if above > ABOVE else "right"


def gradient(parameters: Floats, inputs: Floats, targets: np.ndarray, mask: Floats | None = None) -> Floats:
    """Return the gradient of the mean binary cross-entropy by a row of weights (see :func:`layers_of`), in its shape.

    To the last bit what :func:`nlpcore.networks.backpropagation.backpropagate` finds, but nothing else of the pass is
    kept: an epoch of small batches has hundreds of these. ``inputs`` (n, features), ``targets`` (n, 1) of 0 and 1, ``mask``
    (n, hidden) by which the hidden outputs are multiplied.
    """
    n, features = inputs.shape
    hidden = (len(parameters) - 1) // (features + 2)
    bias, second = hidden * features, hidden * (features + 1)
    sums = inputs @ parameters[:bias].reshape(hidden, features).T + parameters[bias:second]
    outputs = np.tanh(sums)
    if mask is not None:
        outputs *= mask
    scores = outputs @ parameters[second:-1].reshape(hidden, 1) + parameters[-1]
    by_scores = (activate("sigmoid", scores) - targets) / n
    by_sums = by_scores @ parameters[second:-1].reshape(1, hidden)
    by_sums *= slope("tanh", sums)
    if mask is not None:
        by_sums *= mask
    found = np.empty_like(parameters)
    found[:bias] = (by_sums.T @ inputs).ravel()
    found[bias:second] = by_sums.sum(axis=0)
    found[second:-1] = (by_scores.T @ outputs).ravel()
    found[-1] = by_scores.sum()
    return found


class Fitting:
    """A network that learns from examples, an epoch a step: a :class:`nlpcore.models.trainings.Training`.

    ``inputs`` (n, features), ``classes`` (n,) of 0 and 1, ``held_back`` the same of the examples that it does not learn
    from. ``keeps``: whether the weights after each epoch are kept.
    """

    def __init__(
        self,
        inputs: Floats,
        classes: Integers,
        held_back: tuple[Floats, Integers],
        how: How,
        keeps: bool = True,
    ) -> None:
        self._sets = [(inputs, classes[:, None]), (held_back[0], held_back[1][:, None])]
        self._how, self._keeps = how, keeps
        self._features = inputs.shape[1]
        self._rng = np.random.default_rng(how.seed)
        self._weights = self._first_weights()
        first, second = layers_of(np.ones(len(self._weights)), self._features)
        decayed = (np.ones(first.weights.size), np.zeros(how.hidden), np.ones(second.weights.size), np.zeros(1))
        self._decay = how.decay * np.concatenate(decayed)
        self._optimizer, self._memory = Optimizer(how.method, how.rate), Memory(*np.zeros((2, len(self._weights))))
        self._history: list[Singles] = []
        self._measured: list[tuple[float, float, float, float]] = []
        self._best, self._best_weights, self._stopped = 0, self._weights, False
        self._measure()

    def _first_weights(self) -> Floats:
        """Return weights and biases drawn evenly from ± √(6 / (in + out)) of their layer (Glorot & Bengio 2010)."""
        hidden, parts = self._how.hidden, []
        for rows, columns in ((hidden, self._features), (1, hidden)):
            most = math.sqrt(6 / (rows + columns))
            parts += [self._rng.uniform(-most, most, rows * columns), self._rng.uniform(-most, most, rows)]
        return np.concatenate(parts)

    def step(self) -> float | None:
        """Train for one epoch and return the training loss; ∞ once it has run away, None where it was stopped early."""
        how = self._how
        if self._stopped or (how.patience and len(self._measured) - 1 - self._best >= how.patience):
            self._weights, self._stopped = self._best_weights, True
            return None
        inputs, targets = self._sets[0]
        order = self._rng.permutation(len(inputs))
        inputs, targets = inputs[order], targets[order]
        with np.errstate(over="ignore", invalid="ignore"):  # of a rate that is too large: the loss says so
            for first in range(0, len(order), how.batch):
                self._update(inputs[first : first + how.batch], targets[first : first + how.batch])
            self._measure()
        loss = self._measured[-1][0]
        return loss if loss < RUNAWAY else math.inf

    def _update(self, inputs: Floats, targets: np.ndarray) -> None:
        how = self._how
        mask = None
        if how.dropout:
            mask = (self._rng.random((len(inputs), how.hidden)) >= how.dropout) / (1 - how.dropout)
        slopes = gradient(self._weights, inputs, targets, mask)
        if how.decay:
            slopes += self._decay * self._weights
        self._weights, self._memory = self._optimizer.step(self._weights, slopes, self._memory)

    def _measure(self) -> None:
        """Note both losses and shares of right answers, and whether this is the best so far."""
        found = []
        for inputs, targets in self._sets:
            scores = predict(self._layers(), inputs)
            found.append(
                (float((np.logaddexp(0, scores) - targets * scores).mean()), float(((scores > 0) == targets).mean()))
            )
        (training, right), (validation, other) = found
        if not self._measured or validation < self._measured[self._best][1]:
            self._best, self._best_weights = len(self._measured), self._weights
        self._measured.append((training, validation, right, other))
        if self._keeps:
            self._history.append(self._weights.astype(np.float32))

    def _layers(self) -> tuple[Layer, Layer]:
        return layers_of(self._weights, self._features)

    def shown(self) -> Fit:
        """Return the weights and both curves."""
        training, validation, right, other = np.array(self._measured).T
        return Fit(self._layers(), self._kept(), training, validation, right, other, self._best, self._stopped)

    def _kept(self) -> Singles:
        return np.array(self._history, dtype=np.float32).reshape(-1, len(self._weights))

    def state(self) -> State:
        """Return weights, the optimizer's memory, where the random numbers are, and all that was noted."""
        memory = self._memory
        return {
            "weights": self._weights, "first": memory.first, "second": memory.second,
            "counts": np.array([memory.steps, self._best, self._stopped]), "random": generator_state(self._rng),
            "history": self._kept(), "measured": np.array(self._measured), "best": self._best_weights,
        }  # fmt: skip

    def restore(self, state: State) -> None:
        """Go on from there."""
        steps, self._best, stopped = (int(each) for each in state["counts"])
        self._weights, self._best_weights, self._stopped = state["weights"], state["best"], bool(stopped)
        self._memory = Memory(state["first"], state["second"], steps)
        self._rng = restored_generator(state["random"])
        self._history = list(state["history"])
        self._measured = [tuple(row) for row in state["measured"].tolist()]
