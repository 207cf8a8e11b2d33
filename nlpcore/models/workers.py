"""Long computations in processes of their own, few at a time, so that they never slow the sessions that only look.

:func:`run` is called inside a computation that :mod:`nlpcore.models.serving` serves; anywhere else it simply calls the
function, so that the library used alone starts no process. Workers are started when first needed, end when left idle
(their libraries are most of their memory), run at low priority, and are ended at once when what they do is no longer
wanted. They are started as a module and not by ``multiprocessing``: that would import the program's main module, which
inside Streamlit is the page. They call back over the loopback interface: the sockets that ``multiprocessing`` uses lie in a
folder for temporary files, made once, and no worker starts any more when that is cleaned or the disk is full.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextvars import ContextVar
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from typing import Any

from nlpcore.errors import LearnerError
from nlpcore.models import turns
from nlpcore.models.heap import give_back_heap
from nlpcore.models.line import Line, Ticket, visitor

START_SECONDS, IDLE_SECONDS = 60.0, 300.0
ALIVE_SECONDS, SILENT_SECONDS = 1.0, 30.0  # how often a worker that computes says so; after which silence it is ended
_NICE = 15  # a page that is being drawn has thirty times the processor of a worker; at 5 a class felt it
_POLL = 0.1  # seconds between two looks at the worker and at whether its result is still wanted
_HOST = "127.0.0.1"
_KEY, _PORT = "NLPCORE_WORKER_KEY", "NLPCORE_WORKER_PORT"
_log = logging.getLogger(__name__)

OnProgress = Callable[[Any], None]
OnPlace = Callable[[int], None]
_active: ContextVar[Pool | None] = ContextVar("workers_pool", default=None)
_on_progress: ContextVar[OnProgress | None] = ContextVar("workers_on_progress", default=None)
_on_place: ContextVar[OnPlace | None] = ContextVar("workers_on_place", default=None)
_wanted: ContextVar[Callable[[], bool]] = ContextVar("workers_wanted")  # set wherever a pool is open


class WorkerError(RuntimeError):
    """The process ended before it had an answer: killed, or out of memory."""


class Pool:
    """At most ``size`` workers, and a :class:`~nlpcore.models.line.Line` of those who wait for one."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size or max(1, min(4, (os.cpu_count() or 2) - 1))
        self._line = Line(self.size)
        self._called: set[Ticket] = set()  # whose turn has come, and who have not noticed yet
        self._idle: list[tuple[_Worker, float]] = []
        self._changed = threading.Condition()
        self._timer: threading.Timer | None = None

    def run(
        self, function: Callable[..., Any], args: tuple[Any, ...], on_progress: OnProgress | None, seconds: float = 1.0
    ) -> Any:
        """Run ``function(*args, on_progress)`` in a worker; see the module's :func:`run`."""
        with turns.away():
            ticket, begun = self._enter(visitor(), seconds), time.monotonic()
            worker: _Worker | None = None
            try:
                worker = self._take()
                try:
                    return worker.run(function, args, on_progress)
                except WorkerError:
                    _log.warning("a worker process ended early; trying once more", exc_info=True)
                    worker = _started()
                    return worker.run(function, args, on_progress)
            finally:
                used = time.monotonic() - begun
                self._leave(ticket, used, worker if worker is not None and worker.free else None)

    def held(self) -> tuple[int, int]:
        """Return how many workers compute now, and how many wait for one."""
        with self._changed:
            return self._line.held, len(self._line)

    def close(self) -> None:
        """End the workers that are idle."""
        with self._changed:
            idle, self._idle = self._idle, []
        for worker, _ in idle:
            worker.end()

    def _enter(self, whose: Hashable, seconds: float) -> Ticket:
        """Wait for a place, saying how many are before us whenever that changes; leave the line when stopped."""
        listener, told = _on_place.get(), 0
        with self._changed:
            ticket = self._line.join(whose, _microseconds(seconds))
            self._serve()
        try:
            while True:
                with self._changed:
                    if ticket in self._called:
                        self._called.remove(ticket)
                        return ticket
                    before = self._line.before(ticket)
                if listener is not None and before != told:
                    told = before
                    listener(before)  # may raise: the learner has left
                with self._changed:
                    if ticket not in self._called:
                        self._changed.wait(_POLL)
        except BaseException:
            with self._changed:
                if ticket in self._called:
                    self._called.remove(ticket)
                    self._line.give_back(ticket, 0)
                else:
                    self._line.leave(ticket)
                self._serve()
            raise

    def _serve(self) -> None:
        while (ticket := self._line.serve()) is not None:
            self._called.add(ticket)
        self._changed.notify_all()

    def _take(self) -> _Worker:
        with self._changed:
            while self._idle:
                worker, _ = self._idle.pop()
                if worker.free:
                    return worker
                worker.end()
        return _started()

    def _leave(self, ticket: Ticket, seconds: float, worker: _Worker | None) -> None:
        with self._changed:
            self._line.give_back(ticket, _microseconds(seconds))
            if worker is not None:
                self._idle.append((worker, time.monotonic()))
                self._watch()
            self._serve()

    def _watch(self) -> None:
        """See to it that somebody comes to look for idle workers: one timer, however many jobs there were."""
        if self._timer is None:
            self._timer = threading.Timer(IDLE_SECONDS, self._retire)
            self._timer.daemon = True
            self._timer.start()

    def _retire(self) -> None:
        """End workers that nobody has needed for a while."""
        limit = time.monotonic() - IDLE_SECONDS + 1
        with self._changed:
            self._timer = None
            old = [worker for worker, since in self._idle if since <= limit]
            self._idle = [(worker, since) for worker, since in self._idle if since > limit]
            if self._idle:
                self._watch()
        for worker in old:
            worker.end()


