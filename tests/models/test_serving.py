"""Many sessions, one answer: computed once, kept within bounds, shared read-only; errors are everybody's own."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.errors import LearnerError, Note
from nlpcore.models import ModelMissing, device
from nlpcore.models.serving import InProcess, measure, served, serving, use

calls: Counter[Any] = Counter()
lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Trace:
    values: np.ndarray[Any, Any]
    words: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@served
def squares(count: int, wait: float = 0.0) -> Trace:
    with lock:
        calls[count] += 1
    time.sleep(wait)
    return Trace(np.arange(count, dtype=np.float64) ** 2)


@served
def on_model(model: Any, text: str) -> Trace:
    if model.device != "cpu":
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
    return Trace(np.array([len(text)]))


@served
def on_a_device_that_vanishes(model: Any, text: str) -> Trace:
    if model.device != "cpu":
        raise RuntimeError("CUDA error: unspecified launch failure\nCUDA kernel errors might be reported later")
    return Trace(np.array([len(text)]))


@served
def on_a_device_that_is_blamed_for_nothing(model: Any, text: str) -> Trace:
    raise RuntimeError("mat1 and mat2 shapes cannot be multiplied (1x2 and 3x4)")


@served
def fails(wait: float = 0.0) -> None:
    with lock:
        calls["fails"] += 1
    time.sleep(wait)
    raise LearnerError("empty_text")


@served
def too_much() -> None:
    raise MemoryError


@served
def kind(value: Any) -> str:
    return type(value).__name__


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    calls.clear()
    yield


def test_a_question_asked_again_is_not_computed_again() -> None:
    server = InProcess()
    assert server.run(squares, None, count=5) is server.run(squares, None, count=5)
    assert calls == {5: 1}
    server.clear()
    server.run(squares, None, count=5)
    assert calls == {5: 2}


def test_eight_threads_with_mixed_questions() -> None:
    server = InProcess()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: server.run(squares, None, count=10 + i % 5, wait=0.02), range(400)))
    assert all(np.array_equal(answers[i].values, np.arange(10 + i % 5) ** 2.0) for i in range(400))
    assert calls == dict.fromkeys(range(10, 15), 1)


def test_an_error_reaches_all_who_asked_and_is_not_kept() -> None:
    server = InProcess()

    raised = []

    def ask(_: int) -> str:
        with pytest.raises(LearnerError) as caught:
            server.run(fails, None, wait=0.3)
        raised.append(caught.value)
        return caught.value.code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == ["empty_text"] * 4
    assert len({id(error) for error in raised}) == 4, "each thread raises an error of its own"
    together = calls["fails"]
    assert together < 4
    ask(0)
    assert calls["fails"] == together + 1


def test_memory_is_bounded_and_the_least_recently_used_goes_first() -> None:
    server = InProcess(limit=3 * measure(squares(1000)) + 100)
    calls.clear()
    for count in (998, 999, 1000):
        server.run(squares, None, count=count)
    server.run(squares, None, count=998)  # used again: 999 is the oldest now
    server.run(squares, None, count=997)
    assert server.size == sum(measure(squares(count)) for count in (998, 1000, 997)) <= server.limit
    calls.subtract([998, 1000, 997])
    for count in (998, 1000, 997):
        server.run(squares, None, count=count)
    assert calls == {997: 1, 998: 1, 999: 1, 1000: 1}
    server.run(squares, None, count=999)
    assert calls[999] == 2


def test_the_size_is_that_of_what_is_kept_after_many_have_gone() -> None:
    server = InProcess(limit=3 * measure(squares(1000)))
    for count in range(1000, 960, -1):
        server.run(squares, None, count=count)
        assert server.size <= server.limit
    assert server.size == sum(measure(squares(count)) for count in (961, 962, 963))
    exact = InProcess(limit=measure(squares(1000)))
    exact.run(squares, None, count=1000)
    assert exact.size == exact.limit  # what is just as large as the bound is kept


def test_an_answer_larger_than_the_bound_is_given_but_not_kept() -> None:
    server = InProcess(limit=1000)
    assert server.run(squares, None, count=1000).values.shape == (1000,)
    assert server.size == 0


def test_sizes_count_arrays_text_and_nesting() -> None:
    trace = Trace(np.zeros(1000), ("a" * 5000,), (Note("cut_tokens", {"kept": 1}),))
    assert 13_000 < measure(trace) < 14_000
    assert measure({"a": [trace, trace]}) > 26_000


def test_answers_are_read_only() -> None:
    values = InProcess().run(squares, None, count=3).values
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1


def test_equal_numbers_of_different_types_are_different_questions() -> None:
    server = InProcess()
    assert [server.run(kind, None, value=value) for value in (1, 1.0, True)] == ["int", "float", "bool"]
    assert [server.run(kind, None, value=((1,),)), server.run(kind, None, value=((True,),))] == ["tuple", "tuple"]


@pytest.mark.parametrize("value", [[1], {1}, np.zeros(1), object()])
def test_only_plain_data(value: Any) -> None:
    with pytest.raises(TypeError, match="only plain data"):
        InProcess().run(kind, None, value=value)


def test_a_model_that_is_not_here() -> None:
    with pytest.raises(ModelMissing):
        InProcess().run(on_model, "minilm-l6", text="a")


def test_out_of_memory_on_the_device_is_answered_by_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(model_id: str, where: str | None = None) -> Any:
        return SimpleNamespace(id=model_id, device=where or "cuda", notes=())

    monkeypatch.setattr("nlpcore.models.loading.load", load)
    trace = InProcess().run(on_model, "any", text="abc")
    assert trace.values.tolist() == [3]
    assert trace.notes == (device.FALLBACK,)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it look as if models were loaded on a GPU, whose memory cannot be given back once it has failed."""

    def load(model_id: str, where: str | None = None) -> Any:
        return SimpleNamespace(id=model_id, device=where or device.best_device(), notes=())

    def gone() -> None:
        raise torch.AcceleratorError("CUDA error: unspecified launch failure")

    monkeypatch.setattr("nlpcore.models.loading.load", load)
    monkeypatch.setattr(device, "_best", lambda _: "cuda")
    monkeypatch.setattr(device, "_given_up", set())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", gone)


