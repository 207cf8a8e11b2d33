"""Who is next: as many places as there are, nobody twice before somebody once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.models.line import Line, Ticket, visiting, visitor
from nlpcore.models.turns import Turns


def served(line: Line, count: int) -> list[object]:
    """Serve one after the other, each giving its place back before the next."""
    found = []
    for _ in range(count):
        ticket = line.serve()
        assert ticket is not None
        found.append(ticket.visitor)
        line.give_back(ticket.visitor)
    return found


def test_visitors_take_turns() -> None:
    line = Line(1)
    for who in "aaaabbc":
        line.join(who)
    assert served(line, 7) == list("abcabaa")
    assert line.serve() is None and not line._served, "who has left is forgotten"


def test_who_comes_later_is_before_the_second_of_who_was_there() -> None:
    line = Line(1)
    for who in "aaa":
        line.join(who)
    assert served(line, 1) == ["a"]
    line.join("b")
    assert served(line, 3) == list("baa")


def test_one_visitor_leaves_a_place_for_others() -> None:
    line = Line(3)
    for who in "aaaa":
        line.join(who)
    assert [line.serve() is not None for _ in range(3)] == [True, True, False]
    line.join("b")
    found = line.serve()
    assert found is not None and found.visitor == "b" and line.held == 3
    alone = Line(1)
    alone.join("a")
    assert alone.serve() is not None, "where there is one place it may be theirs"


def test_who_was_served_and_comes_again_goes_before_who_is_new_but_not_before_others_of_less() -> None:
    line = Line(1)
    line.join("new")
    line.join("again", again=True)
    assert served(line, 2) == ["again", "new"]


def test_of_nobody_named_everybody_is_somebody_else() -> None:
    assert visitor() != visitor()
    with visiting("me"):
        assert visitor() == visitor() == "me"
        with visiting(None):
            assert visitor() != "me"
    assert visitor() != "me"


def test_who_leaves_is_no_longer_before_others() -> None:
    line = Line(1)
    line.join("a")
    assert line.serve() is not None
    second, third = line.join("b"), line.join("c")
    assert (line.before(second), line.before(third)) == (1, 2)
    line.leave(second)
    assert line.before(third) == 1 and len(line) == 1


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=30), st.integers(1, 4), st.randoms())
def test_whatever_comes_the_order_told_is_the_order_kept(
    come: list[tuple[str, bool]], size: int, random: object
) -> None:
    """And at no time does a visitor hold two more than another one who waits."""
    line, inside = Line(size), list[Ticket]()
    for who, again in come:
        line.join(who, again)
    told = line.order()
    kept = []
    while len(line) or inside:
        while (ticket := line.serve()) is not None:
            kept.append(ticket)
            inside.append(ticket)
        holding = Counter(each.visitor for each in inside)
        assert sum(holding.values()) <= size and max(holding.values()) <= max(1, size - 1)
        for waiting in line._waiting:
            assert max(holding.values()) - holding[waiting.visitor] <= 1 or holding[waiting.visitor] == line.most
        gone = inside.pop(0)
        line.give_back(gone.visitor)
    if size == 1:
        assert kept[:1] == told[:1]
    assert len(kept) == len(come) and line.held == 0


def test_turns_leave_one_free_for_somebody_else() -> None:
    """While one visitor's tabs want all the turns, another's run begins at once."""
    import threading

    turns, inside, go = Turns(2), threading.Semaphore(0), threading.Event()

    def tab() -> None:
        with visiting("many tabs"), turns.turn():
            inside.release()
            assert go.wait(30)

    threads = [threading.Thread(target=tab) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=30)
    with visiting("somebody"), turns.turn():
        assert turns.held()[0] == 2
    go.set()
    for thread in threads:
        thread.join(30)
    assert turns.held() == (0, 0)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_library_alone_may_use_all_of_them(size: int) -> None:
    line = Line(size)
    for _ in range(size):
        line.join(visitor())
    assert all(line.serve() for _ in range(size))
