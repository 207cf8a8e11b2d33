"""Workers that are killed, stopped, or silent: nobody waits for ever, and nobody loses an answer for it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from nlpcore.errors import LearnerError
from nlpcore.models import workers
from nlpcore.models.serving import InProcess, served
from tests.models.test_workers import Gone, Report, children, count, die, pool

__all__ = ["pool"]  # the fixture


def strike(signal_: signal.Signals, path: str, report: Report) -> str:
    """Send this process a signal the first time; say how often it was asked."""
    with Path(path).open("a") as log:
        log.write("x")
    if len(Path(path).read_text()) == 1:
        os.kill(os.getpid(), signal_)
        time.sleep(1)
    return Path(path).read_text()


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_is_killed_or_stopped_costs_nobody_the_answer(
    signal_: signal.Signals, pool: workers.Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "SILENT_SECONDS", 2.0 if signal_ is signal.SIGSTOP else 60.0)
    before = children()
    with workers.open_to(pool, lambda: False):
        assert workers.run(strike, signal_, str(tmp_path / "asked")) == "xx"
        assert workers.run(count, 1, 0.0)[1] == 1, "the pool goes on"
    assert pool.held() == (0, 0) and len(children() - before) == 1, "what was stopped is gone"


def test_one_that_computes_in_silence_is_left_alone(pool: workers.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SILENT_SECONDS", 3.0)
    with workers.open_to(pool, lambda: False):
        process, _ = workers.run(count, 1, 0.0)
        assert workers.run(count, 1, 5.0)[0] == process


def test_who_leaves_during_a_silent_computation_ends_it(pool: workers.Pool) -> None:
    def listener(before: int) -> None:
        if before == 0:
            raise Gone

    with workers.open_to(pool, lambda: False):
        process, _ = workers.run(count, 1, 0.0)
        with pytest.raises(Gone), workers.heard_by(None, listener):
            workers.run(count, 1, 600.0)
        assert not psutil.pid_exists(process)


@served
def lost() -> Any:
    return workers.run(die)


def test_a_learner_is_told_in_a_sentence_that_it_was_lost_twice() -> None:
    server = InProcess(pool=workers.Pool(size=1))
    with pytest.raises(LearnerError) as caught:
        server.run(lost, None)
    assert caught.value.code == "worker_lost"
    assert server.pool.held() == (0, 0)
