"""Trainings that run while somebody watches: step by step, stopped and continued, one run for all who ask for the same.

A training is made of plain settings, its seed among them, and goes the same way each time on one machine; so "120 steps of
this training" is a question like any other, and :mod:`nlpcore.models.serving` answers it once for a class that asks at
once. What a question leaves (weights, optimizer, random numbers) is kept, and one for more steps goes on from there: a pause
is the question for the steps that there are, "20 more" the one for 20 more. A run whose learners have all left ends within
a second, and is kept as far as it has come.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.models import workers
from nlpcore.models.serving import measure

State = Mapping[str, np.ndarray]
_EVERY = 0.5  # seconds between two reports
_TRIED = 0.3  # seconds of trying how long a step takes
_LIMIT = 64_000_000  # bytes of runs that are kept to be continued


class Training(Protocol):
    """Something that is trained in steps. An implementation is a class at the top of a module."""

    def step(self) -> float | None:
        """Take one step and return its loss; None where it has come to its end. :meth:`state` holds all that is changed."""

    def shown(self) -> Any:
        """Return what a figure draws of the training as it is: a frozen trace."""

    def state(self) -> State:
        """Return everything that the next steps depend on, random numbers included (:func:`generator_state`)."""

    def restore(self, state: State) -> None:
        """Go on from what :meth:`state` of a training with the same settings returned."""


Maker = Callable[..., Training]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """How far a training has come.

    Attributes:
        losses: (steps,), one a step.
        shown: what a figure draws of it: see :meth:`Training.shown`.
        state: what the next steps depend on.
        seconds_left: until as many steps are taken as were asked for, by how long those before took.
        diverged: whether it was ended by a loss that is no finite number; all else is as it was before that step.
        ended: whether it is known that no step is left: somebody has asked for more steps than these. Like ``diverged`` it
            stays with a run that is kept, also for one who asks for these steps alone.
    """

    losses: Floats
    shown: Any
    state: State = field(repr=False)
    seconds_left: float = 0.0
    diverged: bool = False
    ended: bool = False

    @property
    def steps(self) -> int:
        """How many were taken."""
        return len(self.losses)


class Kept:
    """Runs as far as they have come, the least recently used going first beyond ``limit`` bytes. Safe for any threads."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._runs: OrderedDict[Hashable, Run] = OrderedDict()

    def latest(self, key: Hashable, steps: int) -> Run | None:
        """Return the run of this key where it has not gone beyond ``steps``."""
        with self._lock:
            run = self._runs.get(key)
            if run is None or run.steps > steps:
                return None
            self._runs.move_to_end(key)
            return run

    def keep(self, key: Hashable, run: Run) -> None:
        """Keep a run, in place of what was kept of it unless that had come farther."""
        with self._lock:
            before = self._runs.get(key)
            if before is None or before.steps <= run.steps:
                self._runs[key] = run
                self._runs.move_to_end(key)
            while len(self._runs) > 1 and sum(map(measure, self._runs.values())) > self._limit:
                self._runs.popitem(last=False)

    def forget(self) -> None:
        """Keep none any more."""
        with self._lock:
            self._runs.clear()


kept = Kept()


def train(maker: Maker, settings: tuple[Any, ...], steps: int, every: float = _EVERY) -> Run:
    """Return a training after so many steps; called inside a function that is served, with plain ``settings``.

    It is told as a :class:`Run` to all who have asked for the same, ``every`` so many seconds. Raises ValueError for less
    than no step, and what the maker raises.
    """
    if steps < 0:
        raise ValueError("a training has no less than 0 steps")
    key, listener = (maker, settings), workers.listener()

    def heard(run: Run) -> None:
        kept.keep(key, run)
        if listener is not None:
            listener(run)

    before = kept.latest(key, steps)
    if before is not None and (before.diverged or before.ended or before.steps == steps):
        return before
    run: Run = workers.run(_trained, maker, settings, before, steps, every, on_progress=heard)
    kept.keep(key, run)
    return run


def _trained(
    maker: Maker,
    settings: tuple[Any, ...],
    before: Run | None,
    steps: int,
    every: float,
    on_progress: Callable[[Run], None] | None,
) -> Run:
    """Train on from a run, or from nothing, and return the run after so many steps in all."""
    training = maker(*settings)
    losses: list[float] = []
    if before is not None:
        training.restore(before.state)
        losses = before.losses.tolist()
    told = begun = time.monotonic()
    safe, good = len(losses), training.state()  # where a diverged run goes back to
    first = len(losses)
    while len(losses) < steps:
        loss = training.step()
        if loss is None:
            return Run(np.array(losses), training.shown(), training.state(), ended=True)
        if not math.isfinite(loss):
            training.restore(good)
            for _ in range(len(losses) - safe):
                training.step()
            return Run(np.array(losses), training.shown(), training.state(), diverged=True)
        losses.append(loss)
        now = time.monotonic()
        if now - told >= every and len(losses) < steps:
            safe, good, told = len(losses), training.state(), now
            if on_progress is not None:
                left = (now - begun) / (safe - first) * (steps - safe)
                on_progress(Run(np.array(losses), training.shown(), good, left))
    return Run(np.array(losses), training.shown(), training.state())


_measured: dict[Hashable, tuple[float, float]] = {}
_measuring = threading.Lock()


def seconds(maker: Maker, settings: tuple[Any, ...], steps: int) -> float:
    """Return about how long so many steps take on this computer, by trying a few, once for each training."""
    key = (maker, settings)
    with _measuring:
        if key not in _measured:
            if len(_measured) >= 256:
                _measured.clear()
            _measured[key] = _timed(maker, settings)
        to_begin, each = _measured[key]
    return to_begin + each * steps


def _timed(maker: Maker, settings: tuple[Any, ...]) -> tuple[float, float]:
    """Return how long a training takes to be made, and one of its steps; seconds."""
    begun = time.monotonic()
    training = maker(*settings)
    made = time.monotonic()
    taken = 0
    while taken == 0 or time.monotonic() - made < _TRIED:
        taken += 1
        if training.step() is None:
            break
    return made - begun, (time.monotonic() - made) / taken


def taken_along(run: Run) -> bytes:
    """Return the state of a run as a safetensors file, to be taken along."""
    from safetensors.numpy import save

    file: bytes = save({name: np.ascontiguousarray(array) for name, array in run.state.items()})
    return file


def generator_state(rng: np.random.Generator) -> np.ndarray:
    """Return where a generator of random numbers (PCG64) is: (6,) unsigned numbers."""
    found = rng.bit_generator.state
    halves = [part for number in found["state"].values() for part in (number >> 64, number & (2**64 - 1))]
    return np.array([*halves, found["has_uint32"], found["uinteger"]], dtype=np.uint64)


def restored_generator(state: np.ndarray) -> np.random.Generator:
    """Return a generator that is where :func:`generator_state` was taken."""
    numbers = [int(number) for number in state]
    bits = np.random.PCG64()
    bits.state = {
        "bit_generator": "PCG64",
        "state": {"state": numbers[0] << 64 | numbers[1], "inc": numbers[2] << 64 | numbers[3]},
        "has_uint32": numbers[4],
        "uinteger": numbers[5],
    }
    return np.random.Generator(bits)
