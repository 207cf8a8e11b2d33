"""Answers for many sessions at once: one copy of each model, each question computed once, a bounded memory of answers.

The interface is one method on purpose: a function, a model's id and plain data in, a trace out; on the way what a long
computation reports, and the place in the line. Whoever serves a class that has outgrown one machine (with Ray Serve,
say) implements :class:`Serving` by sending the function's name, the id and the data to a process that holds the model,
calls the two listeners with what comes back, and installs it with :func:`use`; nothing else changes.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import inspect
import logging
import sys
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, overload

import numpy as np

from nlpcore.errors import LearnerError
from nlpcore.models import turns, workers
from nlpcore.models.errors import ModelUnsuitable
from nlpcore.models.workers import OnPlace, OnProgress

if TYPE_CHECKING:
    from nlpcore.models.catalogue import Kind
    from nlpcore.models.loading import LoadedModel

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[..., Any]
_log = logging.getLogger(__name__)
_PLAIN = (str, int, float, bool, bytes, type(None))
_POLL = 0.1  # seconds between two looks at what is heard of a question that another thread is answering


@overload
def served(
    function: Callable[Concatenate[LoadedModel, P], T],
) -> Callable[Concatenate[LoadedModel | str, P], T]: ...
@overload
def served(function: Callable[P, T]) -> Callable[P, T]: ...
def served(function: Function) -> Function:
    """Mark a function at the top of a module as one that :class:`Serving` may be asked for.

    Such a function is held to a contract (tests/contracts): it gives frozen traces that cross processes, and the same
    ones each time. One that works on a model names it ``model``, takes it first, and takes the model's id as well:
    used alone the library loads it.
    """
    if next(iter(inspect.signature(function).parameters), "") != "model":
        function.__served__ = True  # type: ignore[attr-defined]
        return function

    @functools.wraps(function)
    def with_model(model: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(model, str):
            from nlpcore.models.loading import load

            model = load(model)
        return function(model, *args, **kwargs)

    with_model.__served__ = True  # type: ignore[attr-defined]
    return with_model


def served_on(
    *kinds: Kind,
) -> Callable[[Callable[Concatenate[LoadedModel, P], T]], Callable[Concatenate[LoadedModel | str, P], T]]:
    """Mark a function as :func:`served` does, for models of these kinds of the catalogue.

    The function raises ModelUnsuitable for a model of another kind.
    """

    def mark(function: Function) -> Function:
        @functools.wraps(function)
        def on_its_kind(model: LoadedModel, *args: Any, **kwargs: Any) -> Any:
            if model.entry.kind not in kinds:
                wanted = ", ".join(kinds)
                raise ModelUnsuitable("model_of_another_kind", model=model.id, kind=model.entry.kind, wanted=wanted)
            return function(model, *args, **kwargs)

        marked = served(on_its_kind)
        marked.__kinds__ = kinds  # type: ignore[attr-defined]
        return marked

    return mark


class _Abandoned(Exception):  # noqa: N818 - it is a signal, not an error
    """The thread that was computing an answer was told to stop, which is no error of those who wait for it."""


class _Running:
    """A question that a thread is answering: the answer later, and until then what is heard of it."""

    def __init__(self) -> None:
        self.answer: Future[Any] = Future()
        self._progress: tuple[int, Any] = (0, None)  # how many reports there were, and the latest
        self._before = 0  # how many others are before it in the line

    def telling(self, on_progress: OnProgress | None) -> OnProgress:
        """Return what hears reports for everybody: for the thread that computes until that has left, and for those who wait."""
        left: list[BaseException] = []

        def heard(value: Any) -> None:
            self._progress = self._progress[0] + 1, value
            if on_progress is not None and not left:
                try:
                    on_progress(value)
                except BaseException as raised:
                    left.append(raised)
                    raise

        return heard

    def placing(self, on_place: OnPlace | None) -> OnPlace:
        """Return what hears the place in the line for everybody."""

        def heard(before: int) -> None:
            self._before = before
            if on_place is not None:
                on_place(before)

        return heard

    def awaited(self, on_progress: OnProgress | None, on_place: OnPlace | None) -> Any:
        """Return the answer of the thread that computes it, telling the latest on the way; either listener may raise."""
        if on_progress is None and on_place is None:
            return self.answer.result()
        told = 0
        while True:
            done, _ = wait((self.answer,), timeout=_POLL)
            if done:
                return self.answer.result()
            count, value = self._progress
            if on_progress is not None and count != told:
                told = count
                on_progress(value)
            elif on_place is not None:
                on_place(self._before)


class Serving(Protocol):
    """What pages call. An implementation must be safe for any number of threads."""

    def run(
        self,
        function: Function,
        model_id: str | None,
        *,
        on_progress: OnProgress | None = None,
        on_place: OnPlace | None = None,
        **data: Any,
    ) -> Any:
        """Return ``function(load(model_id), **data)``, or ``function(**data)`` where ``model_id`` is None.

        ``function`` is marked by :func:`served` and depends on nothing but its arguments. ``data`` is plain:
        str, bytes, int, float, bool, None, and tuples of these. What is returned is shared with other sessions and
        read-only. Raises what ``function`` and :func:`nlpcore.models.load` raise, and TypeError for other data.

        ``on_progress`` is called by this thread with what a long computation reports, such as the frames of a map;
        ``on_place`` with how many others are before this one in the line, whenever that changes, and with 0 now and then
        once it is computed. Neither is part of the
        question: they may never be called, as where the answer is known. Who asks what somebody else is being answered
        hears the latest of both, not everything. Either may raise to say that its learner has left; the computation then
        ends, unless others wait for its answer.
        """


class InProcess:
    """Serving by this process and its workers. ``limit``: bytes of answers to keep, the least recently used going first.

    What a function hands to :func:`nlpcore.models.workers.run` is computed by ``pool``.
    """

    def __init__(self, limit: int = 256_000_000, pool: workers.Pool | None = None) -> None:
        self.limit = limit
        self.pool = pool or workers.Pool()
        self.size = 0  # bytes of the answers kept now
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._running: dict[Hashable, _Running] = {}
        self._waiting: Counter[Hashable] = Counter()  # how many threads wait for an answer that another one computes

    def run(
        self,
        function: Function,
        model_id: str | None,
        *,
        on_progress: OnProgress | None = None,
        on_place: OnPlace | None = None,
        **data: Any,
    ) -> Any:
        """See :meth:`Serving.run`. A question that another thread is answering is waited for; errors are not kept."""
        if not hasattr(function, "__served__"):
            raise TypeError(f"{function!r} is not to be served: see nlpcore.models.serving.served")
        key = (function, model_id, _plain(data))
        while True:
            with self._lock:
                if key in self._answers:
                    self._answers.move_to_end(key)
                    return self._answers[key][0]
                running = self._running.get(key)
                mine = running is None
                if running is None:
                    running = self._running[key] = _Running()
                else:
                    self._waiting[key] += 1
            if mine:
                with workers.heard_by(running.telling(on_progress), running.placing(on_place)):
                    return self._answer(key, running.answer, function, model_id, data)
            try:
                with turns.away():
                    return running.awaited(on_progress, on_place)
            except _Abandoned:
                continue  # the session that was computing has left: somebody who still waits takes over
            except Exception as error:
                raise _own(error) from None
            finally:
                with self._lock:
                    self._waiting -= Counter({key: 1})

    @property
    def count(self) -> int:
        """How many answers are kept now."""
        return len(self._answers)

    def clear(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()
            self.size = 0

    def _answer(
        self, key: Hashable, running: Future[Any], function: Function, model_id: str | None, data: Mapping[str, Any]
    ) -> Any:
        try:
            with workers.open_to(self.pool, lambda: self._waiting[key] > 0):
                answer = _read_only(_compute(function, model_id, data))
        except BaseException as error:
            with self._lock:
                del self._running[key]
            running.set_exception(error if isinstance(error, Exception) else _Abandoned())
            raise
        with self._lock:
            self._keep(key, answer)
            del self._running[key]
        running.set_result(answer)
        return answer

    def _keep(self, key: Hashable, answer: Any) -> None:
        size = measure(answer)
        if size > self.limit:
            return
        self._answers[key] = (answer, size)
        self.size += size
        while self.size > self.limit:
            _, (_, dropped) = self._answers.popitem(last=False)
            self.size -= dropped


def _own(error: Exception) -> Exception:
    """Return an error of the same kind and text: one object raised in several threads would collect their traces."""
    try:
        return copy.copy(error)
    except Exception:  # an error that cannot be made again is better shared than lost
        return error


def serving() -> Serving:
    """Return what serves this process: :class:`InProcess` unless :func:`use` installed something else."""
    return _installed[0]


def use(other: Serving) -> None:
    """Serve by ``other`` from now on."""
    _installed[0] = other


def measure(answer: Any) -> int:
    """Return about how many bytes an answer holds: its arrays' ``nbytes``, its text, and what Python adds."""
    if isinstance(answer, np.ndarray):
        return int(answer.nbytes) + 128
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        return 64 + sum(measure(getattr(answer, field.name)) for field in dataclasses.fields(answer))
    if isinstance(answer, Mapping):
        return 64 + sum(measure(key) + measure(value) for key, value in answer.items())
    if isinstance(answer, tuple | list | set | frozenset):
        return sys.getsizeof(answer) + sum(measure(item) for item in answer)
    return sys.getsizeof(answer)


