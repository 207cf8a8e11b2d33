"""Long computations in processes of their own: right answers, progress, a place in the line, an end when unwanted."""

from __future__ import annotations

import errno
import multiprocessing.process
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from nlpcore.errors import LearnerError
from nlpcore.models import workers
from nlpcore.models.line import visiting
from nlpcore.models.serving import InProcess, served
from nlpcore.words.projection import project
from tests.models.test_turns import until

Report = Callable[[Any], None] | None


def count(steps: int, wait: float, report: Report) -> tuple[int, int]:
    """Return the process and the number of steps; report each."""
    for step in range(steps):
        time.sleep(wait)
        if report is not None:
            report(step)
    return os.getpid(), steps


def fail(code: str, _: Report) -> None:
    raise LearnerError(code, count=3) if code else ZeroDivisionError


def die(_: Report) -> None:
    os._exit(1)


def note_and_die(path: str, _: Report) -> None:
    with Path(path).open("a") as log:
        log.write("x")
    os._exit(1)


def modules(_: Report) -> list[str]:
    import sys

    return sorted(sys.modules)


@served
def listened(steps: int) -> Any:
    """A served function whose progress the asking thread hears, as a lesson's map does."""
    return workers.run(count, steps, 0.2)


@pytest.fixture
def pool() -> Iterator[workers.Pool]:
    pool = workers.Pool(size=1)
    yield pool
    pool.close()


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE}


def test_without_a_pool_nothing_is_started() -> None:
    before = children()
    assert workers.run(count, 2, 0.0)[0] == os.getpid()
    assert children() == before


def test_the_answer_comes_from_another_process_with_its_progress(pool: workers.Pool) -> None:
    heard: list[int] = []
    with workers.open_to(pool, lambda: False):
        process, steps = workers.run(count, 3, 0.0, on_progress=heard.append)
        again, _ = workers.run(count, 1, 0.0)
        loaded = workers.run(modules)
    assert process != os.getpid()
    assert (steps, heard) == (3, [0, 1, 2])
    assert again == process, "the worker is kept"
    assert "streamlit" not in loaded
    assert "torch" not in loaded
    assert psutil.Process(process).nice() == min(19, psutil.Process().nice() + 15), (
        "every page that is drawn goes before it"
    )


def test_a_map_is_the_same_wherever_it_is_made(pool: workers.Pool) -> None:
    points = np.random.default_rng(0).normal(size=(40, 5))
    here, frames = project(points, perplexity=5), []
    with workers.open_to(pool, lambda: False):
        there = project(points, perplexity=5, on_frame=frames.append)
        assert len(pool._idle) == 1, "no worker was asked"
    assert np.array_equal(here.coordinates, there.coordinates)
    assert len(frames) == len(there.frames) > 10


def test_errors_come_back_and_the_worker_goes_on(pool: workers.Pool) -> None:
    with workers.open_to(pool, lambda: False):
        with pytest.raises(LearnerError) as caught:
            workers.run(fail, "map_too_few")
        assert (caught.value.code, caught.value.params) == ("map_too_few", {"count": 3})
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            workers.run(fail, "")
        with pytest.raises(workers.WorkerError):
            workers.run(die)
        assert workers.run(count, 1, 0.0)[1] == 1


