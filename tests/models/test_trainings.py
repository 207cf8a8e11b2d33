"""Trainings in steps: the same however they are cut, one for all who ask, kept as far as they came when stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from nlpcore.models import trainings, workers
from nlpcore.models.serving import InProcess
from nlpcore.models.trainings import Kept, Run, generator_state, restored_generator, seconds, taken_along
from tests.models.line_training import Line, line
from tests.models.test_turns import until
from tests.models.test_workers import Gone


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainings, "kept", Kept())


@pytest.fixture
def server() -> Iterator[InProcess]:
    server = InProcess(pool=workers.Pool(1))
    yield server
    server.pool.close()


def by_hand(seed: int, rate: float, steps: int) -> tuple[list[float], np.ndarray]:
    """Return losses and weights of the same training by torch."""
    rng = np.random.default_rng(seed)
    weights = torch.tensor(rng.normal(size=2), requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=rate)
    losses = []
    for _ in range(steps):
        x = rng.normal()
        loss = (weights @ torch.tensor([x, 1.0], dtype=torch.float64) - (2 * x + 1)) ** 2
        optimizer.zero_grad()
        (loss / 2).backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, weights.detach().numpy()


@settings(max_examples=20)
@given(seed=st.integers(0, 99), stops=st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_however_a_run_is_cut_it_is_the_same(seed: int, stops: list[int]) -> None:
    trainings.kept = Kept()
    for steps in stops:
        run = line(steps, seed)
        losses, weights = by_hand(seed, 0.1, steps)
        np.testing.assert_allclose(run.losses, losses, rtol=1e-9)
        np.testing.assert_allclose(run.shown, weights, rtol=1e-9)
        assert run.steps == steps and not run.diverged


def test_going_on_takes_no_step_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    step = Line.step
    monkeypatch.setattr(Line, "step", lambda self: (taken.append(1), step(self))[1])
    whole = line(70, 5).losses
    assert line(90, 5).losses[:70].tolist() == whole.tolist() and len(taken) == 90
    assert line(30, 5).losses.tolist() == whole[:30].tolist() and len(taken) == 120, "backwards: anew"
    assert line(100, 5).losses[:70].tolist() == whole.tolist() and len(taken) == 130, "what came farther is kept"


def test_a_random_generator_goes_on_where_it_was() -> None:
    rng = np.random.default_rng(3)
    rng.integers(0, 10, 3, dtype=np.uint32)  # leaves half a number over
    other = restored_generator(generator_state(rng))
    assert rng.integers(0, 1000, 20, dtype=np.uint32).tolist() == other.integers(0, 1000, 20, dtype=np.uint32).tolist()
    assert rng.normal(size=5).tolist() == other.normal(size=5).tolist()


def test_a_loss_that_is_no_number_ends_it_and_all_is_as_before_that_step() -> None:
    lost = line(100_000, 1, 1e3, every=0.0)
    assert lost.diverged and np.isfinite(lost.losses).all() and 0 < lost.steps < 100_000
    again = line(lost.steps, 1, 1e3)
    assert again.shown == lost.shown and np.isfinite(lost.shown).all()
    assert line(200_000, 1, 1e3).steps == lost.steps, "more is not to be had"


def test_it_comes_from_another_process_and_is_told_on_the_way(server: InProcess) -> None:
    heard: list[Run] = []
    run = server.run(line, None, on_progress=heard.append, steps=40, wait=0.02)
    np.testing.assert_allclose(run.losses, by_hand(0, 0.1, 40)[0], rtol=1e-9)
    assert len(heard) >= 5 and [each.steps for each in heard] == sorted({each.steps for each in heard})
    for each in heard:
        assert each.losses.tolist() == run.losses[: each.steps].tolist()
        assert 0 < each.seconds_left < 20 * 0.02 * (40 - each.steps)
    assert run.seconds_left == 0


def test_a_class_that_asks_at_once_gets_one_run_and_all_see_it(server: InProcess) -> None:
    heard: list[list[int]] = [[] for _ in range(20)]

    def ask(number: int) -> Run:
        found: Run = server.run(
            line, None, on_progress=lambda run: heard[number].append(run.steps), steps=50, wait=0.02
        )
        return found

    with ThreadPoolExecutor(20) as threads:
        runs = list(threads.map(ask, range(20)))
    assert all(run is runs[0] for run in runs) and runs[0].steps == 50
    assert all(len(steps) >= 3 and steps == sorted(set(steps)) for steps in heard)


def test_who_stops_it_keeps_what_there_is_and_goes_on_from_there(server: InProcess) -> None:
    def stop(run: Run) -> None:
        if run.steps >= 10:
            raise Gone

    with pytest.raises(Gone):
        server.run(line, None, on_progress=stop, steps=10_000, wait=0.02)
    here = trainings.kept.latest((Line, (0, 0.1, 0.02)), 10_000)
    assert here is not None and 10 <= here.steps < 100
    begun = time.monotonic()
    more = server.run(line, None, steps=here.steps + 20, wait=0.02)
    np.testing.assert_allclose(more.losses, by_hand(0, 0.1, here.steps + 20)[0], rtol=1e-9)
    assert time.monotonic() - begun < 30


def test_how_long_it_takes_is_said_beforehand() -> None:
    told = seconds(Line, (0, 0.1, 0.01), 50)
    assert 0.5 <= told < 5
    assert seconds(Line, (0, 0.1, 0.01), 100) > told


def test_what_is_kept_is_bounded() -> None:
    def run(steps: int) -> Run:
        return Run(np.zeros(steps), None, {"weights": np.zeros(1000)})

    few = Kept(30_000)
    for number in range(5):
        few.keep(number, run(1))
    assert few.latest(0, 9) is None and few.latest(4, 9) is not None
    assert few.latest(4, 0) is None, "it has gone beyond"
    few.keep(4, run(3))
    few.keep(4, run(2))
    assert few.latest(4, 9).steps == 3  # type: ignore[union-attr]
    alone = Kept(1)
    alone.keep(1, run(1))
    assert alone.latest(1, 1) is not None, "one is kept whatever it takes: somebody watches it"


def test_what_is_taken_along_is_what_there_is() -> None:
    run = line(10)
    found = load(taken_along(run))
    assert found["weights"].tolist() == list(run.shown) and set(found) == {"weights", "random"}


def test_less_than_no_step_is_an_error() -> None:
    with pytest.raises(ValueError, match="no less"):
        line(-1)


def test_many_threads_keep_and_look_up() -> None:
    many, failed = Kept(20_000), threading.Event()

    def work(number: int) -> None:
        try:
            for steps in range(200):
                many.keep(number % 3, Run(np.zeros(steps % 7), None, {}))
                many.latest(steps % 3, 5)
        except Exception:
            failed.set()
            raise

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    until(lambda: not failed.is_set())
