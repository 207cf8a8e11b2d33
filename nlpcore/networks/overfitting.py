"""Trainings that learn too little or too much: on points in a plane, and on the words of short messages."""

from __future__ import annotations

import math

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.models.serving import served
from nlpcore.models.trainings import Run, train
from nlpcore.networks.backpropagation import predict
from nlpcore.networks.fitting import Fate, Fit, Fitting, How, epochs_in_time, fate_of, layers_of
from nlpcore.networks.messages import Language, Messages, draw_messages
from nlpcore.networks.optimizers import Method
from nlpcore.networks.points import REACH, Shape, TwoSets, draw_points

_EVERY = 0.25  # seconds between two reports


class PointFitting(Fitting):
    """A network that learns points of :func:`draw_points`: ``drawn`` are its arguments."""

    def __init__(self, drawn: tuple[Shape, int, float, float, int], how: How) -> None:
        sets = draw_points(*drawn)
        held_back = sets.validation.inputs, sets.validation.classes
        super().__init__(sets.training.inputs, sets.training.classes, held_back, how)


class MessageFitting(Fitting):
    """A network that learns messages of :func:`draw_messages`: ``drawn`` are its arguments."""

    def __init__(self, drawn: tuple[Language, int, float, int], how: How) -> None:
        of = draw_messages(*drawn)
        learnt, rest = slice(0, of.count), of.held_back
        super().__init__(of.bags[learnt], of.classes[learnt], (of.bags[rest], of.classes[rest]), how, keeps=False)


@served
def fit_points(
    steps: int,
    shape: Shape = "moons",
    count: int = 40,
    noise: float = 0.3,
    share: float = 0.5,
    hidden: int = 40,
    method: Method = "adam",
    rate: float = 0.03,
    batch: int = 10,
    dropout: float = 0.0,
    decay: float = 0.0,
    patience: int = 0,
    seed: int = 1,
) -> Run:
    """Return a network that learns points of two classes after so many epochs, a step each; ``shown`` is a :class:`Fit`.

    The points are those of :func:`draw_points`, the rest is :class:`How` it is trained. Raises ValueError for settings with
    which there is no training, or more epochs than :func:`epochs_in_time`.
    """
    how = How(hidden, method, rate, batch, dropout, decay, patience, seed)
    _check(steps, count, batch)
    return train(PointFitting, ((shape, count, noise, share, seed), how), steps, _EVERY)


@served
def fit_messages(
    steps: int,
    language: Language = "en",
    count: int = 40,
    noise: float = 0.15,
    hidden: int = 8,
    method: Method = "adam",
    rate: float = 0.01,
    batch: int = 10,
    dropout: float = 0.0,
    decay: float = 0.0,
    patience: int = 0,
    seed: int = 1,
) -> Run:
    """Return a network that learns which messages are spam after so many epochs; else as :func:`fit_points`.

    The messages are those of :func:`draw_messages`, each a row of how often it has each word of the vocabulary.
    """
    how = How(hidden, method, rate, batch, dropout, decay, patience, seed)
    _check(steps, count, batch)
    return train(MessageFitting, ((language, count, noise, seed), how), steps, _EVERY)


def _check(steps: int, count: int, batch: int) -> None:
    most = epochs_in_time(count, batch)
    if not 0 <= steps <= most:
        raise ValueError(f"0 to {most} epochs, not {steps}")


def border(fit: Fit, epoch: int, side: int = 41) -> Floats:
    """Return the network's sum after ``epoch`` on a grid over the plane: (side, side), from −REACH to REACH, rows from bottom to
    top. It is the logit of class 1, so the border is where it is 0. Raises IndexError for an epoch that it has not come to."""
    ticks = np.linspace(-REACH, REACH, side)
    places = np.array(np.meshgrid(ticks, ticks)).reshape(2, -1).T
    return predict(layers_of(fit.history[epoch].astype(np.float64), 2), places).reshape(side, side)


def fate_of_points(run: Run, sets: TwoSets) -> Fate:
    """Return what has become of a training on points; the floors are those of who knows the rule."""
    return _fate(run, (sets.training.floor, sets.validation.floor))


def fate_of_messages(run: Run, noise: float) -> Fate:
    """Return what has become of a training on messages with such a share of wrong labels.

    Who knows all right labels, and of wrong ones no more than their share p, gives each label 1 − p.
    """
    wrong = -noise * math.log(noise) if noise else 0.0
    return _fate(run, (wrong - (1 - noise) * math.log(1 - noise), -math.log(1 - noise)))


def _fate(run: Run, floors: tuple[float, float]) -> Fate:
    fit: Fit = run.shown
    return fate_of(fit.training[: fit.at + 1], fit.validation[: fit.at + 1], floors, run.diverged)


def word_scores(fit: Fit, of: Messages) -> Floats:
    """Return for each word how much a message that consists of it alone speaks for spam, against an empty one: the
    difference of the network's sums (logits). (words,)"""
    words = len(of.words)
    sums = predict(fit.layers, np.concatenate([np.zeros((1, words)), np.eye(words)]))[:, 0]
    found: Floats = sums[1:] - sums[0]
    return found


def chances(fit: Fit, of: Messages) -> Floats:
    """Return how likely each message is spam, as the network has it: (n,)."""
    sums = predict(fit.layers, of.bags)[:, 0]
    found: Floats = 0.5 * (1 + np.tanh(sums / 2))
    return found