def test_who_waits_hears_how_many_are_before(pool: workers.Pool) -> None:
    heard: dict[int, list[int]] = {0: [], 1: [], 2: []}
    order: list[int] = []
    begun = threading.Event()

    def learner(number: int) -> None:
        with workers.open_to(pool, lambda: False), workers.heard_by(None, heard[number].append):
            workers.run(count, 6, 0.1, on_progress=lambda _: begun.set())
        order.append(number)

    threads = [threading.Thread(target=learner, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
        assert begun.wait(60)
        time.sleep(0.15)
    for thread in threads:
        thread.join(60)
    told = {number: [before for before in all_of_it if before] for number, all_of_it in heard.items()}
    assert told == {0: [], 1: [1], 2: [2, 1]}
    assert order == [0, 1, 2]


class Gone(BaseException):
    """What a web framework raises in the script of a learner who has left."""


def leave(step: int) -> None:
    if step == 1:
        raise Gone


def test_a_computation_that_nobody_wants_is_ended(pool: workers.Pool) -> None:
    with workers.open_to(pool, lambda: False):
        process, _ = workers.run(count, 1, 0.0)
        begun = time.monotonic()
        with pytest.raises(Gone):
            workers.run(count, 600, 0.1, on_progress=leave)
        assert time.monotonic() - begun < 30
        assert not psutil.pid_exists(process)
        assert workers.run(count, 1, 0.0)[0] != process


def test_who_still_waits_gets_the_answer_of_one_who_has_left() -> None:
    server, answers = InProcess(pool=workers.Pool(size=1)), []
    begun, waiting = threading.Event(), threading.Event()

    def report(step: int) -> None:
        begun.set()
        assert waiting.wait(30)
        raise Gone  # swallowed, as somebody waits: the page itself remembers that its learner has left

    def leaves() -> None:
        answers.append(server.run(listened, None, on_progress=report, steps=8))

    first = threading.Thread(target=leaves)
    first.start()
    assert begun.wait(60)
    second = threading.Thread(target=lambda: answers.append(server.run(listened, None, steps=8)))
    second.start()
    while not server._waiting:
        time.sleep(0.01)
    waiting.set()
    first.join(60)
    second.join(60)
    server.pool.close()
    assert [steps for _, steps in answers] == [8, 8]
    assert answers[0] is answers[1], "computed once"


def test_who_waits_hears_of_somebody_else_s_computation_also_when_that_one_has_left(pool: workers.Pool) -> None:
    server = InProcess(pool=pool)
    first: list[int] = []
    second: list[int] = []
    places: list[int] = []

    def leaves(step: int) -> None:
        first.append(step)
        if second:
            raise Gone

    with ThreadPoolExecutor(2) as threads:
        computing = threads.submit(lambda: server.run(listened, None, on_progress=leaves, steps=12))
        until(lambda: bool(first), 60)
        answer = server.run(listened, None, on_progress=second.append, on_place=places.append, steps=12)
        assert computing.result(60) is answer
    assert answer[1] == 12 and set(places) <= {0}
    assert second == sorted(set(second)) and second[-1] >= 10 > first[-1], "the first hears nothing once it has left"


def test_who_waits_may_leave_and_the_others_get_their_answer(pool: workers.Pool) -> None:
    server, begun = InProcess(pool=pool), threading.Event()

    def gone(_: int) -> None:
        raise Gone

    with ThreadPoolExecutor(1) as threads:
        computing = threads.submit(lambda: server.run(listened, None, on_progress=lambda _: begun.set(), steps=8))
        assert begun.wait(60)
        with pytest.raises(Gone):
            server.run(listened, None, on_progress=gone, steps=8)
        assert not computing.done() and not server._waiting
        with pytest.raises(Gone):
            server.run(listened, None, on_place=gone, steps=8)
        assert computing.result(60)[1] == 8


def test_idle_workers_end(pool: workers.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.3)
    with workers.open_to(pool, lambda: False):
        process, _ = workers.run(count, 1, 0.0)
    deadline = time.monotonic() + 30
    while psutil.pid_exists(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(process)
    assert pool._idle == []
    with workers.open_to(pool, lambda: False):
        assert workers.run(count, 1, 0.0)[0] != process, "another one is started when it is needed"


def test_somebody_looks_for_idle_workers_again_and_again(pool: workers.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    alarms: list[Any] = []

    class Alarm:
        def __init__(self, seconds: float, ring: Callable[[], None]) -> None:
            self.ring = ring

        def start(self) -> None:
            alarms.append(self)

    monkeypatch.setattr(threading, "Timer", Alarm)
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.0)
    for number in range(1, 3):
        with workers.open_to(pool, lambda: False):
            process, _ = workers.run(count, 1, 0.0)
        assert len(alarms) == number
        alarms[-1].ring()
        assert not psutil.pid_exists(process) and pool._idle == []


def test_with_many_of_one_visitor_in_the_line_somebody_else_is_next(pool: workers.Pool) -> None:
    order, begun, go = list[str](), threading.Event(), threading.Event()

    def ask(who: str, name: str, wait: bool = False) -> None:
        def report(_: Any) -> None:
            begun.set()
            assert not wait or go.wait(60)

        with visiting(who), workers.open_to(pool, lambda: False):
            workers.run(count, 1, 0.0, on_progress=report)
        order.append(name)

    first = threading.Thread(target=ask, args=("many tabs", "first", True))
    first.start()
    assert begun.wait(60)
    threads = [first]
    tabs = [("many tabs", f"tab {n}") for n in range(4)]
    for waiting, pair in enumerate((*tabs, ("somebody", "theirs"), ("another", "another's")), 1):
        threads.append(threading.Thread(target=ask, args=pair))
        threads[-1].start()
        until(lambda waiting=waiting: pool.held() == (1, waiting))
    go.set()
    for thread in threads:
        thread.join(60)
    assert order == ["first", "theirs", "another's", "tab 0", "tab 1", "tab 2", "tab 3"]
    assert pool.held() == (0, 0)


def test_who_leaves_the_line_or_goes_when_called_takes_no_place(pool: workers.Pool) -> None:
    begun, go = threading.Event(), threading.Event()

    def hold() -> None:
        with workers.open_to(pool, lambda: False):
            workers.run(count, 1, 0.0, on_progress=lambda _: begun.set() or go.wait(60))  # type: ignore[func-returns-value]

    def leave(_: int) -> None:
        raise Gone

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(60)
    with pytest.raises(Gone), workers.open_to(pool, lambda: False), workers.heard_by(None, leave):
        workers.run(count, 1, 0.0)
    assert pool.held() == (1, 0)
    go.set()
    thread.join(60)
    with workers.open_to(pool, lambda: False):
        assert workers.run(count, 1, 0.0)[1] == 1
    assert pool.held() == (0, 0)


# -- what may be gone --------------------------------------------------------------------------------------------------


def map_of(points: int = 40) -> None:
    """Have a map computed as the lesson does."""
    made = project(np.random.default_rng(points).normal(size=(points, 5)), perplexity=5, on_frame=lambda _: None)
    assert made.coordinates.shape == (points, 2)


def gone_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: workers.Pool) -> None:
    """The folder for temporary files of this process was made, and then cleaned away."""
    monkeypatch.setitem(multiprocessing.process.current_process()._config, "tempdir", str(tmp_path / "pymp-gone"))


def no_folder_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: workers.Pool) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    monkeypatch.setitem(multiprocessing.process.current_process()._config, "tempdir", None)
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))