def test_a_device_that_vanishes_is_given_up_and_the_cpu_answers(gpu: None, caplog: pytest.LogCaptureFixture) -> None:
    server = InProcess()
    trace = server.run(on_a_device_that_vanishes, "any", text="abc")
    assert (trace.values.tolist(), trace.notes) == ([3], (device.LOST,))
    assert "cuda was lost" in caplog.text
    assert device.best_device() == "cpu"
    assert server.run(on_a_device_that_vanishes, "any", text="abcd").notes == ()


def test_an_error_of_the_program_is_not_blamed_on_the_device(gpu: None) -> None:
    with pytest.raises(RuntimeError, match="shapes"):
        InProcess().run(on_a_device_that_is_blamed_for_nothing, "any", text="abc")
    assert device.best_device() == "cuda"


@pytest.mark.parametrize(
    ("error", "memory", "lost"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), True, False),
        (RuntimeError("CUDA error: out of memory"), True, False),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True, False),
        (RuntimeError("MPS backend out of memory (MPS allocated: 8.00 GB)"), True, False),
        (torch.AcceleratorError("CUDA error: device-side assert triggered"), False, True),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), False, True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), False, True),
        (RuntimeError("No CUDA GPUs are available"), False, True),
        (RuntimeError("expected scalar type Float but found Half"), False, False),
        (ValueError("CUDA error"), False, False),
    ],
)
def test_what_kind_of_failure_it_is(error: Exception, memory: bool, lost: bool) -> None:
    assert (device.is_out_of_memory(error), device.is_lost(error)) == (memory, lost)


def test_a_model_that_fell_back_while_loading_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = SimpleNamespace(id="any", device="cpu", notes=(device.FALLBACK,))
    monkeypatch.setattr("nlpcore.models.loading.load", lambda *_: loaded)
    assert InProcess().run(on_model, "any", text="abc").notes == (device.FALLBACK,)


def test_out_of_memory_altogether() -> None:
    with pytest.raises(LearnerError) as caught:
        InProcess().run(too_much, None)
    assert caught.value.code == "out_of_memory"


def test_another_way_of_serving_can_be_installed() -> None:
    before = serving()

    class Elsewhere:
        def run(self, function: Any, model_id: str | None, **data: Any) -> Any:
            return (function.__name__, model_id, data)

    try:
        use(Elsewhere())
        assert serving().run(squares, "far", count=1) == ("squares", "far", {"count": 1})
    finally:
        use(before)


def test_who_waits_takes_over_when_the_computing_session_is_stopped() -> None:
    class Stop(BaseException):
        """What a web framework raises in a script that is to end."""

    begun, stop, calls = threading.Event(), threading.Event(), []

    @served
    def question() -> str:
        calls.append(threading.get_ident())
        if len(calls) == 1:
            begun.set()
            assert stop.wait(10)
            raise Stop
        return "answer"

    server, answers = InProcess(), []

    def first() -> None:
        with pytest.raises(Stop):
            server.run(question, None)

    leaves = threading.Thread(target=first)
    leaves.start()
    assert begun.wait(10)
    waits = threading.Thread(target=lambda: answers.append(server.run(question, None)))
    waits.start()
    stop.set()
    leaves.join(10)
    waits.join(10)
    assert answers == ["answer"]
    assert len(calls) == 2


@dataclass(frozen=True)
class Nested:
    by_name: dict[str, Any]
    several: tuple[Any, ...]


@served
def nested() -> Nested:
    inner = Trace(np.zeros(2))
    return Nested(
        {"array": np.zeros(2), "trace": inner, "deeper": {"tuple": (np.zeros(2),)}}, (np.zeros(2), [np.zeros(2)])
    )


def test_arrays_inside_mappings_and_tuples_are_read_only_too() -> None:
    answer = InProcess().run(nested, None)
    inside = answer.by_name
    for array in (
        inside["array"], inside["trace"].values, inside["deeper"]["tuple"][0], answer.several[0], answer.several[1][0],
    ):  # fmt: skip
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_the_same_question_to_another_model_is_another_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "nlpcore.models.loading.load", lambda model_id, *_: SimpleNamespace(id=model_id, device="cpu", notes=())
    )

    @served
    def which(model: Any, text: str) -> str:
        return f"{model.id} {text}"

    server = InProcess()
    assert [server.run(which, name, text="a") for name in ("one", "other", "one")] == ["one a", "other a", "one a"]