def _microseconds(seconds: float) -> int:
    """Return what a line counts in: whole numbers, so that what is as long is as long."""
    return round(seconds * 1e6)


def _started() -> _Worker:
    """Start a worker; if that fails try once more, since what it needs may have been missing for a moment only."""
    try:
        return _Worker()
    except (OSError, WorkerError):
        _log.warning("a worker process did not start; trying once more", exc_info=True)
    try:
        return _Worker()
    except OSError as error:
        raise WorkerError(f"a worker process did not start: {error}") from error


class _Worker:
    """A process that answers one question at a time over a private connection."""

    def __init__(self) -> None:
        key = secrets.token_hex(16)
        with Listener((_HOST, 0), authkey=key.encode()) as listener:
            environment = os.environ | {_KEY: key, _PORT: str(listener.address[1])}
            environment |= {"OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 2) // 2))}
            command = [sys.executable, "-m", "nlpcore.models.workers"]
            self._process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
            self._connection = self._accept(listener)

    def _accept(self, listener: Listener) -> Connection:
        """Wait for the process to call back, but not for one that has ended."""
        found: list[Connection] = []

        def accept() -> None:
            while not found:
                try:
                    found.append(listener.accept())
                except (AuthenticationError, ConnectionError, EOFError):  # a stranger at the port, without the key
                    continue
                except Exception:
                    return

        waiting = threading.Thread(target=accept, daemon=True)
        waiting.start()
        end = time.monotonic() + START_SECONDS
        while waiting.is_alive() and time.monotonic() < end and self._process.poll() is None:
            waiting.join(_POLL)
        if not found:
            self._process.kill()
            raise WorkerError("a worker process did not start")
        return found[0]

    @property
    def free(self) -> bool:
        """Whether it can take a question."""
        return self._process.poll() is None and not self._connection.closed

    def run(
        self, function: Callable[..., Any], args: tuple[Any, ...], on_progress: Callable[[Any], None] | None
    ) -> Any:
        """Have the question answered. The process is ended where it fails, or where nobody wants the answer any more."""
        stopped: BaseException | None = None
        try:
            self._connection.send((function, args))
            while True:
                kind, value = self._heard()
                if kind == "done":
                    return value
                if kind == "failed":
                    raise value
                try:
                    if kind == "progress" and on_progress is not None:
                        on_progress(value)  # also where one has left: others may hear it
                    elif stopped is None and (listener := _on_place.get()) is not None:
                        listener(0)
                except BaseException as raised:  # the learner has left; others may still wait for the answer
                    stopped = stopped or raised
                if stopped is not None and not _wanted.get()():
                    self.end()
                    raise stopped
        except (EOFError, OSError, WorkerError) as error:
            self.end()
            raise WorkerError("a worker process ended early") from error

    def _heard(self) -> Any:
        """Return the next message. Raises WorkerError where the process has ended, or is silent: stopped, or stuck."""
        end = time.monotonic() + SILENT_SECONDS
        while not self._connection.poll(_POLL):
            if self._process.poll() is not None:
                raise WorkerError("a worker process ended early")
            if time.monotonic() > end:
                raise WorkerError(f"a worker process has said nothing for {SILENT_SECONDS:g} seconds")
        return self._connection.recv()

    def end(self) -> None:
        """End the process, whatever it does."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


def run(function: Callable[..., Any], *args: Any, on_progress: OnProgress | None = None, seconds: float = 1.0) -> Any:
    """Return ``function(*args, on_progress)``, from a worker process where a pool is open, else from this one.

    ``function`` stands at the top of a module; it, ``args``, the answer and what is handed to ``on_progress`` are
    plain data and NumPy arrays. ``on_progress`` may raise to say that its learner has left: the worker is then ended
    and the same raised here; where others wait for the same answer it is finished first, and returned. Raises what the
    function raises, and WorkerError. Without ``on_progress`` the one of :func:`heard_by` hears it. ``seconds`` is about how
    long it takes, for its place in the line: what is short goes first.
    """
    on_progress, pool = on_progress or _on_progress.get(), _active.get()
    return function(*args, on_progress) if pool is None else pool.run(function, args, on_progress, seconds)


def listener() -> OnProgress | None:
    """Return what hears of computations here, by :func:`heard_by`: for who has to hear something first."""
    return _on_progress.get()


@contextlib.contextmanager
def open_to(pool: Pool, wanted: Callable[[], bool]) -> Iterator[None]:
    """Let computations inside this block, in this thread, use ``pool``. ``wanted``: whether others wait for them."""
    tokens = _active.set(pool), _wanted.set(wanted)
    try:
        yield
    finally:
        _active.reset(tokens[0])
        _wanted.reset(tokens[1])


@contextlib.contextmanager
def heard_by(on_progress: OnProgress | None, on_place: OnPlace | None) -> Iterator[None]:
    """Let these hear of the computations started inside this block by this thread.

    ``on_progress`` hears what they report, ``on_place`` how many others are before them in the line. This is how
    :class:`nlpcore.models.serving.InProcess` hands its two listeners on: a page gives them to ``serving().run``.
    """
    tokens = _on_progress.set(on_progress), _on_place.set(on_place)
    try:
        yield
    finally:
        _on_progress.reset(tokens[0])
        _on_place.reset(tokens[1])


def _serve() -> None:
    """Be a worker: answer questions until the connection is closed."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICE)
    connection = Client((_HOST, int(os.environ.pop(_PORT))), authkey=os.environ.pop(_KEY).encode())
    one_at_a_time, computing = threading.Lock(), threading.Event()

    def say(kind: str, value: Any = None) -> None:
        with one_at_a_time:
            if kind != "alive" or computing.is_set():
                connection.send((kind, value))

    def live() -> None:
        while computing.wait():
            time.sleep(ALIVE_SECONDS)
            with contextlib.suppress(OSError):
                say("alive")

    threading.Thread(target=live, daemon=True).start()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            connection.poll(None)
            computing.set()
            function, args = connection.recv()  # imports what it names, which may take seconds
            message = _answered(function, args, lambda value: say("progress", value))
            with one_at_a_time:
                computing.clear()
                connection.send(message)
            del function, args, message  # a whole text, a training
            give_back_heap()


def _answered(function: Callable[..., Any], args: tuple[Any, ...], report: OnProgress) -> tuple[str, Any]:
    """Return the message that holds the answer, or what the function raised."""
    try:
        return "done", function(*args, report)
    except LearnerError as error:
        return "failed", error
    except MemoryError:
        return "failed", LearnerError("out_of_memory")
    except Exception as error:
        return "failed", RuntimeError(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    _serve()