def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: workers.Pool) -> None:
    """No file can be made here, and in the worker none can be written: it may hold no byte."""
    no_folder_at_all(tmp_path, monkeypatch, pool)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    start = subprocess.Popen
    limited = ["prlimit", "--fsize=0"] if shutil.which("prlimit") else []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **more: start([*limited, *command], **more))


def gone_listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: workers.Pool) -> None:
    """The first one is closed before the worker calls back."""
    real, made = workers.Listener, []

    def listener(*args: Any, **more: Any) -> Any:
        made.append(real(*args, **more))
        if len(made) == 1:
            made[0].close()
            raise OSError("closed")
        return made[-1]

    monkeypatch.setattr(workers, "Listener", listener)


def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: workers.Pool) -> None:
    """Another program knocks at the port first."""
    real = workers.Listener

    def listener(*args: Any, **more: Any) -> Any:
        made = real(*args, **more)
        knock = socket.create_connection(made.address)
        knock.sendall(b"\0\0\0\x04GET ")
        knock.close()
        return made

    monkeypatch.setattr(workers, "Listener", listener)


def dead_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: workers.Pool) -> None:
    workers.run(count, 1, 0.0)
    worker, _ = pool._idle[0]
    worker._process.kill()
    worker._process.wait()


def dead_in_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: workers.Pool) -> None:
    """It is killed after it was found to be alive, before it has the question."""
    dead_worker(tmp_path, monkeypatch, pool)
    worker, _ = pool._idle[0]
    monkeypatch.setattr(worker._process, "poll", iter([None, *[1] * 99]).__next__)


@pytest.mark.parametrize(
    "remove", [gone_folder, no_folder_at_all, full_disk, gone_listener, stranger, dead_worker, dead_in_a_moment]
)
def test_the_pool_makes_itself_whole(
    remove: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: workers.Pool
) -> None:
    with workers.open_to(pool, lambda: False):
        remove(tmp_path, monkeypatch, pool)
        assert workers.run(count, 2, 0.0)[1] == 2
        if remove is full_disk:
            map_of()
    assert pool.held() == (0, 0) and len(pool._idle) == 1


def test_what_ends_its_worker_does_so_twice_at_most(pool: workers.Pool, tmp_path: Path) -> None:
    """A question that kills is not asked again and again: it may have been another's fault once."""
    log = tmp_path / "asked"
    with workers.open_to(pool, lambda: False):
        workers.run(count, 1, 0.0)
        with pytest.raises(workers.WorkerError):
            workers.run(note_and_die, str(log))
        assert workers.run(count, 1, 0.0)[1] == 1
    assert log.read_text() == "xx"