def _compute(function: Function, model_id: str | None, data: Mapping[str, Any]) -> Any:
    """Call the function; where an accelerator fails, once more on the CPU, with a note that says so."""
    if model_id is None:
        return _or_say_so(lambda: function(**data))
    from nlpcore.models.loading import load

    model = load(model_id)
    if model.device == "cpu":
        return _or_say_so(lambda: _noted(function(model, **data), model.notes))
    try:
        return _noted(function(model, **data), model.notes)
    except (RuntimeError, MemoryError) as error:
        from nlpcore.models import device

        note = device.fallback(error, model.device)
        if note is None:
            raise
    device.give_back_memory()
    return _or_say_so(lambda: _noted(function(load(model_id, "cpu"), **data), (note,)))


def _or_say_so(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except MemoryError as error:
        raise LearnerError("out_of_memory") from error
    except workers.WorkerError as error:
        raise LearnerError("worker_lost") from error
    except RuntimeError as error:
        if "not enough memory" in str(error) or "can't allocate memory" in str(error):  # torch on the CPU
            raise LearnerError("out_of_memory") from error
        raise


def _noted(answer: Any, notes: tuple[Any, ...]) -> Any:
    """Add notes to a trace that has room for them."""
    if not notes or not dataclasses.is_dataclass(answer) or isinstance(answer, type) or not hasattr(answer, "notes"):
        return answer
    return dataclasses.replace(answer, notes=(*answer.notes, *(note for note in notes if note not in answer.notes)))


def _plain(value: Any) -> Hashable:
    """Return a key for plain data that keeps 1, 1.0 and True apart. Raises TypeError for anything else."""
    if isinstance(value, tuple):
        return (tuple, tuple(_plain(item) for item in value))
    if isinstance(value, dict):
        return tuple((name, _plain(item)) for name, item in sorted(value.items()))
    if isinstance(value, _PLAIN):
        return (type(value), value)
    raise TypeError(f"only plain data can be served, and tuples of it, not {type(value).__name__}")


def _read_only(answer: Any) -> Any:
    """Make the arrays of an answer read-only: every session sees the same ones."""
    if isinstance(answer, np.ndarray):
        answer.flags.writeable = False
    elif dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        for field in dataclasses.fields(answer):
            _read_only(getattr(answer, field.name))
    elif isinstance(answer, Mapping):
        for value in answer.values():
            _read_only(value)
    elif isinstance(answer, tuple | list):
        for item in answer:
            _read_only(item)
    return answer


_installed: list[Serving] = [InProcess()]
