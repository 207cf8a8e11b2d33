"""Few compute at once, nobody is forgotten, and who waits for others lets them have the turn."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from nlpcore.models.turns import Turns


def until(condition: object, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.001)


def test_exactly_the_size_compute_at_once_and_everybody_gets_a_turn() -> None:
    turns, guard, computing, most = Turns(3), threading.Lock(), [0], [0]

    def compute() -> None:
        with guard:
            computing[0] += 1
            most[0] = max(most[0], computing[0])
        time.sleep(0.001)
        with guard:
            computing[0] -= 1

    def work(number: int) -> int:
        with turns.turn():
            compute()
            if number % 3 == 0:
                with turns.away():
                    time.sleep(0.001)
                compute()
        return number

    with ThreadPoolExecutor(24) as pool:
        assert sorted(pool.map(work, range(300))) == list(range(300))
    assert most[0] == 3
    assert turns.held() == (0, 0)


def test_first_come_first_served() -> None:
    turns, order = Turns(1), list[int]()

    def work(number: int) -> None:
        with turns.turn():
            order.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    with turns.turn():
        for waiting, thread in enumerate(threads, 1):
            thread.start()
            until(lambda waiting=waiting: turns.held() == (1, waiting))
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))


def test_a_turn_inside_a_turn_is_the_same_one() -> None:
    turns = Turns(1)
    with turns.turn(), turns.turn():
        assert turns.held() == (1, 0)
    assert turns.held() == (0, 0)


def test_who_is_away_lets_others_in_and_comes_back_first() -> None:
    turns, order, back = Turns(1), list[str](), threading.Event()

    def traveller() -> None:
        with turns.turn():
            with turns.away():
                back.wait(5)
            order.append("traveller")

    def other(name: str, gate: threading.Event) -> None:
        with turns.turn():
            gate.wait(5)
            order.append(name)

    first, second = threading.Event(), threading.Event()
    second.set()
    threads = [threading.Thread(target=traveller)]
    threads[0].start()
    until(lambda: turns.held() == (0, 0))
    threads += [threading.Thread(target=other, args=pair) for pair in (("first", first), ("second", second))]
    threads[1].start()
    until(lambda: turns.held() == (1, 0))
    threads[2].start()
    until(lambda: turns.held() == (1, 1))
    back.set()
    until(lambda: turns.held() == (1, 2))
    first.set()
    for thread in threads:
        thread.join(5)
    assert order == ["first", "traveller", "second"]


def test_who_waits_for_a_lock_lets_others_compute() -> None:
    """As when a model is being loaded: those who want it must not keep all turns while they wait for it."""
    turns, lock, inside, done = Turns(1), threading.Lock(), threading.Event(), list[str]()

    def wants_the_model() -> None:
        with turns.turn():
            inside.set()
            with turns.holding(lock):
                done.append("model")

    def wants_something_else() -> None:
        with turns.turn():
            done.append("else")

    lock.acquire()
    first = threading.Thread(target=wants_the_model)
    first.start()
    assert inside.wait(5)
    second = threading.Thread(target=wants_something_else)
    second.start()
    second.join(5)
    assert done == ["else"]
    lock.release()
    first.join(5)
    assert done == ["else", "model"] and turns.held() == (0, 0) and not lock.locked()


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns(1)
    with pytest.raises(RuntimeError), turns.turn(), turns.away():
        raise RuntimeError
    assert turns.held() == (0, 0)
    with turns.turn():
        pass


def test_a_session_that_waits_for_anothers_answer_holds_no_turn() -> None:
    """With one turn, two sessions ask the same: the second must not keep the first from finishing."""
    from nlpcore.models import turns
    from nlpcore.models.serving import InProcess, served

    server, started, go = InProcess(), threading.Event(), threading.Event()

    @served
    def slow() -> int:
        started.set()
        with turns.away():
            assert go.wait(10)
        return 7

    def ask() -> int:
        with turns.turn():
            answer: int = server.run(slow, None)
            return answer

    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(ask) for _ in range(6)]
        assert started.wait(5)
        until(lambda: sum(server._waiting.values()) == 5)
        go.set()
        assert [future.result(10) for future in asked] == [7] * 6
